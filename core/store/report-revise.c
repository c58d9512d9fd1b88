/* How a report stands by the replies that it has: forward with each that comes, and derived again
 * when one leaves it. */
#include <string.h>

#include "store/database.h"

static gboolean
write_standing(struct store *store, gint64 id, enum report_state from,
	const struct report_standing *after, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"UPDATE reports SET state = $1, reason = $2, ticket = $3, sent = $4, "
		"acknowledged = $5, answered = $6 WHERE id = $7 AND state = $8 RETURNING id",
		"tttzzzit", report_state_name(after->state), after->reason, after->ticket,
		after->sent, after->acknowledged, after->answered, id, report_state_name(from));
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"report R%" G_GINT64_FORMAT " is not %s any more: try again", id,
			report_state_name(from));
	return next == NEXT_ROW;
}

/* Its indicators were not reported, as far as is known, when nothing shows that it went out. */
static gboolean
write_reported(struct store *store, gint64 id, GError **error)
{
	return store_run(store, error,
		"UPDATE indicators SET reported = (SELECT MIN(r.sent) FROM report_indicators l "
		"JOIN reports r ON r.id = l.report_id WHERE l.indicator_id = indicators.id) "
		"WHERE id IN (SELECT indicator_id FROM report_indicators WHERE report_id = $1)",
		"i", id);
}

static json_t *
time_json(gint64 at)
{
	return at ? json_integer((json_int_t)at) : json_null();
}

static gboolean
has_moved(const struct report_standing *before, const struct report_standing *after)
{
	return before->state != after->state || before->sent != after->sent ||
	       before->acknowledged != after->acknowledged || before->answered != after->answered ||
	       g_strcmp0(before->reason, after->reason) != 0;
}

static gboolean
append_step(struct store *store, gint64 id, const struct report_standing *before,
	const struct report_standing *after, const char *reply, GError **error)
{
	const char *to = report_state_name(after->state);
	/* A reply may be the first to show that it went out at all. */
	const gboolean is_step =
		report_state_allows(before->state, after->state) ||
		(!report_state_is_out(before->state) && report_state_is_out(after->state));
	g_autofree char *kind = g_strconcat("report.", is_step ? to : "revised", NULL);

	return event_append(store, "R", id, kind,
		json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "from",
			report_state_name(before->state), "to", to, "reply", reply, "reason",
			event_text(after->reason), "sent", time_json(after->sent), "acknowledged",
			time_json(after->acknowledged), "answered", time_json(after->answered)),
		error);
}

static gboolean
append_ticket(struct store *store, gint64 id, const char *ticket, const char *reply, GError **error)
{
	return event_append(store, "R", id, "report.ticket",
		json_pack("{s:o, s:s}", "ticket", event_text(ticket), "reply", reply), error);
}

static gboolean
revise(struct store *store, gint64 id, const struct report_standing *before,
	const struct report_standing *after, gint64 reply_id, GError **error)
{
	const gboolean moved = has_moved(before, after);
	const gboolean ticket = g_strcmp0(before->ticket, after->ticket) != 0;
	g_autofree char *reply = g_strdup_printf("A%" G_GINT64_FORMAT, reply_id);

	if (!moved && !ticket)
		return TRUE;
	if (!write_standing(store, id, before->state, after, error) ||
		(before->sent != after->sent && !write_reported(store, id, error)))
		return FALSE;
	return (!ticket || append_ticket(store, id, after->ticket, reply, error)) &&
	       (!moved || append_step(store, id, before, after, reply, error));
}

gboolean
store_report_revise(struct store *store, gint64 id, const struct report_standing *before,
	const struct report_standing *after, gint64 reply_id, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, revise(store, id, before, after, reply_id, error), error);
}

/* Nothing else comes to these. */
static gboolean
is_of_replies(enum report_state state)
{
	return state == REPORT_ACKNOWLEDGED || state == REPORT_ANSWERED || state == REPORT_BOUNCED;
}

/* word: what an event tells, behind "report.". */
static void
take_word(struct report_standing *standing, const char *word, const json_t *detail)
{
	enum report_state state;

	if (strcmp(word, "ticket") == 0) {
		g_free(standing->ticket);
		standing->ticket = g_strdup(json_string_value(json_object_get(detail, "ticket")));
	} else if (report_state_parse(word, &state) && !is_of_replies(state)) {
		standing->state = state;
		g_free(standing->reason);
		standing->reason = g_strdup(json_string_value(json_object_get(detail, "reason")));
	}
}

/* Takes what an event says that is no reply's doing. */
static gboolean
take_event(const struct event *event, void *user)
{
	json_t *detail = json_loads(event->detail, 0, NULL);

	if (detail && g_str_has_prefix(event->kind, "report.") && !json_object_get(detail, "reply"))
		take_word(user, event->kind + strlen("report."), detail);
	json_decref(detail);
	return TRUE;
}

gboolean
store_report_outcome(struct store *store, const struct report *report,
	struct report_standing *standing, GError **error)
{
	g_autofree char *subject = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);

	*standing = (struct report_standing){ .state = REPORT_DRAFT };
	if (!store_events_each(store, subject, take_event, standing, error))
		return FALSE;
	if (!report_standing_in_doubt(standing))
		standing->sent = report->sent;
	return TRUE;
}
