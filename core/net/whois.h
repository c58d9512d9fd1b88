/* WHOIS (RFC 3912) on the net loop, and reading what it says. */
#pragma once

#include "net/net.h"

/* Calls done with the answer as UTF-8 text (ISO-2022-JP and Latin-1 are converted), or with text
 * NULL and error in words. Bounded to 256 KiB. */
typedef void (*whois_done)(const char *text, const char *error, void *user);
void
whois_start(struct net *net, const char *server, const char *query, whois_done done, void *user);

/* What whois_start() does to the bytes of an answer: ISO-2022-JP, Shift_JIS (from .jp servers) and
 * Latin-1 become UTF-8. Free with g_free. */
char *whois_to_utf8(const char *text, gsize length, const char *server);

/* The table of servers by TLD or suffix: lines "suffix server [query-format]", # for comments;
 * query-format has %s for the name. */
struct whois_servers;
struct whois_servers *whois_servers_load(const char *file, GError **error);
void whois_servers_free(struct whois_servers *servers);
/* Longest suffix. FALSE when there is none. *query is to be freed with g_free. */
gboolean whois_servers_find(
	const struct whois_servers *servers, const char *domain, const char **server, char **query);

/* What a WHOIS answer says; strings are NULL when not told. */
struct whois_object {
	char *registrar_name, *registrar_iana_id, *registrar_abuse, *abuse, *contact_mail,
		*registration, *expires; /* RFC 3339 dates */
	char *referral;			 /* registrar's WHOIS server */
	char *organisation;
	GPtrArray *status, *name_servers; /* of char * */
	gboolean not_found;
};
void whois_object_free(struct whois_object *object);
/* Reads gTLD "key: value" answers, and JPRS in both forms: "[Label]" and the attribute-type
 * "a. [Label]" (co.jp, ne.jp …), in English (/e) and Japanese. Never NULL. */
struct whois_object *whois_parse(const char *text, const char *server);
