/* What a provider does not want to hear again so soon: the same indicator, the same domain. */
#pragma once

#include "model/profile.h"
#include "store/store.h"

struct repeats;
typedef struct repeats Repeats; /* for g_autoptr */

/* Borrowed. usual_days: for providers that do not say in how many days an indicator repeats. */
struct repeats *repeats_new(struct store *store, gint64 usual_days);
void repeats_free(struct repeats *repeats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Repeats, repeats_free)

/* Until when a claimed report must wait, and why (free with g_free); 0: it repeats nothing. limits
 * may be NULL. */
gboolean repeats_until(struct repeats *repeats, const struct profile_limits *limits,
	const struct report *report, gint64 now, gint64 *until, char **reason, GError **error);
