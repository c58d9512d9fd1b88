/* How a report is followed up, and which routes wait for that. */
#pragma once

#include "model/profile.h"
#include "model/report.h"

/* The channel of a follow-up and whom it goes to (borrowed): the report's own for a mail; an API
 * takes none, so it goes to the provider's mail address where the profile has one that is confirmed
 * and not excluded; else, as for a form, a person does it by hand (CHANNEL_PACKET). profile may be
 * NULL. */
enum channel
follow_up_channel(const struct report *report, const struct profile *profile, const char **to);

/* Why the routing policy leaves out a route that escalation may still ask. */
#define ROUTE_LATER "asked when the nearer ones did not act"
#define ROUTE_NOT_NAMED "not among the rungs that [routing] names for this nature"
/* Whether the route has a contact and only the policy keeps it from being asked. */
gboolean route_is_later(const struct route *route);
