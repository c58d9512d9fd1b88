/* The DNS part of looking. */
#pragma once

#include "watch/look.h"

/* Asks one resolver ("": the system's or [lookup]'s) for all looks. *works: FALSE when what it says
 * tells nothing. */
gboolean
look_dns(const struct look_round *round, const char *resolver, gboolean *works, GError **error);
/* Options of a network loop as [lookup] has them. */
struct net_options;
void look_net_options(const struct config *config, struct net_options *options);
/* Runs the loop until nothing is left to do, or the round is stopped. */
struct net;
void look_run(const struct look_round *round, struct net *net);
/* Adds a sighting and gives it; detail is taken over. */
const struct sighting *look_add(struct look *look, gint64 at, const char *method,
	const char *verdict, char *detail, const char *vantage);
