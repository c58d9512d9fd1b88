/* Inside of the locate room: the locator, its jobs, and what the files of the room ask of another.
 */
#pragma once

#include "locate/locate.h"
#include "net/dns.h"
#include "net/rdap.h"
#include "net/whois.h"

struct locator {
	const struct config *config;
	const struct profiles *profiles;
	const struct plugin_host *plugins; /* may be NULL */
	struct store *store;		   /* may be NULL */
	struct net *net;
	gboolean allow_private;
	gint64 rdap_age_s, dns_age_s; /* 0: answers of earlier runs are not used */

	gboolean bootstrap_loaded;
	struct rdap_bootstrap *bootstrap; /* NULL: bootstrap_error says why */
	char *bootstrap_error;
	struct whois_servers *whois_servers;
	char *whois_folder; /* of the table, for "file:" servers */
	GHashTable *hosts;  /* name -> GPtrArray of char *; from hosts_file */

	GHashTable *lookups;   /* key -> struct lookup *: answered in this run, or under way */
	GPtrArray *cache_puts; /* of struct lookup *: to be written, in one transaction */
	GHashTable *plugin_of; /* "provider kind channel" -> plugin name or "" */
	GHashTable *bad;       /* contact -> bad_words(), or "" */
	GArray *rungs[3];      /* of enum rung, by nature */
	GHashTable *escalated; /* "I5 registry": asked although the table does not name the rung */

	GQueue jobs; /* of struct job *: waiting */
	guint active;
};

/* One indicator on its way. Parts of the work run side by side, each holding the job. */
struct job {
	struct locator *locator;
	const struct indicator *indicator;
	const struct abuse_case *abuse_case; /* may be NULL */
	enum nature nature;
	GPtrArray *routes;	   /* of struct route * */
	char *bounced[RUNG_COURT]; /* by rung: why no contact is left there; NULL: none bounced */
	guint holds;
	locate_done done;
	void *user;
};
void job_hold(struct job *job);
/* The last release ends the job. */
void job_release(struct job *job);

/* --- lookup.c: each question once, answers kept --- */

/* text: the answer, NULL with error in words. at: when it was given. Both live until the return. */
typedef void (*lookup_done)(const char *text, gint64 at, const char *error, void *user);
/* done may be called at once, when the answer is at hand. */
void lookup_rdap(struct locator *locator, const char *url, lookup_done done, void *user);
void lookup_whois(struct locator *locator, const char *server, const char *query, lookup_done done,
	void *user);
/* text: addresses (A, AAAA) or host names (MX), one a line; none is an empty text. */
void lookup_dns(struct locator *locator, const char *name, enum dns_type type, lookup_done done,
	void *user);
/* Writes the answers of this run into the store. */
void lookup_flush(struct locator *locator);
void lookup_free_all(struct locator *locator);

/* --- sources.c: what is loaded once --- */

gboolean sources_load(struct locator *locator, GError **error);
/* IANA's bootstrap, when first needed; a failure is kept as a reason, not as an error. */
void sources_load_bootstrap(struct locator *locator);
void sources_free(struct locator *locator);

/* --- the parts of a job --- */

/* A name: the registrar and, for a compromised site, the owner's own contact. */
void domain_locate(struct job *job);
/* The registry of the TLD. */
void registry_locate(struct job *job);
/* A .jp name, by WHOIS. */
void jp_locate(struct job *job);
gboolean jp_is_name(const char *domain);
/* A hosting or dynamic DNS service by suffix. TRUE when the name belongs to one; *address_too tells
 * whether the host by address is asked beside it. */
gboolean suffix_locate(struct job *job, gboolean *address_too);
/* Whoever runs the network of an address, or of the addresses of a name. */
void address_locate(struct job *job, const char *address);
void address_locate_host(struct job *job, const char *name);
/* Mail: whoever runs the mail exchanger of a domain. */
void address_locate_mail(struct job *job, const char *domain);

/* --- contact.c: by which channel --- */

/* A party as it was found. Texts are borrowed; those that nobody told are NULL. */
struct party {
	enum rung rung;
	const char *kind;
	const struct profile *profile;
	const char *id;	  /* of a provider without profile: "iana-146" */
	const char *name; /* used without profile */
	const char *mail; /* found by lookup, checked to be one address */
	const char *source;
	const GPtrArray *others; /* of struct other *: for when mail bounced; may be NULL */
	gint64 at;
	const char *reason; /* why there is no mail */
	const char *note;   /* why it is not asked, though the policy would; NULL: nothing */
};
/* Chooses the channel and adds the route: the profile's own, what the lookup found, the tables, and
 * last what is from memory (unconfirmed). A contact that bounced is passed over for the party's
 * next one, and the route says so. */
void contact_add(struct job *job, const struct party *party);
/* A provider's id made of other text: lower case, letters, digits and dashes. Free with g_free. */
char *contact_id(const char *prefix, const char *text);
/* The usable address among what was found: one mail address, or NULL. */
const char *contact_mail(const char *text);

/* --- bad.c: contacts that bounced, and who is left --- */

/* Why it is not used, "bounced on 2026-01-01"; NULL: it may be. Borrowed until locator_free(). */
const char *bad_words(struct locator *locator, const char *contact);
/* Adds that to words, if it is so. */
void bad_note(struct locator *locator, GString *words, const char *contact);

/* A further address of a party, and who says so. */
struct other {
	char *mail, *source;
};
GPtrArray *others_new(void);
/* What is no mail address is left out. */
void others_add(GPtrArray *others, const char *mail, const char *source);
/* Of an answer's contacts those that are the party's. */
enum others_of { OTHERS_OF_REGISTRAR, OTHERS_OF_OWNER, OTHERS_OF_NETWORK };
void others_add_rdap(
	GPtrArray *others, const struct rdap_object *object, const char *url, enum others_of whose);
/* The first that did not bounce; NULL: none. Borrowed. */
const struct other *others_good(struct locator *locator, const GPtrArray *others);

/* --- policy.c: who is asked --- */

gboolean policy_load(struct locator *locator, GError **error);
void policy_free(struct locator *locator);
/* Folds doubles, sorts by rung, and sets ask and the reason by nature; where all contacts of a rung
 * bounced, the next one is asked instead. */
void policy_apply(struct job *job);
