#include "inbox/bounce-text.h"

#include <string.h>

#include "inbox/flow.h"

/* How much of a bounce is read: what it says comes first. */
#define WORDS_MAX (32 * 1024)

void
bounce_init(struct bounce *bounce, const struct mail *mail, const struct rules *rules,
	const struct look *subject)
{
	memset(bounce, 0, sizeof *bounce);
	bounce->mail = mail;
	bounce->rules = rules;
	bounce->subject = subject;
	bounce->from_daemon = rules_has(rules, "bounce_sender", mail_header(mail, "From"));
}

void
bounce_clear(struct bounce *bounce)
{
	g_free(bounce->words);
	g_free(bounce->returned);
	g_free(bounce->line);
}

/* Where the returned mail begins: a bounce's own words are before it. */
static void
split(struct bounce *bounce)
{
	gssize at;

	if (bounce->words)
		return;
	bounce->words = flow_begin(bounce->mail->text, WORDS_MAX);
	rules_look(bounce->rules, bounce->words, &bounce->words_look);
	at = rules_where(bounce->rules, "bounce_returned", &bounce->words_look);
	/* The whole line is part of it. */
	while (at > 0 && bounce->words[at - 1] != '\n')
		at--;
	bounce->returned = g_strdup(at >= 0 ? bounce->words + at : "");
	/* What was looked at holds all words of what is left. */
	if (at >= 0)
		bounce->words[at] = '\0';
	bounce->line = flow_line(bounce->words);
	rules_look(bounce->rules, bounce->line, &bounce->line_look);
}

const struct look *
bounce_line(struct bounce *bounce)
{
	split(bounce);
	return &bounce->line_look;
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
bounce_recipient(struct bounce *bounce)
{
	const struct rules *rules = bounce->rules;
	const char *failed = mail_header(bounce->mail, "X-Failed-Recipients");
	char *found = rules_find(rules, "address", failed);

	split(bounce);
	if (!found)
		found = rules_pick(rules, "bounce_recipient", &bounce->words_look);
	if (!found)
		found = rules_find(rules, "returned_to", returned_headers(bounce->mail));
	if (!found)
		found = rules_find(rules, "returned_to", bounce->returned);
	return found ? found : rules_pick(rules, "address", &bounce->words_look);
}

static gboolean
has_null_sender(const struct mail *mail)
{
	const char *path = mail_header(mail, "Return-Path");

	return path && strncmp(path + strspn(path, " \t"), "<>", 2) == 0;
}

/* A daemon's name in From that the envelope does not deny. */
static gboolean
is_daemon(const struct bounce *bounce)
{
	const char *path = mail_header(bounce->mail, "Return-Path");

	return bounce->from_daemon && (!path || has_null_sender(bounce->mail) ||
					      rules_has(bounce->rules, "bounce_sender", path));
}

/* A postmaster may be a person who answers; a program says so in one of three ways. */
static gboolean
is_program(const struct bounce *bounce, gboolean subject)
{
	const struct mail *mail = bounce->mail;

	return subject || has_null_sender(mail) || mail_header(mail, "Auto-Submitted") ||
	       !rules_has(bounce->rules, "bounce_desk", mail_header(mail, "From"));
}

/* Who it comes from, or what it says it is; NULL: neither, and words alone are no bounce. *sure is
 * FALSE when other mails have that sign too, so that the words must be a mail system's own. */
static const char *
bounce_sign(const struct bounce *bounce, gboolean *sure)
{
	const struct mail *mail = bounce->mail;
	gboolean subject;

	*sure = TRUE;
	if (mail_header(mail, "X-Failed-Recipients"))
		return "x-failed-recipients";
	if (g_strcmp0(mail_parameter(mail, "report-type"), "delivery-status") == 0)
		return "report-type";
	subject = rules_see(bounce->rules, "bounce_subject", bounce->subject);
	if (is_daemon(bounce) || (subject && bounce->from_daemon)) {
		*sure = is_program(bounce, subject) &&
			!rules_see(bounce->rules, "answer_subject", bounce->subject);
		return "bounce-sender";
	}
	*sure = subject && has_null_sender(mail);
	if (has_null_sender(mail))
		return "null-sender";
	if (subject && !mail_header(mail, "List-Unsubscribe"))
		return "bounce-subject";
	return mail->bare ? "bounce-words" : NULL;
}

/* What a sending service reports in JSON, in a mail of its own. */
static gboolean
is_notice(struct bounce *bounce)
{
	const char *text = bounce->mail->text;

	return text[strspn(text, " \t\r\n")] == '{' &&
	       rules_has(bounce->rules, "notice_sender", mail_header(bounce->mail, "From")) &&
	       rules_see(bounce->rules, "bounce_notice", bounce_line(bounce));
}

static struct dsn *
read_words(struct bounce *bounce, gboolean delayed)
{
	struct dsn *dsn = dsn_parse(bounce->words);

	if (!dsn)
		dsn = g_new0(struct dsn, 1);
	if (!dsn->action)
		dsn->action = g_strdup(delayed ? "delayed" : "failed");
	if (!dsn->recipient)
		dsn->recipient = bounce_recipient(bounce);
	if (!dsn->status)
		dsn->status = rules_pick(bounce->rules, "bounce_status", &bounce->words_look);
	if (!dsn->diagnostic) {
		g_autofree char *reply =
			rules_pick(bounce->rules, "bounce_diagnostic", &bounce->words_look);
		dsn->diagnostic = reply ? g_strstrip(flow_line(reply)) : NULL;
	}
	return dsn;
}

/* The less the headers say, the more the words must be a mail system's own. */
static const char *
words_set(const struct bounce *bounce, gboolean sure)
{
	const struct mail *mail = bounce->mail;

	if (sure)
		return "bounce_text";
	if (mail->bare || bounce->from_daemon || mail_header(mail, "Precedence"))
		return "bounce_bare";
	return "bounce_strong";
}

struct dsn *
bounce_text(struct bounce *bounce, const char **rule)
{
	const struct rules *rules = bounce->rules;
	gboolean failed, delayed, sure;

	if (is_notice(bounce)) {
		*rule = "bounce-notice";
		return read_words(bounce, FALSE);
	}
	*rule = bounce_sign(bounce, &sure);
	/* A person may answer or pass on what a mail system said. */
	if (*rule && !sure && !bounce->from_daemon &&
		rules_see(rules, "answer_subject", bounce->subject))
		return NULL;
	if (!*rule || rules_see(rules, "bounce_never", bounce->subject) ||
		rules_see(rules, "bounce_never_text", bounce_line(bounce)))
		return NULL;
	delayed = rules_see(rules, "delay_subject", bounce->subject) ||
		  rules_see(rules, "delay_text", bounce_line(bounce));
	failed = rules_see(rules, words_set(bounce, sure), bounce_line(bounce));
	/* A machine that tells of failure in its subject alone. */
	if (!failed && sure)
		failed = rules_see(rules, "bounce_subject", bounce->subject);
	if (!failed && !(delayed && sure))
		return NULL;
	return read_words(bounce, delayed);
}
