/* SHA-256, as hex. */
#pragma once

#include <glib.h>

#define DIGEST_SIZE 65
void digest_of(const void *bytes, gsize size, char digest[DIGEST_SIZE]);
/* Free with g_free. */
char *digest_of_bytes(GBytes *bytes);
/* Of a text whose lines end in line_end, "\n" or "\r\n", the last one too and with no empty line
 * after it, whichever way they end in what is given. *as_is: whether that is the text as it is
 * given. Free with g_free. */
char *digest_of_lines(GBytes *text, const char *line_end, gboolean *as_is);
