/* The words of a structured header: comments fall away, and what is quoted is one word. */
#pragma once

#include <glib.h>

/* The value with single spaces, none around "=" and ";", and the marks of quoting gone; within
 * quotes, blanks and the marks that part words become "_", so that no quoted text can pass for a
 * word of its own. Never NULL. Free with g_free. */
char *header_words(const char *value);
