/* SHA-256 of a mail, by which it is known wherever it is read from. */
#pragma once

#include <glib.h>

/* In hexadecimal; free with g_free. */
char *digest_of(GBytes *bytes);
