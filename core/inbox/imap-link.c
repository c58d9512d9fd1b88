#include "inbox/imap-link.h"

#include <curl/curl.h>
#include <poll.h>
#include <string.h>

#include "base/text.h"
#include "inbox/imap-answer.h"

/* How long a stop may go unnoticed. */
#define STEP_MS 200
/* Bytes a second that buy a server more time: less is no connection to wait for. */
#define SLOWEST 1000
/* A server that is busy may say so now and then, but must get on after so many times the timeout.
 */
#define ANSWERS_A_STEP 10

/* What was waited for something, and what came of it meanwhile. */
struct patience {
	gint64 waited; /* microseconds */
	gsize got;     /* bytes */
};

struct imap_link {
	const struct imap_settings *settings;
	const volatile int *stop;
	CURL *curl;
	curl_socket_t socket;
	struct patience answer, step;
	char refusal[256]; /* the server's last "NO …", for the message */
	char words[CURL_ERROR_SIZE];
};

/* libcurl drops what the server says with a refused login. */
static size_t
on_line(char *line, size_t size, size_t count, void *user)
{
	struct imap_link *link = user;
	g_autofree char *text = g_strndup(line, MIN(size * count, sizeof link->refusal - 1));
	char *status = strchr(text, ' ');

	if (!status || !(g_str_has_prefix(status, " NO ") || g_str_has_prefix(status, " BAD ") ||
			       g_str_has_prefix(status, " BYE ")))
		return size * count;
	/* Some say again what they were sent. */
	g_strlcpy(link->refusal,
		strstr(text, link->settings->password) ? "(its words hold the password)"
						       : g_strchomp(status + 1),
		sizeof link->refusal);
	return size * count;
}

static int
on_progress(void *user, curl_off_t a G_GNUC_UNUSED, curl_off_t b G_GNUC_UNUSED,
	curl_off_t c G_GNUC_UNUSED, curl_off_t d G_GNUC_UNUSED)
{
	const struct imap_link *link = user;

	return link->stop && *link->stop;
}

static void
prepare(struct imap_link *link)
{
	const struct imap_settings *settings = link->settings;
	CURL *curl = link->curl;

	curl_easy_setopt(curl, CURLOPT_URL, settings->server);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, settings->use_ssl);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, settings->verify ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, settings->verify ? 2L : 0L);
	if (settings->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
	curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user);
	curl_easy_setopt(curl, settings->is_token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
		settings->password);
	/* Left alone, libcurl takes GSSAPI or NTLM where a server offers them, and fails there with
	 * a password. */
	curl_easy_setopt(curl, CURLOPT_LOGIN_OPTIONS,
		settings->is_token ? "AUTH=XOAUTH2" : "AUTH=PLAIN;AUTH=LOGIN");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)settings->timeout_s);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, link);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, link);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, link->words);
}

/* What became of a login, and what to do. */
static const char *
login_words(const struct imap_link *link)
{
	if (!link->refusal[0])
		return link->settings->is_token
			       ? "the server refused the login by access token, or takes none "
				 "(XOAUTH2)"
			       : "the server takes no password this way: it wants TLS first (see "
				 "[inbox] tls), or an access token (auth = xoauth2)";
	if (imap_is_temporary(link->refusal))
		return "the server lets nobody in for now; try again later";
	return "the server refused the login (check the user in [inbox] imap and the password)";
}

static const char *
advice(const struct imap_link *link, CURLcode code)
{
	const char *words = link->words;

	if (strstr(words, "self-signed") || strstr(words, "issuer certificate"))
		return "; [inbox] ca_file names certificates to trust";
	if (code == CURLE_PEER_FAILED_VERIFICATION && strstr(words, "target host"))
		return "; write the host into [inbox] imap as its certificate names it";
	if (code == CURLE_SSL_CACERT_BADFILE)
		return "; see [inbox] ca_file";
	if (code == CURLE_SSL_CONNECT_ERROR)
		return "; if there is no TLS on that port, write imap:// in [inbox] imap";
	if (code == CURLE_OPERATION_TIMEDOUT && g_str_has_prefix(link->settings->name, "imap:"))
		return "; a port with TLS from the start wants imaps:// in [inbox] imap";
	return "";
}

/* The server's words where it said some, else libcurl's. */
static void
connect_failed(const struct imap_link *link, CURLcode code, GError **error)
{
	gboolean is_login = code == CURLE_LOGIN_DENIED;
	const char *said = link->refusal[0] ? link->refusal
			   : link->words[0] ? link->words
					    : curl_easy_strerror(code);
	g_autofree char *safe = text_for_terminal(said);

	if (code == CURLE_ABORTED_BY_CALLBACK)
		g_set_error(error, IMAP_ERROR, IMAP_ERROR_STOPPED, "stopped");
	else if (code == CURLE_USE_SSL_FAILED)
		g_set_error(error, IMAP_ERROR, IMAP_ERROR_REFUSED,
			"%s: the server offers no STARTTLS, and without it nothing is sent; write "
			"imaps:// in [inbox] imap",
			link->settings->name);
	else if (is_login)
		g_set_error(error, IMAP_ERROR, IMAP_ERROR_REFUSED, "%s: %s: %s",
			link->settings->name, login_words(link), safe);
	else
		g_set_error(error, IMAP_ERROR, IMAP_ERROR_BROKEN, "%s: %s%s", link->settings->name,
			safe, advice(link, code));
}

struct imap_link *
imap_link_open(const struct imap_settings *settings, const volatile int *stop, GError **error)
{
	g_autoptr(ImapLink) link = g_new0(struct imap_link, 1);
	CURLcode code;

	link->settings = settings;
	link->stop = stop;
	link->curl = curl_easy_init();
	prepare(link);
	code = curl_easy_perform(link->curl);
	/* Refused, though not by the server: it has neither of these, but others or LOGIN. */
	if (code == CURLE_LOGIN_DENIED && !link->refusal[0] && !settings->is_token) {
		curl_easy_setopt(link->curl, CURLOPT_LOGIN_OPTIONS, NULL);
		code = curl_easy_perform(link->curl);
	}
	if (code == CURLE_OK)
		code = curl_easy_getinfo(link->curl, CURLINFO_ACTIVESOCKET, &link->socket);
	if (code == CURLE_OK)
		return g_steal_pointer(&link);
	connect_failed(link, code, error);
	return NULL;
}

void
imap_link_free(struct imap_link *link)
{
	if (!link)
		return;
	curl_easy_cleanup(link->curl);
	g_free(link);
}

static gboolean
broken(CURLcode code, GError **error)
{
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_BROKEN, "the connection broke: %s",
		curl_easy_strerror(code));
	return FALSE;
}

static gboolean
is_over(const struct patience *patience, gint64 timeout_s)
{
	const gint64 allowed = timeout_s + (gint64)(patience->got / SLOWEST);

	return patience->waited > allowed * G_USEC_PER_SEC;
}

static gboolean
is_too_slow(const struct imap_link *link)
{
	const gint64 timeout_s = link->settings->timeout_s;

	return is_over(&link->answer, timeout_s) ||
	       is_over(&link->step, ANSWERS_A_STEP * timeout_s);
}

/* Until the socket is ready, the time is over, or a stop. A byte now and then does not help: all
 * waiting for one answer counts. */
static gboolean
wait_for(struct imap_link *link, short events, GError **error)
{
	struct pollfd watched = { .fd = link->socket, .events = events };

	while (!is_too_slow(link)) {
		const gint64 begun = g_get_monotonic_time();
		gboolean ready;

		if (link->stop && *link->stop) {
			g_set_error(error, IMAP_ERROR, IMAP_ERROR_STOPPED, "stopped");
			return FALSE;
		}
		ready = poll(&watched, 1, STEP_MS) > 0;
		link->answer.waited += g_get_monotonic_time() - begun;
		link->step.waited += g_get_monotonic_time() - begun;
		if (ready)
			return TRUE;
	}
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_SLOW,
		"the server is too slow: no whole answer in %" G_GINT64_FORMAT
		" seconds ([inbox] timeout)",
		link->settings->timeout_s);
	return FALSE;
}

void
imap_link_next_answer(struct imap_link *link)
{
	link->answer = (struct patience){ 0 };
}

void
imap_link_next_step(struct imap_link *link)
{
	link->answer = link->step = (struct patience){ 0 };
}

gboolean
imap_link_send(struct imap_link *link, const char *text, gsize length, GError **error)
{
	gsize sent;

	while (length > 0) {
		CURLcode code = curl_easy_send(link->curl, text, length, &sent);

		if (code == CURLE_OK) {
			text += sent;
			length -= sent;
		} else if (code != CURLE_AGAIN) {
			return broken(code, error);
		} else if (!wait_for(link, POLLOUT, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean
imap_link_fill(void *user, char *buffer, gsize space, gsize *got, GError **error)
{
	struct imap_link *link = user;
	CURLcode code;

	while ((code = curl_easy_recv(link->curl, buffer, space, got)) == CURLE_AGAIN)
		if (!wait_for(link, POLLIN, error))
			return FALSE;
	if (code != CURLE_OK)
		return broken(code, error);
	link->answer.got += *got;
	link->step.got += *got;
	return TRUE;
}
