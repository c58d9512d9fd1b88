#include "outbox/pace.h"

gboolean
rate_is_set(const struct rate *rate)
{
	return rate->per_hour || rate->per_day || rate->gap_s;
}

/* The k-th report over a limit of n in a period waits for the period that has room for it. */
static gint64
next_period(struct pace *pace, gint64 now, gint64 period, gint64 n)
{
	return now + period * (1 + pace->full_slots++ / n);
}

gint64
pace_wait(struct pace *pace, const struct rate *rate, const char *who, gint64 now, char **reason)
{
	const gint64 gap = rate->gap_s * PACE_SECOND;

	if (rate->per_day && pace->in_day >= rate->per_day) {
		*reason =
			g_strdup_printf("%s takes %" G_GINT64_FORMAT " a day", who, rate->per_day);
		return next_period(pace, now, PACE_DAY, rate->per_day);
	}
	if (rate->per_hour && pace->in_hour >= rate->per_hour) {
		*reason = g_strdup_printf(
			"%s takes %" G_GINT64_FORMAT " an hour", who, rate->per_hour);
		return next_period(pace, now, PACE_HOUR, rate->per_hour);
	}
	if (gap && pace->newest + gap > now) {
		*reason = g_strdup_printf(
			"%s wants %" G_GINT64_FORMAT " s between two", who, rate->gap_s);
		pace->last_slot = MAX(pace->newest, pace->last_slot) + gap;
		return pace->last_slot;
	}
	return 0;
}

void
pace_count(struct pace *pace, gint64 now)
{
	pace->in_hour++;
	pace->in_day++;
	pace->newest = now;
}
