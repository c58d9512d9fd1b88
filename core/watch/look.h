/* Looking: DNS by each resolver, RDAP or WHOIS where DNS says that it is gone, HTTP where switched
 * on. */
#pragma once

#include "base/config.h"
#include "model/indicator.h"
#include "watch/signals.h"

/* One indicator to look at, and what was seen. */
struct look {
	const struct indicator *indicator; /* borrowed */
	GPtrArray *sightings;		   /* of struct sighting *, all of one time; never NULL */
	gboolean has_lapsed;		   /* a look before saw its registration lapse */
	/* Where its host is, as http_request.addresses, and the resolver that said so; NULL: not
	 * known, or it does not lead to the host any more. */
	char *addresses, *resolver;
	/* What WHOIS said of its name within a day, "" where it gave no answer: then it is not
	 * asked again. NULL: not known; after the look, not asked. */
	char *whois;
	gint64 whois_at;
	gboolean whois_is_new;		 /* asked by this look: to be kept */
	const struct sighting *registry; /* the one that says why the name is gone; NULL: none */
	gboolean is_blind;		 /* no resolver worked: the fault may be ours */
};

/* Looks that are made together. */
struct look_round {
	const struct config *config;
	const struct signals *signals;
	GPtrArray *looks; /* of struct look *; their sightings are added */
	gint64 at;
	const volatile int *stop; /* not 0: end at once, then nothing of it counts; may be NULL */
};

/* Looks at all. Without an answer for the control name a resolver's looks are all unknown: the
 * fault may be ours. FALSE and error only when no look could be made at all. */
gboolean look_at(const struct look_round *round, GError **error);
gboolean look_is_stopped(const struct look_round *round);
/* Of what was seen, what people want to read: of a page the look at it, else why the name is gone,
 * else the first that tells; NULL: nothing. */
const struct sighting *look_telling(const struct look *look);

/* A new look without sightings; free with look_free(). */
struct look *look_new(const struct indicator *indicator);
void look_free(struct look *look);
/* The resolvers to ask, NULL-ended, at least one; "" is the system's or [lookup]'s. Free with
 * g_strfreev. */
char **look_resolvers(const struct config *config);
