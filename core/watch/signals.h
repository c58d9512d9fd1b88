/* What tells that a name was taken down, and what only looks so: config/takedown-signals.json. */
#pragma once

#include <glib.h>

enum signal_meaning {
	SIGNAL_NONE,	     /* nothing follows from it */
	SIGNAL_SINKHOLE,     /* a defender has the traffic */
	SIGNAL_SUSPENDED,    /* switched off by host, registrar or registry */
	SIGNAL_DELETED,	     /* the registration is ending (when it is not plain expiry) */
	SIGNAL_VERIFICATION, /* on hold until its contact data are verified: no takedown */
	SIGNAL_EXPIRED,	     /* not paid: no takedown */
	SIGNAL_PARKED,	     /* an advertising page: no takedown */
	SIGNAL_HELD,	     /* switched off by the registrar: also what was not paid */
	SIGNAL_RENEWED,	     /* by the registry at the end of its term: perhaps not paid yet */
};

struct signal {
	enum signal_meaning meaning;
	char *owner;  /* whose name server, address or page it is; may be NULL */
	char *words;  /* what it means, for people; may be NULL */
	char *source; /* and where that is known from, */
	char *as_of;  /* and when */
};

struct signals;
typedef struct signals Signals; /* for g_autoptr */

/* Reads a file; NULL names the shipped one. NULL and error, naming the first fault by field, when
 * it has any. What is from memory is left out. */
struct signals *signals_load(const char *file, GError **error);
void signals_free(struct signals *signals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signals, signals_free)

/* All below: borrowed, NULL when it is no signal. */
/* Longest suffix. */
const struct signal *signals_name_server(const struct signals *signals, const char *name);
const struct signal *signals_address(const struct signals *signals, const char *address);
/* EPP or RDAP spelling: "clientHold", "client hold". */
const struct signal *signals_status(const struct signals *signals, const char *status);
/* A URL that a site redirects to, or the text of a page of length bytes. */
const struct signal *signals_page(const struct signals *signals, const char *text, gsize length);

/* Whether it means that somebody acted against the name: sinkhole, suspended, deleted, held. */
gboolean signal_is_takedown(enum signal_meaning meaning);
/* "sinkhole", "suspended" … */
const char *signal_name(enum signal_meaning meaning);
