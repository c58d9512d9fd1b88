/* The DNS part of looking. */
#pragma once

#include "watch/look.h"

/* Asks one resolver ("": the system's or [lookup]'s) for all looks. */
gboolean look_dns(const struct config *config, const struct signals *signals, GPtrArray *looks,
	const char *resolver, gint64 at, GError **error);
/* Options of a network loop as [lookup] has them. */
struct net_options;
void look_net_options(const struct config *config, struct net_options *options);
/* Adds a sighting; detail is taken over. */
void look_add(struct look *look, gint64 at, const char *method, const char *verdict, char *detail,
	const char *vantage);
