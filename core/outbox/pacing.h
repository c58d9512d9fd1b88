/* Politeness: the limits of a provider's profile, counted over restarts by what the store knows. */
#pragma once

#include "model/profile.h"
#include "store/store.h"

struct pacing;
typedef struct pacing Pacing; /* for g_autoptr */

/* Both borrowed; profiles NULL: no limits. */
struct pacing *pacing_new(struct store *store, const struct profiles *profiles);
void pacing_free(struct pacing *pacing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pacing, pacing_free)

/* Removes from the claimed reports (of struct report *) those whose turn has not come: they are
 * given back with the reason and the time, and counted in *held_back. */
gboolean
pacing_filter(struct pacing *pacing, GPtrArray *reports, gint64 *held_back, GError **error);
