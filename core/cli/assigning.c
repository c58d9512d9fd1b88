#include "cli/assigning.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/table.h"
#include "inbox/advance.h"

static void
regarded_clear(struct regarded *regarded)
{
	report_standing_clear(&regarded->before);
	report_standing_clear(&regarded->after);
	g_clear_pointer(&regarded->provider, g_free);
	g_clear_pointer(&regarded->to, g_free);
	g_clear_pointer(&regarded->instead, g_array_unref);
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

	if (report_state_is_out(report->state))
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
take_back(struct assigning *assigning, struct store *store, GError **error)
{
	const struct reply *reply = assigning->reply;
	struct regarded *lost = &assigning->lost;
	g_autoptr(Report) report = store_report_get(store, reply->report_id, error);

	if (!report)
		return FALSE;
	regard(lost, report);
	if (!advance_again(store, report->id, reply, &lost->freed, error) ||
		!regard_again(lost, store, error))
		return FALSE;
	return lost->before.state != REPORT_BOUNCED || lost->after.state == REPORT_BOUNCED ||
	       find_instead(lost, store, error);
}

static gboolean
move_on(struct assigning *assigning, struct store *store, struct report *report, GError **error)
{
	g_autoptr(Reply) reply = store_reply_get(store, assigning->reply->id, error);

	regard(&assigning->won, report);
	return reply && advance_known(store, report, reply, &assigning->bounced, error) &&
	       regard_again(&assigning->won, store, error);
}

static gboolean
run(struct assigning *assigning, struct store *store, gint64 reply_id, gint64 report_id,
	GError **error)
{
	g_autoptr(Report) report = report_id ? store_report_get(store, report_id, error) : NULL;

	if (report_id && (!report || !check_out(report, error)))
		return FALSE;
	assigning->reply = store_reply_get(store, reply_id, error);
	if (!assigning->reply || !store_reply_assign(store, reply_id, report_id,
					 report_id ? "assigned" : NULL, error))
		return FALSE;
	if (assigning->reply->counts && assigning->reply->report_id &&
		assigning->reply->report_id != report_id && !take_back(assigning, store, error))
		return FALSE;
	return !report || move_on(assigning, store, report, error);
}

gboolean
assigning_run(struct assigning *assigning, struct store *store, gint64 reply_id, gint64 report_id,
	GError **error)
{
	if (!store_begin(store, error))
		return FALSE;
	if (run(assigning, store, reply_id, report_id, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

/* --- telling it --- */

static void
print(const char *line)
{
	g_autofree char *safe = text_for_terminal(line);

	printf("%s\n", safe);
}

/* "answered on … (was: on …)", where that differs. */
static void
add_time(GString *line, const char *words, gint64 before, gint64 after)
{
	g_autofree char *was = text_time(before), *is = text_time(after);

	if (before == after)
		return;
	if (is && was)
		g_string_append_printf(line, "; first %s %s, not %s", words, is, was);
	else if (is)
		g_string_append_printf(line, "; %s %s", words, is);
	else
		g_string_append_printf(line, "; not %s any more", words);
}

static void
print_change(const struct regarded *regarded)
{
	const struct report_standing *before = &regarded->before, *after = &regarded->after;
	g_autoptr(GString) line = g_string_new(NULL);

	g_string_printf(line, "R%" G_GINT64_FORMAT " (%s) is %s", regarded->report_id,
		regarded->provider, report_state_name(after->state));
	if (before->state != after->state)
		g_string_append_printf(line, " now, was %s", report_state_name(before->state));
	else
		g_string_append(line, " still");
	add_time(line, "acknowledged", before->acknowledged, after->acknowledged);
	add_time(line, "answered", before->answered, after->answered);
	if (g_strcmp0(before->ticket, after->ticket) != 0)
		g_string_append_printf(line, after->ticket ? "; its ticket is %s" : "%s",
			after->ticket ? after->ticket : "; it has no ticket any more");
	if (regarded->freed)
		g_string_append_printf(line, "; %s is not marked as bad any more", regarded->to);
	print(line->str);
}

/* What went out stays out. */
static gboolean
print_instead(const struct regarded *lost, struct store *store, GError **error)
{
	for (guint i = 0; lost->instead && i < lost->instead->len; i++) {
		const gint64 id = g_array_index(lost->instead, gint64, i);
		g_autoptr(Report) report = store_report_get(store, id, error);
		g_autofree char *line = NULL, *sent = NULL;

		if (!report)
			return FALSE;
		sent = text_time(report->sent);
		if (sent)
			line = g_strdup_printf("R%" G_GINT64_FORMAT " went to %s instead on %s: "
					       "that cannot be undone",
				id, report->to, sent);
		else if (report->state != REPORT_CANCELLED)
			line = g_strdup_printf("R%" G_GINT64_FORMAT " to %s was made instead and "
					       "is %s: `abate cancel R%" G_GINT64_FORMAT
					       "` takes it back",
				id, report->to, report_state_name(report->state), id);
		if (line)
			print(line);
	}
	return TRUE;
}

gboolean
assigning_print(const struct assigning *assigning, struct store *store, GError **error)
{
	const struct regarded *won = &assigning->won;
	g_autofree char *line = NULL;

	if (won->report_id)
		line = g_strdup_printf("A%" G_GINT64_FORMAT " belongs to R%" G_GINT64_FORMAT,
			assigning->reply->id, won->report_id);
	else
		line = g_strdup_printf(
			"A%" G_GINT64_FORMAT " belongs to no report", assigning->reply->id);
	print(line);
	if (won->report_id)
		print_change(won);
	if (assigning->lost.report_id)
		print_change(&assigning->lost);
	return print_instead(&assigning->lost, store, error);
}

static json_t *
change_json(const struct regarded *regarded)
{
	const struct report_standing *before = &regarded->before, *after = &regarded->after;
	json_t *instead = json_array();

	for (guint i = 0; regarded->instead && i < regarded->instead->len; i++)
		json_array_append_new(
			instead, json_id('R', g_array_index(regarded->instead, gint64, i)));
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "report",
		json_id('R', regarded->report_id), "was", report_state_name(before->state), "state",
		report_state_name(after->state), "ticket", json_text(after->ticket), "sent",
		json_time(after->sent), "acknowledged", json_time(after->acknowledged), "answered",
		json_time(after->answered), "contact_freed",
		regarded->freed ? json_text(regarded->to) : json_null(), "instead", instead);
}

json_t *
assigning_json(const struct assigning *assigning)
{
	json_t *list = json_array();

	if (assigning->won.report_id)
		json_array_append_new(list, change_json(&assigning->won));
	if (assigning->lost.report_id)
		json_array_append_new(list, change_json(&assigning->lost));
	return list;
}
