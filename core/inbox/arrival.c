#include "inbox/arrival.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "inbox/authentication.h"
#include "inbox/clues.h"
#include "inbox/domain.h"
#include "inbox/received.h"
#include "inbox/sender.h"

struct arrival *
arrival_new(const char *source, gint64 received, GBytes *content)
{
	struct arrival *arrival = g_new0(struct arrival, 1);

	arrival->source = g_strdup(source);
	arrival->received = received;
	arrival->content = g_bytes_ref(content);
	arrival->vouchers = g_ptr_array_new_with_free_func(g_free);
	return arrival;
}

void
arrival_free(struct arrival *arrival)
{
	if (!arrival)
		return;
	verdict_free(arrival->verdict);
	g_clear_pointer(&arrival->clues, g_ptr_array_unref);
	mail_free(arrival->mail);
	g_ptr_array_unref(arrival->vouchers);
	g_bytes_unref(arrival->content);
	g_free(arrival->source);
	g_free(arrival->digest);
	g_free(arrival->sha256);
	g_free(arrival->sha256_crlf);
	g_free(arrival->sender);
	g_free(arrival->shown_from);
	g_free(arrival->message_id);
	g_free(arrival);
}

static char *
shown_from(const struct mail *mail)
{
	const char *from = mail_header(mail, "From");

	return from ? g_utf8_make_valid(from, (gssize)MIN(strlen(from), 254)) : NULL;
}

static gboolean
is_authentic(struct arrival *arrival, const struct arrival_reading *reading)
{
	g_autofree char *domain = NULL;

	if (!reading->trusted[0])
		return TRUE;
	domain = domain_of(arrival->sender);
	return authentication_passes(
		arrival->mail, reading->trusted, reading->below, domain, arrival->vouchers);
}

static void
sum_up(struct arrival *arrival, gboolean crlf)
{
	gboolean as_is;

	arrival->digest = digest_of_lines(arrival->content, "\n", &as_is);
	arrival->sha256 = as_is ? g_strdup(arrival->digest) : digest_of_bytes(arrival->content);
	if (crlf)
		arrival->sha256_crlf = digest_of_lines(arrival->content, "\r\n", &as_is);
}

/* A file's time is that of a copy, too; the topmost Received is of the server that took the mail
 * for us. */
static void
date(struct arrival *arrival)
{
	gint64 stamp;

	if (arrival->received <= 0) {
		arrival->received = received_time(arrival->mail);
		return;
	}
	if (!g_str_has_prefix(arrival->source, "maildir:"))
		return;
	stamp = received_stamp(arrival->mail);
	if (stamp <= 0 || stamp > text_now())
		return;
	arrival->filed = arrival->received;
	arrival->received = stamp;
}

void
arrival_read(struct arrival *arrival, const struct arrival_reading *reading)
{
	/* Only servers that are trusted are asked what they found. */
	struct mail *mail = reading->trusted[0] ? mail_parse(arrival->content, NULL)
						: mail_parse_brief(arrival->content, NULL);

	sum_up(arrival, reading->crlf);
	arrival->mail = mail;
	if (!mail)
		return;
	arrival->sender = sender_address(mail);
	arrival->shown_from = arrival->sender ? NULL : shown_from(mail);
	arrival->message_id = g_strdup(g_mime_message_get_message_id(mail->message));
	arrival->authentic = is_authentic(arrival, reading);
	date(arrival);
	arrival->verdict = classify(mail, reading->rules);
	arrival->clues = clues_collect(mail, arrival->verdict);
	/* It costs most where it is not freed by who made it. */
	mail_close(mail);
}
