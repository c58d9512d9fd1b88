#include "cli/recheck.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/composing.h"
#include "cli/routing.h"

/* Indicators that are looked up together: memory does not grow with the queue. */
#define BATCH 5000

/* How things are now. */
struct looked {
	GPtrArray *routes; /* of struct route * */
	guint found;	   /* so many of this look; behind them is what was known and stays */
};

enum verdict { VERDICT_SAME, VERDICT_UNSURE, VERDICT_MOVED };

struct recheck {
	const struct config *config;
	struct store *store;
	GPtrArray *reports;    /* of struct report *, to be judged */
	GHashTable *known;     /* id -> struct indicator * of these */
	GPtrArray *indicators; /* the same, borrowed */
	GHashTable *looked;    /* id -> struct looked */
	gint64 down, moved;
};

static gboolean
is_down(const struct indicator *indicator)
{
	return g_strcmp0(indicator->state, "down") == 0;
}

/* Another run may have taken the report meanwhile: then it is that run's. */
static gboolean
unless_taken(gboolean done, GError *failure, gint64 *count, GError **error)
{
	if (done)
		(*count)++;
	else if (g_error_matches(failure, STORE_ERROR, STORE_ERROR_STATE))
		g_error_free(failure);
	else {
		g_propagate_error(error, failure);
		return FALSE;
	}
	return TRUE;
}

static void
looked_free(void *data)
{
	struct looked *looked = data;

	g_ptr_array_unref(looked->routes);
	g_free(looked);
}

static void
on_looked_up(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	struct recheck *recheck = user;
	struct looked *looked = g_new0(struct looked, 1);

	looked->routes = g_ptr_array_ref(routes);
	looked->found = routes->len;
	g_hash_table_insert(recheck->looked, (void *)&indicator->id, looked);
}

static gboolean
has_contact(const struct looked *looked, enum rung rung)
{
	for (guint i = 0; i < looked->found; i++) {
		const struct route *route = g_ptr_array_index(looked->routes, i);

		if (route->rung == rung && route->to)
			return TRUE;
	}
	return FALSE;
}

static gboolean
leads_to(const struct looked *looked, const struct report *report)
{
	for (guint i = 0; i < looked->found; i++) {
		const struct route *route = g_ptr_array_index(looked->routes, i);

		if (route->ask && route->channel == report->channel &&
			g_strcmp0(route->provider, report->provider) == 0 &&
			g_strcmp0(route->to, report->to) == 0)
			return TRUE;
	}
	return FALSE;
}

/* What is down says nothing of where the rest is now. */
static enum verdict
judge(const struct recheck *recheck, const struct report *report)
{
	enum verdict verdict = VERDICT_MOVED;

	for (guint i = 0; i < report->indicators->len; i++) {
		const gint64 *id = &g_array_index(report->indicators, gint64, i);
		const struct looked *looked = g_hash_table_lookup(recheck->looked, id);

		if (is_down(g_hash_table_lookup(recheck->known, id)))
			continue;
		if (looked && leads_to(looked, report))
			return VERDICT_SAME;
		if (!looked || !has_contact(looked, report->rung))
			verdict = VERDICT_UNSURE;
	}
	return verdict;
}

/* Where nobody was found now, what was known stays: a server that does not answer moves nothing. */
static gboolean
keep_routes(struct recheck *recheck, const struct indicator *indicator, struct looked *looked,
	GError **error)
{
	g_autoptr(GPtrArray) old = store_routes_list(recheck->store, indicator->id, error);

	if (!old)
		return FALSE;
	for (guint i = 0; i < old->len && !is_down(indicator);) {
		const struct route *route = g_ptr_array_index(old, i);

		if (route->to && !has_contact(looked, route->rung))
			g_ptr_array_add(looked->routes, g_ptr_array_steal_index(old, i));
		else
			i++;
	}
	return store_routes_replace(recheck->store, indicator->id, looked->routes, error);
}

/* The routes, and which reports need no other look for as long. */
static gboolean
keep(struct recheck *recheck, GError **error)
{
	for (guint i = 0; i < recheck->indicators->len; i++) {
		const struct indicator *indicator = g_ptr_array_index(recheck->indicators, i);
		struct looked *looked = g_hash_table_lookup(recheck->looked, &indicator->id);

		if (looked && !keep_routes(recheck, indicator, looked, error))
			return FALSE;
	}
	for (guint i = 0; i < recheck->reports->len; i++) {
		const struct report *report = g_ptr_array_index(recheck->reports, i);
		g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);

		if (judge(recheck, report) == VERDICT_SAME &&
			!store_mark_set(recheck->store, "recheck", key, "same contact", error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
keep_at_once(struct recheck *recheck, GError **error)
{
	if (!store_begin(recheck->store, error))
		return FALSE;
	if (keep(recheck, error))
		return store_commit(recheck->store, error);
	store_rollback(recheck->store);
	return FALSE;
}

static gboolean
act(struct recheck *recheck, const struct report *report, GError **error)
{
	const enum verdict verdict = judge(recheck, report);
	GError *failure = NULL;
	gboolean done;

	if (verdict == VERDICT_UNSURE)
		log_warning("R%" G_GINT64_FORMAT " waited long and could not be looked up again: "
			    "it stays for %s",
			report->id, report->to ? report->to : report->provider);
	if (verdict != VERDICT_MOVED)
		return TRUE;
	done = store_report_moved(recheck->store, report->id, report->to, &failure);
	return unless_taken(done, failure, &recheck->moved, error);
}

/* Looks up what was gathered, and empties it. */
static gboolean
look(struct recheck *recheck, GError **error)
{
	gboolean fine = recheck->reports->len == 0 ||
			(routing_look(recheck->config, recheck->store, recheck->indicators,
				 on_looked_up, recheck, error) &&
				keep_at_once(recheck, error));

	for (guint i = 0; fine && i < recheck->reports->len; i++)
		fine = act(recheck, g_ptr_array_index(recheck->reports, i), error);
	g_ptr_array_set_size(recheck->reports, 0);
	g_ptr_array_set_size(recheck->indicators, 0);
	g_hash_table_remove_all(recheck->looked);
	g_hash_table_remove_all(recheck->known);
	return fine;
}

/* Reads a report's indicators; *all_down: nothing of it is up or unknown. */
static gboolean
gather(struct recheck *recheck, const struct report *report, gboolean *all_down, GError **error)
{
	*all_down = report->indicators->len > 0;
	for (guint i = 0; i < report->indicators->len; i++) {
		const gint64 *id = &g_array_index(report->indicators, gint64, i);
		struct indicator *indicator = g_hash_table_lookup(recheck->known, id);

		if (!indicator) {
			indicator = store_indicator_get(recheck->store, *id, error);
			if (!indicator)
				return FALSE;
			g_hash_table_insert(recheck->known, &indicator->id, indicator);
			g_ptr_array_add(recheck->indicators, indicator);
		}
		*all_down = *all_down && is_down(indicator);
	}
	return TRUE;
}

static gboolean
take(struct recheck *recheck, gint64 id, GError **error)
{
	g_autoptr(Report) report = store_report_get(recheck->store, id, error);
	GError *failure = NULL;
	gboolean all_down, done;

	if (!report || !gather(recheck, report, &all_down, error))
		return FALSE;
	if (!all_down) {
		g_ptr_array_add(recheck->reports, g_steal_pointer(&report));
	} else {
		done = store_report_set_state(
			recheck->store, id, REPORT_CANCELLED, "already down", &failure);
		if (!unless_taken(done, failure, &recheck->down, error))
			return FALSE;
	}
	return recheck->indicators->len < BATCH || look(recheck, error);
}

static gboolean
recheck_all(struct recheck *recheck, const GArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++)
		if (!take(recheck, g_array_index(ids, gint64, i), error))
			return FALSE;
	return look(recheck, error);
}

/* A report that moved has left its indicators to be reported anew. */
static gboolean
finish(const struct recheck *recheck, gint64 case_id, GError **error)
{
	if (recheck->down)
		log_info("%" G_GINT64_FORMAT " reports are about what is down already: cancelled",
			recheck->down);
	if (!recheck->moved)
		return TRUE;
	log_info("%" G_GINT64_FORMAT " reports had an old contact: made anew for the new one",
		recheck->moved);
	return composing_run(recheck->config, recheck->store, case_id, error);
}

gboolean
recheck_run(const struct config *config, struct store *store, gint64 case_id, gint64 report_id,
	GError **error)
{
	const gint64 hours = config_integer(config, "send", "recheck_hours");
	struct recheck recheck = { .config = config, .store = store };
	g_autoptr(GArray) ids = NULL;
	gboolean fine;

	if (hours <= 0)
		return TRUE;
	ids = store_reports_stale(store, case_id, report_id,
		text_now() - MIN(hours, 24 * 3650) * G_TIME_SPAN_HOUR, error);
	if (!ids || ids->len == 0)
		return ids != NULL;
	recheck.reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	recheck.indicators = g_ptr_array_new();
	recheck.known = g_hash_table_new_full(
		g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)indicator_free);
	recheck.looked = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, looked_free);
	fine = recheck_all(&recheck, ids, error) && finish(&recheck, case_id, error);
	g_hash_table_unref(recheck.looked);
	g_hash_table_unref(recheck.known);
	g_ptr_array_unref(recheck.indicators);
	g_ptr_array_unref(recheck.reports);
	return fine;
}
