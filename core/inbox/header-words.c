#include "inbox/header-words.h"

#include <string.h>

/* The end of a comment that begins at p; the end of the text when it does not close. */
static const char *
comment_end(const char *p)
{
	int depth = 0;

	for (; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return p;
}

static const char *
add_quoted(GString *out, const char *p)
{
	for (p++; *p && *p != '"'; p++) {
		if (*p == '\\' && p[1])
			p++;
		g_string_append_c(out, strchr(" \t\r\n;=()", *p) ? '_' : *p);
	}
	return *p ? p + 1 : p;
}

/* A blank only between two words. */
static void
add_space(GString *out)
{
	if (out->len > 0 && !strchr(" =;", out->str[out->len - 1]))
		g_string_append_c(out, ' ');
}

static void
add_mark(GString *out, char mark)
{
	if (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, mark);
}

char *
header_words(const char *value)
{
	GString *out = g_string_new(NULL);
	const char *p = value ? value : "";

	while (*p) {
		if (*p == '(') {
			p = comment_end(p);
			add_space(out);
		} else if (*p == '"') {
			p = add_quoted(out, p);
		} else if (g_ascii_isspace(*p)) {
			add_space(out);
			p++;
		} else if (*p == '=' || *p == ';') {
			add_mark(out, *p++);
		} else {
			g_string_append_c(out, *p++);
		}
	}
	return g_strchomp(g_string_free(out, FALSE));
}
