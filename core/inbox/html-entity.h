/* The named and numbered characters of HTML. */
#pragma once

#include <glib.h>

/* Reads "&eacute;", "&#233;" or "&#xe9;", whose "&" is at; the bytes that it takes, 0 when it is
 * none. */
gsize html_entity(const char *at, gunichar *character);
