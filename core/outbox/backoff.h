/* When a deferred report is tried again. */
#pragma once

#include <glib.h>

/* The time of try number step (1 …) that first failed at start: start + base * step², with up to a
 * tenth of that added or taken by jitter (0 … 1, 0.5 is none). Microseconds; 0 when the end of five
 * days is over and the report fails. */
gint64 backoff_next(gint64 start, gint64 base, gint64 step, double jitter);

/* The base: five minutes in microseconds. */
#define BACKOFF_BASE (G_GINT64_CONSTANT(300) * G_USEC_PER_SEC)
/* No more tries after so many: the last lies within five days. */
#define BACKOFF_TRIES 36
