/* The WHOIS part of looking. */
#pragma once

#include "net/rdap.h"
#include "watch/look.h"

/* Asks the registry of each name that is gone and whose suffix has no RDAP: each name once for all
 * its looks and, by look->whois, once a day; one query after the other to a server, with a pause.
 * What is over the limit of a run waits for the next one. */
void look_whois(const struct config *config, const struct signals *signals,
	const struct rdap_bootstrap *bootstrap, GPtrArray *looks, gint64 at);

/* Whether DNS says that the name is gone, so that the registry can say why. */
gboolean look_is_gone(const struct look *look);
/* A name that ended by expiry or is on hold for its contact data is gone, but nobody took it down:
 * DNS then tells nothing. */
void look_discount(struct look *look);
