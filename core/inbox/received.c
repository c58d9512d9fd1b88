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
received_time(const struct mail *mail)
{
	const char *received = mail_header(mail, "Received");
	const char *semicolon = received ? strrchr(received, ';') : NULL;
	gint64 time = semicolon ? date_of(semicolon + 1) : 0;

	return MAX(time > 0 ? time : date_of(mail_header(mail, "Date")), 0);
}

/* The word after a name, looked for from the first word that the sender did not choose: what comes
 * after "from" is the sender's. */
static char *
word_after(const char *value, const char *name)
{
	g_autofree char *words = header_words(value);
	g_auto(GStrv) list = g_strsplit(words, " ", 64);
	guint n = g_strv_length(list);

	for (guint i = n && g_ascii_strcasecmp(list[0], "from") == 0 ? 2 : 0; i + 1 < n; i++)
		if (g_ascii_strcasecmp(list[i], name) == 0) {
			list[i + 1][strcspn(list[i + 1], ";")] = '\0';
			return g_ascii_strdown(list[i + 1], -1);
		}
	return NULL;
}

char *
received_by(const char *value)
{
	return word_after(value, "by");
}

gboolean
received_is_delivery(const char *value)
{
	g_autofree char *with = word_after(value, "with");

	return with && g_str_has_prefix(with, "lmtp");
}
