/* Domains of mail addresses: whose they are. */
#pragma once

#include <glib.h>

/* The domain of an address in lower-case A-labels; NULL when it has none that is usable. Free with
 * g_free. */
char *domain_of(const char *address);
/* The registrable domain of a domain in A-labels; NULL of a public suffix or an address literal.
 * Free with g_free. */
char *domain_registrable(const char *domain);
/* Whether both are the same or belong to the same registrable domain (RFC 7489's relaxed
 * alignment). NULL is aligned with nothing. */
gboolean domain_aligned(const char *one, const char *other);
/* Whether domain is parent or below it. */
gboolean domain_is_within(const char *domain, const char *parent);
