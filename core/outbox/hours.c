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

/* "09:00" as a minute of the day; -1 when it is none. */
static int
read_minute(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", 2);
	guint64 hour, minute;

	if (g_strv_length(parts) != 2 ||
		!g_ascii_string_to_unsigned(parts[0], 10, 0, 24, &hour, NULL) ||
		!g_ascii_string_to_unsigned(parts[1], 10, 0, 59, &minute, NULL))
		return -1;
	return (int)(hour * 60 + minute);
}

/* "09:00-18:00". */
static gboolean
read_hours(const char *text, int *from, int *to)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", 2);

	if (g_strv_length(parts) != 2)
		return FALSE;
	*from = read_minute(parts[0]);
	*to = read_minute(parts[1]);
	return *from >= 0 && *to >= 0;
}

static gboolean
is_open(const struct profile_limits *limits, GDateTime *time)
{
	int from, to;
	int minute = g_date_time_get_hour(time) * 60 + g_date_time_get_minute(time);

	if (!is_working_day(limits->days, g_date_time_get_day_of_week(time)))
		return FALSE;
	if (!limits->hours || !read_hours(limits->hours, &from, &to))
		return TRUE;
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
