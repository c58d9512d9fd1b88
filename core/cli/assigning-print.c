/* What an assignment changed, for people and for programs. */
#include <stdio.h>

#include "base/text.h"
#include "cli/assigning.h"
#include "cli/table.h"

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

static gboolean
print_quoting(const struct regarded *lost, struct store *store, GError **error)
{
	for (guint i = 0; lost->quoting && i < lost->quoting->len; i++) {
		const gint64 id = g_array_index(lost->quoting, gint64, i);
		g_autoptr(Report) report = store_report_get(store, id, error);
		g_autofree char *line = NULL;

		if (!report)
			return FALSE;
		if (report->sent)
			line = g_strdup_printf("R%" G_GINT64_FORMAT
					       " went out quoting %s: that cannot be undone",
				id, report->ticket);
		else
			line = g_strdup_printf("R%" G_GINT64_FORMAT " quotes %s and is %s: "
					       "`abate cancel R%" G_GINT64_FORMAT "` takes it back",
				id, report->ticket, report_state_name(report->state), id);
		print(line);
	}
	return TRUE;
}

gboolean
assigning_print(const struct assigning *assigning, GError **error)
{
	struct store *store = assigning->store;

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
	return print_instead(&assigning->lost, store, error) &&
	       print_quoting(&assigning->lost, store, error);
}

static json_t *
ids_json(const GArray *ids)
{
	json_t *list = json_array();

	for (guint i = 0; ids && i < ids->len; i++)
		json_array_append_new(list, json_id('R', g_array_index(ids, gint64, i)));
	return list;
}

static json_t *
change_json(const struct regarded *regarded)
{
	const struct report_standing *before = &regarded->before, *after = &regarded->after;

	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "report",
		json_id('R', regarded->report_id), "was", report_state_name(before->state), "state",
		report_state_name(after->state), "ticket", json_text(after->ticket), "sent",
		json_time(after->sent), "acknowledged", json_time(after->acknowledged), "answered",
		json_time(after->answered), "contact_freed",
		regarded->freed ? json_text(regarded->to) : json_null(), "instead",
		ids_json(regarded->instead), "quoting", ids_json(regarded->quoting));
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
