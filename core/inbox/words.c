#include "inbox/words.h"

#include <string.h>

/* By the first three bytes: a table that stays in the processor's cache says whether any word
 * begins so, and which are to be compared. */
#define TABLE_BITS 13
#define TABLE_SIZE (1 << TABLE_BITS)
/* Eight bytes of the text are looked at as one number, the first one on top. */
#define WINDOW 8
#define FIRST_THREE(window) ((guint32)((window) >> 40))
#define FOURTH(window) (1U << ((window) >> 32 & 31))

struct word {
	guint64 begin, mask; /* of its first bytes, in a window */
	const char *rest;
	guint next; /* the next word of the same place, plus one */
};

struct words {
	GArray *list;		    /* of struct word */
	GHashTable *numbers;	    /* word -> number, plus one; owns the texts */
	guint16 first[TABLE_SIZE];  /* the first word of a place, plus one */
	guint32 fourth[TABLE_SIZE]; /* a place's words' fourth bytes: most of a text ends here */
	unsigned char lower[256];
};

struct words *
words_new(void)
{
	struct words *words = g_new0(struct words, 1);

	words->list = g_array_new(FALSE, FALSE, sizeof(struct word));
	words->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < 256; i++)
		words->lower[i] = (unsigned char)g_ascii_tolower((char)i);
	return words;
}

void
words_free(struct words *words)
{
	if (!words)
		return;
	g_hash_table_unref(words->numbers);
	g_array_unref(words->list);
	g_free(words);
}

static inline guint
place_of(guint64 window)
{
	return (FIRST_THREE(window) * 2654435761U) >> (32 - TABLE_BITS);
}

static struct word
make_word(const char *text)
{
	const gsize length = MIN(strlen(text), WINDOW);
	struct word word = { .rest = text + length };

	for (gsize i = 0; i < length; i++) {
		const guint shift = (guint)(8 * (WINDOW - 1 - i));

		word.begin |= (guint64)(unsigned char)text[i] << shift;
		word.mask |= (guint64)0xff << shift;
	}
	return word;
}

guint
words_add(struct words *words, const char *text)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(words->numbers, text)), place;
	struct word word;
	char *own;

	if (number > 0)
		return number - 1;
	if (strlen(text) < 3 || words->list->len >= WORDS_MAX_COUNT)
		return WORDS_MAX_COUNT;
	own = g_strdup(text);
	word = make_word(own);
	place = place_of(word.begin);
	word.next = words->first[place];
	g_array_append_val(words->list, word);
	number = words->list->len;
	words->first[place] = (guint16)number;
	words->fourth[place] |= own[3] ? FOURTH(word.begin) : G_MAXUINT32;
	g_hash_table_insert(words->numbers, own, GUINT_TO_POINTER(number));
	return number - 1;
}

/* What of a text is not in the window yet. */
struct ahead {
	const unsigned char *at, *end;
};

/* The window one byte on; 0 comes after the end. */
static inline guint64
slide(const struct words *words, guint64 window, struct ahead *ahead)
{
	return window << 8 | (ahead->at < ahead->end ? words->lower[*ahead->at++] : 0);
}

/* Whether the text goes on as the word does. */
static gboolean
goes_on(const struct words *words, struct ahead ahead, const char *rest)
{
	while (*rest && ahead.at < ahead.end && words->lower[*ahead.at] == (unsigned char)*rest) {
		rest++;
		ahead.at++;
	}
	return !*rest;
}

static void
compare(const struct words *words, guint64 window, struct ahead ahead, guint number,
	struct words_found *found)
{
	while (number > 0) {
		const struct word *word = &g_array_index(words->list, struct word, number - 1);

		if ((window & word->mask) == word->begin && goes_on(words, ahead, word->rest))
			found->bits[(number - 1) / 64] |= 1ULL << ((number - 1) % 64);
		number = word->next;
	}
}

void
words_find(const struct words *words, const char *text, gsize length, struct words_found *found)
{
	const unsigned char *begin = (const unsigned char *)text;
	struct ahead ahead = { begin, begin + length };
	guint64 window = 0;

	memset(found, 0, sizeof *found);
	for (guint i = 0; i < WINDOW; i++)
		window = slide(words, window, &ahead);
	/* Until the text's end is on top. */
	while (window >> 56) {
		const guint place = place_of(window);

		if (words->fourth[place] & FOURTH(window))
			compare(words, window, ahead, words->first[place], found);
		window = slide(words, window, &ahead);
	}
}
