#include "inbox/received.h"

#include <string.h>

#include "inbox/header-words.h"

/* 0 when it is no date. */
static gint64
date_of(const char *text)
{
	g_autoptr(GDateTime) date = text ? g_mime_utils_header_decode_date(text) : NULL;

	return date ? g_date_time_to_unix(date) * G_USEC_PER_SEC : 0;
}

gint64
received_stamp(const struct mail *mail)
{
	const char *received = mail_header(mail, "Received");
	const char *semicolon = received ? strrchr(received, ';') : NULL;

	return semicolon ? MAX(date_of(semicolon + 1), 0) : 0;
}

gint64
received_time(const struct mail *mail)
{
	const gint64 stamp = received_stamp(mail);

	return stamp > 0 ? stamp : MAX(date_of(mail_header(mail, "Date")), 0);
}

/* What it says before its date, in lower case, with a blank before each word. */
static char *
clauses_of(const char *value)
{
	g_autofree char *words = header_words(value);

	words[strcspn(words, ";")] = '\0';
	g_autofree char *lower = g_ascii_strdown(words, -1);
	return g_strconcat(" ", lower, NULL);
}

/* The word after the last one of that name; NULL when there is none. */
static char *
word_after(const char *clauses, const char *name)
{
	const char *at = g_strrstr(clauses, name);

	return at ? g_strndup(at + strlen(name), strcspn(at + strlen(name), " ")) : NULL;
}

/* What comes after "from" is the sender's, even a "by": the last one is the server's. */
char *
received_by(const char *value)
{
	g_autofree char *clauses = clauses_of(value);

	return word_after(clauses, " by ");
}

char *
received_for(const char *value)
{
	g_autofree char *clauses = clauses_of(value);
	const char *by = g_strrstr(clauses, " by ");

	return by ? word_after(by, " for ") : NULL;
}

gboolean
received_is_delivery(const char *value)
{
	g_autofree char *clauses = clauses_of(value);
	const char *by = g_strrstr(clauses, " by ");
	g_autofree char *with = by ? word_after(by, " with ") : NULL;

	return with && g_str_has_prefix(with, "lmtp");
}

gboolean
received_is_obscure(const char *value)
{
	g_autofree char *clauses = clauses_of(value);

	return g_str_has_prefix(clauses, " from ") && !strstr(clauses, " by ");
}
