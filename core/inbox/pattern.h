/* Regular expressions that cannot run away: whatever they and the mail are, a match ends soon. */
#pragma once

#include <glib.h>

/* Compiles a pattern so that a match gives up (finds nothing) after a bounded number of steps. */
GRegex *pattern_compile(const char *pattern, GRegexCompileFlags flags, GError **error);
/* The first group of the first match, when it is not empty; NULL else. Free with g_free. */
char *pattern_find(const GRegex *regex, const char *text);
/* For arrays and tables. */
void pattern_unref(void *regex);
