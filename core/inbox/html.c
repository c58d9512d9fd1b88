#include "inbox/html.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "inbox/html-entity.h"

static gboolean
is_tag(const char *at, const char *tag)
{
	gsize length = strlen(tag);

	return g_ascii_strncasecmp(at + 1, tag, length) == 0 && !g_ascii_isalnum(at[1 + length]);
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

/* A blank that another one or a line end precedes is none. */
static void
add_blank(GString *words)
{
	if (words->len > 0 && !strchr(" \n", words->str[words->len - 1]))
		g_string_append_c(words, ' ');
}

/* At most one empty line. */
static void
add_line_end(GString *words)
{
	if (words->len > 0 && words->str[words->len - 1] == ' ')
		g_string_truncate(words, words->len - 1);
	if (words->len > 0 && !g_str_has_suffix(words->str, "\n\n"))
		g_string_append_c(words, '\n');
}

static void
begin_line(GString *words)
{
	if (words->len > 0 && words->str[words->len - 1] != '\n')
		add_line_end(words);
}

enum effect { BLANK, BEGIN_LINE, LINE_END };

struct tag {
	const char *name;
	enum effect effect;
};

/* Tags that part what is before them from what comes after, in the order of strcmp(). */
static const struct tag tags[] = { { "address", BEGIN_LINE }, { "article", BEGIN_LINE },
	{ "aside", BEGIN_LINE }, { "blockquote", BEGIN_LINE }, { "body", BEGIN_LINE },
	{ "br", LINE_END }, { "button", BLANK }, { "caption", BEGIN_LINE },
	{ "center", BEGIN_LINE }, { "dd", BEGIN_LINE }, { "div", BEGIN_LINE }, { "dl", BEGIN_LINE },
	{ "dt", BEGIN_LINE }, { "fieldset", BEGIN_LINE }, { "figure", BEGIN_LINE },
	{ "footer", BEGIN_LINE }, { "form", BEGIN_LINE }, { "h1", BEGIN_LINE },
	{ "h2", BEGIN_LINE }, { "h3", BEGIN_LINE }, { "h4", BEGIN_LINE }, { "h5", BEGIN_LINE },
	{ "h6", BEGIN_LINE }, { "head", BEGIN_LINE }, { "header", BEGIN_LINE },
	{ "hr", BEGIN_LINE }, { "img", BLANK }, { "input", BLANK }, { "li", BEGIN_LINE },
	{ "main", BEGIN_LINE }, { "nav", BEGIN_LINE }, { "ol", BEGIN_LINE }, { "option", BLANK },
	{ "p", LINE_END }, { "pre", BEGIN_LINE }, { "section", BEGIN_LINE }, { "select", BLANK },
	{ "table", BEGIN_LINE }, { "td", BLANK }, { "textarea", BLANK }, { "th", BLANK },
	{ "title", BEGIN_LINE }, { "tr", BEGIN_LINE }, { "ul", BEGIN_LINE } };
#define NAME_MAX_LENGTH 10

static int
compare_name(const void *name, const void *tag)
{
	return strcmp(name, ((const struct tag *)tag)->name);
}

/* All other tags are within a line, or within a word. */
static void
add_tag(GString *words, const char *at)
{
	char name[NAME_MAX_LENGTH + 1];
	const struct tag *tag;
	gsize length = 0;

	at += at[1] == '/' ? 2 : 1;
	while (length < NAME_MAX_LENGTH && g_ascii_isalnum(at[length])) {
		name[length] = g_ascii_tolower(at[length]);
		length++;
	}
	name[length] = '\0';
	if (g_ascii_isalnum(at[length]))
		return;
	tag = bsearch(name, tags, G_N_ELEMENTS(tags), sizeof *tags, compare_name);
	if (!tag)
		return;
	if (tag->effect == BLANK)
		add_blank(words);
	else if (tag->effect == BEGIN_LINE)
		begin_line(words);
	else
		add_line_end(words);
}

static gboolean
has_no_width(gunichar character)
{
	return character == 0xad || (character >= 0x200b && character <= 0x200f) ||
	       character == 0x2060 || character == 0xfeff;
}

static void
add_character(GString *words, gunichar character)
{
	if (character == '\n')
		begin_line(words);
	else if (g_unichar_isspace(character) && character != 0x3000)
		add_blank(words);
	else if (!has_no_width(character))
		g_string_append_unichar(words, character);
}

/* Returns where the text goes on. */
static const char *
add_text(GString *words, const char *at)
{
	gunichar character;
	gsize length;

	/* Most of it. */
	if (g_ascii_isgraph(*at) && *at != '&') {
		g_string_append_c(words, *at);
		return at + 1;
	}
	length = *at == '&' ? html_entity(at, &character) : 0;
	if (length > 0) {
		add_character(words, character);
		return at + length;
	}
	add_character(words, g_utf8_get_char(at));
	return g_utf8_next_char(at);
}

/* "<" before anything else is a sign. */
static gboolean
begins_tag(const char *at)
{
	return *at == '<' && (g_ascii_isalpha(at[1]) || (at[1] && strchr("/!?", at[1])));
}

char *
html_words(const char *html)
{
	GString *words = g_string_sized_new(strlen(html) + 1);
	gboolean look_for_end = TRUE;

	while (html && *html) {
		if (begins_tag(html)) {
			add_tag(words, html);
			html = past_tag(html, &look_for_end);
		} else
			html = add_text(words, html);
	}
	return g_string_free(words, FALSE);
}
