#include "cli/next-contact.h"

#include <string.h>

#include "cli/astray.h"
#include "cli/composing.h"
#include "cli/looking.h"
#include "cli/nobody-there.h"

struct search {
	struct looking looking;
	GPtrArray *reports;	 /* of struct report *: of this batch */
	GPtrArray *astray;	 /* of struct astray *: all that were dealt with */
	GHashTable *case_ids;	 /* of gint64: which are to be composed */
	GHashTable *withdrawals; /* reports of this batch that withdraw another, borrowed */
};

static gboolean
is_waiting(const struct report *report)
{
	return report->state == REPORT_READY || report->state == REPORT_HELD;
}

/* --- what is known of a report's contact after the look --- */

/* TRUE: the look tells, as the same provider was found again, or somebody at its rung. *why is what
 * it says when nobody of the provider is left. */
static gboolean
read_look(const struct looked *looked, const struct report *report, const char **why)
{
	gboolean tells = looked_has_contact(looked, report->rung);

	for (guint i = 0; i < looked->found; i++) {
		const struct route *route = g_ptr_array_index(looked->routes, i);

		if (g_strcmp0(route->provider, report->provider) != 0)
			continue;
		tells = TRUE;
		if (!route->to)
			*why = route->reason;
	}
	return tells;
}

/* Of all its indicators. */
static gboolean
judge(const struct search *search, const struct report *report, const char **why)
{
	*why = "what it is about is down already";
	for (guint i = 0; i < report->indicators->len; i++) {
		gint64 id = g_array_index(report->indicators, gint64, i);
		const struct looked *looked = looking_at(&search->looking, id);

		if (!looked || looking_is_down(&search->looking, id))
			continue;
		*why = NULL;
		if (!read_look(looked, report, why)) {
			*why = "who else could act could not be looked up now; the next `abate "
			       "send` looks again";
			return FALSE;
		}
	}
	return TRUE;
}

/* --- what is done with it --- */

static gboolean
mark(struct store *store, const struct report *report, const char *value, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);

	return store_mark_set(store, "rerouted", key, value, error);
}

/* *why: what is said where nothing is made anew. */
static gboolean
mark_settled(struct search *search, const struct report *report, const char **why, GError **error)
{
	struct store *store = search->looking.store;
	GError *failure = NULL;
	g_autofree char *contact = store_mark_get(store, "contact", report->to, &failure);
	const gboolean confirmed = g_strcmp0(contact, "confirmed") == 0;

	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (confirmed && report->follow_up_of &&
		!g_hash_table_contains(search->withdrawals, report))
		*why = "its contact is right: `abate escalate` proposes it again when it is time";
	return mark(store, report, confirmed ? REROUTED_CONFIRMED : "looked up again", error);
}

/* What waits must not go to where nobody is. */
static gboolean
stop(struct search *search, const struct report *report, gboolean tells, GError **error)
{
	struct store *store = search->looking.store;
	g_autofree char *reason = g_strdup_printf("the contact %s was found to be bad", report->to);
	GError *failure = NULL;
	gboolean done = TRUE;
	gint64 count = 0;

	if (tells && !g_hash_table_contains(search->withdrawals, report))
		done = store_report_moved(store, report->id, report->to, &failure);
	else if (report->state != REPORT_HELD)
		done = store_report_set_state(store, report->id, REPORT_HELD, reason, &failure);
	return unless_taken(done, failure, &count, error);
}

static gboolean
settle(struct search *search, const struct report *report, GError **error)
{
	const char *why = "a withdrawal goes to who got the report: tell them in another way";
	gboolean tells =
		g_hash_table_contains(search->withdrawals, report) || judge(search, report, &why);
	gint64 *case_id;

	if (is_waiting(report)) {
		if (!stop(search, report, tells, error))
			return FALSE;
	} else if (tells && !mark_settled(search, report, &why, error)) {
		return FALSE;
	}
	g_ptr_array_add(search->astray, astray_new(report, why));
	case_id = g_new(gint64, 1);
	*case_id = report->case_id;
	g_hash_table_add(search->case_ids, case_id);
	return TRUE;
}

static gboolean
settle_all(struct search *search, GError **error)
{
	struct store *store = search->looking.store;

	if (!store_begin(store, error))
		return FALSE;
	if (!looking_keep(&search->looking, error)) {
		store_rollback(store);
		return FALSE;
	}
	for (guint i = 0; i < search->reports->len; i++)
		if (!settle(search, g_ptr_array_index(search->reports, i), error)) {
			store_rollback(store);
			return FALSE;
		}
	return store_commit(store, error);
}

static gboolean
look(struct search *search, GError **error)
{
	gboolean fine = search->reports->len == 0 ||
			(looking_run(&search->looking, error) && settle_all(search, error));

	g_hash_table_remove_all(search->withdrawals);
	g_ptr_array_set_size(search->reports, 0);
	looking_empty(&search->looking);
	return fine;
}

/* --- which reports --- */

/* Whether a person said that the contact is right after it was looked into that nobody got the
 * report. */
static gboolean
was_confirmed(struct store *store, const struct report *report, gint64 confirmed, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	gint64 at = 0;
	g_autofree char *mark = store_mark_when(store, "rerouted", key, &at, error);

	return mark && confirmed > at;
}

/* Of a bounce the inbox judged already whether the contact is bad; a refusal at the door speaks for
 * itself. *again: who can act is looked up again. */
static gboolean
mark_contact(struct store *store, const struct rules *rules, const struct report *report,
	gboolean *again, GError **error)
{
	GError *failure = NULL;
	gint64 at = 0;
	g_autofree char *value = store_mark_when(store, "contact", report->to, &at, &failure);
	g_autofree char *by = NULL;

	*again = g_strcmp0(value, "bad") == 0;
	if (!failure && g_strcmp0(value, "confirmed") == 0)
		*again = was_confirmed(store, report, at, &failure);
	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (*again || report->state != REPORT_REFUSED || !nobody_there(rules, report->reason))
		return TRUE;
	*again = TRUE;
	by = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	return store_contact_bad(store, report->to, by, error);
}

/* A full mailbox, or a filter that did not like the mail: a person may know more. */
static gboolean
leave(struct search *search, const struct report *report, GError **error)
{
	const char *reason = report->reason ? report->reason : "";
	g_autofree char *why = NULL;

	if (g_str_has_prefix(reason, "bounced"))
		reason += strlen("bounced");
	why = g_strdup_printf("%s; the address may be right: `abate confirm %s` makes it anew, "
			      "`abate confirm --bad %s` asks the next contact instead",
		reason + strspn(reason, ": "), report->to, report->to);
	g_ptr_array_add(search->astray, astray_new(report, why));
	return mark(search->looking.store, report, "the contact may be right", error);
}

/* Leaves in ids those of which it is to be looked up who can act. */
static gboolean
mark_contacts(struct search *search, const struct rules *rules, GArray *ids, GError **error)
{
	struct store *store = search->looking.store;
	guint kept = 0;

	for (guint i = 0; i < ids->len; i++) {
		gint64 id = g_array_index(ids, gint64, i);
		g_autoptr(Report) report = store_report_get(store, id, error);
		gboolean again;

		if (!report || !mark_contact(store, rules, report, &again, error))
			return FALSE;
		if (again)
			g_array_index(ids, gint64, kept++) = id;
		else if (report->state == REPORT_BOUNCED && !leave(search, report, error))
			return FALSE;
		else if (report->state == REPORT_REFUSED &&
			 !mark(store, report, "refused, though somebody is there", error))
			return FALSE;
	}
	g_array_set_size(ids, kept);
	return TRUE;
}

static gboolean
mark_at_once(struct search *search, const struct rules *rules, GArray *ids, GError **error)
{
	struct store *store = search->looking.store;

	if (!store_begin(store, error))
		return FALSE;
	if (mark_contacts(search, rules, ids, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

/* Their ids. Twice, as what waits for a contact shows only when that one is marked; and all before
 * the first look, as it must not find a contact that another report shows to be bad. */
static GArray *
find_astray(struct search *search, gint64 case_id, GError **error)
{
	struct store *store = search->looking.store;
	g_autoptr(GArray) ids = store_reports_astray(store, case_id, error);
	g_autoptr(Rules) rules = NULL;

	if (!ids || ids->len == 0)
		return g_steal_pointer(&ids);
	rules = rules_load(NULL, error);
	if (!rules || !mark_at_once(search, rules, ids, error))
		return NULL;
	if (ids->len == 0)
		return g_steal_pointer(&ids);
	g_array_unref(ids);
	ids = store_reports_astray(store, case_id, error);
	return ids && mark_at_once(search, rules, ids, error) ? g_steal_pointer(&ids) : NULL;
}

/* Withdrawals are not to be made anew for somebody else. */
static gboolean
note_withdrawal(struct search *search, struct report *report, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	GError *failure = NULL;
	g_autofree char *mark = report->follow_up_of ? store_mark_get(search->looking.store,
							       "retract", key, &failure)
						     : NULL;

	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (mark)
		g_hash_table_add(search->withdrawals, report);
	return TRUE;
}

static gboolean
take(struct search *search, gint64 id, GError **error)
{
	struct report *report = store_report_get(search->looking.store, id, error);

	if (!report)
		return FALSE;
	g_ptr_array_add(search->reports, report);
	if (!note_withdrawal(search, report, error))
		return FALSE;
	for (guint i = 0;
		i < report->indicators->len && !g_hash_table_contains(search->withdrawals, report);
		i++)
		if (!looking_add(
			    &search->looking, g_array_index(report->indicators, gint64, i), error))
			return FALSE;
	return search->looking.indicators->len < LOOKING_BATCH || look(search, error);
}

static gboolean
compose(struct search *search, GError **error)
{
	GHashTableIter iter;
	void *case_id;

	g_hash_table_iter_init(&iter, search->case_ids);
	while (g_hash_table_iter_next(&iter, &case_id, NULL))
		if (!composing_run(search->looking.config, search->looking.store,
			    *(gint64 *)case_id, error))
			return FALSE;
	return TRUE;
}

static gboolean
reroute(struct search *search, const GArray *ids, gboolean quiet, GError **error)
{
	struct store *store = search->looking.store;
	gint64 last = 0;

	for (guint i = 0; i < ids->len; i++)
		if (!take(search, g_array_index(ids, gint64, i), error))
			return FALSE;
	return look(search, error) && store_reports_newest(store, &last, error) &&
	       compose(search, error) &&
	       (quiet || astray_print(store, search->astray, last, error));
}

gboolean
next_contact_run(const struct global *global, const struct config *config, struct store *store,
	gint64 case_id, GError **error)
{
	struct search search = { 0 };
	g_autoptr(GArray) ids = NULL;
	gboolean fine;

	looking_start(&search.looking, config, store);
	search.reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	search.astray = g_ptr_array_new_with_free_func((GDestroyNotify)astray_free);
	search.case_ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	search.withdrawals = g_hash_table_new(NULL, NULL);
	ids = find_astray(&search, case_id, error);
	fine = ids && reroute(&search, ids, global->json, error);
	g_hash_table_unref(search.case_ids);
	g_hash_table_unref(search.withdrawals);
	g_ptr_array_unref(search.astray);
	g_ptr_array_unref(search.reports);
	looking_end(&search.looking);
	return fine;
}
