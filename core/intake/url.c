#include "intake/url.h"

#include <curl/curl.h>
#include <string.h>

#include "intake/host.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

/* A part as GLib's memory; NULL when the URL has none. */
static char *
part(CURLU *url, CURLUPart what, unsigned flags)
{
	char *found = NULL;
	char *copy;

	if (curl_url_get(url, what, &found, flags) != CURLUE_OK)
		return NULL;
	copy = g_strdup(found);
	curl_free(found);
	return copy;
}

/* Schemes whose backslashes browsers read as slashes. */
static gboolean
is_web(const char *text)
{
	return g_ascii_strncasecmp(text, "http:", 5) == 0 ||
	       g_ascii_strncasecmp(text, "https:", 6) == 0 ||
	       g_ascii_strncasecmp(text, "ftp:", 4) == 0;
}

/* What browsers forgive and what no URL may hold: backslashes for slashes before the query, no
 * fragment, %XX for the rest behind the host. */
static char *
tolerate(const char *text)
{
	GString *out = g_string_new(NULL);
	const char *start = strstr(text, "://");
	const char *host = start ? start + 3 : text;
	const char *rest = host + strcspn(host, is_web(text) ? "/\\?#" : "/?#");
	gboolean in_query = FALSE;

	for (const char *p = text; *p && *p != '#'; p++) {
		in_query |= *p == '?';
		if (*p == '\\' && !in_query && is_web(text))
			g_string_append_c(out, '/');
		else if (p >= rest && ((guchar)*p >= 0x7f || strchr(" \"<>", *p)))
			g_string_append_printf(out, "%%%02X", (guchar)*p);
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

static char *
with_brackets(const char *text)
{
	const char *start = strstr(text, "://");
	const char *host = start ? start + 3 : text;
	gsize length = strcspn(host, "/?#");
	gsize colons = 0;

	for (gsize i = 0; i < length; i++)
		colons += host[i] == ':';
	if (colons < 2 || *host == '[' || strspn(host, "0123456789abcdefABCDEF:.") < length)
		return g_strdup(text);
	return g_strdup_printf(
		"%.*s[%.*s]%s", (int)(host - text), text, (int)length, host, host + length);
}

static CURLUcode
read_url(CURLU *url, const char *text)
{
	return curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE);
}

/* The part's text, with `before` in front. */
static void
append_part(GString *out, CURLU *url, CURLUPart what, unsigned flags, const char *before)
{
	g_autofree char *text = part(url, what, flags);

	if (!text)
		return;
	g_string_append(out, before);
	g_string_append(out, text);
}

static void
set_value(struct indicator *indicator, CURLU *url, const char *scheme)
{
	GString *out = g_string_new(scheme);

	g_string_append(out, "://");
	append_part(out, url, CURLUPART_USER, 0, "");
	append_part(out, url, CURLUPART_PASSWORD, 0, ":");
	if (strlen(scheme) + 3 < out->len)
		g_string_append_c(out, '@');
	g_string_append_printf(
		out, indicator->type == INDICATOR_IPV6 ? "[%s]" : "%s", indicator->host);
	append_part(out, url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, ":");
	append_part(out, url, CURLUPART_PATH, 0, "");
	append_part(out, url, CURLUPART_QUERY, 0, "?");
	indicator->value = g_string_free(out, FALSE);
	indicator->type = INDICATOR_URL;
}

/* The host, percent-decoded, without the brackets of an IPv6 address. */
static char *
host_of(CURLU *url)
{
	char *host = part(url, CURLUPART_HOST, CURLU_URLDECODE);
	gsize length = host ? strlen(host) : 0;

	if (length > 2 && host[0] == '[') {
		memmove(host, host + 1, length - 2);
		host[length - 2] = '\0';
	}
	return host;
}

gboolean
url_set_by_curl(struct indicator *indicator, const char *text, GError **error)
{
	g_autoptr(CURLU) url = curl_url();
	g_autofree char *tolerated = tolerate(text);
	g_autofree char *bracketed = with_brackets(tolerated);
	CURLUcode code = read_url(url, bracketed);
	g_autofree char *host = code == CURLUE_OK ? host_of(url) : NULL;
	g_autofree char *scheme = code == CURLUE_OK ? part(url, CURLUPART_SCHEME, 0) : NULL;

	if (code != CURLUE_OK)
		return intake_refuse(
			error, "\"%.200s\" is no URL: %s", text, curl_url_strerror(code));
	if (!host || !*host || !scheme || strcmp(scheme, "file") == 0)
		return intake_refuse(error, "\"%.200s\" is a URL without a host", text);
	if (!host_set(indicator, host, TRUE, error))
		return FALSE;
	set_value(indicator, url, scheme);
	return TRUE;
}

/* --- the short way: most URLs are in normal form already --- */

/* The length of a plain lower-case host name at p; 0 when libcurl has to look at it: an address in
 * any form, a user, a port. */
static gsize
plain_host(const char *p)
{
	gsize length = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-._");
	const char *top = p + length;

	if (length == 0 || (p[length] && p[length] != '/') || p[length - 1] == '.')
		return 0;
	while (top > p && top[-1] != '.')
		top--;
	return top > p && g_ascii_isalpha(*top) ? length : 0;
}

/* Whether path and query stay as they are. */
static gboolean
is_plain_rest(const char *p)
{
	for (; *p; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\\#\"<>", *p) ||
			(*p == '/' && (p[1] == '.' || p[1] == '%')) || (*p == '?' && !p[1]))
			return FALSE;
	return TRUE;
}

static gboolean
set_plain(struct indicator *indicator, const char *text, gboolean *done, GError **error)
{
	gsize scheme = g_str_has_prefix(text, "http://")    ? 7
		       : g_str_has_prefix(text, "https://") ? 8
							    : 0;
	gsize length = scheme ? plain_host(text + scheme) : 0;
	g_autofree char *host = NULL;

	*done = length > 0 && is_plain_rest(text + scheme + length);
	if (!*done)
		return FALSE;
	host = g_strndup(text + scheme, length);
	if (!host_set(indicator, host, TRUE, error))
		return FALSE;
	indicator->value = g_strconcat(text, text[scheme + length] ? "" : "/", NULL);
	indicator->type = INDICATOR_URL;
	return TRUE;
}

gboolean
url_set(struct indicator *indicator, const char *text, GError **error)
{
	gboolean done;
	gboolean fine = set_plain(indicator, text, &done, error);

	return done ? fine : url_set_by_curl(indicator, text, error);
}
