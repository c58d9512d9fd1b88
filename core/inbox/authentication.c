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

/* Of "METHOD=RESULT", or "METHOD/VERSION=RESULT", the result; NULL when it is of another. Borrowed.
 */
static const char *
result_of(const char *word, const char *method)
{
	const gsize length = strlen(method);
	const char *rest;

	if (!word || g_ascii_strncasecmp(word, method, length) != 0)
		return NULL;
	rest = word + length;
	if (*rest == '/')
		rest += 1 + strspn(rest + 1, "0123456789");
	return *rest == '=' ? rest + 1 : NULL;
}

static gboolean
passed(const char *word, const char *method)
{
	const char *result = result_of(word, method);

	return result && g_ascii_strcasecmp(result, "pass") == 0;
}

/* What headers say of the sender. */
struct word {
	gboolean passes;
	gboolean disowned; /* the owner of the domain says that it is not theirs, whatever passed */
};

/* One result: "dkim=pass header.d=example.org". */
static void
take_result(const char *text, const char *from, struct word *word)
{
	g_auto(GStrv) words = g_strsplit(text, " ", 32);
	const char *dmarc = result_of(words[0], "dmarc");
	const char *named;

	if (dmarc && g_ascii_strcasecmp(dmarc, "fail") == 0)
		word->disowned = TRUE;
	if (passed(words[0], "dmarc")) {
		named = property(words, "header.from");
		word->passes |= !named || g_ascii_strcasecmp(named, from) == 0;
	} else if (passed(words[0], "dkim")) {
		word->passes |=
			is_aligned(words, "header.d", from) || is_aligned(words, "header.i", from);
	} else if (passed(words[0], "spf")) {
		word->passes |= is_aligned(words, "smtp.mailfrom", from);
	}
}

/* The results of one header, when it is of that server: else FALSE. */
static gboolean
take_header(const char *value, const char *server, const char *from, struct word *word)
{
	g_autofree char *words = header_words(value);
	g_auto(GStrv) results = g_strsplit(words, ";", 64);
	const char *id = results[0] ? results[0] : "";
	const gsize length = strcspn(id, " ");

	if (length == 0 || strlen(server) != length || g_ascii_strncasecmp(id, server, length) != 0)
		return FALSE;
	for (char **result = results + 1; *result; result++)
		take_result(g_strstrip(*result), from, word);
	return TRUE;
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
	struct word word = { FALSE, FALSE };
	gboolean seen = FALSE;

	for (int i = 0; i < n; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);

		if (border >= 0 && i > border && (!below || seen))
			break;
		if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Authentication-Results") ||
			!take_header(g_mime_header_get_raw_value(header), server, from, &word))
			continue;
		seen = TRUE;
		/* Without a border to go by, only the topmost can be the server's own. */
		if (border < 0 || i > border)
			break;
	}
	return word.passes && !word.disowned;
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
