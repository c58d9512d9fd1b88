/* The C library's converters, lenient. */
#pragma once

#include <glib.h>

/* As UTF-8, with U+FFFD for each byte that means nothing; *bad counts them. NULL when there is no
 * such charset. */
GString *converter_run(const char *bytes, gsize size, const char *charset, guint *bad);
