/* SHA-256, as hex. */
#pragma once

#include <glib.h>

#define DIGEST_SIZE 65
void digest_of(const void *bytes, gsize size, char digest[DIGEST_SIZE]);
/* Free with g_free. */
char *digest_of_bytes(GBytes *bytes);
