/* A route: one way to act on one indicator. */
#pragma once

#include <glib.h>

enum channel { CHANNEL_MAIL, CHANNEL_HTTP, CHANNEL_PACKET };
/* The escalation ladder, nearest party first. */
enum rung { RUNG_HOST, RUNG_REGISTRAR, RUNG_REGISTRY, RUNG_COURT };

struct route {
	gint64 id, indicator_id;
	enum rung rung;
	char *kind; /* provider kind: "registrar", "registry", "hosting", "ddns", "jprs", "neutral"
		     */
	char *provider; /* profile id, or a derived id as "iana-146" or "net-192.0.2.0-24" */
	char *provider_name;
	char *plugin; /* name of the plugin that serves it; NULL until chosen */
	enum channel channel;
	char *to;     /* mail address, API name or form URL; NULL when not found */
	char *source; /* where the contact comes from, for example "RDAP https://… entity abuse" */
	gint64 as_of;	      /* when the source said so; microseconds, UTC */
	gboolean ask;	      /* the routing policy asks this party for this nature */
	gboolean unconfirmed; /* evidence class "memory": needs the analyst's confirmation */
	char *reason;	      /* why nothing was found or why it is not asked; NULL when usable */
};
typedef struct route Route; /* for g_autoptr */

struct route *route_new(void);
void route_free(struct route *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Route, route_free)

/* "mail", "http", "packet"; and back. */
const char *channel_name(enum channel channel);
gboolean channel_parse(const char *name, enum channel *channel);
/* "host", "registrar", "registry", "court"; and back. */
const char *rung_name(enum rung rung);
gboolean rung_parse(const char *name, enum rung *rung);

/* Why a contact is not used any more, by what the mark "bad_by" says: "A12", a bounce; "R7", which
 * was refused at the door; CONTACT_BY_PERSON. "bounced", "refused mail", "was marked as bad". */
#define CONTACT_BY_PERSON "person"
const char *contact_bad_words(const char *by);
