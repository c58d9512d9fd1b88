/* Text made safe, and small text helpers that GLib does not have. */
#pragma once

#include <glib.h>

/* Safe for a terminal: invalid UTF-8, control characters (C0, C1), bidirectional overrides and
 * other format characters become visible escapes. Never NULL (NULL gives ""). Free with g_free. */
char *text_for_terminal(const char *text);
/* Safe in HTML, element and attribute. Free with g_free. */
char *text_for_html(const char *text);
/* Defanged for people: hxxps://example[.]com. Free with g_free. */
char *text_defang(const char *value);
/* Whether it is one usable mail address: addr-spec of at most 254 bytes, no control characters, no
 * comma or second address, no comments, a domain with a dot in A-labels. */
gboolean text_is_mail_address(const char *address);
/* RFC 3339 in UTC, seconds; NULL for 0. Free with g_free. */
char *text_time(gint64 microseconds);
/* Reads RFC 3339 (a date alone is its midnight UTC). FALSE when it is none. */
gboolean text_time_parse(const char *text, gint64 *microseconds);
/* Now, microseconds since the epoch. */
gint64 text_now(void);
