#include "outbox/hours.h"

#include <stdio.h>
#include <string.h>

static const char *const day_names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static int
day_number(const char *name)
{
	for (int i = 0; i < 7; i++)
		if (g_ascii_strncasecmp(name, day_names[i], 3) == 0)
			return i + 1;
	return 0;
}

/* "mon-fri" or one day; day: 1 is Monday. */
static gboolean
is_in_range(const char *range, int day)
{
	const char *dash = strchr(range, '-');
	int first = day_number(range);
	int last = dash ? day_number(dash + 1) : first;

	return first <= last ? day >= first && day <= last : day >= first || day <= last;
}

static gboolean
is_working_day(const char *days, int day)
{
	g_auto(GStrv) ranges = g_strsplit(days ? days : "mon-sun", ",", -1);

	for (char **range = ranges; *range; range++)
		if (is_in_range(*range, day))
			return TRUE;
	return FALSE;
}

static gboolean
is_open(const struct profile_limits *limits, GDateTime *time)
{
	int from_h, from_m, to_h, to_m;
	int minute = g_date_time_get_hour(time) * 60 + g_date_time_get_minute(time);

	if (!is_working_day(limits->days, g_date_time_get_day_of_week(time)))
		return FALSE;
	if (!limits->hours ||
		sscanf(limits->hours, "%2d:%2d-%2d:%2d", &from_h, &from_m, &to_h, &to_m) != 4)
		return TRUE;
	int from = from_h * 60 + from_m, to = to_h * 60 + to_m;
	return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

gint64
hours_open_at(const struct profile_limits *limits, gint64 now)
{
	g_autoptr(GTimeZone) zone =
		limits->time_zone ? g_time_zone_new_identifier(limits->time_zone) : NULL;
	const gint64 step = 15 * 60;
	gint64 at = now / G_USEC_PER_SEC;

	if (!zone)
		zone = g_time_zone_new_utc();
	for (int i = 0; i <= 8 * 24 * 4; i++, at = at / step * step + step) {
		g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at);
		g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
		if (is_open(limits, local))
			return i == 0 ? now : at * G_USEC_PER_SEC;
	}
	return now;
}
