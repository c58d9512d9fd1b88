#include "inbox/authentication.h"

#include <string.h>

#include "inbox/domain.h"
#include "inbox/header-words.h"
#include "inbox/received.h"

/* Of "key=value" among words the value; NULL when it is not there. Borrowed. */
static const char *
property(char **words, const char *key)
{
	const gsize length = strlen(key);

	for (; *words; words++)
		if (g_ascii_strncasecmp(*words, key, length) == 0 && (*words)[length] == '=')
			return *words + length + 1;
	return NULL;
}

/* Whether the domain of the property (a domain or an address) is aligned with from. */
static gboolean
is_aligned(char **words, const char *key, const char *from)
{
	const char *value = property(words, key);
	const char *at = value ? strrchr(value, '@') : NULL;

	return domain_aligned(at ? at + 1 : value, from);
}

/* Whether word is "METHOD=pass", or "METHOD/VERSION=pass". */
static gboolean
passed(const char *word, const char *method)
{
	const gsize length = strlen(method);
	const char *rest;

	if (!word || g_ascii_strncasecmp(word, method, length) != 0)
		return FALSE;
	rest = word + length;
	if (*rest == '/')
		rest += 1 + strspn(rest + 1, "0123456789");
	return g_ascii_strcasecmp(rest, "=pass") == 0;
}

/* One result: "dkim=pass header.d=example.org". */
static gboolean
result_passes(const char *text, const char *from)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 32);
	const char *named;

	if (passed(words[0], "dmarc")) {
		named = property(words, "header.from");
		return !named || g_ascii_strcasecmp(named, from) == 0;
	}
	if (passed(words[0], "dkim"))
		return is_aligned(words, "header.d", from) || is_aligned(words, "header.i", from);
	return passed(words[0], "spf") && is_aligned(words, "smtp.mailfrom", from);
}

/* The results of one header, when it is of that server; *is_of tells whether it is. */
static gboolean
header_passes(const char *value, const char *server, const char *from, gboolean *is_of)
{
	g_autofree char *words = header_words(value);
	g_auto(GStrv) results = g_strsplit(words, ";", 64);
	const char *id = results[0] ? results[0] : "";
	const gsize length = strcspn(id, " ");

	*is_of = length > 0 && strlen(server) == length &&
		 g_ascii_strncasecmp(id, server, length) == 0;
	for (char **result = results + 1; *is_of && results[0] && *result; result++)
		if (result_passes(g_strstrip(*result), from))
			return TRUE;
	return FALSE;
}

/* Whether a Received is the one that the server wrote when the mail came in: what is below it came
 * with the mail. */
static gboolean
is_border(const char *value, const char *server)
{
	g_autofree char *by = received_by(value);

	return by && (g_ascii_strcasecmp(by, server) == 0 ||
			     (domain_aligned(by, server) && !received_is_delivery(value)));
}

/* The border's place among the headers; -1 when it cannot be told. */
static int
find_border(GMimeHeaderList *headers, const char *server)
{
	const int n = g_mime_header_list_get_count(headers);

	for (int i = 0; i < n; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);

		if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Received") == 0 &&
			is_border(g_mime_header_get_raw_value(header), server))
			return i;
	}
	return -1;
}

static gboolean
server_passes(GMimeHeaderList *headers, const char *server, gboolean below, const char *from)
{
	const int border = find_border(headers, server), n = g_mime_header_list_get_count(headers);
	gboolean seen = FALSE;

	for (int i = 0; i < n; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		gboolean is_of, passes;

		if (border >= 0 && i > border && (!below || seen))
			return FALSE;
		if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Authentication-Results"))
			continue;
		passes = header_passes(g_mime_header_get_raw_value(header), server, from, &is_of);
		if (passes)
			return TRUE;
		seen = seen || is_of;
		/* Without a border to go by, only the topmost can be the server's own. */
		if (is_of && (border < 0 || i > border))
			return FALSE;
	}
	return FALSE;
}

gboolean
authentication_passes(
	const struct mail *mail, char *const *trusted, gboolean below, const char *from)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));

	for (; from && *trusted; trusted++)
		if (server_passes(headers, *trusted, below, from))
			return TRUE;
	return FALSE;
}
