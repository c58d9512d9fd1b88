#include "inbox/classify.h"

#include <string.h>

#include "base/reference.h"
#include "base/text.h"
#include "inbox/auto.h"
#include "inbox/bounce-text.h"
#include "inbox/dsn.h"
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

	if (!dsn->action)
		return dsn->status && dsn->status[0] == '5' ? "bounce" : "delay";
	if (strcmp(dsn->action, "delayed") == 0)
		return "delay";
	return g_strv_contains(fine, dsn->action) ? "unclassified" : "bounce";
}

static void
take_dsn(
	struct verdict *verdict, const struct rules *rules, const struct dsn *dsn, const char *rule)
{
	/* Who asks us to prove ourselves on a page needs a person: the address is not bad. */
	if (rules_has(rules, "bounce_challenge", dsn->diagnostic))
		decide(verdict, "unclassified", "challenge");
	else
		decide(verdict, delivery_class(dsn), rule);
	verdict->recipient = g_strdup(dsn->recipient);
	verdict->status = g_strdup(dsn->status);
	verdict->diagnostic = g_strdup(dsn->diagnostic);
}

/* Why, where it came back or waits. */
static void
take_reason(struct verdict *verdict, const struct mail *mail, const struct rules *rules)
{
	g_autofree char *words = NULL;

	if (strcmp(verdict->class, "bounce") != 0 && strcmp(verdict->class, "delay") != 0)
		return;
	words = bounce_words(mail, rules);
	verdict->reason = bounce_reason(rules, verdict->status, verdict->diagnostic, words);
}

static gboolean
by_delivery(struct verdict *verdict, const struct mail *mail, const struct rules *rules)
{
	const char *fields = mail_part(mail, "message/delivery-status");
	g_autoptr(Dsn) dsn = NULL;
	const char *rule = "dsn";

	if (!fields)
		fields = mail_part(mail, "message/global-delivery-status");
	if (!fields && rules_has(rules, "bounce_sender", mail_header(mail, "From")))
		fields = mail_part(mail, "nested/delivery-status");
	dsn = fields ? dsn_parse(fields) : NULL;
	/* A challenge in the shape of a bounce. */
	if (dsn && rules_has(rules, "bounce_never_text", mail->text) &&
		!rules_has(rules, "bounce_sender", mail_header(mail, "From")))
		return FALSE;
	if (!dsn)
		dsn = bounce_text(mail, rules, &rule);
	if (!dsn)
		return FALSE;
	if (!dsn->recipient)
		dsn->recipient = bounce_recipient(mail, rules);
	take_dsn(verdict, rules, dsn, rule);
	take_reason(verdict, mail, rules);
	return TRUE;
}

/* How much of an answer's words decides: who answers says it early, and rules cost time. */
#define WORDS_MAX (16 * 1024)

/* The answer's own words: what it quotes of our report decides nothing. */
static char *
without_quotes(const struct rules *rules, const char *text)
{
	GString *words = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", 4096);

	for (char **line = lines; *line; line++) {
		if (words->len > WORDS_MAX || rules_has(rules, "quote_begins", *line))
			break;
		if (**line != '>')
			g_string_append_printf(words, "%s\n", *line);
	}
	/* Sentences run over line ends, not over blank lines. */
	g_autoptr(GRegex) ends = g_regex_new("(?<!\\n)[ \\t]*\\n(?!\\s*\\n)[ \\t]*", 0, 0, NULL);
	g_string_truncate(words, MIN(words->len, WORDS_MAX));
	g_autofree char *whole = g_string_free(words, FALSE);
	g_autofree char *broken = g_utf8_make_valid(whole, -1);
	return g_regex_replace_literal(ends, broken, -1, 0, " ", 0, NULL);
}

static gboolean
is_empty(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* A machine's answer that no rule knows: one on leave says so, any other is left open. */
static void
by_machine(struct verdict *verdict, const struct rules *rules, const struct mail *mail,
	const char *words, const char *sign)
{
	if (rules_has(rules, "vacation_text", words))
		decide(verdict, "vacation", "vacation-text");
	else if (rules_has(rules, "auto_subject", mail->subject))
		decide(verdict, "vacation", "auto-subject");
	else
		decide(verdict, "unclassified", sign ? sign : "auto-text");
}

static void
by_words(struct verdict *verdict, const struct mail *mail, const struct rules *rules,
	const char *words)
{
	const char *sign = auto_sign(mail);
	gboolean vacation = rules_has(rules, "vacation_subject", mail->subject);
	gboolean is_auto = sign || vacation || rules_has(rules, "auto_subject", mail->subject) ||
			   rules_has(rules, "auto_text", words);
	const struct rule *rule = rules_match(rules, mail->subject, words, is_auto);

	if (vacation)
		decide(verdict, "vacation", "vacation-subject");
	else if (is_auto && rule && strcmp(rule->class, "acknowledgement") == 0 &&
		 rules_has(rules, "vacation_text", words))
		decide(verdict, "vacation", "vacation-text");
	else if (rule)
		decide(verdict, rule->class, rule->name);
	else if (is_auto)
		by_machine(verdict, rules, mail, words, sign);
	else if (is_empty(words))
		decide(verdict, "unclassified", "no-text");
	else if (!mail_header(mail, "From"))
		decide(verdict, "unclassified", "no-sender");
	else
		decide(verdict, "human", "no-machine-no-rule");
}

static char *
find_ticket(const struct mail *mail, const struct rules *rules, const char *words)
{
	char *ticket = rules_find(rules, "ticket", mail->subject);

	return ticket ? ticket : rules_find(rules, "ticket", words);
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

struct verdict *
classify(const struct mail *mail, const struct rules *rules)
{
	struct verdict *verdict = g_new0(struct verdict, 1);
	g_autofree char *words = without_quotes(rules, mail->text);
	const char *report = auto_report(mail);

	verdict->reference = find_reference(mail);
	/* Some mail systems refuse with a disposition notification. */
	if (report && rules_has(rules, "bounce_sender", mail_header(mail, "From")) &&
		by_delivery(verdict, mail, rules))
		return verdict;
	if (report)
		decide(verdict, "unclassified", report);
	else if (!by_delivery(verdict, mail, rules)) {
		by_words(verdict, mail, rules, words);
		verdict->ticket = find_ticket(mail, rules, words);
	}
	return verdict;
}

void
classify_ticket(struct verdict *verdict, const struct mail *mail, struct tickets *tickets,
	const struct profile *profile)
{
	char *ticket;

	if (strcmp(verdict->class, "bounce") == 0 || strcmp(verdict->class, "delay") == 0)
		return;
	ticket = tickets_find(tickets, profile, mail);
	if (!ticket)
		return;
	g_free(verdict->ticket);
	verdict->ticket = ticket;
}
