#include "ledger/stats.h"

#include <string.h>

struct making {
	GPtrArray *rows;
	gboolean with_steps;
	guint at;		   /* the row that the stream has come to */
	struct survival *survival; /* of that row; NULL: before the first */
	gboolean is_takedown;
};

static void
row_free(void *data)
{
	struct stats_row *row = data;

	survival_clear(&row->first_reply);
	survival_clear(&row->takedown);
	g_free(row->key);
	g_free(row);
}

static void
add_counts(const struct stats_counts *counts, void *user)
{
	struct making *making = user;
	struct stats_row *row = g_new0(struct stats_row, 1);

	row->key = g_strdup(counts->key);
	row->counts = *counts;
	row->counts.key = row->key;
	survival_begin(&row->first_reply, 0, FALSE);
	survival_begin(&row->takedown, 0, FALSE);
	g_ptr_array_add(making->rows, row);
}

/* Both streams come in the order of the rows. A key that came up after the counts has no row. */
static struct stats_row *
find_row(struct making *making, const char *key)
{
	for (; making->at < making->rows->len; making->at++) {
		struct stats_row *row = g_ptr_array_index(making->rows, making->at);
		const int order = strcmp(row->key, key);

		if (order >= 0)
			return order == 0 ? row : NULL;
	}
	return NULL;
}

static void
add_time(const struct stats_time *observed, void *user)
{
	struct making *making = user;
	struct stats_row *row = find_row(making, observed->key);
	struct survival *survival;

	if (!row)
		return;
	survival = making->is_takedown ? &row->takedown : &row->first_reply;
	if (survival != making->survival) {
		if (making->survival)
			survival_end(making->survival);
		survival_begin(survival, observed->n, making->with_steps);
		making->survival = survival;
	}
	survival_add(survival, (double)observed->time_us / G_USEC_PER_SEC, observed->happened);
}

static void
next_stream(struct making *making)
{
	if (making->survival)
		survival_end(making->survival);
	making->survival = NULL;
	making->at = 0;
	making->is_takedown = TRUE;
}

GPtrArray *
stats_make(struct store *store, const struct stats_filter *filter, gint64 now, gboolean with_steps,
	GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	struct making making = { .rows = rows, .with_steps = with_steps };
	gboolean ok = store_stats_counts(store, filter, add_counts, &making, error) &&
		      store_stats_first_reply(store, filter, now, add_time, &making, error);

	next_stream(&making);
	ok = ok && store_stats_takedown(store, filter, add_time, &making, error);
	next_stream(&making);
	return ok ? g_steal_pointer(&rows) : NULL;
}

char *
stats_duration(double seconds)
{
	if (seconds < 0)
		return g_strdup("not reached");
	if (seconds < 120)
		return g_strdup_printf("%.0f s", seconds);
	if (seconds < 7200)
		return g_strdup_printf("%.0f min", seconds / 60);
	if (seconds < 172800)
		return g_strdup_printf("%.1f h", seconds / 3600);
	return g_strdup_printf("%.1f d", seconds / 86400);
}
