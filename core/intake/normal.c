/* One indicator from its text.
 *
 * Without a scheme: "host/path" is a URL (http is assumed), "host:port" alone is the host: who runs
 * it can act on it, and the port stays in the original text. A network ("192.0.2.0/24") is none. */
#include "intake/intake.h"

#include <idn2.h>
#include <string.h>

#include "base/text.h"
#include "intake/host.h"
#include "intake/url.h"

#define INDICATOR_LENGTH 8192

/* Text that may be looked at: not empty, not endless, UTF-8 without control characters. */
static gboolean
is_readable(const char *text, GError **error)
{
	gsize length = strlen(text);

	if (length == 0)
		return intake_refuse(error, "empty");
	if (length > INDICATOR_LENGTH)
		return intake_refuse(error, "an indicator of more than 8192 bytes");
	if (!g_utf8_validate(text, (gssize)length, NULL))
		return intake_refuse(error, "not UTF-8 text");
	for (const char *p = text; *p; p++)
		if (g_ascii_iscntrl(*p))
			return intake_refuse(error, "a control character within an indicator");
	return TRUE;
}

/* Spaces, quotes and angle brackets around it, in place. */
static char *
strip(char *text)
{
	static const char *const pairs[] = { "\"\"", "''", "<>", "``" };
	gsize length;

	g_strstrip(text);
	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		length = strlen(text);
		if (length > 2 && text[0] == pairs[i][0] && text[length - 1] == pairs[i][1]) {
			text[length - 1] = '\0';
			text++;
		}
	}
	return text;
}

static gboolean
set_mail(struct indicator *indicator, const char *text, GError **error)
{
	const char *at = strrchr(text, '@');
	g_autofree char *value = NULL;

	if (!host_set(indicator, at + 1, FALSE, error))
		return FALSE;
	value = g_strdup_printf("%.*s@%s", (int)(at - text), text, indicator->host);
	if (indicator->host_is_address || !text_is_mail_address(value))
		return intake_refuse(error, "\"%s\" is no mail address", text);
	indicator->value = g_steal_pointer(&value);
	indicator->type = INDICATOR_MAIL;
	return TRUE;
}

/* A host alone, perhaps with brackets or a port. */
static gboolean
set_host(struct indicator *indicator, const char *text, GError **error)
{
	g_autofree char *host = g_strdup(text);
	char *colon = strrchr(host, ':');
	char *close = strrchr(host, ']');

	if (*host == '[' && close) {
		*close = '\0';
		memmove(host, host + 1, strlen(host));
	} else if (colon && colon == strchr(host, ':') && colon[1] &&
		   strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
		*colon = '\0';
	}
	if (!host_set(indicator, host, FALSE, error))
		return FALSE;
	if (!indicator->host_is_address && !host_suffix_is_known(indicator))
		return intake_refuse(error, "\"%s\" does not end in a top-level domain", text);
	indicator->value = g_strdup(indicator->host);
	return TRUE;
}

/* "192.0.2.0/24": many addresses; "/32" and "/128" are one. */
static gboolean
is_network(const char *text, gboolean *single)
{
	const char *slash = strchr(text, '/');
	gsize length = slash ? strspn(slash + 1, "0123456789") : 0;

	if (length == 0 || length > 3 || slash[1 + length] ||
		strspn(text, "0123456789.:abcdefABCDEF") != (gsize)(slash - text))
		return FALSE;
	if (!strchr(text, ':') && strspn(text, "0123456789.") != (gsize)(slash - text))
		return FALSE;
	*single = strcmp(slash, strchr(text, ':') ? "/128" : "/32") == 0;
	return TRUE;
}

static gboolean
set_without_scheme(struct indicator *indicator, char *text, GError **error)
{
	g_autofree char *url = NULL;
	gboolean single = FALSE;

	if (is_network(text, &single)) {
		if (!single)
			return intake_refuse(error, "\"%s\" is a network, not one address", text);
		*strchr(text, '/') = '\0';
	}
	if (strpbrk(text, "/?#\\")) {
		url = g_strdup_printf("http://%s", text);
		if (!url_set(indicator, url, error))
			return FALSE;
		if (indicator->host_is_address || host_suffix_is_known(indicator))
			return TRUE;
		return intake_refuse(error, "\"%s\" is no URL: it begins with no host name", text);
	}
	if (strchr(text, '@'))
		return set_mail(indicator, text, error);
	return set_host(indicator, text, error);
}

static gboolean
is_hash(const char *text)
{
	gsize length = strlen(text);

	return (length == 32 || length == 40 || length == 64 || length == 128) &&
	       strspn(text, "0123456789abcdefABCDEF") == length;
}

static gboolean
set(struct indicator *indicator, char *text, GError **error)
{
	const char *scheme = strstr(text, "://");

	if (is_hash(text))
		return intake_refuse(error, "\"%s\" is a hash: nobody can take it down", text);
	if (g_ascii_strncasecmp(text, "mailto:", 7) == 0) {
		text += 7;
		text[strcspn(text, "?")] = '\0';
		return strchr(text, '@') ? set_mail(indicator, text, error)
					 : intake_refuse(error, "\"%s\" is no mail address", text);
	}
	if (scheme && scheme > text && strcspn(text, "/?#@") > (gsize)(scheme - text))
		return url_set(indicator, text, error);
	return set_without_scheme(indicator, text, error);
}

struct indicator *
indicator_parse(const char *text, GError **error)
{
	g_autoptr(Indicator) indicator = indicator_new();
	g_autofree char *original = g_strstrip(g_strdup(text));
	g_autofree char *plain = NULL;

	if (!is_readable(original, error))
		return NULL;
	plain = refang(original);
	if (!set(indicator, strip(plain), error))
		return NULL;
	indicator->original = g_steal_pointer(&original);
	return g_steal_pointer(&indicator);
}

char *
indicator_unicode(const char *value)
{
	const char *scheme = strstr(value, "://");
	const char *start = scheme ? scheme + 3 : value;
	const char *at = memchr(start, '@', strcspn(start, "/?#"));
	const char *host = at ? at + 1 : start;
	gsize length = strcspn(host, "/?#:");
	g_autofree char *name = g_strndup(host, length);
	char *shown = NULL;
	char *result = NULL;

	if (!strstr(name, "xn--") || idn2_to_unicode_8z8z(name, &shown, 0) != IDN2_OK)
		return NULL;
	if (strcmp(shown, name) != 0)
		result = g_strdup_printf(
			"%.*s%s%s", (int)(host - value), value, shown, host + length);
	idn2_free(shown);
	return result;
}
