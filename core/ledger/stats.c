#include "ledger/stats.h"

#include <string.h>

#include "ledger/observations.h"
#include "ledger/ladder.h"

/* 8 MiB, and as much again while they are sorted. */
#define AT_ONCE (512 * 1024)
#define NEAREST 0.005 /* steps of a curve: a pixel, as they are drawn */

/* Of each row a series of observations for each time, and one of the reports that are overdue, as
 * often as they are so with an indicator. */
#define SERIES (STATS_TIMES + 1)
#define OVERDUE STATS_TIMES

struct making {
	GPtrArray *rows;
	GHashTable *by_key; /* key, of the row -> struct row */
	GHashTable *times;  /* provider -> struct overdue_times */
	struct observations *observations;
	const struct stats_wish *wish;
	/* the indicator that the takedowns have come to, and where its reports count */
	gint64 indicator_id, back;
	GArray *reports, *places; /* of struct ladder_report, struct place */
	/* what the observations have come to */
	struct survival *survival; /* NULL: before the first */
	struct stats_row *counted;
	gint64 overdue;
};
struct place {
	guint report; /* which of the reports */
	guint64 row;
};

/* With its number, as series of observations are numbered. */
struct row {
	struct stats_row row;
	guint64 number;
};

static void
row_free(void *data)
{
	struct stats_row *row = data;

	for (int i = 0; i < STATS_TIMES; i++)
		survival_clear(&row->times[i]);
	g_free(row->key);
	g_free(row->name);
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
	observations_add(making->observations, row->number * SERIES + which, time, event != 0);
}

/* A withdrawn report asks for nothing any more: what comes later is no answer to it. */
static gint64
unless_withdrawn(gint64 event, gint64 withdrawn)
{
	return withdrawn && event > withdrawn ? 0 : event;
}

static gint64
first_reply(gint64 acknowledged, gint64 answered)
{
	return acknowledged && answered ? MIN(acknowledged, answered) : MAX(acknowledged, answered);
}

static void
keep_name(struct stats_row *row, const char *name)
{
	if (!name || g_strcmp0(row->name, name) == 0)
		return;
	g_free(row->name);
	row->name = g_strdup(name);
}

static void
add_report(const struct stats_report *report, void *user)
{
	struct making *making = user;
	struct row *row = find_row(making, report->key);
	const gint64 until = report->withdrawn ? report->withdrawn : making->wish->now;
	const gint64 reply = first_reply(report->acknowledged, report->answered);

	keep_name(&row->row, report->name);
	row->row.reports++;
	row->row.unsent += !report->sent && !report->refused;
	row->row.accepted += report->sent != 0;
	row->row.bounced += report->bounced;
	row->row.acknowledged += report->acknowledged != 0;
	row->row.refused += report->refused;
	row->row.actioned += report->says_acted != 0;
	row->row.follow_ups += report->follow_ups;
	if (!report->sent || report->bounced)
		return;
	observe(making, row, STATS_FIRST_REPLY, report->sent,
		unless_withdrawn(reply, report->withdrawn), until);
	observe(making, row, STATS_FIRST_HUMAN, report->sent,
		unless_withdrawn(report->first_human, report->withdrawn), until);
}

static const struct overdue_times *
times_of(struct making *making, const char *provider)
{
	struct overdue_times *times = g_hash_table_lookup(making->times, provider);

	if (times)
		return times;
	times = g_new0(struct overdue_times, 1);
	overdue_times_of(
		making->wish->config, profiles_by_id(making->wish->profiles, provider), times);
	g_hash_table_insert(making->times, g_strdup(provider), times);
	return times;
}

/* All reports about the indicator are there. */
static void
add_overdue(struct making *making)
{
	for (guint i = 0; i < making->places->len; i++) {
		const struct place *place = &g_array_index(making->places, struct place, i);

		if (ladder_overdue(making->reports, place->report, making->back, making->wish->now))
			observations_add(making->observations, place->row * SERIES + OVERDUE,
				g_array_index(making->reports, struct ladder_report, place->report)
					.id,
				TRUE);
	}
	g_array_set_size(making->reports, 0);
	g_array_set_size(making->places, 0);
}

static void
keep_report(struct making *making, const struct stats_takedown *takedown)
{
	const struct ladder_report report = { .id = takedown->report_id,
		.follow_up_of = takedown->follow_up_of,
		.state = takedown->state,
		.sent = takedown->sent,
		.answered = first_reply(takedown->acknowledged, takedown->answered),
		.withdrawn = takedown->withdrawn != 0,
		.times = *times_of(making, takedown->provider) };

	g_array_append_val(making->reports, report);
}

/* Of an indicator that is not down, for when all reports about it are there. A report comes once
 * for each of its keys; a follow-up has no place of its own. */
static void
keep(struct making *making, const struct stats_takedown *takedown)
{
	const GArray *reports = making->reports;

	if (takedown->indicator_id != making->indicator_id)
		add_overdue(making);
	making->indicator_id = takedown->indicator_id;
	making->back = takedown->up_again;
	if (takedown->is_down)
		return;
	if (!reports->len || g_array_index(reports, struct ladder_report, reports->len - 1).id !=
				     takedown->report_id)
		keep_report(making, takedown);
	if (!takedown->follow_up_of) {
		const struct place place = { reports->len - 1,
			find_row(making, takedown->key)->number };

		g_array_append_val(making->places, place);
	}
}

/* Into the times, or where no look tells when: it was down already, or was never seen up. */
static void
observe_takedown(struct making *making, struct row *row, const struct stats_takedown *takedown)
{
	const gint64 down = unless_withdrawn(takedown->down, takedown->withdrawn);
	const gint64 last = takedown->withdrawn ? MIN(takedown->last_up, takedown->withdrawn)
						: takedown->last_up;

	if (takedown->down_before)
		row->row.down_before++;
	else if (takedown->down && !takedown->last_up)
		row->row.never_up++;
	else if (!down && last <= takedown->sent)
		row->row.not_seen++;
	else
		observe(making, row, STATS_TAKEDOWN, takedown->sent, down, last);
}

static void
add_takedown(const struct stats_takedown *takedown, void *user)
{
	struct making *making = user;
	struct row *row;

	keep(making, takedown);
	if (takedown->follow_up_of)
		return;
	row = find_row(making, takedown->key);
	observe_takedown(making, row, takedown);
	row->row.came_back += !takedown->down_before && takedown->last_up && takedown->back;
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
count_overdue(struct making *making, struct stats_row *row, gint64 report_id)
{
	row->overdue += row != making->counted || report_id != making->overdue;
	making->counted = row;
	making->overdue = report_id;
}

static void
add_observation(guint64 series, gint64 time_us, gboolean happened, void *user)
{
	struct making *making = user;
	struct stats_row *row = g_ptr_array_index(making->rows, series / SERIES);
	struct survival *survival = &row->times[series % SERIES];

	if (series % SERIES == OVERDUE) {
		count_overdue(making, row, time_us);
		return;
	}
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

static const char *
called(const struct stats_row *row)
{
	return row->name ? row->name : row->key;
}

static void
find_shared_names(const GPtrArray *rows)
{
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < rows->len; i++) {
		struct stats_row *row = g_ptr_array_index(rows, i);
		struct stats_row *other = g_hash_table_lookup(by_name, called(row));

		if (other)
			other->name_is_shared = row->name_is_shared = TRUE;
		else
			g_hash_table_insert(by_name, (char *)called(row), row);
	}
}

char *
stats_label(const struct stats_row *row)
{
	return row->name && row->name_is_shared ? g_strdup_printf("%s (%s)", row->name, row->key)
						: g_strdup(called(row));
}

gint
stats_by_label(gconstpointer a, gconstpointer b)
{
	const struct stats_row *first = *(const struct stats_row *const *)a;
	const struct stats_row *second = *(const struct stats_row *const *)b;
	const int order = g_ascii_strcasecmp(called(first), called(second));

	return order ? order : by_key(a, b);
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
	find_shared_names(making->rows);
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
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(struct ladder_report));
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(struct place));
	struct making making = { .rows = rows,
		.by_key = index,
		.times = times,
		.observations = observations,
		.wish = wish,
		.reports = reports,
		.places = places };

	if (!store_stats_reports(store, &wish->filter, add_report, &making, error) ||
		!store_stats_takedowns(store, &wish->filter, add_takedown, &making, error))
		return NULL;
	add_overdue(&making);
	if (!make_times(&making, error))
		return NULL;
	return g_steal_pointer(&rows);
}

gboolean
stats_share_is_few(const struct survival *survival, int mark)
{
	return survival->share[mark] >= 0 && survival->watched[mark] < STATS_FEW &&
	       survival->left[mark] > 0;
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
