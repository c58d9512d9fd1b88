/* Inside of the net room: the ways in which WHOIS servers write a date. */
#pragma once

#include <glib.h>

/* As RFC 3339, or as its date alone where no time with zone is told; NULL when it is none that we
 * know. Free with g_free. */
char *whois_date(const char *text);
