/* A profile: facts about one provider, from config/providers/<id>.json and the two tables
 * config/registrars.json and config/registries.json. Format: docs/abate-provider.5 */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "model/route.h"

struct profile_channel {
	enum channel type;
	char *address;	/* mail: address; packet: URL of the form; http: name of the API plugin */
	char *language; /* "en" or "ja"; NULL: the profile's */
	char *evidence; /* official, whois-or-header, checked-list, public-code, third-party, memory
			 */
	char *source;	/* URL or words */
	char *as_of;	/* YYYY-MM-DD */
	GPtrArray *types; /* of char *: X-ARF types this channel takes; empty: all */
};

struct profile_limits {
	gint64 per_hour, per_day; /* 0: none */
	gint64 minimum_gap_s;
	gint64 indicators_per_report; /* 0: the default of compose */
	gint64 urls_per_domain;	      /* in one report; 0: none */
	gint64 repeat_days; /* the same indicator is not reported again within; 0: [send]'s */
	gint64 domain_days; /* one report a domain within; 0: no limit */
	char *time_zone;    /* IANA name, with hours; may be NULL */
	char *hours;	    /* "09:00-18:00"; NULL: always */
	char *days;	    /* "mon-fri"; NULL: all */
	gboolean one_indicator_per_report;
	gboolean api_excludes_mail;
};

struct profile {
	char *id; /* equals the file's name without .json */
	char *name;
	char *kind;	     /* "registrar", "registry", "hosting", "ddns", "jprs", "neutral" */
	char *language;	     /* of its desk; NULL: "en" */
	char *plugin;	     /* NULL: by match() */
	char *template_name; /* NULL: the plugin's */
	char *subject;	     /* mustache text; NULL: the template's */
	char *notes;
	/* what it is matched by; arrays of char *, never NULL */
	GPtrArray *iana_ids, *tlds, *suffixes, *networks, *asns, *name_servers, *rdap_hosts,
		*mail_domains;
	GPtrArray *channels;	    /* of struct profile_channel *, best first */
	GPtrArray *ticket_patterns; /* of char *: regular expressions with one group */
	struct profile_limits limits;
	gint64 expected_ack_s, expected_action_s; /* 0: the configuration's */
	char *file;				  /* where it came from, for messages */
	guint layer; /* 0: the shipped tables and folder; of two claims the higher layer wins */
	gboolean from_table;
};
typedef struct profile Profile; /* for g_autoptr */

struct profile *profile_new(void);
void profile_free(struct profile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Profile, profile_free)

/* A new channel, owned by the profile. Borrowed. */
struct profile_channel *profile_add_channel(struct profile *profile, enum channel type);
/* "mail" channel's or another's evidence is from memory: not to be used before a person confirmed.
 */
gboolean profile_channel_unconfirmed(const struct profile_channel *channel);
/* The names of the kinds and of the classes of evidence, NULL-ended. */
extern const char *const profile_kinds[];
extern const char *const profile_evidence[];

/* All profiles with indexes by what they are matched by. Later folders override earlier ids. */
struct profiles;
typedef struct profiles Profiles;

/* Loads the tables and every *.json of the folders. A fault in one file does not stop the rest: it
 * is added to faults (of char *, "file: field: what is wrong"; may be NULL). Returns NULL only when
 * a folder cannot be read. */
struct profiles *profiles_load(const char *const *folders, GPtrArray *faults, GError **error);
void profiles_free(struct profiles *profiles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Profiles, profiles_free)

/* The same for the shipped folder and then those of [paths] providers. config may be NULL. */
struct profiles *
profiles_load_configured(const struct config *config, GPtrArray *faults, GError **error);

/* All below: borrowed, NULL when there is none. */
const struct profile *profiles_by_id(const struct profiles *profiles, const char *id);
/* A provider's own profile, else the one that the registrar table gives for the id. */
const struct profile *profiles_by_iana_id(const struct profiles *profiles, const char *iana_id);
const struct profile *profiles_by_tld(const struct profiles *profiles, const char *tld);
/* Longest suffix of host that a hosting or ddns profile names. *suffix (may be NULL) is borrowed.
 */
const struct profile *
profiles_by_suffix(const struct profiles *profiles, const char *host, const char **suffix);
/* By the domain of a mail address, as that of an RDAP contact. A host goes before a registrar of
 * the same house; look at the kind, as a desk for domain names may not take reports on hosting. */
const struct profile *profiles_by_mail_domain(const struct profiles *profiles, const char *domain);
/* Longest network that holds the address. */
const struct profile *profiles_by_address(const struct profiles *profiles, const char *address);
/* By one of the name servers of a domain: longest suffix. */
const struct profile *
profiles_by_name_server(const struct profiles *profiles, const char *name_server);
/* By the host name of an RDAP base URL; NULL too when several profiles share that host. */
const struct profile *profiles_by_rdap_host(const struct profiles *profiles, const char *host);
/* By the number of a network operator (AS number, "64496"). */
const struct profile *profiles_by_asn(const struct profiles *profiles, const char *asn);
/* All, sorted by id (tables' entries included); free with g_ptr_array_unref, entries are borrowed.
 */
GPtrArray *profiles_all(const struct profiles *profiles);
