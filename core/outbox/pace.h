/* So many an hour and a day, and a pause between two: when the next one may go. */
#pragma once

#include <glib.h>

#define PACE_SECOND ((gint64)G_USEC_PER_SEC)
#define PACE_HOUR (3600 * PACE_SECOND)
#define PACE_DAY (24 * PACE_HOUR)

struct rate {
	gint64 per_hour, per_day, gap_s; /* 0: no limit */
};

/* What went to one party. The counts are told by whoever knows; the slots are kept here. */
struct pace {
	gint64 in_hour, in_day;
	gint64 newest;	   /* sent */
	gint64 last_slot;  /* the latest time that a report is held back until */
	gint64 full_slots; /* held back for the hour or the day that follows */
};

gboolean rate_is_set(const struct rate *rate);
/* Until when the next one must wait, and why (who takes so many …; free with g_free); 0: it may go
 * now. Each one that waits gets a slot of its own. */
gint64
pace_wait(struct pace *pace, const struct rate *rate, const char *who, gint64 now, char **reason);
/* One goes now. */
void pace_count(struct pace *pace, gint64 now);
