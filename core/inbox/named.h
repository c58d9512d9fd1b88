/* What a text names: URLs, hosts and addresses, defanged or not. */
#pragma once

#include <glib.h>

/* Adds to names (a set of char * that it owns) what could be an indicator or its host, in lower
 * case, hosts in A-labels. Bounded: a long text gives its first ones. */
void named_collect(const char *text, GHashTable *names);
