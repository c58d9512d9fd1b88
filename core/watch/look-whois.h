/* The WHOIS part of looking. */
#pragma once

#include "net/rdap.h"
#include "watch/look.h"

/* Asks the registry of each name that is gone and whose suffix has no RDAP: each name once for all
 * its looks and, by look->whois, once a day; one query after the other to a server, with a pause.
 * What is over the limit of a run waits for the next one. */
void look_whois(const struct look_round *round, const struct rdap_bootstrap *bootstrap);

/* Whether DNS says that the name is gone, so that the registry can say why. */
gboolean look_is_gone(const struct look *look);
/* Adds what a registry says; the view's detail is taken over. A name that ended by expiry or is on
 * hold for its contact data is gone, but nobody took it down: DNS then tells nothing. */
struct watch_view;
void look_add_registry(struct look *look, gint64 at, const char *method,
	const struct watch_view *view, const char *vantage, gboolean is_no_takedown);
