/* The encoded words of RFC 2047, and header text that is not encoded at all. */
#pragma once

#include <gmime/gmime.h>

/* Words of the same charset are joined before they are decoded, as Japanese mailers break them
 * within a character; what lies about its charset is read still (charset.h). Valid UTF-8. Free with
 * g_free. */
char *encoded_words_decode(const char *line);
/* The mail's subject, decoded; "" when it has none. Free with g_free. */
char *encoded_words_subject(GMimeMessage *message);
