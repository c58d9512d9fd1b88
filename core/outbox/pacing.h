/* Politeness: the limits of providers and servers, counted over restarts and over all processes by
 * what the store knows. */
#pragma once

#include "model/profile.h"
#include "store/store.h"

struct pacing;
typedef struct pacing Pacing; /* for g_autoptr */

/* All borrowed. profiles NULL: no limits of providers; config NULL: none of servers. */
struct pacing *
pacing_new(struct store *store, const struct config *config, const struct profiles *profiles);
void pacing_free(struct pacing *pacing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pacing, pacing_free)

/* Removes from the claimed reports (of struct report *) those whose turn has not come: they are
 * given back with the reason and the time, and counted in *held_back. The others
 * take their turn, so that no other process counts the same room for itself. */
gboolean
pacing_filter(struct pacing *pacing, GPtrArray *reports, gint64 *held_back, GError **error);
