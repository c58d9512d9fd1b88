#include "base/text.h"

#include <string.h>

/* Characters that a terminal may obey, or that turn text around without being seen. */
static gboolean
is_unsafe(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return TRUE;
	default:
		return FALSE;
	}
}

static void
append_safe(GString *out, const char *text, gunichar c)
{
	if (c == (gunichar)-1 || c == (gunichar)-2)
		g_string_append_printf(out, "\\x%02x", (unsigned char)*text);
	else if (is_unsafe(c))
		g_string_append_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
	else
		g_string_append_unichar(out, c);
}

char *
text_for_terminal(const char *text)
{
	GString *out = g_string_new(NULL);

	while (text && *text) {
		gunichar c = g_utf8_get_char_validated(text, -1);

		append_safe(out, text, c);
		text += c == (gunichar)-1 || c == (gunichar)-2 ? 1 : g_utf8_skip[(guchar)*text];
	}
	return g_string_free(out, FALSE);
}

char *
text_for_html(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *out = g_string_new(NULL);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' || c == '\t')
			g_string_append_unichar(out, c);
		else if (is_unsafe(c))
			g_string_append_printf(out, "\\u%04x", c);
		else if (strchr("<>&\"'", (int)c) && c < 0x80)
			g_string_append_printf(out, "&#%u;", c);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

char *
text_defang(const char *value)
{
	const char *path = strstr(value, "://");
	const char *host = path ? path + 3 : value;
	gsize host_length = strcspn(host, "/?#");
	GString *out = g_string_new(NULL);

	if (g_ascii_strncasecmp(value, "http", 4) == 0 && path) {
		g_string_append(out, "hxxp");
		g_string_append_len(out, value + 4, host - value - 4);
	} else {
		g_string_append_len(out, value, host - value);
	}
	for (gsize i = 0; i < host_length; i++) {
		if (host[i] == '.')
			g_string_append(out, "[.]");
		else if (host[i] == '@')
			g_string_append(out, "[@]");
		else if (host[i] == ':' && !path)
			g_string_append(out, "[:]");
		else
			g_string_append_c(out, host[i]);
	}
	g_string_append(out, host + host_length);
	return g_string_free(out, FALSE);
}

static gboolean
is_local_part(const char *text, gsize length)
{
	if (length == 0 || length > 64 || text[0] == '.' || text[length - 1] == '.')
		return FALSE;
	for (gsize i = 0; i < length; i++) {
		if (!g_ascii_isalnum(text[i]) && !strchr("!#$%&'*+-/=?^_`{|}~.", text[i]))
			return FALSE;
		if (text[i] == '.' && text[i + 1] == '.')
			return FALSE;
	}
	return TRUE;
}

static gboolean
is_label(const char *text, gsize length)
{
	if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-')
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_')
			return FALSE;
	return TRUE;
}

static gboolean
is_mail_domain(const char *domain)
{
	int labels = 0;
	gboolean last_has_letter = FALSE;

	for (const char *label = domain;; labels++) {
		gsize length = strcspn(label, ".");

		if (!is_label(label, length))
			return FALSE;
		last_has_letter = FALSE;
		for (gsize i = 0; i < length; i++)
			last_has_letter |= g_ascii_isalpha(label[i]);
		if (!label[length])
			return labels >= 1 && last_has_letter;
		label += length + 1;
	}
}

gboolean
text_is_mail_address(const char *address)
{
	const char *at = address ? strchr(address, '@') : NULL;

	if (!at || strlen(address) > 254)
		return FALSE;
	return is_local_part(address, at - address) && is_mail_domain(at + 1);
}

char *
text_time(gint64 microseconds)
{
	g_autoptr(GDateTime) time = NULL;

	if (!microseconds)
		return NULL;
	time = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);
	return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

gboolean
text_time_parse(const char *text, gint64 *microseconds)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = NULL;
	g_autofree char *whole = NULL;

	if (!text || strlen(text) < 10 || strlen(text) > 64)
		return FALSE;
	whole = strlen(text) == 10 ? g_strconcat(text, "T00:00:00Z", NULL) : g_strdup(text);
	if (whole[10] == ' ')
		whole[10] = 'T';
	time = g_date_time_new_from_iso8601(whole, utc);
	if (!time)
		return FALSE;
	*microseconds =
		g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
	return TRUE;
}

gint64
text_now(void)
{
	return g_get_real_time();
}
