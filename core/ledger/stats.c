#include "ledger/stats.h"

#include <string.h>

#include "ledger/observations.h"
#include "ledger/overdue.h"

/* 8 MiB, and as much again while they are sorted. */
#define AT_ONCE (512 * 1024)
#define NEAREST 0.005 /* steps of a curve: a pixel, as they are drawn */

struct making {
	GPtrArray *rows;
	GHashTable *by_key; /* key, of the row -> struct row */
	GHashTable *times;  /* provider -> struct overdue_times */
	struct observations *observations;
	const struct stats_wish *wish;
	struct survival *survival; /* that the stream has come to; NULL: before the first */
};

/* With its number, as series of observations are numbered. */
struct row {
	struct stats_row row;
	guint64 number;
	gint64 overdue; /* the last report that was counted so */
};

static void
row_free(void *data)
{
	struct stats_row *row = data;

	for (int i = 0; i < STATS_TIMES; i++)
		survival_clear(&row->times[i]);
	g_free(row->key);
	g_free(row);
}

static struct row *
find_row(struct making *making, const char *key)
{
	struct row *row = g_hash_table_lookup(making->by_key, key);

	if (row)
		return row;
	row = g_new0(struct row, 1);
	row->row.key = g_strdup(key);
	row->number = making->rows->len;
	g_ptr_array_add(making->rows, row);
	g_hash_table_insert(making->by_key, row->row.key, row);
	return row;
}

/* From sent to the event or, without one, to when it was last known not to have happened. */
static void
observe(struct making *making, struct row *row, enum stats_time which, gint64 sent, gint64 event,
	gint64 last)
{
	/* Last seen up before it was sent, or clocks that disagree: at once. */
	const gint64 time = MAX(0, (event ? event : last) - sent);

	row->row.times[which].n++;
	observations_add(making->observations, row->number * STATS_TIMES + which, time, event != 0);
}

static gint64
first_reply(const struct stats_report *report)
{
	if (!report->acknowledged || !report->answered)
		return MAX(report->acknowledged, report->answered);
	return MIN(report->acknowledged, report->answered);
}

static void
add_report(const struct stats_report *report, void *user)
{
	struct making *making = user;
	struct row *row = find_row(making, report->key);

	row->row.reports++;
	row->row.unsent += !report->sent && !report->refused && !report->failed;
	row->row.accepted += report->sent != 0;
	row->row.bounced += report->bounced;
	row->row.acknowledged += report->acknowledged != 0;
	row->row.refused += report->refused;
	row->row.actioned += report->says_acted != 0;
	if (!report->sent || report->bounced)
		return;
	observe(making, row, STATS_FIRST_REPLY, report->sent, first_reply(report),
		making->wish->now);
	observe(making, row, STATS_FIRST_HUMAN, report->sent, report->first_human,
		making->wish->now);
}

static gboolean
is_overdue(struct making *making, const struct stats_takedown *takedown)
{
	struct overdue_times *times = g_hash_table_lookup(making->times, takedown->provider);

	if (!times) {
		times = g_new0(struct overdue_times, 1);
		overdue_times_of(making->wish->config,
			profiles_by_id(making->wish->profiles, takedown->provider), times);
		g_hash_table_insert(making->times, g_strdup(takedown->provider), times);
	}
	return overdue_since(takedown->sent, takedown->answered, times, making->wish->now) != 0;
}

static void
add_takedown(const struct stats_takedown *takedown, void *user)
{
	struct making *making = user;
	struct row *row = find_row(making, takedown->key);

	if (takedown->open && row->overdue != takedown->report_id && is_overdue(making, takedown)) {
		row->overdue = takedown->report_id;
		row->row.overdue++;
	}
	if (takedown->down_before)
		return;
	row->row.came_back += takedown->back != 0;
	observe(making, row, STATS_TAKEDOWN, takedown->sent, takedown->down, takedown->last_up);
}

/* Curves for the rows with most observations; what is equal is taken as it came. */
static void
begin_survivals(struct making *making, enum stats_time which, guint curves)
{
	for (guint i = 0; i < making->rows->len; i++) {
		struct stats_row *row = g_ptr_array_index(making->rows, i);

		survival_begin(&row->times[which], row->times[which].n, FALSE);
	}
	for (; curves > 0; curves--) {
		struct survival *most = NULL;

		for (guint i = 0; i < making->rows->len; i++) {
			struct stats_row *row = g_ptr_array_index(making->rows, i);
			struct survival *survival = &row->times[which];

			if (survival->n > (most ? most->n : 0) && !survival->steps)
				most = survival;
		}
		if (!most)
			return;
		survival_begin(most, most->n, TRUE);
		most->nearest = NEAREST;
	}
}

static void
add_observation(guint64 series, gint64 time_us, gboolean happened, void *user)
{
	struct making *making = user;
	struct stats_row *row = g_ptr_array_index(making->rows, series / STATS_TIMES);
	struct survival *survival = &row->times[series % STATS_TIMES];

	if (survival != making->survival) {
		if (making->survival)
			survival_end(making->survival);
		making->survival = survival;
	}
	survival_add(survival, (double)time_us / G_USEC_PER_SEC, happened);
}

static gint
by_key(gconstpointer a, gconstpointer b)
{
	const struct stats_row *first = *(const struct stats_row *const *)a;
	const struct stats_row *second = *(const struct stats_row *const *)b;

	return strcmp(first->key, second->key);
}

static gboolean
make_times(struct making *making, GError **error)
{
	for (int i = 0; i < STATS_TIMES; i++)
		begin_survivals(making, i, making->wish->with_curves ? STATS_CURVES : 0);
	if (!observations_each(making->observations, add_observation, making, error))
		return FALSE;
	if (making->survival)
		survival_end(making->survival);
	g_ptr_array_sort(making->rows, by_key);
	return TRUE;
}

GPtrArray *
stats_make(struct store *store, const struct stats_wish *wish, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
	g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) times =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(Observations) observations = observations_new(AT_ONCE);
	struct making making = { .rows = rows,
		.by_key = index,
		.times = times,
		.observations = observations,
		.wish = wish };

	if (!store_stats_reports(store, &wish->filter, add_report, &making, error) ||
		!store_stats_takedowns(store, &wish->filter, add_takedown, &making, error) ||
		!make_times(&making, error))
		return NULL;
	return g_steal_pointer(&rows);
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
