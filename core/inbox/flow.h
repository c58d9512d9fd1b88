/* Text as rules read it: sentences on one line, without what it quotes. */
#pragma once

#include "inbox/rules.h"

/* White space of any kind and length becomes one space. Free with g_free. */
char *flow_line(const char *text);
/* The answer's own words: what it quotes of our report decides nothing. A paragraph is one line.
 * Bounded: who answers says it early. Free with g_free. */
char *flow_own_words(const struct rules *rules, const char *text);
/* The first bytes of valid UTF-8, at most size, cut between characters. Free with g_free. */
char *flow_begin(const char *text, gsize size);
/* With full-width letters, digits and marks as plain ones (NFKC); NULL when it has none of them.
 * Free with g_free. */
char *flow_plain(const char *text);
/* The length of the sentence that begins at text (valid UTF-8), with its end mark; 0 at the end. */
gsize flow_sentence(const char *text);
