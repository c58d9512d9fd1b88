/* The figures: how many reports, and how long it took after them, by key. */
#pragma once

#include "base/config.h"
#include "ledger/survival.h"
#include "model/profile.h"
#include "store/stats.h"

/* Below so many observations a percentile says little. */
#define STATS_FEW 10
/* Curves that one can still tell apart. */
#define STATS_CURVES 6

/* What is timed from when a report was sent, and until it was withdrawn. */
enum stats_time {
	STATS_FIRST_REPLY, /* of each report: it or a follow-up acknowledged or answered */
	STATS_FIRST_HUMAN, /* of each report: a person's reply */
	STATS_TAKEDOWN,	   /* of each indicator of each report, seen up: until seen down */
	STATS_TIMES
};

struct stats_row {
	char *key;
	char *name; /* of the provider that the key is, as its last report has it; or NULL */
	gboolean name_is_shared; /* with another row */
	/* Reports but cancelled ones and follow-ups: not sent (yet, or for good), accepted or
	 * bounced later, refused at the door or in a reply. */
	gint64 reports, unsent, accepted, bounced, acknowledged, refused, actioned;
	gint64 follow_ups; /* of these reports, that went out */
	gint64 overdue;	   /* as ledger/ladder.h has it */
	gint64 came_back;  /* indicators that went down after a report and came up again */
	/* Not in the takedown times, of which they are no sign: indicators of reports that were
	 * down when the report was sent, or at the first look after it and seen up by none before.
	 */
	gint64 down_before, never_up;
	gint64 not_seen; /* nor those that no look saw up after the report, nor down */
	struct survival times[STATS_TIMES];
};

struct stats_wish {
	struct stats_filter filter;
	gint64 now;
	gboolean with_curves; /* steps for the STATS_CURVES rows with most observations of a time */
	const struct config *config; /* by whose times reports are overdue */
	const struct profiles *profiles;
};

/* TRUE where a share rests on less than STATS_FEW that were still watched then, while others left
 * before without the event. */
gboolean stats_share_is_few(const struct survival *survival, int mark);

/* The rows (of struct stats_row *) ordered by key; NULL and error. Needs memory for the rows only.
 * Free with g_ptr_array_unref. */
GPtrArray *stats_make(struct store *store, const struct stats_wish *wish, GError **error);
/* How people call the row: by its name, with the key where others are called so. Free with g_free.
 */
char *stats_label(const struct stats_row *row);
/* A GCompareFunc for rows: by what they are called. */
gint stats_by_label(gconstpointer a, gconstpointer b);
/* "3.5 d", in the unit that people would take; "not reached" when negative. Free with g_free. */
char *stats_duration(double seconds);
