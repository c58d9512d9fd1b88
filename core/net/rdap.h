/* RDAP (RFC 9082, 9083) through the IANA bootstrap (RFC 9224). */
#pragma once

#include "net/http.h"

/* A mail address that an answer gives. */
struct rdap_contact {
	char *mail;
	const char *role; /* "abuse", "technical", "administrative", "registrant", "registrar" */
	gboolean of_registrar; /* stands in the registrar's entity */
};
void rdap_contact_free(struct rdap_contact *contact);

/* What one RDAP answer says; strings are NULL when not told. */
struct rdap_object {
	char *url;	/* it came from */
	gint64 fetched; /* microseconds, UTC */
	char *name;	/* ldhName, or the network's name */
	char *handle;
	char *registrar_name, *registrar_iana_id;
	char *registrar_abuse; /* entities[role=registrar].entities[role=abuse] mail address,
				  checked */
	char *abuse;	  /* top level entities[role=abuse], or below another entity; checked */
	char *abuse_name; /* fn of that entity */
	char *registrant_mail;	/* the domain's own contact, when shown */
	char *registration;	/* event "registration", RFC 3339 */
	char *network;		/* for ip: CIDR or range, "192.0.2.0/24" */
	char *organisation;	/* for ip: registrant's fn */
	char *related;		/* link rel=related to another RDAP answer; NULL when none */
	GPtrArray *contacts;	/* of struct rdap_contact *: all that are usable, best role first */
	GPtrArray *origin_asns; /* for ip: of char *: numbers of the networks that announce it */
	GPtrArray *status;	/* of char * */
	GPtrArray *name_servers; /* of char * */
	GPtrArray *faults;	 /* of char *: what was refused and why ("abuse address with a line
				    break") */
};
void rdap_object_free(struct rdap_object *object);

/* Reads an answer (RFC 9083). Bounded in depth and size; hostile text is refused into faults. NULL
 * and error when it is no RDAP answer. */
struct rdap_object *rdap_parse(const char *json, gsize length, const char *url, GError **error);

/* The registries of IANA's bootstrap files dns.json, ipv4.json, ipv6.json, asn.json. */
struct rdap_bootstrap;
/* source: URL or folder. Runs the loop to fetch the files. Files not found are simply empty, but
 * for all of them it is an error. In a folder, a base URL may be relative to it ("rdap/"). */
struct rdap_bootstrap *rdap_bootstrap_load(struct net *net, const char *source, GError **error);
/* The same from texts already at hand (cache); any may be NULL. */
struct rdap_bootstrap *rdap_bootstrap_parse(
	const char *dns, const char *ipv4, const char *ipv6, const char *asn, GError **error);
void rdap_bootstrap_free(struct rdap_bootstrap *bootstrap);
/* Base URL (ends in "/") for a domain name or address by longest match; https preferred. Borrowed;
 * NULL when there is none. */
const char *rdap_bootstrap_domain(const struct rdap_bootstrap *bootstrap, const char *domain);
const char *rdap_bootstrap_address(const struct rdap_bootstrap *bootstrap, const char *address);
/* The same for an AS number. */
const char *rdap_bootstrap_autnum(const struct rdap_bootstrap *bootstrap, gint64 number);

/* The URL to ask: base + "domain/NAME" or "ip/ADDRESS", escaped. Free with g_free. */
char *rdap_url(const char *base, const char *object_class, const char *key);
