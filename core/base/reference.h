/* Reference tokens: unguessable, short, safe in an address, a subject and a URL. */
#pragma once

#include <glib.h>

/* 16 characters of a-z2-7 (80 random bits from the kernel). Free with g_free. */
char *reference_new(void);
/* Finds a token of that form after "abate-" or "abate+"… in text; NULL when none. Free with g_free.
 */
char *reference_find(const char *text);
