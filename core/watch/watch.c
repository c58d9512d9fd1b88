#include "watch/watch.h"

#include <string.h>

#include "base/text.h"
#include "watch/look.h"

/* Looked at together; between two batches everything is on disk. */
#define BATCH 2000
#define MINUTE_US ((gint64)60 * G_USEC_PER_SEC)
#define DAY_S 86400

void
watch_rule_read(const struct config *config, struct watch_rule *rule)
{
	g_auto(GStrv) resolvers = look_resolvers(config);

	rule->looks = MAX((guint)config_integer(config, "watch", "looks"), 1);
	rule->spacing_us = config_integer(config, "watch", "spacing_minutes") * MINUTE_US;
	rule->vantages = g_strv_length(resolvers);
	rule->shortest_us = config_integer(config, "watch", "shortest_minutes") * MINUTE_US;
	rule->longest_us = MAX(config_integer(config, "watch", "longest_hours") * 60 * MINUTE_US,
		rule->shortest_us);
}

/* --- what is known before the look --- */

static gboolean
keep_sighting(const struct sighting *sighting, void *user)
{
	struct sighting *copy = sighting_new();

	*copy = *sighting;
	copy->method = g_strdup(sighting->method);
	copy->verdict = g_strdup(sighting->verdict);
	copy->detail = g_strdup(sighting->detail);
	copy->vantage = g_strdup(sighting->vantage);
	g_ptr_array_add(user, copy);
	return TRUE;
}

static int
compare_times(const void *a, const void *b)
{
	const struct sighting *x = *(struct sighting *const *)a, *y = *(struct sighting *const *)b;

	return x->at < y->at ? -1 : x->at > y->at;
}

GPtrArray *
watch_history(struct store *store, gint64 indicator_id, GError **error)
{
	g_autoptr(GPtrArray) history =
		g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);

	if (!store_sightings_each(store, indicator_id, keep_sighting, history, error))
		return NULL;
	g_ptr_array_sort(history, compare_times);
	return g_steal_pointer(&history);
}

/* One indicator of a batch. */
struct subject {
	struct indicator *indicator;
	GPtrArray *history;
	struct look *look;
};

static void
subject_free(void *data)
{
	struct subject *subject = data;

	indicator_free(subject->indicator);
	g_ptr_array_unref(subject->history);
	look_free(subject->look);
	g_free(subject);
}

struct run {
	const struct config *config;
	struct store *store;
	struct signals *signals;
	struct watch_rule rule;
	gint64 now;
	gboolean all_now;
	watch_seen seen;
	void *user;
	struct watch_counts *counts;
};

static gint64
next_look(const struct run *run, const struct indicator *indicator, const GArray *rounds,
	enum watch_state state, gint64 since)
{
	gboolean is_changing;
	gint64 from = state == WATCH_DOWN && since ? since : indicator->reported;

	if (rounds->len == 0)
		return 0;
	watch_now(rounds, &run->rule, &is_changing);
	return g_array_index(rounds, struct watch_round, rounds->len - 1).at +
	       watch_pause(run->now - from, is_changing, &run->rule);
}

/* State and when it began, out of all that was seen. */
static enum watch_state
state_of(const struct run *run, const GArray *rounds, gint64 *since)
{
	g_autoptr(GArray) intervals = watch_intervals(rounds, &run->rule);
	const struct watch_interval *last;

	*since = 0;
	if (intervals->len == 0)
		return WATCH_UNKNOWN;
	last = &g_array_index(intervals, struct watch_interval, intervals->len - 1);
	*since = last->from;
	return last->state;
}

static gboolean
is_due(const struct run *run, const struct indicator *indicator, const GPtrArray *history)
{
	g_autoptr(GArray) rounds = watch_rounds(history);
	gint64 since;
	enum watch_state state = state_of(run, rounds, &since);

	return run->all_now || next_look(run, indicator, rounds, state, since) <= run->now;
}

/* --- after the look --- */

struct search {
	gint64 indicator_id, report_id;
	char *ticket;
};

/* Keeps the newest report that went out and named the indicator; not what only follows one. */
static gboolean
match_report(const struct report *report, void *user)
{
	struct search *search = user;

	if (!report->sent || report->follow_up_of || report->id < search->report_id)
		return TRUE;
	for (guint i = 0; report->indicators && i < report->indicators->len; i++) {
		if (g_array_index(report->indicators, gint64, i) != search->indicator_id)
			continue;
		search->report_id = report->id;
		g_free(search->ticket);
		search->ticket = g_strdup(report->ticket);
	}
	return TRUE;
}

/* What came back is proposed for a follow-up; the event keeps that. */
static gboolean
propose(struct run *run, const struct indicator *indicator, struct search *search, GError **error)
{
	struct report_filter filter = { .case_id = indicator->case_id };
	g_autofree char *subject = g_strdup_printf("I%" G_GINT64_FORMAT, indicator->id);
	g_autofree char *detail = NULL;

	search->indicator_id = indicator->id;
	if (!store_reports_each(run->store, &filter, match_report, search, error))
		return FALSE;
	detail = search->report_id ? g_strdup_printf("{\"follow_up\":\"R%" G_GINT64_FORMAT "\"}",
					     search->report_id)
				   : g_strdup("{}");
	return store_event_add(run->store, subject, "indicator.back", detail, error);
}

static gboolean
keep_sightings(struct run *run, struct subject *subject, GError **error)
{
	for (guint i = 0; i < subject->look->sightings->len; i++) {
		struct sighting *sighting = subject->look->sightings->pdata[i];

		if (!store_sighting_add(run->store, sighting, error))
			return FALSE;
		keep_sighting(sighting, subject->history);
	}
	return TRUE;
}

/* --- what WHOIS said of the day --- */

static char *
whois_key(const struct indicator *indicator)
{
	return g_strconcat("watch-whois:", indicator->domain, NULL);
}

static gboolean
keep_whois(struct run *run, const struct look *look, GError **error)
{
	g_autofree char *key = NULL;

	if (!look->whois_is_new)
		return TRUE;
	key = whois_key(look->indicator);
	return store_cache_put(run->store, key, look->whois, look->whois_at, error);
}

static gboolean
recall_whois(struct run *run, struct look *look, GError **error)
{
	GError *failure = NULL;
	g_autofree char *key = look->indicator->domain ? whois_key(look->indicator) : NULL;

	if (key)
		look->whois = store_cache_get(run->store, key, DAY_S, &look->whois_at, &failure);
	if (failure)
		g_propagate_error(error, failure);
	return !failure;
}

static void
count_result(struct watch_counts *counts, const struct watch_result *result)
{
	counts->looked++;
	counts->up += result->after == WATCH_UP;
	counts->down += result->after == WATCH_DOWN;
	counts->unknown += result->after == WATCH_UNKNOWN;
	counts->went_down += result->after == WATCH_DOWN && result->before != WATCH_DOWN;
	counts->came_back += result->after == WATCH_UP && result->before == WATCH_DOWN;
}

static gboolean
conclude(struct run *run, struct subject *subject, GError **error)
{
	const struct indicator *indicator = subject->indicator;
	g_autoptr(GArray) rounds = NULL;
	struct search search = { 0, 0, NULL };
	g_autofree char *ticket = NULL;
	struct watch_result result = { .indicator = indicator,
		.before = watch_state_parse(indicator->state),
		.sightings = subject->look->sightings };

	if (!keep_sightings(run, subject, error) || !keep_whois(run, subject->look, error))
		return FALSE;
	rounds = watch_rounds(subject->history);
	result.after = state_of(run, rounds, &result.since);
	watch_now(rounds, &run->rule, &result.is_changing);
	result.next = next_look(run, indicator, rounds, result.after, result.since);
	if (result.after != result.before &&
		!store_indicator_set_state(run->store, indicator->id,
			watch_state_name(result.after), result.since, error))
		return FALSE;
	if (result.after == WATCH_UP && result.before == WATCH_DOWN &&
		!propose(run, indicator, &search, error))
		return FALSE;
	ticket = search.ticket;
	result.report_id = search.report_id;
	result.ticket = ticket;
	count_result(run->counts, &result);
	if (run->seen)
		run->seen(&result, run->user);
	return TRUE;
}

static gboolean
conclude_all(struct run *run, GPtrArray *batch, GError **error)
{
	if (!store_begin(run->store, error))
		return FALSE;
	for (guint i = 0; i < batch->len; i++)
		if (!conclude(run, batch->pdata[i], error)) {
			store_rollback(run->store);
			return FALSE;
		}
	return store_commit(run->store, error);
}

static gboolean
look_at_batch(struct run *run, GPtrArray *batch, GError **error)
{
	g_autoptr(GPtrArray) looks = g_ptr_array_new();
	gboolean is_fine;

	for (guint i = 0; i < batch->len; i++)
		g_ptr_array_add(looks, ((struct subject *)batch->pdata[i])->look);
	is_fine = look_at(run->config, run->signals, looks, text_now(), error) &&
		  conclude_all(run, batch, error);
	g_ptr_array_set_size(batch, 0);
	return is_fine;
}

/* Adds the indicator to the batch when its time has come. */
static gboolean
consider(struct run *run, gint64 id, GPtrArray *batch, GError **error)
{
	g_autoptr(Indicator) indicator = store_indicator_get(run->store, id, error);
	g_autoptr(GPtrArray) history = indicator ? watch_history(run->store, id, error) : NULL;
	struct subject *subject;

	if (!history)
		return FALSE;
	if (!is_due(run, indicator, history))
		return TRUE;
	subject = g_new0(struct subject, 1);
	subject->indicator = g_steal_pointer(&indicator);
	subject->history = g_steal_pointer(&history);
	subject->look = look_new(subject->indicator);
	g_ptr_array_add(batch, subject);
	return recall_whois(run, subject->look, error);
}

static gboolean
note_reported(const struct indicator *indicator, void *user)
{
	if (indicator->reported && indicator->type != INDICATOR_MAIL)
		g_array_append_val((GArray *)user, indicator->id);
	return TRUE;
}

static gboolean
look_at_ids(struct run *run, const GArray *ids, GError **error)
{
	g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(subject_free);

	for (guint i = 0; i < ids->len; i++) {
		if (!consider(run, g_array_index(ids, gint64, i), batch, error))
			return FALSE;
		if (batch->len == BATCH && !look_at_batch(run, batch, error))
			return FALSE;
	}
	return batch->len == 0 || look_at_batch(run, batch, error);
}

gboolean
watch_run(const struct config *config, struct store *store, gint64 case_id, gboolean all_now,
	watch_seen seen, void *user, struct watch_counts *counts, GError **error)
{
	g_autofree char *file = config_path(config, "watch", "signals");
	g_autoptr(Signals) signals = signals_load(file, error);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	struct indicator_filter filter = { .case_id = case_id };
	struct run run = { .config = config,
		.store = store,
		.signals = signals,
		.now = text_now(),
		.all_now = all_now,
		.seen = seen,
		.user = user,
		.counts = counts };

	*counts = (struct watch_counts){ 0 };
	if (!signals)
		return FALSE;
	watch_rule_read(config, &run.rule);
	if (!store_indicators_each(store, &filter, note_reported, ids, error))
		return FALSE;
	counts->watched = ids->len;
	return look_at_ids(&run, ids, error);
}
