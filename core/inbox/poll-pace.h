/* How often an API is asked what became of a report. */
#pragma once

#include "model/profile.h"

/* Nothing is asked any more of a report that was sent so long ago. */
#define POLL_END (G_GINT64_CONSTANT(90) * 86400 * G_USEC_PER_SEC)
/* The shortest time before the first poll and between two. */
#define POLL_SHORTEST (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define POLL_LONGEST (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

/* The time before the first poll: a twelfth of the time in which the provider is expected to act,
 * within an hour and a day. profile may be NULL. */
gint64 poll_base(const struct profile *profile);
/* When to ask again at now: after as long as the report is old, within base and a day, with up to a
 * tenth of that added or taken by jitter (0 … 1, 0.5 is none). 0: never. Microseconds. */
gint64 poll_next(gint64 sent, gint64 now, gint64 base, double jitter);
