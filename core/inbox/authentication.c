#include "inbox/authentication.h"

#include <string.h>

#include "inbox/domain.h"
#include "inbox/header-words.h"
#include "inbox/received.h"

/* Domains that are kept of one mail: few sign one more than twice. */
#define DOMAINS_MAX 16

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

/* The domain of the property (a domain or an address) where it is aligned with from; else NULL.
 * Borrowed. */
static const char *
aligned(char **words, const char *key, const char *from)
{
	const char *value = property(words, key);
	const char *at = value ? strrchr(value, '@') : NULL;
	const char *domain = at ? at + 1 : value;

	return domain_aligned(domain, from) ? domain : NULL;
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
	GPtrArray *by;	   /* of char *: the aligned domains that passed a check */
	gboolean disowned; /* the owner of the domain says that it is not theirs, whatever passed */
};

/* NULL: none. */
static void
take_domain(struct word *word, const char *domain)
{
	if (!domain)
		return;
	word->passes = TRUE;
	if (word->by->len < DOMAINS_MAX)
		g_ptr_array_add(word->by, g_ascii_strdown(domain, -1));
}

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
		named = aligned(words, "header.d", from);
		take_domain(word, named ? named : aligned(words, "header.i", from));
	} else if (passed(words[0], "spf")) {
		take_domain(word, aligned(words, "smtp.mailfrom", from));
	}
}

/* Whether a header's results are of that server. */
static gboolean
is_of_server(const char *value, const char *server)
{
	g_autofree char *words = header_words(value);
	const gsize length = strcspn(words, "; ");

	return length > 0 && strlen(server) == length &&
	       g_ascii_strncasecmp(words, server, length) == 0;
}

static void
take_header(const char *value, const char *from, struct word *word)
{
	g_autofree char *words = header_words(value);
	g_auto(GStrv) results = g_strsplit(words, ";", 64);

	for (char **result = results[0] ? results + 1 : results; *result; result++)
		take_result(g_strstrip(*result), from, word);
}

/* Whether a Received is one that the server wrote when the mail came in. */
static gboolean
is_by(const char *value, const char *server)
{
	g_autofree char *by = received_by(value);

	return domain_aligned(by, server) && !received_is_delivery(value);
}

/* What is below the border came with the mail: whoever sent it can have written it. */
struct border {
	int at;		    /* its place among the headers; their number: there is none */
	const char *server; /* who wrote it; NULL: it cannot be told */
};

static const char *
writer(const char *value, char *const *trusted)
{
	for (; *trusted; trusted++)
		if (is_by(value, *trusted))
			return *trusted;
	return NULL;
}

/* The topmost Received of any trusted server, or where none is known by its name, the topmost but
 * for steps into a mailbox. */
static struct border
find_border(GMimeHeaderList *headers, char *const *trusted)
{
	const int n = g_mime_header_list_get_count(headers);
	struct border border = { n, NULL };

	for (int i = 0; i < n && !border.server; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *value = g_mime_header_get_raw_value(header);

		if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Received") != 0)
			continue;
		border.server = writer(value, trusted);
		if (border.server || (border.at == n && !received_is_delivery(value)))
			border.at = i;
		if (received_is_obscure(value))
			break;
	}
	return border;
}

/* The server among trusted that wrote a header with results; NULL when none did. */
static const char *
voucher(GMimeHeader *header, char *const *trusted)
{
	if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Authentication-Results") != 0)
		return NULL;
	for (; *trusted; trusted++)
		if (is_of_server(g_mime_header_get_raw_value(header), *trusted))
			return *trusted;
	return NULL;
}

gboolean
authentication_passes(const struct mail *mail, char *const *trusted, gboolean below,
	const char *from, GPtrArray *by)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));
	const struct border border = find_border(headers, trusted);
	const int n = g_mime_header_list_get_count(headers);
	struct word word = { FALSE, by, FALSE };
	gboolean seen = FALSE;

	for (int i = 0; from && i < n && (i < border.at || (below && !seen)); i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *server = voucher(header, trusted);

		/* Below it one server's word alone may stand: that of who wrote the border. */
		if (!server ||
			(i > border.at && border.server && !domain_aligned(server, border.server)))
			continue;
		take_header(g_mime_header_get_raw_value(header), from, &word);
		seen = TRUE;
		/* Without a border only the topmost can be a server's own. */
		if (border.at == n || i > border.at)
			break;
	}
	return word.passes && !word.disowned;
}
