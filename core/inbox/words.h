/* Which of many words a text holds, in one pass over it. */
#pragma once

#include <glib.h>

struct words;
/* A bit a word. */
#define WORDS_MAX_COUNT 4096
struct words_found {
	guint64 bits[WORDS_MAX_COUNT / 64];
};

struct words *words_new(void);
void words_free(struct words *words);
/* Adds a word (lower case, 3 bytes or more) and gives its number; the same word has the same
 * number. WORDS_MAX_COUNT when there are too many. */
guint words_add(struct words *words, const char *word);
/* Marks the words that are in text (without NUL), whatever the case of ASCII letters. */
void
words_find(const struct words *words, const char *text, gsize length, struct words_found *found);
static inline gboolean
words_has(const struct words_found *found, guint word)
{
	return (found->bits[word / 64] >> (word % 64)) & 1;
}
