#include "inbox/numbers.h"

#include <string.h>

#define WORDS_MAX 64
#define TEXT_MAX (8 * 1024)
#define SHORTEST 4
#define LONGEST 64

/* What ticket systems make their numbers of. */
static gboolean
is_of_number(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("-_/.:", c));
}

void
numbers_collect(const char *text, GPtrArray *words)
{
	const char *end = text + strnlen(text, TEXT_MAX);

	for (const char *p = text; p < end && words->len < WORDS_MAX;) {
		gsize length = 0, kept;
		gboolean digit = FALSE;

		while (p + length < end && is_of_number(p[length]))
			digit = g_ascii_isdigit(p[length++]) || digit;
		kept = length;
		while (kept > 0 && !g_ascii_isalnum(p[kept - 1]))
			kept--;
		if (digit && kept >= SHORTEST && kept <= LONGEST)
			g_ptr_array_add(words, g_strndup(p, kept));
		p += length ? length : 1;
	}
}
