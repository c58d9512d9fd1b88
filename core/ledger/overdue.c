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

struct search {
	const struct config *config;
	const struct profiles *profiles;
	gint64 now;
	GHashTable *found; /* report id -> struct overdue * */
};

static void
take(const struct overdue_row *row, void *user)
{
	struct search *search = user;
	const struct report *report = row->report;
	struct overdue *found = g_hash_table_lookup(search->found, &report->id);
	struct overdue_times times;

	if (report->follow_up_of || row->withdrawn || !reached(report))
		return;
	if (!found) {
		const struct profile *profile = profiles_by_id(search->profiles, report->provider);

		overdue_times_of(search->config, profile, &times);
		found = g_new0(struct overdue, 1);
		found->report_id = report->id;
		found->provider = g_intern_string(report->provider);
		found->since =
			overdue_report(search->config, search->profiles, report, search->now);
		g_hash_table_insert(search->found, &found->report_id, found);
	}
	found->indicators++;
}

static int
by_report(const void *a, const void *b)
{
	const struct overdue *x = a, *y = b;

	return (x->report_id > y->report_id) - (x->report_id < y->report_id);
}

GArray *
overdue_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, GError **error)
{
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	struct search search = { config, profiles, now, found };
	GHashTableIter iter;
	void *value;

	if (!store_overdue_each(store, case_id, take, &search, error))
		return NULL;
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct overdue));
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		if (((struct overdue *)value)->since)
			g_array_append_vals(list, value, 1);
	g_array_sort(list, by_report);
	return list;
}
