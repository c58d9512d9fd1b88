/* The figures: how many reports, and how long it took after them, by key. */
#pragma once

#include "ledger/survival.h"
#include "store/store.h"

/* Below so many observations a percentile says little. */
#define STATS_FEW 10
/* Curves that one can still tell apart. */
#define STATS_CURVES 6

/* What is timed from when a report was sent. */
enum stats_time {
	STATS_FIRST_REPLY, /* of each report: acknowledged or answered, by whatever */
	STATS_FIRST_HUMAN, /* of each report: a person's reply */
	STATS_TAKEDOWN,	   /* of each indicator of each report: seen down */
	STATS_TIMES
};

struct stats_row {
	char *key;
	/* Reports but cancelled ones: not sent (yet), accepted or bounced later, refused at the
	 * door or in a reply, failed. */
	gint64 reports, unsent, accepted, bounced, acknowledged, refused, actioned;
	gint64 came_back; /* indicators that went down after a report and came up again */
	struct survival times[STATS_TIMES];
};

/* The rows (of struct stats_row *) ordered by key; NULL and error. with_curves: steps for the
 * STATS_CURVES rows that have most observations of each time. Needs memory for the rows only. Free
 * with g_ptr_array_unref. */
GPtrArray *stats_make(struct store *store, const struct stats_filter *filter, gint64 now,
	gboolean with_curves, GError **error);
/* "3.5 d", in the unit that people would take; "not reached" when negative. Free with g_free. */
char *stats_duration(double seconds);
