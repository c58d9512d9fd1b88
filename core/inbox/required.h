/* What a text must hold before a regular expression can match it: most rules fit no part of most
 * mails, and looking for a word is far cheaper than running them. */
#pragma once

#include <glib.h>

/* Words of which every match of the pattern has at least one, in lower case (ASCII), and others of
 * which it has one too. Of char *; NULL when nothing, or no more, can be said. */
struct required {
	GPtrArray *one, *other;
};
/* Where nothing can be said the pattern is always run. */
struct required required_words(const char *pattern);
void required_clear(struct required *required);
