#include "inbox/flow.h"

#include <string.h>

/* How much of an answer is looked at, and how much of its own words decides. */
#define TEXT_MAX (64 * 1024)
#define WORDS_MAX (16 * 1024)

/* Bytes of the white space that is there; 0 where there is none. Ideographic and no-break spaces
 * are white space too. */
static gsize
space_at(const char *at)
{
	if (g_ascii_isspace(*at) || *at == '\v')
		return 1;
	if (strncmp(at, "\xe3\x80\x80", 3) == 0)
		return 3;
	return strncmp(at, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

char *
flow_line(const char *text)
{
	char *line = g_malloc(strlen(text) + 1);
	char *to = line;

	while (*text) {
		gsize space = space_at(text);

		if (space == 0) {
			*to++ = *text++;
			continue;
		}
		while ((space = space_at(text)) > 0)
			text += space;
		*to++ = ' ';
	}
	*to = '\0';
	return line;
}

/* Japanese and Chinese go on from line to line without a space. */
static gboolean
runs_on(const GString *words, const char *next)
{
	const char *last = words->len > 0 ? g_utf8_prev_char(words->str + words->len) : "";

	return g_utf8_get_char(last) >= 0x2e80 && g_utf8_get_char(next) >= 0x2e80;
}

/* The line without the white space around it. */
static gsize
strip(const char **line, gsize length)
{
	for (; length > 0 && g_ascii_isspace(**line); length--)
		(*line)++;
	while (length > 0 && g_ascii_isspace((*line)[length - 1]))
		length--;
	return length;
}

/* Adds a line of valid UTF-8; a paragraph's lines are joined. */
static void
add_line(GString *words, const char *line, gsize length, gboolean new_paragraph)
{
	if (words->len > 0 && new_paragraph)
		g_string_append_c(words, '\n');
	else if (words->len > 0 && !runs_on(words, line))
		g_string_append_c(words, ' ');
	g_string_append_len(words, line, (gssize)length);
}

static char *
join_lines(const char *text)
{
	GString *words = g_string_sized_new(1024);
	gboolean new_paragraph = FALSE;

	while (*text && words->len < WORDS_MAX) {
		gsize length = strcspn(text, "\n");
		const char *line = text;
		const gsize own = strip(&line, length);

		if (own == 0)
			new_paragraph = TRUE;
		else if (*text != '>') {
			add_line(words, line, own, new_paragraph);
			new_paragraph = FALSE;
		}
		text += length;
		text += *text == '\n';
	}
	return g_string_free(words, FALSE);
}

char *
flow_plain(const char *text)
{
	/* U+FF01 to U+FF5E begin with these bytes. */
	gboolean is_wide = strstr(text, "\xef\xbc") || strstr(text, "\xef\xbd");

	return is_wide ? g_utf8_normalize(text, -1, G_NORMALIZE_NFKC) : NULL;
}

char *
flow_begin(const char *text, gsize size)
{
	gsize length = strlen(text);

	if (length <= size)
		return g_strdup(text);
	while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
		size--;
	return g_strndup(text, size);
}

/* Takes out the lines that are marked as quoted, often most of an answer, before rules look for
 * where a quote begins; "> ---- Original" is such a place. */
static void
drop_quoted(char *text)
{
	char *to = text;

	for (const char *line = text; *line;) {
		gsize length = strcspn(line, "\n");

		length += line[length] == '\n';
		if (*line != '>' || line[1] == '-' || (line[1] == ' ' && line[2] == '-')) {
			memmove(to, line, length);
			to += length;
		}
		line += length;
	}
	*to = '\0';
}

char *
flow_own_words(const struct rules *rules, const char *text)
{
	g_autofree char *begin = flow_begin(text, TEXT_MAX);
	g_autofree char *words = NULL;
	struct look look;
	gssize quote;

	drop_quoted(begin);
	rules_look(rules, begin, &look);
	quote = rules_where(rules, "quote_begins", &look);
	if (quote >= 0)
		begin[quote] = '\0';
	words = join_lines(begin);
	return flow_begin(words, WORDS_MAX);
}

/* Bytes of the mark that ends a sentence here; 0 where none does. A full stop in a name ends none.
 */
static gsize
end_mark(const char *at)
{
	static const char *const wide[] = { "\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f",
		"\xef\xbc\x8e" };

	if (*at == '\n')
		return 1;
	if (strchr(".!?", *at))
		return at[1] == '\0' || space_at(at + 1) > 0 ? 1 : 0;
	for (gsize i = 0; i < G_N_ELEMENTS(wide); i++)
		if (strncmp(at, wide[i], 3) == 0)
			return 3;
	return 0;
}

gsize
flow_sentence(const char *text)
{
	/* All that a mark begins with. */
	static const char first[] = "\n.!?\xe3\xef";
	const char *at = text;
	gsize mark = 0;

	while (*(at += strcspn(at, first)) && (mark = end_mark(at)) == 0)
		at++;
	return (gsize)(at - text) + mark;
}
