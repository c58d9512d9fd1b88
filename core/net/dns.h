/* DNS by c-ares on the net loop, with own servers and ports. */
#pragma once

#include "net/net.h"

enum dns_status {
	DNS_OK,	    /* at least one record */
	DNS_NODATA, /* the name is there, no such record */
	DNS_NXDOMAIN,
	DNS_SERVFAIL, /* the resolver could not find out */
	DNS_REFUSED,  /* the resolver does not say, or makes no sense: malformed answers */
	DNS_TIMEOUT,  /* and every fault of our own side */
};

struct dns_answer {
	enum dns_status status;
	GPtrArray *addresses;	 /* of char *: A or AAAA, as text; never NULL */
	GPtrArray *name_servers; /* of char *, for NS and, from the authority, SOA; never NULL */
	GPtrArray *cname;	 /* of char *: names on the way; never NULL */
	GPtrArray *records;	 /* of char *: MX hosts, TXT texts; never NULL */
	char *error;		 /* in words; NULL with DNS_OK */
};

enum dns_type { DNS_A = 1, DNS_NS = 2, DNS_AAAA = 28, DNS_MX = 15, DNS_TXT = 16 };

typedef void (*dns_done)(const struct dns_answer *answer, void *user);

/* Asks one question. done is called once, from the loop (never from within dns_start()). */
void dns_start(struct net *net, const char *name, enum dns_type type, dns_done done, void *user);
