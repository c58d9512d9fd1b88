/* Networks of addresses, as 192.0.2.0/24 or 2001:db8::/32 (RFC 4632, RFC 4291). */
#pragma once

#include <glib.h>

struct address {
	int family;	  /* AF_INET or AF_INET6 */
	guint8 bytes[16]; /* in network order; the first 4 of AF_INET */
};
struct network {
	struct address prefix;
	guint length; /* of the prefix, in bits */
};

/* FALSE when text is no IPv4 or IPv6 address (one with a scope, too). */
gboolean address_parse(const char *text, struct address *address);
/* FALSE when text is not one address, "/" and a length that fits it. */
gboolean network_parse(const char *text, struct network *network);
gboolean network_holds(const struct network *network, const struct address *address);
/* Whether a host's name ("localhost") or address (an IPv6 one with or without brackets) is this
 * machine: "127.0.0.1.example.org" is somebody else's. */
gboolean host_is_loopback(const char *host);
