#include "ledger/ladder.h"

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

/* The indicator that the rows have come to. */
struct search {
	const struct config *config;
	const struct profiles *profiles;
	gint64 id, now; /* of the report that it is about */
	gint64 indicator_id, back;
	GArray *reports; /* of struct ladder_report */
	gint64 since;
};

static void
finish(struct search *search)
{
	for (guint i = 0; i < search->reports->len; i++) {
		gint64 since;

		if (g_array_index(search->reports, struct ladder_report, i).id != search->id)
			continue;
		since = ladder_overdue(search->reports, i, search->back, search->now);
		if (since && (!search->since || since < search->since))
			search->since = since;
	}
	g_array_set_size(search->reports, 0);
}

static void
take(const struct overdue_row *row, void *user)
{
	struct search *search = user;
	struct ladder_report report;

	if (search->indicator_id != row->indicator_id)
		finish(search);
	search->indicator_id = row->indicator_id;
	search->back = row->back;
	ladder_report_read(row, search->config, search->profiles, &report);
	g_array_append_val(search->reports, report);
}

gboolean
overdue_report(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 id, gint64 now, gint64 *since, GError **error)
{
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(struct ladder_report));
	struct search search = {
		.config = config, .profiles = profiles, .id = id, .now = now, .reports = reports
	};

	if (!store_overdue_of(store, id, take, &search, error))
		return FALSE;
	finish(&search);
	*since = search.since;
	return TRUE;
}
