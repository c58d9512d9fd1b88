#include "inbox/advance.h"

#include <string.h>

#include "inbox/domain.h"

/* How much of a bounce's words is kept as the report's reason. */
#define REASON_MAX 300

static gboolean
is(const struct reply *reply, const char *class)
{
	return g_strcmp0(reply->class_name, class) == 0;
}

/* What an answer moves its report to; FALSE: it moves nothing. */
static gboolean
state_of(const struct reply *reply, enum report_state *to)
{
	static const char *const answers[] = { "question", "refusal", "wrong_channel", "actioned",
		"human", NULL };

	if (is(reply, "acknowledgement"))
		*to = REPORT_ACKNOWLEDGED;
	else if (is(reply, "bounce"))
		*to = REPORT_BOUNCED;
	else if (reply->class_name && g_strv_contains(answers, reply->class_name))
		*to = REPORT_ANSWERED;
	else
		return FALSE;
	return TRUE;
}

/* For people. Free with g_free. */
static char *
bounce_reason(const struct reply *reply)
{
	g_autoptr(GString) text = g_string_new("bounced");
	g_autofree char *valid = NULL;

	if (reply->reason)
		g_string_append_printf(text, " (%s)", reply->reason);
	if (reply->status)
		g_string_append_printf(text, ": %s", reply->status);
	if (reply->diagnostic)
		g_string_append_printf(text, "%s%s", reply->status ? " " : ": ", reply->diagnostic);
	valid = g_utf8_make_valid(text->str, (gssize)MIN(text->len, REASON_MAX));
	return g_strdelimit(g_steal_pointer(&valid), "\r\n\t", ' ');
}

/* Whether the address is no good for the next report either; a full mailbox or a filter that did
 * not like this mail says nothing about that. */
static gboolean
is_bad_address(const struct reply *reply)
{
	static const char *const reasons[] = { "unknown-user", "host-unknown", "disabled", "moved",
		"relay-denied", NULL };
	static const char *const codes[] = { "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10",
		"5.2.1", "5.4.4", NULL };

	if (reply->reason)
		return g_strv_contains(reasons, reply->reason);
	return reply->status && g_strv_contains(codes, reply->status);
}

/* The desk may send on to a mailbox that is gone: then the address that we wrote to is not told of,
 * unless both are of one house. */
static gboolean
is_of_contact(const struct reply *reply, const struct report *report)
{
	g_autofree char *bounced = domain_of(reply->recipient), *contact = domain_of(report->to);

	return !reply->recipient || g_ascii_strcasecmp(reply->recipient, report->to) == 0 ||
	       domain_aligned(bounced, contact);
}

static gboolean
mark_contact(
	struct store *store, const struct reply *reply, const struct report *report, GError **error)
{
	g_autofree char *mark = NULL;
	GError *failure = NULL;

	if (report->channel != CHANNEL_MAIL || !report->to || !is_bad_address(reply) ||
		!is_of_contact(reply, report))
		return TRUE;
	mark = store_mark_get(store, "contact", report->to, &failure);
	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	return g_strcmp0(mark, "bad") == 0 ||
	       store_mark_set(store, "contact", report->to, "bad", error);
}

/* A reply proves that a report in doubt went out. */
static gboolean
settle_doubt(struct store *store, struct report *report, GError **error)
{
	gint64 sent = 0;

	if (report->state != REPORT_IN_DOUBT)
		return TRUE;
	report->state = REPORT_ACCEPTED;
	return store_report_wire_time(store, report->id, &sent, error) &&
	       store_report_set_state_at(store, report->id, REPORT_ACCEPTED,
		       "a reply shows that it went out", sent, error);
}

static gboolean
step(struct store *store, struct report *report, const struct reply *reply, gboolean *bounced,
	GError **error)
{
	g_autofree char *reason = is(reply, "bounce") ? bounce_reason(reply) : NULL;
	enum report_state to;

	if (!state_of(reply, &to))
		return TRUE;
	if (!report_state_allows(report->state, to))
		return to != REPORT_ACKNOWLEDGED || !report->sent || report->acknowledged ||
		       store_report_acknowledged(store, report->id, reply->received, error);
	if (!store_report_set_state_at(store, report->id, to, reason, reply->received, error))
		return FALSE;
	if (to != REPORT_BOUNCED)
		return TRUE;
	if (bounced)
		*bounced = TRUE;
	return mark_contact(store, reply, report, error);
}

static gboolean
keep_ticket(
	struct store *store, const struct report *report, const struct reply *reply, GError **error)
{
	if (!reply->ticket || report->ticket || is(reply, "bounce") || is(reply, "delay") ||
		is(reply, "vacation"))
		return TRUE;
	return store_report_set_ticket(store, report->id, reply->ticket, error);
}

gboolean
advance_known(struct store *store, struct report *report, const struct reply *reply,
	gboolean *bounced, GError **error)
{
	if (bounced)
		*bounced = FALSE;
	return settle_doubt(store, report, error) && keep_ticket(store, report, reply, error) &&
	       step(store, report, reply, bounced, error);
}

gboolean
advance_report(struct store *store, const struct reply *reply, gboolean *bounced, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, reply->report_id, error);

	return report && advance_known(store, report, reply, bounced, error);
}
