/* Text of any charset, as UTF-8: mails name the wrong one, an old name of one, or none. */
#pragma once

#include <glib.h>

/* What is decoded wholly by the charset that is named is taken so, unless it is UTF-8 or JIS beyond
 * doubt; else it is guessed, and each byte that means nothing becomes U+FFFD. charset may be NULL.
 * Valid UTF-8, of no more than MAIL_MAX_TEXT bytes. Free with g_free. */
char *charset_decode(const char *bytes, gsize size, const char *charset);
