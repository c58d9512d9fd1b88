/* The encoded words of RFC 2047, where GMime loses some. */
#pragma once

#include <gmime/gmime.h>

/* GMime 3.2 drops what follows a base64 word that ends in "=" when the next word is of the same
 * charset; Japanese subjects are full of these. Joins such words to one, as their bytes go on; all
 * else stays as it is. Free with g_free. */
char *encoded_words_join(const char *raw);
/* The mail's subject, decoded; "" when it has none. Free with g_free. */
char *encoded_words_subject(GMimeMessage *message);
