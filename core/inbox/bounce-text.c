#include "inbox/bounce-text.h"

#include <string.h>

/* How much of a bounce is read: what it says comes first. */
#define WORDS_MAX (32 * 1024)

/* Where the returned mail begins: a bounce's own words are before it. */
static char *
own_words(const struct mail *mail, const struct rules *rules, char **returned)
{
	g_autofree char *text =
		g_utf8_make_valid(mail->text, (gssize)MIN(strlen(mail->text), WORDS_MAX));
	g_autofree char *mark = rules_find(rules, "bounce_returned", text);
	const char *at = mark && *mark ? strstr(text, mark) : NULL;

	*returned = g_strdup(at ? at : "");
	return at ? g_strndup(text, (gsize)(at - text)) : g_steal_pointer(&text);
}

/* The headers of the mail that came back. */
static const char *
returned_headers(const struct mail *mail)
{
	const char *headers = mail_part(mail, "message/rfc822");

	if (!headers)
		headers = mail_part(mail, "text/rfc822-headers");
	return headers ? headers : mail_part(mail, "message/rfc822-headers");
}

char *
bounce_recipient(const struct mail *mail, const struct rules *rules)
{
	g_autofree char *returned = NULL;
	g_autofree char *words = own_words(mail, rules, &returned);
	char *found = rules_find(rules, "address", mail_header(mail, "X-Failed-Recipients"));

	if (!found)
		found = rules_find(rules, "bounce_recipient", words);
	if (!found)
		found = rules_find(rules, "returned_to", returned_headers(mail));
	if (!found)
		found = rules_find(rules, "returned_to", returned);
	return found ? found : rules_find(rules, "address", words);
}

static gboolean
has_null_sender(const struct mail *mail)
{
	const char *path = mail_header(mail, "Return-Path");

	return path && strncmp(path + strspn(path, " \t"), "<>", 2) == 0;
}

static gboolean
is_from_daemon(const struct mail *mail, const struct rules *rules)
{
	return rules_has(rules, "bounce_sender", mail_header(mail, "From"));
}

/* A daemon's name in From that the envelope does not deny. */
static gboolean
is_daemon(const struct mail *mail, const struct rules *rules)
{
	const char *path = mail_header(mail, "Return-Path");

	return is_from_daemon(mail, rules) &&
	       (!path || has_null_sender(mail) || rules_has(rules, "bounce_sender", path));
}

/* Who it comes from, or what it says it is; NULL: neither, and words alone are no bounce. *sure is
 * FALSE when other mails have that sign too, so that the words must be a mail system's own. */
static const char *
bounce_sign(const struct mail *mail, const struct rules *rules, gboolean *sure)
{
	gboolean subject;

	*sure = TRUE;
	if (mail_header(mail, "X-Failed-Recipients"))
		return "x-failed-recipients";
	if (g_strcmp0(mail_parameter(mail, "report-type"), "delivery-status") == 0)
		return "report-type";
	subject = rules_has(rules, "bounce_subject", mail->subject);
	if (is_daemon(mail, rules) || (subject && is_from_daemon(mail, rules)))
		return "bounce-sender";
	*sure = subject && has_null_sender(mail);
	if (has_null_sender(mail))
		return "null-sender";
	if (subject)
		return "bounce-subject";
	return mail->bare ? "bounce-words" : NULL;
}

static struct dsn *
read_words(const struct mail *mail, const struct rules *rules, const char *words, gboolean delayed)
{
	struct dsn *dsn = dsn_parse(words);

	if (!dsn)
		dsn = g_new0(struct dsn, 1);
	if (!dsn->action)
		dsn->action = g_strdup(delayed ? "delayed" : "failed");
	if (!dsn->recipient)
		dsn->recipient = bounce_recipient(mail, rules);
	if (!dsn->status)
		dsn->status = rules_find(rules, "bounce_status", words);
	if (!dsn->diagnostic)
		dsn->diagnostic = rules_find(rules, "bounce_diagnostic", words);
	return dsn;
}

/* Phrases run over line ends. */
static char *
on_one_line(const char *text)
{
	g_autoptr(GRegex) space = g_regex_new("\\s+", 0, 0, NULL);

	return g_regex_replace_literal(space, text, -1, 0, " ", 0, NULL);
}

/* The less the headers say, the more the words must be a mail system's own. */
static const char *
words_set(const struct mail *mail, gboolean sure)
{
	if (sure)
		return "bounce_text";
	return mail->bare ? "bounce_bare" : "bounce_strong";
}

struct dsn *
bounce_text(const struct mail *mail, const struct rules *rules, const char **rule)
{
	g_autofree char *returned = NULL;
	g_autofree char *words = own_words(mail, rules, &returned);
	g_autofree char *flat = on_one_line(words);
	gboolean failed, delayed, sure;

	*rule = bounce_sign(mail, rules, &sure);
	/* A person may answer or pass on what a mail system said. */
	if (*rule && !sure && rules_has(rules, "answer_subject", mail->subject))
		return NULL;
	if (!*rule || rules_has(rules, "bounce_never", mail->subject) ||
		rules_has(rules, "bounce_never_text", flat))
		return NULL;
	delayed = rules_has(rules, "delay_subject", mail->subject) ||
		  rules_has(rules, "delay_text", flat);
	failed = rules_has(rules, words_set(mail, sure), flat);
	/* A machine that tells of failure in its subject alone. */
	if (!failed && sure)
		failed = rules_has(rules, "bounce_subject", mail->subject);
	if (!failed && !(delayed && sure))
		return NULL;
	return read_words(mail, rules, words, delayed);
}

char *
bounce_words(const struct mail *mail, const struct rules *rules)
{
	g_autofree char *returned = NULL;
	g_autofree char *words = own_words(mail, rules, &returned);

	return on_one_line(words);
}
