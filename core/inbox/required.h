/* What a text must hold before a regular expression can match it: most rules fit no part of most
 * mails, and looking for a word is far cheaper than running them. */
#pragma once

#include <glib.h>

/* Words of which every match of the pattern has at least one, in lower case (ASCII). NULL when
 * nothing can be said: such a pattern is always run. Of char *, free with g_ptr_array_unref. */
GPtrArray *required_words(const char *pattern);
