#include "inbox/classify.h"

#include <string.h>

#include "base/reference.h"
#include "base/text.h"
#include "inbox/auto.h"
#include "inbox/bounce-text.h"
#include "inbox/dsn.h"
#include "inbox/flow.h"
#include "inbox/reason.h"

void
verdict_free(struct verdict *verdict)
{
	if (!verdict)
		return;
	g_free(verdict->class);
	g_free(verdict->rule);
	g_free(verdict->ticket);
	g_free(verdict->reference);
	g_free(verdict->recipient);
	g_free(verdict->status);
	g_free(verdict->diagnostic);
	g_free(verdict->reason);
	g_free(verdict);
}

static void
decide(struct verdict *verdict, const char *class, const char *rule)
{
	verdict->class = g_strdup(class);
	verdict->rule = g_strdup(rule);
}

/* The class that a delivery status means. Where it is neither delay nor success it has failed,
 * whatever word the mail system found for it. */
static const char *
delivery_class(const struct dsn *dsn)
{
	static const char *const fine[] = { "delivered", "relayed", "expanded", NULL };

	/* Without an action there is a status. */
	if (!dsn->action && dsn->status[0] == '2')
		return "unclassified";
	if (!dsn->action)
		return dsn->status[0] == '5' ? "bounce" : "delay";
	if (strcmp(dsn->action, "delayed") == 0)
		return "delay";
	return g_strv_contains(fine, dsn->action) ? "unclassified" : "bounce";
}

/* A mail with what rules look at. */
struct answer {
	const struct mail *mail;
	const struct rules *rules;
	struct look subject;
	struct bounce bounce;
};

static void
take_dsn(struct verdict *verdict, struct answer *answer, const struct dsn *dsn, const char *rule)
{
	/* Who asks us to prove ourselves on a page needs a person: the address is not bad. */
	if (rules_has(answer->rules, "bounce_challenge", dsn->diagnostic))
		decide(verdict, "unclassified", "challenge");
	else
		decide(verdict, delivery_class(dsn),
			strcmp(delivery_class(dsn), "unclassified") == 0 ? "delivered" : rule);
	verdict->recipient = g_strdup(dsn->recipient);
	verdict->status = g_strdup(dsn->status);
	verdict->diagnostic = g_strdup(dsn->diagnostic);
}

static gboolean
came_back_or_waits(const struct verdict *verdict)
{
	return strcmp(verdict->class, "bounce") == 0 || strcmp(verdict->class, "delay") == 0;
}

static const char *
delivery_fields(const struct answer *answer)
{
	const char *fields = mail_part(answer->mail, "message/delivery-status");

	if (!fields)
		fields = mail_part(answer->mail, "message/global-delivery-status");
	if (!fields && answer->bounce.from_daemon)
		fields = mail_part(answer->mail, "nested/delivery-status");
	return fields;
}

static gboolean
by_delivery(struct verdict *verdict, struct answer *answer)
{
	struct bounce *bounce = &answer->bounce;
	const char *fields = delivery_fields(answer);
	g_autoptr(Dsn) dsn = fields ? dsn_parse(fields) : NULL;
	const char *rule = "dsn";

	/* A challenge in the shape of a bounce. */
	if (dsn && !bounce->from_daemon &&
		rules_see(answer->rules, "bounce_never_text", bounce_line(bounce)))
		return FALSE;
	if (!dsn)
		dsn = bounce_text(bounce, &rule);
	if (!dsn)
		return FALSE;
	if (!dsn->recipient)
		dsn->recipient = bounce_recipient(bounce);
	take_dsn(verdict, answer, dsn, rule);
	if (came_back_or_waits(verdict))
		verdict->reason =
			bounce_reason(answer->rules, verdict->status, verdict->diagnostic, bounce);
	return TRUE;
}

static gboolean
is_empty(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* A machine's answer that no rule knows: one on leave says so, any other is left open. */
static void
by_machine(struct verdict *verdict, const struct answer *answer, const struct look *words,
	const char *sign)
{
	if (rules_see(answer->rules, "vacation_text", words))
		decide(verdict, "vacation", "vacation-text");
	else if (rules_see(answer->rules, "auto_subject", &answer->subject))
		decide(verdict, "vacation", "auto-subject");
	else
		decide(verdict, "unclassified", sign ? sign : "auto-text");
}

static void
by_words(struct verdict *verdict, const struct answer *answer, const struct look *words)
{
	const struct rules *rules = answer->rules;
	const struct look *subject = &answer->subject;
	const char *sign = auto_sign(answer->mail);
	/* "Re: … is out of office" is of a person who wonders. */
	gboolean vacation = rules_see(rules, "vacation_subject", subject) &&
			    (sign || !rules_see(rules, "answer_subject", subject));
	gboolean is_auto = sign || vacation || rules_see(rules, "auto_subject", subject) ||
			   rules_see(rules, "auto_text", words);
	const struct rule *rule = rules_match(rules, subject, words, is_auto);

	if (vacation)
		decide(verdict, "vacation", "vacation-subject");
	else if (is_auto && rule && strcmp(rule->class, "actioned") != 0 &&
		 rules_see(rules, "vacation_text", words))
		decide(verdict, "vacation", "vacation-text");
	else if (rule)
		decide(verdict, rule->class, rule->name);
	else if (is_auto)
		by_machine(verdict, answer, words, sign);
	else if (is_empty(words->text ? words->text : ""))
		decide(verdict, "unclassified", "no-text");
	else if (!mail_header(answer->mail, "From"))
		decide(verdict, "unclassified", "no-sender");
	else
		decide(verdict, "human", "no-machine-no-rule");
}

static char *
pick_ticket(const struct rules *rules, const char *set, const struct look *look)
{
	g_autofree char *plain = look->text ? flow_plain(look->text) : NULL;

	return plain ? rules_find(rules, set, plain) : rules_pick(rules, set, look);
}

/* A bare number counts in a subject only. */
static char *
find_ticket(const struct answer *answer, const struct look *words)
{
	char *ticket = pick_ticket(answer->rules, "ticket", &answer->subject);

	if (!ticket)
		ticket = pick_ticket(answer->rules, "ticket_subject", &answer->subject);
	return ticket ? ticket : pick_ticket(answer->rules, "ticket", words);
}

/* Where our reference comes back: the address it was sent to, the subject, the thread, or the mail
 * that a bounce returns. */
static char *
find_reference(const struct mail *mail)
{
	static const char *const headers[] = { "To", "Delivered-To", "X-Original-To", "Cc",
		"In-Reply-To", "References", NULL };
	char *reference = reference_find(mail->subject);

	for (const char *const *name = headers; !reference && *name; name++)
		reference = reference_find(mail_header(mail, *name));
	for (guint i = 0; !reference && i < mail->parts->len; i++)
		reference = reference_find(
			((const struct mail_part *)g_ptr_array_index(mail->parts, i))->text);
	return reference;
}

static void
by_text(struct verdict *verdict, const struct answer *answer)
{
	g_autofree char *own = flow_own_words(answer->rules, answer->mail->text);
	struct look words;

	rules_look(answer->rules, own, &words);
	by_words(verdict, answer, &words);
	verdict->ticket = find_ticket(answer, &words);
}

struct verdict *
classify(const struct mail *mail, const struct rules *rules)
{
	struct verdict *verdict = g_new0(struct verdict, 1);
	struct answer answer = { .mail = mail, .rules = rules };
	const char *report = auto_report(mail);

	verdict->reference = find_reference(mail);
	rules_look(rules, mail->subject, &answer.subject);
	bounce_init(&answer.bounce, mail, rules, &answer.subject);
	/* Some mail systems refuse with a disposition notification. */
	if (!(report && answer.bounce.from_daemon && by_delivery(verdict, &answer))) {
		if (report)
			decide(verdict, "unclassified", report);
		else if (!by_delivery(verdict, &answer))
			by_text(verdict, &answer);
	}
	bounce_clear(&answer.bounce);
	return verdict;
}

void
classify_ticket(struct verdict *verdict, const struct mail *mail, struct tickets *tickets,
	const struct profile *profile)
{
	char *ticket;

	if (came_back_or_waits(verdict))
		return;
	ticket = tickets_find(tickets, profile, mail);
	if (!ticket)
		return;
	g_free(verdict->ticket);
	verdict->ticket = ticket;
}
