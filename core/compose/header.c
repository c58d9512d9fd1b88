#include "compose/header.h"

#include <string.h>

enum {
	LINE = 76,
	WORD_BYTES = 36, /* 48 characters of base64, 60 with the frame: fits beside a name */
	QUOTED_BYTES = 16,
};

gboolean
header_needs_encoding(const char *text)
{
	if (strstr(text, "=?"))
		return TRUE;
	for (; *text; text++)
		if ((guchar)*text >= 0x80)
			return TRUE;
	return FALSE;
}

/* Adds a word to the folded lines. *used: characters on the last line. */
static void
add_word(GString *out, const char *word, gsize *used)
{
	if (out->len && *used + 1 + strlen(word) > LINE) {
		g_string_append_c(out, '\n');
		*used = 0;
	}
	g_string_append_c(out, ' ');
	g_string_append(out, word);
	*used += 1 + strlen(word);
}

/* The end of what goes into one base64 word: whole characters, and no padding unless it is the
 * last, as GMime's and other readers stop at it. NULL when there is no such place. */
static const char *
base64_end(const char *text)
{
	const char *best = NULL;
	const char *end = text;
	while (*end && (gsize)(g_utf8_next_char(end) - text) <= WORD_BYTES) {
		end = g_utf8_next_char(end);
		if ((end - text) % 3 == 0)
			best = end;
	}
	return *end ? best : end;
}

static const char *
add_base64(GString *out, const char *text, const char *end, gsize *used)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)text, (gsize)(end - text));
	g_autofree char *word = g_strdup_printf("=?UTF-8?B?%s?=", base64);
	add_word(out, word, used);
	return end;
}

/* A few characters in the Q encoding, which has no padding. */
static const char *
add_quoted(GString *out, const char *text, gsize *used)
{
	g_autoptr(GString) word = g_string_new("=?UTF-8?Q?");
	const char *end = text;
	do
		end = g_utf8_next_char(end);
	while (*end && end - text < QUOTED_BYTES && !base64_end(end));
	for (; text < end; text++)
		g_string_append_printf(word, "=%02X", (guint)(guchar)*text);
	g_string_append(word, "?=");
	add_word(out, word->str, used);
	return end;
}

static void
add_encoded(GString *out, const char *text, gsize *used)
{
	while (*text) {
		const char *end = base64_end(text);
		text = end ? add_base64(out, text, end, used) : add_quoted(out, text, used);
	}
}

/* The words from the first to the last that need it are encoded in one run: a space between two
 * encoded words would be lost. */
static void
find_run(char *const *words, guint *first, guint *after)
{
	*first = *after = 0;
	for (guint i = 0; words[i]; i++) {
		if (!header_needs_encoding(words[i]))
			continue;
		if (*after == 0)
			*first = i;
		*after = i + 1;
	}
}

char *
header_fold(const char *text, gsize room)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	g_autoptr(GString) run = g_string_new(NULL);
	GString *out = g_string_new(NULL);
	gsize used = room;
	guint first, after;
	find_run(words, &first, &after);
	for (guint i = 0; words[i]; i++) {
		if (i < first || i >= after) {
			add_word(out, words[i], &used);
			continue;
		}
		g_string_append_printf(run, "%s%s", i > first ? " " : "", words[i]);
		if (i + 1 == after)
			add_encoded(out, run->str, &used);
	}
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}
