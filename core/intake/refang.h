/* The marks that people put into indicators so that nobody follows them by mistake. */
#pragma once

#include <glib.h>

/* Whether a mark such as "[.]", "(dot)", " { at } ", "[:]" or "\." stands at p, a place in text:
 * its length and what it stands for; 0 when there is none. */
gsize refang_mark(const char *text, const char *p, const char **meaning);
/* The length of a scheme, disguised or not, with all up to the host at p ("hxxp[:]//"); 0: none.
 * out gets it in plain form where not NULL. */
gsize refang_scheme(const char *text, const char *p, GString *out);
