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

/* What is known of one indicator that they were asked about before. */
struct standing {
	gint64 indicator_id;
	gint64 seen; /* by the last look that saw it up; 0: none did */
	gint64 back; /* up again since, after it was down; 0: it was not, or not since the report */
	gboolean told; /* of that, by a reminder */
};

struct circumstances {
	struct report *previous; /* the report that this one follows; NULL: none */
	gboolean retraction;	 /* says that the previous one was a mistake */
	GArray *standings;	 /* of struct standing; NULL: nobody was asked before */
	GPtrArray *tried;	 /* of struct tried *; NULL: the first who are asked */
};

/* Fills what was zero; clear it in any case. rows: of struct group_row *. */
gboolean circumstances_see(struct circumstances *circumstances, struct composer *composer,
	const struct report *report, const GPtrArray *rows, GError **error);
/* Borrowed; NULL when the indicator has none. */
const struct standing *
circumstances_of(const struct circumstances *circumstances, gint64 indicator_id);
/* Whether it came back up and they are not told yet. */
gboolean standing_is_news(const struct standing *standing);
void circumstances_clear(struct circumstances *circumstances);
