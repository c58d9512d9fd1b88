/* Header texts by RFC 2047. GMime makes encoded words longer than the 75 characters that the RFC
 * allows, and some readers, its own among them, then lose text. */
#pragma once

#include <glib.h>

/* One line of UTF-8 text as a header's value, folded: " first\n second\n". What is not ASCII, or
 * looks like an encoded word, is encoded. room: characters of the header's name and colon. Free
 * with g_free. */
char *header_fold(const char *text, gsize room);
/* Whether header_fold() would encode any of it. */
gboolean header_needs_encoding(const char *text);
