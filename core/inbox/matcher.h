/* A rule's regular expression with the words that it needs, and a text with the words it holds. */
#pragma once

#include <glib.h>

#include "inbox/words.h"

struct matcher {
	GRegex *regex;
	GArray *needed[2]; /* of guint: one word of each is in whatever fits; NULL: not known */
};
/* A text that was looked through once, for all the rules that ask about it. */
struct look {
	const char *text; /* valid UTF-8, borrowed; NULL: nothing fits */
	struct words_found found;
};

/* Compiles a pattern and enters its words. */
struct matcher *matcher_new(const char *pattern, struct words *words, GError **error);
/* For arrays. */
void matcher_free(void *matcher);
gboolean matcher_fits(const struct matcher *matcher, const struct look *look);
/* The same for a part of a text alone, whatever its words. */
gboolean matcher_fits_part(const struct matcher *matcher, const char *text, gsize length);
/* Where the first match in such a part ends; -1 when it does not fit. */
gssize matcher_end(const struct matcher *matcher, const char *text, gsize length);
/* Whether the words that the pattern needs are there. */
gboolean matcher_may_fit(const struct matcher *matcher, const struct look *look);
/* The first group of the first match; NULL when it does not fit. Free with g_free. */
char *matcher_find(const struct matcher *matcher, const struct look *look);
/* Where the first match begins; -1 when it does not fit. */
gssize matcher_where(const struct matcher *matcher, const struct look *look);
