#include "cli/assigning.h"

#include <string.h>

#include "inbox/advance.h"
#include "inbox/reread.h"

static void
regarded_clear(struct regarded *regarded)
{
	report_standing_clear(&regarded->before);
	report_standing_clear(&regarded->after);
	g_clear_pointer(&regarded->provider, g_free);
	g_clear_pointer(&regarded->to, g_free);
	g_clear_pointer(&regarded->instead, g_array_unref);
	g_clear_pointer(&regarded->quoting, g_array_unref);
}

void
assigning_clear(struct assigning *assigning)
{
	g_clear_pointer(&assigning->reply, reply_free);
	regarded_clear(&assigning->lost);
	regarded_clear(&assigning->won);
}

/* --- doing it --- */

/* What can be answered went out. */
static gboolean
check_out(const struct report *report, GError **error)
{
	const char *why = "has not gone out, so that nothing can be an answer to it";
	g_auto(ReportStanding) standing = { 0 };

	report_standing_of(report, &standing);
	if (report_state_is_out(report->state) || report_standing_in_doubt(&standing))
		return TRUE;
	if (report->state == REPORT_SENDING)
		why = "is being sent: try again in a moment";
	else if (report->state == REPORT_MANUAL)
		why = "waits for a person: `abate done` first says that it was submitted";
	g_set_error(error, STORE_ERROR, STORE_ERROR_STATE, "R%" G_GINT64_FORMAT " (%s) %s",
		report->id, report_state_name(report->state), why);
	return FALSE;
}

static gboolean
regard(struct regarded *regarded, const struct report *report)
{
	regarded->report_id = report->id;
	regarded->provider =
		g_strdup(report->provider_name ? report->provider_name : report->provider);
	regarded->to = g_strdup(report->to);
	report_standing_of(report, &regarded->before);
	return TRUE;
}

static gboolean
regard_again(struct regarded *regarded, struct store *store, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, regarded->report_id, error);

	if (report)
		report_standing_of(report, &regarded->after);
	return report != NULL;
}

static gboolean
take_first_bounce(const struct event *event, void *user)
{
	gint64 *at = user;

	if (strcmp(event->kind, "report.bounced") == 0)
		*at = event->at;
	return *at == 0;
}

/* The reports about the same that were made since nobody seemed to get it. */
static gboolean
find_instead(struct regarded *lost, struct store *store, GError **error)
{
	g_autofree char *name = g_strdup_printf("R%" G_GINT64_FORMAT, lost->report_id);
	g_autoptr(GArray) ids = store_reports_sharing(store, lost->report_id, 0, error);
	gint64 since = 0;

	lost->instead = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!ids || !store_events_each(store, name, take_first_bounce, &since, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		g_autoptr(Report) report =
			store_report_get(store, g_array_index(ids, gint64, i), error);

		if (!report)
			return FALSE;
		if (!report->follow_up_of && report->created >= since)
			g_array_append_val(lost->instead, report->id);
	}
	/* Should it bounce in truth, the next contact is looked for again. */
	return store_mark_clear(store, "rerouted", name, error);
}

static gboolean
find_quoting(struct regarded *lost, struct store *store, GError **error)
{
	g_autoptr(GPtrArray) list = store_follow_ups_list(store, lost->report_id, error);

	lost->quoting = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (guint i = 0; list && i < list->len; i++) {
		const struct report *report = g_ptr_array_index(list, i);

		if (report->state != REPORT_CANCELLED &&
			g_strcmp0(report->ticket, lost->before.ticket) == 0)
			g_array_append_val(lost->quoting, report->id);
	}
	return list != NULL;
}

static gboolean
take_back(struct assigning *assigning, GError **error)
{
	struct store *store = assigning->store;
	const struct reply *reply = assigning->reply;
	struct regarded *lost = &assigning->lost;
	g_autoptr(Report) report = store_report_get(store, reply->report_id, error);

	if (!report)
		return FALSE;
	regard(lost, report);
	if (!advance_again(store, report->id, reply, &lost->freed, error) ||
		!regard_again(lost, store, error))
		return FALSE;
	if (lost->before.ticket && g_strcmp0(lost->before.ticket, lost->after.ticket) != 0 &&
		!find_quoting(lost, store, error))
		return FALSE;
	return lost->before.state != REPORT_BOUNCED || lost->after.state == REPORT_BOUNCED ||
	       find_instead(lost, store, error);
}

static gboolean
move_on(struct assigning *assigning, struct report *report, GError **error)
{
	struct store *store = assigning->store;
	g_autoptr(Reply) reply = store_reply_get(store, assigning->reply->id, error);

	regard(&assigning->won, report);
	return reply &&
	       reread_reply(store, assigning->rules, assigning->profiles, reply, report, error) &&
	       advance_known(store, report, reply, &assigning->bounced, error) &&
	       regard_again(&assigning->won, store, error);
}

/* What an API said to the question after a report is about no other. */
static gboolean
check_mail(const struct reply *reply, GError **error)
{
	if (reply->digest)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
		"A%" G_GINT64_FORMAT " is what an API said of R%" G_GINT64_FORMAT
		": it belongs to no other report",
		reply->id, reply->report_id);
	return FALSE;
}

static gboolean
run(struct assigning *assigning, gint64 reply_id, gint64 report_id, GError **error)
{
	struct store *store = assigning->store;
	g_autoptr(Report) report = report_id ? store_report_get(store, report_id, error) : NULL;

	if (report_id && (!report || !check_out(report, error)))
		return FALSE;
	assigning->reply = store_reply_get(store, reply_id, error);
	if (!assigning->reply || !check_mail(assigning->reply, error) ||
		!store_reply_assign(
			store, reply_id, report_id, report_id ? "assigned" : NULL, error))
		return FALSE;
	if (assigning->reply->counts && assigning->reply->report_id &&
		assigning->reply->report_id != report_id && !take_back(assigning, error))
		return FALSE;
	return !report || move_on(assigning, report, error);
}

gboolean
assigning_run(struct assigning *assigning, gint64 reply_id, gint64 report_id, GError **error)
{
	if (!store_begin(assigning->store, error))
		return FALSE;
	if (run(assigning, reply_id, report_id, error))
		return store_commit(assigning->store, error);
	store_rollback(assigning->store);
	return FALSE;
}
