#include "inbox/advance.h"

#include <string.h>

#include "inbox/bad-contact.h"
#include "inbox/early.h"

/* How much of a bounce's words is kept as the report's reason. */
#define REASON_MAX 300

static gboolean
is(const struct reply *reply, const char *class)
{
	return g_strcmp0(reply->class_name, class) == 0;
}

static gboolean
is_answer(const struct reply *reply)
{
	static const char *const answers[] = { "question", "refusal", "wrong_channel", "actioned",
		"human", NULL };

	return reply->class_name && g_strv_contains(answers, reply->class_name);
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

/* The first of its kind counts, whichever is read first; none came before the report. */
static void
keep_first(gint64 *time, const struct reply *reply, gint64 sent)
{
	const gint64 came = MAX(reply->received, sent);

	if (!*time || came < *time)
		*time = came;
}

static void
move(struct report_standing *standing, enum report_state to, char *reason)
{
	g_free(standing->reason);
	standing->reason = reason;
	standing->state = to;
}

/* Any reply proves that a report in doubt went out. */
static void
settle_doubt(struct report_standing *standing, gint64 wire)
{
	move(standing, REPORT_ACCEPTED, g_strdup("a reply shows that it went out"));
	standing->sent = wire;
}

/* Where somebody acknowledged or answered it, a bounce tells of another whom it was passed to. */
static void
take_bounce(struct report_standing *standing, const struct reply *reply)
{
	if (standing->state == REPORT_ACCEPTED)
		move(standing, REPORT_BOUNCED, bounce_reason(reply));
}

static void
take_ticket(struct report_standing *standing, const struct reply *reply)
{
	if (reply->ticket && !standing->ticket && !is(reply, "bounce") && !is(reply, "delay") &&
		!is(reply, "vacation"))
		standing->ticket = g_strdup(reply->ticket);
}

void
advance_standing(struct report_standing *standing, const struct reply *reply, gint64 wire)
{
	take_ticket(standing, reply);
	if (report_standing_in_doubt(standing))
		settle_doubt(standing, wire);
	if (!report_state_is_out(standing->state))
		return;
	if (is(reply, "bounce"))
		take_bounce(standing, reply);
	else if (is(reply, "acknowledgement") && standing->sent)
		keep_first(&standing->acknowledged, reply, standing->sent);
	else if (is_answer(reply))
		keep_first(&standing->answered, reply, standing->sent);
	if (is(reply, "acknowledgement") &&
		report_state_allows(standing->state, REPORT_ACKNOWLEDGED))
		move(standing, REPORT_ACKNOWLEDGED, NULL);
	else if (is_answer(reply) && report_state_allows(standing->state, REPORT_ANSWERED))
		move(standing, REPORT_ANSWERED, NULL);
}

/* --- in the store --- */

/* A step of its own, so that the events tell of it. */
static gboolean
settle_in_store(struct store *store, gint64 id, struct report_standing *standing,
	const struct reply *reply, GError **error)
{
	struct report_standing before = *standing;
	gint64 wire = 0;

	if (!report_standing_in_doubt(standing))
		return TRUE;
	if (!store_report_wire_time(store, id, &wire, error))
		return FALSE;
	before.reason = g_strdup(before.reason);
	settle_doubt(standing, wire);
	const gboolean fine = store_report_revise(store, id, &before, standing, reply->id, error);
	g_free(before.reason);
	return fine;
}

gboolean
advance_known(struct store *store, struct report *report, const struct reply *reply,
	gboolean *bounced, GError **error)
{
	g_auto(ReportStanding) before = { 0 }, after = { 0 };
	gboolean is_bounce;

	if (!report_state_is_out(report->state) && !early_keep(store, report, error))
		return FALSE;
	report_standing_of(report, &before);
	report_standing_of(report, &after);
	if (!settle_in_store(store, report->id, &before, reply, error))
		return FALSE;
	advance_standing(&after, reply, before.sent);
	is_bounce = before.state != after.state && after.state == REPORT_BOUNCED;
	if (bounced)
		*bounced = is_bounce;
	return store_report_revise(store, report->id, &before, &after, reply->id, error) &&
	       (!is_bounce || bad_contact_mark(store, reply, report, error)) &&
	       (before.state != REPORT_BOUNCED || after.state == REPORT_BOUNCED ||
		       bad_contact_answered(store, reply, report, error));
}

gboolean
advance_report(struct store *store, const struct reply *reply, gboolean *bounced, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, reply->report_id, error);

	return report && advance_known(store, report, reply, bounced, error);
}

/* --- derived again --- */

struct again {
	struct report_standing *standing;
	gint64 wire;
};

static gboolean
take_again(const struct reply *reply, void *user)
{
	const struct again *again = user;

	if (reply->counts)
		advance_standing(again->standing, reply, again->wire);
	return TRUE;
}

struct marking {
	struct store *store;
	const struct report *report;
	GError **error;
	gboolean fine;
};

static gboolean
mark_again(const struct reply *reply, void *user)
{
	struct marking *marking = user;

	marking->fine = !reply->counts || !is(reply, "bounce") ||
			bad_contact_mark(marking->store, reply, marking->report, marking->error);
	return marking->fine;
}

/* Without the answer that left, the bounce before it stands. */
static gboolean
bounce_again(struct store *store, const struct report *report, GError **error)
{
	struct marking marking = { store, report, error, TRUE };

	return store_replies_each(store, report->id, mark_again, &marking, error) && marking.fine;
}

static gboolean
derive(struct store *store, const struct report *report, struct report_standing *after,
	GError **error)
{
	const struct again again = { after, report->sent };

	return store_report_outcome(store, report, after, error) &&
	       store_replies_each(store, report->id, take_again, (void *)&again, error);
}

gboolean
advance_again(struct store *store, gint64 report_id, const struct reply *left,
	gboolean *contact_freed, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, report_id, error);
	g_auto(ReportStanding) before = { 0 }, after = { 0 };

	*contact_freed = FALSE;
	if (!report)
		return FALSE;
	report_standing_of(report, &before);
	return derive(store, report, &after, error) &&
	       store_report_revise(store, report_id, &before, &after, left->id, error) &&
	       (before.state == REPORT_BOUNCED || after.state != REPORT_BOUNCED ||
		       bounce_again(store, report, error)) &&
	       (!is(left, "bounce") || bad_contact_free(store, left, report, contact_freed, error));
}
