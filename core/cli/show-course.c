#include "cli/show-course.h"

#include <string.h>

#include "base/text.h"
#include "cli/table.h"
#include "cli/escalate-print.h"
#include "ledger/overdue.h"

static json_t *
short_report(const struct report *report)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o}", "id",
		json_id('R', report->id), "provider", json_text(report->provider), "channel",
		channel_name(report->channel), "to", json_text(report->to), "rung",
		rung_name(report->rung), "state", report_state_name(report->state), "ticket",
		json_text(report->ticket), "sent", json_time(report->sent), "follow_up_of",
		json_id('R', report->follow_up_of));
}

/* Takes the list. */
static gboolean
set_reports(json_t *object, const char *key, GPtrArray *list)
{
	json_t *array = json_array();

	json_object_set_new(object, key, array);
	for (guint i = 0; list && i < list->len; i++)
		json_array_append_new(array, short_report(g_ptr_array_index(list, i)));
	if (!list)
		return FALSE;
	g_ptr_array_unref(list);
	return TRUE;
}

static gboolean
set_overdue(const struct config *config, struct store *store, const struct report *report,
	json_t *object, GError **error)
{
	g_autoptr(Profiles) profiles = profiles_load_configured(config, NULL, error);
	const gint64 now = text_now();
	g_autofree char *words = NULL;
	enum escalation_wait why;
	gboolean overdue;
	gint64 since = 0, until;

	if (!profiles || !overdue_report(config, profiles, store, report->id, now, &since, error))
		return FALSE;
	json_object_set_new(object, "overdue_since", json_time(since));
	if (!since)
		return TRUE;
	if (!escalation_wait_of(
		    config, profiles, store, report->id, now, &overdue, &why, &until, error))
		return FALSE;
	words = overdue ? escalate_wait_words(why, until) : NULL;
	json_object_set_new(object, "overdue_state", json_text(words));
	return TRUE;
}

gboolean
show_course_report(const struct config *config, struct store *store, const struct report *report,
	json_t *object, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	GError *fault = NULL;
	g_autofree char *by = store_mark_get(store, "retracted", key, &fault);

	if (fault) {
		g_propagate_error(error, fault);
		return FALSE;
	}
	json_object_set_new(object, "withdrawn_by", json_text(by));
	return set_overdue(config, store, report, object, error) &&
	       set_reports(object, "follow_ups", store_follow_ups_list(store, report->id, error));
}

static void
add_outage(const struct outage *outage, void *user)
{
	json_array_append_new(
		user, json_pack("{s:o, s:o, s:o}", "seen_up", json_time(outage->seen_up), "down",
			      json_time(outage->down), "back_up", json_time(outage->up)));
}

gboolean
show_course_indicator(struct store *store, gint64 id, json_t *object, GError **error)
{
	g_autofree char *key = g_strdup_printf("I%" G_GINT64_FORMAT, id);
	GError *fault = NULL;
	gint64 at = 0;
	g_autofree char *reason = store_mark_when(store, "court", key, &at, &fault);
	json_t *outages = json_array();

	json_object_set_new(object, "outages", outages);
	if (fault) {
		g_propagate_error(error, fault);
		return FALSE;
	}
	json_object_set_new(object, "court", json_time(reason ? at : 0));
	json_object_set_new(object, "court_reason", json_text(reason));
	if (!store_outages_each(store, id, add_outage, outages, error))
		return FALSE;
	return set_reports(object, "reports", store_indicator_reports(store, id, error));
}
