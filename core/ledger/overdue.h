/* Which reports are overdue: the provider did not answer, or what was reported is still up, after
 * the time in which its profile, else [escalate], expects it. */
#pragma once

#include "base/config.h"
#include "model/profile.h"
#include "store/store.h"

/* How long a provider has, in microseconds; 0: nothing is expected. */
struct overdue_times {
	gint64 ack_us, action_us;
};
/* The profile's times where it has some, else the configuration's. profile may be NULL. */
void overdue_times_of(
	const struct config *config, const struct profile *profile, struct overdue_times *times);
/* So many hours of [escalate] as microseconds; at most ten years. */
gint64 overdue_hours(const struct config *config, const char *key);

/* When who was asked at a time (0: nobody) for what is not down yet became overdue; 0: not yet. */
gint64
overdue_since(gint64 asked, gboolean answered, const struct overdue_times *times, gint64 now);

/* When one report became overdue, as ladder_overdue() has it, with any of its indicators that is
 * not down; *since 0: it is not. */
gboolean overdue_report(const struct config *config, const struct profiles *profiles,
	struct store *store, gint64 id, gint64 now, gint64 *since, GError **error);
