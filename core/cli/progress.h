/* A progress bar on a terminal; nothing when standard error is piped. */
#pragma once

#include <glib.h>

struct progress {
	const char *what; /* "indicators routed"; static text */
	gint64 total;	  /* 0: not known */
	gint64 shown;	  /* when drawn last */
	gboolean on;
};

void progress_start(struct progress *progress, const char *what, gint64 total);
/* Draws at most ten times a second. */
void progress_show(struct progress *progress, gint64 done);
/* Takes the bar away. */
void progress_end(struct progress *progress);
