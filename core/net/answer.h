/* Inside of the net room: texts out of answers by strangers, for RDAP and WHOIS alike. */
#pragma once

#include <glib.h>

/* One line of at most 500 bytes: control characters become spaces, ends are stripped. NULL for
 * NULL and for nothing. Free with g_free. */
char *answer_line(const char *text);
/* text when it is one usable mail address. Else NULL, and the reason goes into faults (when not
 * NULL): "abuse address refused (line break): …". Free with g_free. */
char *answer_mail(const char *text, const char *what, GPtrArray *faults);
