#include "inbox/numbers.h"

#include <string.h>

#include "inbox/flow.h"

#define WORDS_MAX 64
#define TEXT_MAX (8 * 1024)
#define SHORTEST 4
#define LONGEST 64
/* So many digits and nothing else are no price and no year. */
#define BARE_DIGITS 7

/* What ticket systems make their numbers of. */
static gboolean
is_of_number(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("-_/.:", c));
}

/* The digits of a word that has nothing else but marks; 0 when there is a letter. */
static guint
bare_digits(const char *word)
{
	guint digits = 0;

	for (; *word; word++) {
		if (g_ascii_isalpha(*word))
			return 0;
		digits += g_ascii_isdigit(*word) != 0;
	}
	return digits;
}

/* "2026-11-25", "1/2/2026", "192.0.2.1", "10:15". */
static gboolean
is_date_or_address(const char *word)
{
	return g_regex_match_simple("^(\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}|\\d{1,3}(\\.\\d{1,3}){3}|"
				    "\\d{1,2}:\\d\\d(:\\d\\d)?|(19|20)\\d\\d)$",
		word, G_REGEX_RAW, 0);
}

/* Whether what stands before a word marks it as a number of somebody's. */
static gboolean
is_marked(const char *text, const char *word)
{
	return (word > text && strchr("#[(", word[-1])) ||
	       (word >= text + 3 && strncmp(word - 3, "\xe3\x80\x90", 3) == 0);
}

/* A few digits alone are a price or a year as well. */
static gboolean
is_telling(const char *text, const char *at, const char *word)
{
	guint digits = bare_digits(word);

	return digits == 0 || is_marked(text, at) ||
	       (digits >= BARE_DIGITS && !is_date_or_address(word));
}

static void
add_word(const char *text, const char *at, gsize length, GPtrArray *words)
{
	char *word = g_strndup(at, length);

	if (is_telling(text, at, word))
		g_ptr_array_add(words, word);
	else
		g_free(word);
}

void
numbers_collect(const char *text, GPtrArray *words)
{
	g_autofree char *begin = flow_begin(text, TEXT_MAX);
	g_autofree char *plain = flow_plain(begin);
	const char *all = plain ? plain : begin;

	for (const char *p = all; *p && words->len < WORDS_MAX;) {
		gsize length = 0, kept;
		gboolean digit = FALSE;

		while (is_of_number(p[length]))
			digit = g_ascii_isdigit(p[length++]) || digit;
		kept = length;
		while (kept > 0 && !g_ascii_isalnum(p[kept - 1]))
			kept--;
		if (digit && kept >= SHORTEST && kept <= LONGEST)
			add_word(all, p, kept, words);
		p += length ? length : 1;
	}
}
