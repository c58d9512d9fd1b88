/* What happened before a report: the one that it follows, and who was asked without effect. */
#pragma once

#include <glib.h>

#include "model/report.h"

struct composer;

/* Another provider that was asked about the same. */
struct tried {
	gint64 report_id;
	char *provider_name, *ticket; /* ticket may be NULL */
	enum rung rung;
	enum report_state state;
	gint64 asked, reminded; /* microseconds, UTC; reminded 0: never */
};

struct circumstances {
	struct report *previous; /* the report that this one follows; NULL: none */
	gboolean retraction;	 /* says that the previous one was a mistake */
	gint64 back;	  /* when something came back up since the previous one; 0: nothing */
	GPtrArray *tried; /* of struct tried *; NULL: the first who are asked */
};

/* Fills what was zero; clear it in any case. rows: of struct group_row *. */
gboolean circumstances_see(struct circumstances *circumstances, struct composer *composer,
	const struct report *report, const GPtrArray *rows, GError **error);
void circumstances_clear(struct circumstances *circumstances);
