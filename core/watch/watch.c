#include "watch/watch.h"

#include <string.h>

#include "base/text.h"
#include "watch/judge.h"
#include "watch/look.h"

/* Looked at together; between two batches everything is on disk. */
#define BATCH 2000
/* A batch is another run's again when this one has not come to an end by then. */
#define TAKEN_US (15 * MINUTE_US)
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

/* A clock that was wrong: what it dated after now would have the last word until then. */
static void
drop_future(GPtrArray *history)
{
	const gint64 now = text_now();

	while (history->len &&
		((const struct sighting *)g_ptr_array_index(history, history->len - 1))->at > now)
		g_ptr_array_remove_index(history, history->len - 1);
}

GPtrArray *
watch_history(struct store *store, gint64 indicator_id, GError **error)
{
	g_autoptr(GPtrArray) history =
		g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);

	if (!store_sightings_each(store, indicator_id, keep_sighting, history, error))
		return NULL;
	g_ptr_array_sort(history, compare_times);
	drop_future(history);
	return g_steal_pointer(&history);
}

/* What the registry deletes then, nobody took down. What is registered anew is up again first. */
static gboolean
has_lapsed(const GPtrArray *history)
{
	for (guint i = history->len; i > 0; i--) {
		const struct sighting *sighting = g_ptr_array_index(history, i - 1);

		if (strcmp(sighting->verdict, "up") == 0)
			return FALSE;
		if (strcmp(sighting->method, "dns") != 0 && sighting->detail &&
			strstr(sighting->detail, WATCH_LAPSED))
			return TRUE;
	}
	return FALSE;
}

/* An indicator whose time has come. */
struct turn {
	gint64 id, next;
};

/* One indicator of a batch. */
struct subject {
	struct turn turn;
	struct indicator *indicator;
	GPtrArray *history;
	struct look *look;
};

static void
subject_free(void *data)
{
	struct subject *subject = data;

	indicator_free(subject->indicator);
	g_clear_pointer(&subject->history, g_ptr_array_unref);
	look_free(subject->look);
	g_free(subject);
}

struct run {
	const struct config *config;
	struct store *store;
	const struct watch_wish *wish;
	struct signals *signals;
	struct watch_rule rule;
	gint64 now;
	GArray *turns; /* of struct turn */
	struct watch_counts *counts;
};

/* --- after the look --- */

static gboolean
is_live(const struct report *report)
{
	return !report->follow_up_of &&
	       (report->state == REPORT_ACCEPTED || report->state == REPORT_ACKNOWLEDGED ||
		       report->state == REPORT_ANSWERED || report->state == REPORT_CLOSED);
}

static const struct report *
newest_of(const GPtrArray *reports)
{
	const struct report *newest = NULL;

	for (guint i = 0; i < reports->len; i++) {
		const struct report *report = g_ptr_array_index(reports, i);

		if (is_live(report))
			newest = report;
	}
	return newest;
}

/* Young is what was reported, went down or came back lately. */
static gint64
next_look(const struct run *run, const GPtrArray *reports, gboolean is_blind,
	const struct watch_result *result)
{
	gint64 from = result->since;

	for (guint i = 0; result->after != WATCH_DOWN && i < reports->len; i++) {
		const struct report *report = g_ptr_array_index(reports, i);

		from = MAX(from, report->sent);
	}
	/* Once the network is there again. */
	if (is_blind)
		return run->now + run->rule.shortest_us;
	/* Not from the look itself: where nothing can be seen there is none. */
	return run->now + watch_pause(run->now - from, result->is_changing, &run->rule);
}

/* What came back is proposed for a follow-up; the event keeps that. */
static gboolean
propose(struct run *run, const struct watch_result *result, GError **error)
{
	g_autofree char *subject = g_strdup_printf("I%" G_GINT64_FORMAT, result->indicator->id);
	g_autofree char *detail =
		result->report_id ? g_strdup_printf("{\"follow_up\":\"R%" G_GINT64_FORMAT "\"}",
					    result->report_id)
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
	counts->told += result->telling && strcmp(result->telling->verdict, "unknown") != 0;
	counts->up += result->after == WATCH_UP;
	counts->down += result->after == WATCH_DOWN;
	counts->unknown += result->after == WATCH_UNKNOWN;
	counts->went_down += result->after == WATCH_DOWN && result->before != WATCH_DOWN;
	counts->came_back += result->after == WATCH_UP && result->before == WATCH_DOWN;
}

static gboolean
keep_result(struct run *run, const struct watch_result *result, GError **error)
{
	const gint64 id = result->indicator->id;

	if (result->after != result->before &&
		!store_indicator_set_state(
			run->store, id, watch_state_name(result->after), result->since, error))
		return FALSE;
	if (result->after == WATCH_UP && result->before == WATCH_DOWN &&
		!propose(run, result, error))
		return FALSE;
	return store_look_set_next(run->store, id, result->next, error);
}

static void
set_course(const struct run *run, const struct subject *subject, gint64 *last_up,
	struct watch_result *result)
{
	g_autoptr(GArray) rounds =
		watch_rounds(subject->history, subject->indicator->type == INDICATOR_URL);
	const struct watch_course course = watch_now(rounds, &run->rule);

	result->after = course.state;
	result->since = course.since;
	result->is_changing = course.is_changing;
	*last_up = course.last_up;
}

static gboolean
conclude(struct run *run, struct subject *subject, GError **error)
{
	const struct indicator *indicator = subject->indicator;
	g_autoptr(GPtrArray) reports = store_indicator_reports(run->store, indicator->id, error);
	const struct report *newest = reports ? newest_of(reports) : NULL;
	gint64 last_up;
	struct watch_result result = { .indicator = indicator,
		.before = watch_state_parse(indicator->state),
		.sightings = subject->look->sightings,
		.telling = look_telling(subject->look) };

	if (!reports || !keep_sightings(run, subject, error) ||
		!keep_whois(run, subject->look, error))
		return FALSE;
	set_course(run, subject, &last_up, &result);
	result.next = next_look(run, reports, subject->look->is_blind, &result);
	if (newest && result.after == WATCH_UP && result.before == WATCH_DOWN) {
		result.report_id = newest->id;
		result.ticket = newest->ticket;
	}
	if (!store_indicator_seen_up(run->store, indicator->id, last_up, error) ||
		!keep_result(run, &result, error))
		return FALSE;
	count_result(run->counts, &result);
	run->counts->blind += subject->look->is_blind;
	if (run->wish->seen)
		run->wish->seen(&result, run->wish->user);
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

/* No look was made: it is still their turn. */
static gboolean
give_back(struct run *run, GPtrArray *batch, GError **error)
{
	if (!store_begin(run->store, error))
		return FALSE;
	for (guint i = 0; i < batch->len; i++) {
		const struct subject *subject = g_ptr_array_index(batch, i);

		if (!store_look_give_back(run->store, subject->turn.id, error)) {
			store_rollback(run->store);
			return FALSE;
		}
	}
	return store_commit(run->store, error);
}

static gboolean
look_at_batch(struct run *run, GPtrArray *batch, GError **error)
{
	g_autoptr(GPtrArray) looks = g_ptr_array_new();
	const struct look_round round = { run->config, run->signals, looks, text_now(),
		run->wish->stop };

	for (guint i = 0; i < batch->len; i++)
		g_ptr_array_add(looks, ((struct subject *)batch->pdata[i])->look);
	if (!look_at(&round, error)) {
		give_back(run, batch, NULL);
		return FALSE;
	}
	return look_is_stopped(&round) ? give_back(run, batch, error)
				       : conclude_all(run, batch, error);
}

/* Adds the indicator to the batch, unless another run has it. */
static gboolean
take_turn(struct run *run, const struct turn *turn, GPtrArray *batch, GError **error)
{
	const gint64 now = text_now();
	struct subject *subject;
	gboolean taken;

	if (!store_look_take(run->store, turn->id, turn->next, now, now + TAKEN_US, &taken, error))
		return FALSE;
	run->counts->elsewhere += !taken;
	if (!taken)
		return TRUE;
	subject = g_new0(struct subject, 1);
	g_ptr_array_add(batch, subject);
	subject->turn = *turn;
	subject->indicator = store_indicator_get(run->store, turn->id, error);
	subject->history = subject->indicator ? watch_history(run->store, turn->id, error) : NULL;
	if (!subject->history)
		return FALSE;
	subject->look = look_new(subject->indicator);
	subject->look->has_lapsed = has_lapsed(subject->history);
	return recall_whois(run, subject->look, error);
}

static gboolean
take_turns(struct run *run, const GArray *turns, guint from, GPtrArray *batch, GError **error)
{
	const guint end = MIN(from + BATCH, turns->len);

	if (!store_begin(run->store, error))
		return FALSE;
	for (guint i = from; i < end; i++) {
		if (take_turn(run, &g_array_index(turns, struct turn, i), batch, error))
			continue;
		store_rollback(run->store);
		return FALSE;
	}
	return store_commit(run->store, error);
}

static gboolean
look_at_turns(struct run *run, const GArray *turns, GError **error)
{
	const volatile int *stop = run->wish->stop;

	for (guint from = 0; from < turns->len && !(stop && *stop); from += BATCH) {
		g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(subject_free);

		if (!take_turns(run, turns, from, batch, error) ||
			(batch->len && !look_at_batch(run, batch, error)))
			return FALSE;
	}
	return TRUE;
}

/* A turn further off than the longest pause was set by a clock that was wrong. */
static void
note_turn(gint64 id, gint64 next, void *user)
{
	struct run *run = user;
	const struct turn turn = { id, next };

	run->counts->watched++;
	if (!run->wish->all_now && next > run->now && next <= run->now + run->rule.longest_us)
		return;
	run->counts->due++;
	g_array_append_val(run->turns, turn);
}

gboolean
watch_run(const struct config *config, struct store *store, const struct watch_wish *wish,
	struct watch_counts *counts, GError **error)
{
	g_autofree char *file = config_path(config, "watch", "signals");
	g_autoptr(Signals) signals = signals_load(file, error);
	g_autoptr(GArray) turns = g_array_new(FALSE, FALSE, sizeof(struct turn));
	struct run run = { .config = config,
		.store = store,
		.wish = wish,
		.signals = signals,
		.now = text_now(),
		.turns = turns,
		.counts = counts };

	*counts = (struct watch_counts){ 0 };
	if (!signals)
		return FALSE;
	watch_rule_read(config, &run.rule);
	return store_watched_each(store, wish->case_id, note_turn, &run, error) &&
	       look_at_turns(&run, turns, error);
}
