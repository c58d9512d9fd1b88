#include "inbox/words.h"

#include <string.h>

/* By the first three bytes: a table that stays in the processor's cache says whether any word
 * begins so, and which are to be compared. */
#define TABLE_BITS 14
#define TABLE_SIZE (1 << TABLE_BITS)

struct words {
	GPtrArray *texts;		/* of char * */
	GArray *next;			/* of guint16: the next word of the same place, plus one */
	GHashTable *numbers;		/* word -> number, plus one */
	guint16 first[TABLE_SIZE];	/* the first word of a place, plus one */
	guint64 taken[TABLE_SIZE / 64]; /* which places have one: most of a text ends here */
	unsigned char lower[256];
};

struct words *
words_new(void)
{
	struct words *words = g_new0(struct words, 1);

	words->texts = g_ptr_array_new_with_free_func(g_free);
	words->next = g_array_new(FALSE, FALSE, sizeof(guint16));
	words->numbers = g_hash_table_new(g_str_hash, g_str_equal);
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
	g_array_unref(words->next);
	g_ptr_array_unref(words->texts);
	g_free(words);
}

static inline guint
place_of(guint32 bytes)
{
	return (bytes * 2654435761U) >> (32 - TABLE_BITS);
}

guint
words_add(struct words *words, const char *word)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(words->numbers, word));
	const unsigned char *bytes = (const unsigned char *)word;
	guint place;

	if (number > 0)
		return number - 1;
	if (strlen(word) < 3 || words->texts->len >= WORDS_MAX_COUNT)
		return WORDS_MAX_COUNT;
	place = place_of((guint32)(bytes[0] << 16 | bytes[1] << 8 | bytes[2]));
	g_array_append_val(words->next, words->first[place]);
	g_ptr_array_add(words->texts, g_strdup(word));
	number = words->texts->len;
	words->first[place] = (guint16)number;
	words->taken[place / 64] |= 1ULL << (place % 64);
	g_hash_table_insert(words->numbers, g_ptr_array_index(words->texts, number - 1),
		GUINT_TO_POINTER(number));
	return number - 1;
}

/* Whether text goes on as the word does; both end in NUL. */
static gboolean
begins(const struct words *words, const unsigned char *text, const char *word)
{
	while (*word && words->lower[*text] == (unsigned char)*word) {
		word++;
		text++;
	}
	return !*word;
}

static void
compare(const struct words *words, const unsigned char *text, guint number,
	struct words_found *found)
{
	for (; number > 0; number = g_array_index(words->next, guint16, number - 1)) {
		guint word = number - 1;

		if (!words_has(found, word) &&
			begins(words, text, g_ptr_array_index(words->texts, word)))
			found->bits[word / 64] |= 1ULL << (word % 64);
	}
}

void
words_find(const struct words *words, const char *text, struct words_found *found)
{
	const unsigned char *at = (const unsigned char *)text;
	guint32 bytes;

	memset(found, 0, sizeof *found);
	if (!at[0] || !at[1])
		return;
	bytes = (guint32)(words->lower[at[0]] << 8 | words->lower[at[1]]);
	for (; at[2]; at++) {
		bytes = (bytes << 8 | words->lower[at[2]]) & 0xffffff;
		guint place = place_of(bytes);
		if ((words->taken[place / 64] >> (place % 64)) & 1)
			compare(words, at, words->first[place], found);
	}
}
