/* IP addresses as text. */
#pragma once

#include <glib.h>

/* Dotted quad without leading zeros; numbers: also every form of the WHATWG URL standard. Normal
 * form into out (at least 16 bytes). */
gboolean address_ipv4(const char *text, gboolean numbers, char *out, gsize size);
/* RFC 5952 form into out (at least 46 bytes); a zone is refused. */
gboolean address_ipv6(const char *text, char *out, gsize size);
