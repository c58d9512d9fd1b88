/* URLs in normal form. */
#pragma once

#include <glib.h>

#include "model/indicator.h"

/* Sets value, host and what is known of it from a URL with a scheme. In normal form: scheme and
 * host in lower case, host in A-labels or as a canonical address, no default port, no dot segments,
 * "/" for an empty path, no fragment (no server ever sees it); user, path and query stay as they
 * are, bytes that no URL may hold written as %XX. FALSE and error with the reason. */
gboolean url_set(struct indicator *indicator, const char *text, GError **error);
/* The same by libcurl alone: the reference that the short way of url_set() must equal. */
gboolean url_set_by_curl(struct indicator *indicator, const char *text, GError **error);
