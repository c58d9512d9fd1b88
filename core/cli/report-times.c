#include "cli/report-times.h"

#include <string.h>

#include "cli/table.h"
#include "store/stats.h"

struct times {
	gint64 accepted, first_human, says_acted;
	gint64 down, back; /* of the last that went down, of the first that came back */
	guint watched, fallen;
	json_t *indicators;
};

static void
keep_earlier(gint64 *time, gint64 other)
{
	if (other && (*time == 0 || other < *time))
		*time = other;
}

static gboolean
add_event(const struct event *event, void *user)
{
	struct times *times = user;

	if (strcmp(event->kind, "report.accepted") == 0)
		keep_earlier(&times->accepted, event->at);
	return TRUE;
}

static gboolean
add_reply(const struct reply *reply, void *user)
{
	static const char *const human[] = { STORE_HUMAN_CLASSES, NULL };
	struct times *times = user;

	if (!reply->counts || !reply->class_name || !g_strv_contains(human, reply->class_name))
		return TRUE;
	keep_earlier(&times->first_human, reply->received);
	if (strcmp(reply->class_name, "actioned") == 0)
		keep_earlier(&times->says_acted, reply->received);
	return TRUE;
}

/* Into the indicator that it is about. */
static void
set_indicator(const struct times *times, const struct stats_takedown *takedown)
{
	g_autofree char *id = g_strdup_printf("I%" G_GINT64_FORMAT, takedown->indicator_id);

	for (size_t i = 0; i < json_array_size(times->indicators); i++) {
		json_t *indicator = json_array_get(times->indicators, i);

		if (g_strcmp0(json_string_value(json_object_get(indicator, "id")), id) != 0)
			continue;
		json_object_set_new(indicator, "seen_down", json_time(takedown->down));
		json_object_set_new(indicator, "back_up", json_time(takedown->back));
	}
}

static void
add_takedown(const struct stats_takedown *takedown, void *user)
{
	struct times *times = user;

	if (takedown->down_before)
		return;
	set_indicator(times, takedown);
	times->watched++;
	times->fallen += takedown->down != 0;
	times->down = MAX(times->down, takedown->down);
	keep_earlier(&times->back, takedown->back);
}

static void
set_times(json_t *object, const struct report *report, const struct times *times)
{
	gint64 reply = report->acknowledged;

	keep_earlier(&reply, report->answered);
	json_object_set_new(object, "accepted", json_time(times->accepted));
	json_object_set_new(object, "first_reply", json_time(reply));
	json_object_set_new(object, "first_human", json_time(times->first_human));
	json_object_set_new(object, "says_it_acted", json_time(times->says_acted));
	json_object_set_new(
		object, "seen_down", json_time(times->fallen == times->watched ? times->down : 0));
	json_object_set_new(object, "back_up", json_time(times->back));
}

static void
clear_indicators(json_t *indicators)
{
	for (size_t i = 0; i < json_array_size(indicators); i++) {
		json_t *indicator = json_array_get(indicators, i);

		json_object_set_new(indicator, "seen_down", json_null());
		json_object_set_new(indicator, "back_up", json_null());
	}
}

gboolean
report_times_set(struct store *store, json_t *object, const struct report *report, GError **error)
{
	g_autofree char *subject = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	struct times times = { .indicators = json_object_get(object, "indicators") };

	clear_indicators(times.indicators);
	if (!store_events_each(store, subject, add_event, &times, error) ||
		!store_replies_each(store, report->id, add_reply, &times, error) ||
		!store_report_takedowns(store, report->id, add_takedown, &times, error))
		return FALSE;
	set_times(object, report, &times);
	return TRUE;
}
