#include "ledger/escalation.h"

#include <string.h>

#include "ledger/escalation-words.h"
#include "ledger/moves.h"
#include "model/follow-up.h"

const char *
escalation_action_name(enum escalation_action action)
{
	static const char *const names[] = { "follow_up", "host", "registrar", "registry",
		"court" };

	return names[action];
}

static void
reason_free(void *data)
{
	struct reason *reason = data;

	g_array_unref(reason->indicators);
	g_free(reason->words);
	g_free(reason);
}

void
proposal_free(struct proposal *proposal)
{
	if (!proposal)
		return;
	g_array_unref(proposal->indicators);
	g_array_unref(proposal->routes);
	g_free(proposal->provider);
	g_free(proposal->provider_name);
	g_free(proposal->to);
	g_free(proposal->ticket);
	g_ptr_array_unref(proposal->reasons);
	g_free(proposal->reason);
	g_free(proposal);
}

const char *
proposal_reason_of(const struct proposal *proposal, gint64 indicator_id)
{
	for (guint i = 0; i < proposal->reasons->len; i++) {
		const struct reason *reason = g_ptr_array_index(proposal->reasons, i);

		for (guint k = 0; k < reason->indicators->len; k++)
			if (g_array_index(reason->indicators, gint64, k) == indicator_id)
				return reason->words;
	}
	return proposal->reason;
}

/* Whose proposals are put together: what comes after one report. */
struct search {
	const struct profiles *profiles;
	struct store *store;
	gint64 now;
	struct report *report;
	struct last_word last; /* of who got that report */
	GPtrArray *proposals;
	GHashTable *by_key; /* what makes a proposal -> struct proposal *, borrowed */
};

static struct proposal *
proposal_new(enum escalation_action action, const struct report *report)
{
	struct proposal *proposal = g_new0(struct proposal, 1);

	proposal->action = action;
	proposal->case_id = report->case_id;
	proposal->report_id = report->id;
	proposal->ticket = g_strdup(report->ticket);
	proposal->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	proposal->routes = g_array_new(FALSE, FALSE, sizeof(gint64));
	proposal->reasons = g_ptr_array_new_with_free_func(reason_free);
	return proposal;
}

/* Whom a follow-up goes to; a next rung's contact is the route's; nobody at the court. */
static void
set_contact(const struct search *search, struct proposal *proposal, const struct report *report,
	const struct route *route)
{
	const struct profile *profile = profiles_by_id(search->profiles, report->provider);
	const char *to = NULL;

	if (proposal->action == ESCALATION_COURT)
		return;
	if (route) {
		proposal->channel = route->channel;
		to = route->to;
	} else {
		proposal->channel = follow_up_channel(report, profile, &to);
	}
	proposal->to = g_strdup(to);
	proposal->provider = g_strdup(route ? route->provider : report->provider);
	proposal->provider_name = g_strdup(route ? route->provider_name : report->provider_name);
}

static char *
key_of(enum escalation_action action, const struct route *route)
{
	return g_strdup_printf("%d %s %d %s", (int)action, route ? route->provider : "",
		route ? (int)route->channel : 0, route ? route->to : "");
}

/* The last thing that they said which an analyst must know before reminding them. */
static gboolean
take_reply(const struct reply *reply, void *user)
{
	static const char *const nothing[] = { "vacation", "delay", "bounce", "unclassified",
		NULL };
	struct last_word *last = user;

	if (!reply->counts || !reply->class_name || g_strv_contains(nothing, reply->class_name))
		return TRUE;
	if (!last->acted_id && strcmp(reply->class_name, "actioned") == 0)
		last->acted_id = reply->id;
	if (reply->received < last->received)
		return TRUE;
	last->received = reply->received;
	last->reply_id = reply->id;
	last->class_name = g_intern_string(reply->class_name);
	return TRUE;
}

/* FALSE too when that cannot be read: then error is set. */
static gboolean
is_bad(struct search *search, const char *contact, GError **error)
{
	g_autofree char *mark = store_mark_get(search->store, "contact", contact, error);

	return g_strcmp0(mark, "bad") == 0;
}

/* Whom it would go to is not there any more: `abate send` finds another. */
static gboolean
note_bad(struct search *search, struct proposal *proposal, GError **error)
{
	GError *fault = NULL;

	if (proposal->to && is_bad(search, proposal->to, &fault))
		escalation_add_bad(&proposal->reason, proposal->to);
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

/* What they said to the report and its reminders. */
static gboolean
read_last_word(struct search *search, GError **error)
{
	const gint64 id = search->report->id;
	g_autoptr(GPtrArray) follow_ups = store_follow_ups_list(search->store, id, error);

	search->last = (struct last_word){ 0 };
	if (!follow_ups || !store_replies_each(search->store, id, take_reply, &search->last, error))
		return FALSE;
	for (guint i = 0; i < follow_ups->len; i++) {
		const struct report *later = g_ptr_array_index(follow_ups, i);

		if (!store_replies_each(search->store, later->id, take_reply, &search->last, error))
			return FALSE;
	}
	return TRUE;
}

/* To the reason with the same words; what came back is told first. */
static void
add_reason(struct search *search, struct proposal *proposal, const struct move *move,
	const char *passed)
{
	g_autofree char *words = escalation_words(
		proposal->action, move, search->report, &search->last, passed, search->now);
	struct reason *reason = NULL;

	for (guint i = 0; i < proposal->reasons->len && !reason; i++) {
		struct reason *other = g_ptr_array_index(proposal->reasons, i);

		if (strcmp(other->words, words) == 0)
			reason = other;
	}
	if (!reason) {
		reason = g_new0(struct reason, 1);
		reason->words = g_steal_pointer(&words);
		reason->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_ptr_array_insert(
			proposal->reasons, move->verdict == LADDER_BACK ? 0 : -1, reason);
	}
	g_array_append_val(reason->indicators, move->indicator_id);
}

/* All moves are in; what nobody saw is told as such. */
static gboolean
set_reasons(struct search *search, GError **error)
{
	for (guint i = 0; i < search->proposals->len; i++) {
		struct proposal *proposal = g_ptr_array_index(search->proposals, i);

		proposal->reason = escalation_join(proposal->reasons);
		if (proposal->action == ESCALATION_FOLLOW_UP && !note_bad(search, proposal, error))
			return FALSE;
		if (proposal->unseen)
			escalation_add_unseen(
				&proposal->reason, proposal->unseen, proposal->indicators->len);
	}
	return TRUE;
}

/* Adds the indicator to its proposal; makes that when it is the first. */
static void
put(struct search *search, const struct move *move, enum escalation_action action,
	const struct route *route, const char *passed)
{
	g_autofree char *key = key_of(action, route);
	struct proposal *proposal = g_hash_table_lookup(search->by_key, key);

	if (!proposal) {
		proposal = proposal_new(action, search->report);
		set_contact(search, proposal, search->report, route);
		g_ptr_array_add(search->proposals, proposal);
		g_hash_table_insert(search->by_key, g_steal_pointer(&key), proposal);
	}
	if (!proposal->since || move->since < proposal->since)
		proposal->since = move->since;
	add_reason(search, proposal, move, passed);
	g_array_append_val(proposal->indicators, move->indicator_id);
	if (route)
		g_array_append_val(proposal->routes, route->id);
	proposal->unseen += !move->seen_up;
}

/* Whether the provider of a route got a report about the indicator. */
static gboolean
was_tried(const GPtrArray *reports, const struct route *route)
{
	for (guint i = 0; i < reports->len; i++) {
		const struct report *report = g_ptr_array_index(reports, i);

		if (report->state != REPORT_CANCELLED &&
			g_strcmp0(report->provider, route->provider) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
nobody_got(const struct report *report)
{
	return report->state == REPORT_BOUNCED || report->state == REPORT_REFUSED;
}

/* Nobody got the report, or a reminder of it. */
static gboolean
is_lost(const GPtrArray *reports, const struct report *report)
{
	for (guint i = 0; i < reports->len; i++) {
		const struct report *later = g_ptr_array_index(reports, i);

		if (later->follow_up_of == report->id &&
			(nobody_got(later) || store_report_has_moved(later)))
			return TRUE;
	}
	return nobody_got(report);
}

/* Whether the provider is asked by that report, so that it is not by another over this route. */
static gboolean
stands_in(struct search *search, const GPtrArray *reports, const struct report *report,
	const struct route *route, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	g_autofree char *mark = NULL;

	if (report->follow_up_of || g_strcmp0(report->provider, route->provider) != 0 ||
		store_report_has_moved(report))
		return FALSE;
	mark = nobody_got(report) ? store_mark_get(search->store, "rerouted", key, error) : NULL;
	if (g_strcmp0(mark, REROUTED_CONFIRMED) == 0)
		return FALSE;
	return !report->to || g_ascii_strcasecmp(report->to, route->to) == 0 ||
	       !is_lost(reports, report) || !is_bad(search, report->to, error);
}

/* A party that `abate send` asks by itself, as another contact of one that nobody reached. */
static gboolean
is_coming(
	struct search *search, const GPtrArray *reports, const struct route *route, GError **error)
{
	GError *fault = NULL;
	gboolean coming = route->ask && !route->reason;

	for (guint i = 0; coming && i < reports->len; i++)
		coming = !stands_in(search, reports, g_ptr_array_index(reports, i), route, &fault);
	if (fault)
		g_propagate_error(error, fault);
	return coming && !fault;
}

static gboolean
is_open(const struct move *move, const GPtrArray *reports, const struct route *route)
{
	/* Whatever is configured: nobody is asked to suspend the name of an innocent owner. */
	if (move->nature == NATURE_COMPROMISED && route->rung != RUNG_HOST)
		return FALSE;
	return route->rung < RUNG_COURT && route_is_later(route) && !was_tried(reports, route);
}

/* The ladder goes up; whom [routing] left out below comes last, before the court. Routes are
 * ordered by rung. */
static gboolean
is_better(const struct move *move, const struct route *route, const struct route *than)
{
	return !than || (route->rung > move->rung && than->rung <= move->rung);
}

/* The route of the next rung: *next NULL when there is none; *coming when somebody is asked anyway.
 * reports: about the indicator. */
static gboolean
find_next(struct search *search, const struct move *move, const GPtrArray *routes,
	const GPtrArray *reports, const struct route **next, gboolean *coming, GError **error)
{
	GError *fault = NULL;

	*next = NULL;
	*coming = FALSE;
	for (guint i = 0; !fault && !*coming && i < routes->len; i++) {
		const struct route *route = g_ptr_array_index(routes, i);

		if (!route->to || is_bad(search, route->to, &fault) || fault)
			continue;
		*coming = is_coming(search, reports, route, &fault);
		if (is_open(move, reports, route) && is_better(move, route, *next))
			*next = route;
	}
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

/* Those of the ladder on the way to the next (NULL: to the court) that are not asked. */
static char *
find_passed(const struct move *move, const GPtrArray *routes, const GPtrArray *reports,
	const struct route *next)
{
	g_autoptr(GString) passed = g_string_new(NULL);

	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = g_ptr_array_index(routes, i);

		if (move->nature == NATURE_COMPROMISED && route->rung != RUNG_HOST)
			continue;
		if (next && (route->rung <= move->rung ||
				    (next->rung > move->rung && route->rung >= next->rung)))
			continue;
		if (g_strcmp0(route->kind, "neutral") != 0 && !was_tried(reports, route))
			escalation_add_passed(passed, route);
	}
	return g_strdup(passed->str);
}

static gboolean
put_next_rung(struct search *search, const struct move *move, GError **error)
{
	g_autoptr(GPtrArray) routes = store_routes_list(search->store, move->indicator_id, error);
	g_autoptr(GPtrArray) reports =
		routes ? store_indicator_reports(search->store, move->indicator_id, error) : NULL;
	const struct route *next;
	gboolean coming;

	if (!reports || !find_next(search, move, routes, reports, &next, &coming, error))
		return FALSE;
	if (coming)
		return TRUE;
	g_autofree char *passed = find_passed(move, routes, reports, next);
	const guint step = next ? (guint)(next->rung - RUNG_HOST) : 0;
	put(search, move,
		next ? (enum escalation_action)(ESCALATION_HOST + step) : ESCALATION_COURT, next,
		passed);
	return TRUE;
}

static int
compare(const void *a, const void *b)
{
	const struct proposal *x = *(struct proposal *const *)a, *y = *(struct proposal *const *)b;

	return (int)x->action - (int)y->action;
}

static void
give(struct search *search, escalation_fn fn, void *user)
{
	g_hash_table_remove_all(search->by_key);
	g_ptr_array_sort(search->proposals, compare);
	while (search->proposals->len) {
		fn(g_ptr_array_steal_index(search->proposals, 0), user);
	}
}

/* What comes after the report of the first of these moves; *i is then behind its last. */
static gboolean
put_report(struct search *search, const GArray *moves, guint *i, GError **error)
{
	const gint64 id = g_array_index(moves, struct move, *i).report_id;
	g_autoptr(Report) report = store_report_get(search->store, id, error);

	search->report = report;
	if (!report || !read_last_word(search, error))
		return FALSE;
	for (; *i < moves->len; (*i)++) {
		const struct move *move = &g_array_index(moves, struct move, *i);

		if (move->report_id != id)
			break;
		if (move->verdict != LADDER_SPENT)
			put(search, move, ESCALATION_FOLLOW_UP, NULL, "");
		else if (!put_next_rung(search, move, error))
			return FALSE;
	}
	return set_reasons(search, error);
}

gboolean
escalation_each(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, escalation_fn fn, void *user, struct escalation_waits *waits,
	GError **error)
{
	g_autoptr(GArray) moves = moves_find(config, profiles, store, case_id, now, waits, error);
	g_autoptr(GPtrArray) proposals =
		g_ptr_array_new_with_free_func((GDestroyNotify)proposal_free);
	g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct search search = { .profiles = profiles,
		.store = store,
		.now = now,
		.proposals = proposals,
		.by_key = by_key };

	for (guint i = 0; moves && i < moves->len;) {
		if (!put_report(&search, moves, &i, error))
			return FALSE;
		give(&search, fn, user);
	}
	return moves != NULL;
}

static void
keep(struct proposal *proposal, void *user)
{
	g_ptr_array_add(user, proposal);
}

GPtrArray *
escalation_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, struct escalation_waits *waits, GError **error)
{
	g_autoptr(GPtrArray) proposals =
		g_ptr_array_new_with_free_func((GDestroyNotify)proposal_free);

	if (!escalation_each(config, profiles, store, case_id, now, keep, proposals, waits, error))
		return NULL;
	return g_steal_pointer(&proposals);
}
