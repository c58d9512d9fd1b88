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

/* Whether the tag that ends at end says that its element is not shown. */
static gboolean
hides(const char *at, const char *end)
{
	static const char *const styles[] = { "display:none", "visibility:hidden", "font-size:0",
		"mso-hide:all", NULL };
	GString *tag = g_string_sized_new((gsize)(end - at));
	gboolean hidden = FALSE;

	for (; at < end; at++)
		if (!g_ascii_isspace(*at))
			g_string_append_c(tag, g_ascii_tolower(*at));
	for (const char *const *style = styles; *style && !hidden; style++)
		hidden = strstr(tag->str, *style) != NULL;
	g_string_free(tag, TRUE);
	return hidden;
}

/* The end of the element whose first tag begins here; NULL: it has none. */
static const char *
element_end(const char *at)
{
	g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, " \t\r\n/>"));
	guint depth = 0;

	for (; (at = strchr(at, '<')); at++) {
		if (is_tag(at, name))
			depth++;
		else if (at[1] == '/' && is_tag(at + 1, name) && --depth == 0)
			return at;
	}
	return NULL;
}

/* Past the tag that begins here, and past what nobody reads; NULL: it does not end. Once an element
 * that hides had no end, none is looked for any more: that would take long. */
static const char *
past_tag(const char *at, gboolean *look_for_end)
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
	if (!*look_for_end || !hides(at, end))
		return end + 1;
	const char *close = element_end(at);
	*look_for_end = close != NULL;
	return close ? close : end + 1;
}

char *
html_words(const char *html)
{
	GString *words = g_string_sized_new(strlen(html) + 1);
	gboolean look_for_end = TRUE;

	while (*html) {
		gunichar character;
		gsize length = *html == '&' ? read_entity(html, &character) : 0;

		if (length > 0) {
			g_string_append_unichar(words, character);
			html += length;
		} else if (*html == '<') {
			g_string_append_c(words, ends_block(html) ? '\n' : ' ');
			html = past_tag(html, &look_for_end);
			if (!html)
				break;
		} else
			g_string_append_c(words, *html++);
	}
	return g_string_free(words, FALSE);
}
