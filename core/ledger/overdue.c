#include "ledger/overdue.h"

enum { MOST_HOURS = 24 * 366 * 10 };

gint64
overdue_hours(const struct config *config, const char *key)
{
	return MIN(config_integer(config, "escalate", key), MOST_HOURS) * G_TIME_SPAN_HOUR;
}

void
overdue_times_of(
	const struct config *config, const struct profile *profile, struct overdue_times *times)
{
	times->ack_us = overdue_hours(config, "ack_hours");
	times->action_us = overdue_hours(config, "action_hours");
	if (profile && profile->expected_ack_s > 0)
		times->ack_us = profile->expected_ack_s * G_USEC_PER_SEC;
	if (profile && profile->expected_action_s > 0)
		times->action_us = profile->expected_action_s * G_USEC_PER_SEC;
}

gint64
overdue_since(gint64 asked, gboolean answered, const struct overdue_times *times, gint64 now)
{
	gint64 since = 0;

	if (!asked)
		return 0;
	if (times->ack_us && !answered)
		since = asked + times->ack_us;
	if (times->action_us && (!since || asked + times->action_us < since))
		since = asked + times->action_us;
	return since && since < now ? since : 0;
}

static gboolean
reached(const struct report *report)
{
	return report->sent &&
	       (report->state == REPORT_ACCEPTED || report->state == REPORT_ACKNOWLEDGED ||
		       report->state == REPORT_ANSWERED || report->state == REPORT_CLOSED);
}

gint64
overdue_report(const struct config *config, const struct profiles *profiles,
	const struct report *report, gint64 now)
{
	struct overdue_times times;

	if (report->follow_up_of || !reached(report))
		return 0;
	overdue_times_of(config, profiles_by_id(profiles, report->provider), &times);
	return overdue_since(report->sent, report->acknowledged || report->answered, &times, now);
}
