/* Free text and lists. A line that holds one word must be an indicator; in a line of several, what
 * looks like one is taken and the rest is prose. */
#include <string.h>

#include "intake/reader.h"
#include "intake/refang.h"

/* Signs that end a word in any language. */
static gsize
delimiter_at(const char *p)
{
	static const char *const wide[] = { "、", "。", "「", "」", "（", "）", "，", "“", "”", "„",
		"«", "»", "『", "』", "：", "\u3000", "\u00a0" };

	if (*p && strchr(" \t\"<>|`", *p))
		return 1;
	if ((guchar)*p >= 0x80)
		for (gsize i = 0; i < G_N_ELEMENTS(wide); i++)
			if (g_str_has_prefix(p, wide[i]))
				return strlen(wide[i]);
	return 0;
}

/* Languages without spaces between words: one "word" may be a sentence. */
static gboolean
has_wide_sign(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text >= 0x80 && delimiter_at(text))
			return TRUE;
	return FALSE;
}

/* The length of the word at p; marks such as " [.] " belong to it. */
static gsize
word_length(const char *line, const char *p)
{
	const char *start = p;
	const char *meaning;

	while (*p) {
		gsize mark = refang_mark(line, p, &meaning);

		if (mark == 0 && delimiter_at(p))
			break;
		p += mark ? mark : 1;
	}
	return (gsize)(p - start);
}

static gsize
count(const char *text, char c)
{
	gsize found = 0;

	for (; *text; text++)
		found += *text == c;
	return found;
}

/* Cuts punctuation that belongs to the sentence; a bracket stays when it closes one of the word. */
static void
trim_end(char *word)
{
	for (gsize length = strlen(word); length > 0; length--) {
		char last = word[length - 1];
		gboolean sentence = strchr(".,;:!?'*", last) != NULL;
		gboolean unbalanced = (last == ')' && count(word, ')') > count(word, '(')) ||
				      (last == ']' && count(word, ']') > count(word, '[')) ||
				      (last == '}' && count(word, '}') > count(word, '{'));

		if (!sentence && !unbalanced)
			return;
		word[length - 1] = '\0';
	}
}

/* Cuts what stands before a URL ("see:http://…", "[text](http://…)") or brackets and quotes. */
static char *
trim_start(char *word)
{
	char *scheme = strstr(word, "://");

	for (char *p = word; *p; p++)
		if (refang_scheme(word, p, NULL))
			return p;
	if (scheme) {
		while (scheme > word && (g_ascii_isalnum(scheme[-1]) || scheme[-1] == '+'))
			scheme--;
		return scheme;
	}
	while (*word && strchr("([{'*=", *word) && !strstr(word, "]:"))
		word++;
	return word;
}

/* Names that are files more often than domains, and words run together ("end.In"). */
static gboolean
is_likely_name(const struct indicator *indicator, const char *word)
{
	static const char *const files[] = { "zip", "mov", "md", "sh", "py", "rs", "ps", "so" };
	const char *dot = strrchr(indicator->host, '.');
	const char *top = word + strcspn(word, "/:");

	while (top > word && top[-1] != '.')
		top--;
	if (g_ascii_isupper(top[0]) && g_ascii_islower(top[1]))
		return FALSE;
	for (gsize i = 0; dot && i < G_N_ELEMENTS(files); i++)
		if (strcmp(dot + 1, files[i]) == 0)
			return FALSE;
	return TRUE;
}

/* Whether someone who wrote the word in a sentence meant an indicator. */
static gboolean
is_meant(const struct indicator *indicator, const char *word)
{
	g_autofree char *plain = refang(word);

	if (indicator->type == INDICATOR_IPV6)
		return strpbrk(word, "0123456789") != NULL;
	if (indicator->type == INDICATOR_MAIL || indicator->host_is_address ||
		strstr(plain, "://") || strcmp(plain, word) != 0)
		return TRUE;
	return is_likely_name(indicator, word);
}

static void
read_word(struct reader *reader, char *word, gint64 column)
{
	g_autoptr(Indicator) indicator = NULL;

	word = trim_start(word);
	trim_end(word);
	/* No indicator is without a dot or a colon, or a bracket where one was. */
	if (!strpbrk(word, ".:[({<"))
		return;
	indicator = indicator_parse(word, NULL);
	if (indicator && is_meant(indicator, word))
		reader_value(reader, word, column, NULL, NULL, FALSE);
}

/* A word without a scheme may be a list: "a.example,b.example". */
static void
read_list(struct reader *reader, char *word, gint64 column)
{
	g_auto(GStrv) parts = NULL;

	if (strstr(word, "//") || !strpbrk(word, ",;")) {
		read_word(reader, word, column);
		return;
	}
	parts = g_strsplit_set(word, ",;", -1);
	for (gsize i = 0; parts[i] && !reader->stopped; i++)
		read_word(reader, parts[i], column);
}

static void
read_prose(struct reader *reader, const char *line)
{
	const char *p = line;

	while (*p && !reader->stopped) {
		gsize length = delimiter_at(p) ? 0 : word_length(line, p);
		g_autofree char *word = g_strndup(p, length);

		if (length > 0)
			read_list(reader, word, p - line + 1);
		p += length ? length : delimiter_at(p);
	}
}

/* "0.0.0.0 evil.example": a line of a hosts file is about the name. */
static const char *
skip_hosts_address(const char *line)
{
	static const char *const sinks[] = { "0.0.0.0", "127.0.0.1", "::1", "::" };
	gsize length = strcspn(line, " \t");

	for (gsize i = 0; i < G_N_ELEMENTS(sinks); i++)
		if (strlen(sinks[i]) == length && strncmp(line, sinks[i], length) == 0 &&
			line[length])
			return line + length + strspn(line + length, " \t");
	return line;
}

static void
read_text_line(struct reader *reader, char *line)
{
	char *text = g_strstrip(line);
	char *comment = strstr(text, " #");
	const char *rest;
	gsize length;

	if (*text == '\0' || *text == '#')
		return;
	if (comment)
		*g_strchomp(comment) = '\0';
	rest = skip_hosts_address(text);
	if (!strpbrk(rest, " \t")) {
		length = strlen(rest);
		if (length > 1 && strchr(",;", rest[length - 1]))
			text[rest - text + (gssize)length - 1] = '\0';
		if (strstr(rest, "//") || !strpbrk(rest, ",;")) {
			if (reader_value(reader, rest, 1, NULL, NULL, !has_wide_sign(rest)) ||
				!has_wide_sign(rest))
				return;
		}
	}
	read_prose(reader, rest);
}

gboolean
text_read(struct reader *reader, GError **error)
{
	(void)error;
	while (reader_line(reader))
		read_text_line(reader, reader->source->line->str);
	return TRUE;
}
