/* The figures: how many reports, and how long it took after them, by key. */
#pragma once

#include "ledger/survival.h"
#include "store/store.h"

/* Below so many observations a percentile says little. */
#define STATS_FEW 10

struct stats_row {
	char *key;
	struct stats_counts counts; /* its key is the row's */
	struct survival first_reply, takedown;
};

/* The rows (of struct stats_row *) ordered by key; NULL and error. with_steps: with the curves.
 * Needs memory for the rows only. Free with g_ptr_array_unref. */
GPtrArray *stats_make(struct store *store, const struct stats_filter *filter, gint64 now,
	gboolean with_steps, GError **error);
/* "3.5 d", in the unit that people would take; "not reached" when negative. Free with g_free. */
char *stats_duration(double seconds);
