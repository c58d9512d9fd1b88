#include "net/whois.h"

#include <string.h>

#include "net/transfer.h"

#define MAX_BYTES (256 * 1024)
#define MAX_QUERY 500

struct question {
	char *server, *error;
	whois_done done;
	void *user;
};

static void
free_question(void *data)
{
	struct question *question = data;

	g_free(question->server);
	g_free(question->error);
	g_free(question);
}

/* What the charset most likely is, by what is in the text and who sent it. */
static const char *
charset_of(const char *text, gsize length, const char *server)
{
	if (memmem(text, length, "\033$", 2) || memmem(text, length, "\033(", 2))
		return "ISO-2022-JP";
	if (g_utf8_validate(text, (gssize)length, NULL))
		return NULL;
	if (g_str_has_suffix(server, ".jp"))
		return "SHIFT_JIS";
	return "ISO-8859-1";
}

char *
whois_to_utf8(const char *text, gsize length, const char *server)
{
	g_autofree char *copy = g_memdup2(text, length);
	const char *charset;
	char *converted = NULL;

	if (length == 0)
		return g_strdup("");
	for (gsize i = 0; i < length; i++)
		if (copy[i] == '\0')
			copy[i] = ' ';
	charset = charset_of(copy, length, server);
	if (charset)
		converted = g_convert(copy, (gssize)length, "UTF-8", charset, NULL, NULL, NULL);
	return converted ? converted : g_utf8_make_valid(copy, (gssize)length);
}

static void
take_answer(const struct http_answer *answer, void *user)
{
	struct question *question = user;
	gsize length;
	const char *data = g_bytes_get_data(answer->body, &length);
	g_autofree char *text = NULL;
	g_autofree char *error = NULL;

	if (!answer->error && length > 0)
		text = whois_to_utf8(data, length, question->server);
	else
		error = g_strdup_printf("WHOIS %s: %s", question->server,
			answer->error ? answer->error : "an empty answer");
	question->done(text, error, question->user);
	free_question(question);
}

static void
call_error(void *work)
{
	struct question *question = work;

	question->done(NULL, question->error, question->user);
	free_question(question);
}

static gboolean
is_server(const char *server)
{
	return *server && strlen(server) < 256 &&
	       strspn(server, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789.-:[]") == strlen(server);
}

static gboolean
is_query(const char *query)
{
	for (const char *p = query; *p; p++)
		if (g_ascii_iscntrl(*p))
			return FALSE;
	return *query && strlen(query) <= MAX_QUERY;
}

/* gopher is a line out and text in until the other side closes, and so is WHOIS. Done by it, WHOIS
 * has the guard, the limits and the time-outs of all other transfers. */
void
whois_start(struct net *net, const char *server, const char *query, whois_done done, void *user)
{
	struct question *question = g_new0(struct question, 1);
	const char *colon = strrchr(server, ':'), *bracket = strrchr(server, ']');
	g_autofree char *escaped = g_uri_escape_string(query, NULL, FALSE);
	g_autofree char *url = g_strdup_printf("gopher://%s%s/0%s", server,
		colon && (!bracket || colon > bracket) ? "" : ":43", escaped);
	struct http_request request = { .url = url, .max_bytes = MAX_BYTES };

	question->server = g_strdup(server);
	question->done = done;
	question->user = user;
	if (is_server(server) && is_query(query)) {
		transfer_start(net, &request, "gopher", take_answer, question);
		return;
	}
	question->error = g_strdup("WHOIS: server or query has characters that can't be sent");
	/* Dropped together with the loop, or called from it. */
	loop_finish(net, call_error, free_question, question);
}
