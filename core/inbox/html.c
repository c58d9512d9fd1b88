#include "inbox/html.h"

#include <glib.h>
#include <string.h>

struct entity {
	const char *text;
	gunichar character;
};

static const struct entity entities[] = { { "&nbsp;", ' ' }, { "&lt;", '<' }, { "&gt;", '>' },
	{ "&quot;", '"' }, { "&apos;", '\'' }, { "&amp;", '&' } };

/* Reads "&#64;" and "&#x40;"; the bytes that it takes, 0 when it is none. */
static gsize
numeric_entity(const char *at, gunichar *character)
{
	gboolean is_hex = at[2] == 'x' || at[2] == 'X';
	const char *digits = at + (is_hex ? 3 : 2);
	char *end;
	guint64 value;

	if (!g_ascii_isxdigit(*digits))
		return 0;
	value = g_ascii_strtoull(digits, &end, is_hex ? 16 : 10);
	if (*end != ';' || end - digits > 7 || value < ' ' || !g_unichar_validate((gunichar)value))
		return 0;
	*character = (gunichar)value;
	return (gsize)(end + 1 - at);
}

static gsize
read_entity(const char *at, gunichar *character)
{
	if (at[1] == '#')
		return numeric_entity(at, character);
	for (gsize i = 0; i < G_N_ELEMENTS(entities); i++)
		if (g_str_has_prefix(at, entities[i].text)) {
			*character = entities[i].character;
			return strlen(entities[i].text);
		}
	return 0;
}

static gboolean
is_tag(const char *at, const char *tag)
{
	gsize length = strlen(tag);

	return g_ascii_strncasecmp(at + 1, tag, length) == 0 && !g_ascii_isalnum(at[1 + length]);
}

static gboolean
ends_block(const char *at)
{
	static const char *const tags[] = { "br", "p", "/p", "/div", "/li", "/tr", "/table",
		"/blockquote", "hr", "/h1", "/h2", "/h3", "/title" };

	for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
		if (is_tag(at, tags[i]))
			return TRUE;
	return FALSE;
}

/* Past the tag that begins here, and past what nobody reads; NULL: it does not end. */
static const char *
past_tag(const char *at)
{
	const char *end;

	if (g_str_has_prefix(at, "<!--")) {
		end = strstr(at + 4, "-->");
		return end ? end + 3 : NULL;
	}
	end = strchr(at, '>');
	if (!end)
		return NULL;
	/* The end of these is a tag of its own; "<" in them is none. */
	if (is_tag(at, "style") || is_tag(at, "script")) {
		const char *close = strstr(end, "</");
		return close ? close : NULL;
	}
	return end + 1;
}

char *
html_words(const char *html)
{
	GString *words = g_string_sized_new(strlen(html) + 1);

	while (*html) {
		gunichar character;
		gsize length = *html == '&' ? read_entity(html, &character) : 0;

		if (length > 0) {
			g_string_append_unichar(words, character);
			html += length;
		} else if (*html == '<') {
			g_string_append_c(words, ends_block(html) ? '\n' : ' ');
			html = past_tag(html);
			if (!html)
				break;
		} else
			g_string_append_c(words, *html++);
	}
	return g_string_free(words, FALSE);
}
