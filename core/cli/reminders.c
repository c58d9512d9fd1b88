#include "cli/reminders.h"

#include "base/log.h"

struct waiting {
	gint64 report_id, indicator_id;
	gboolean all_down, is_ready;
};

static void
take(gint64 report_id, gint64 indicator_id, gboolean all_down, gboolean is_ready, void *user)
{
	const struct waiting waiting = { report_id, indicator_id, all_down, is_ready };

	g_array_append_val((GArray *)user, waiting);
}

/* Another run may have sent it meanwhile: then it is sent. */
static gboolean
unless_taken(gboolean done, GError *fault, GError **error)
{
	if (done || g_error_matches(fault, STORE_ERROR, STORE_ERROR_STATE)) {
		g_clear_error(&fault);
		return TRUE;
	}
	g_propagate_error(error, fault);
	return FALSE;
}

/* is_last: no other indicator of the same report comes behind. */
static gboolean
settle(struct composer *composer, struct store *store, const struct waiting *waiting,
	gboolean is_last, GError **error)
{
	GError *fault = NULL;
	gboolean done = TRUE;

	if (waiting->all_down && !is_last)
		return TRUE;
	if (waiting->all_down) {
		log_info("R%" G_GINT64_FORMAT " reminds of what is down already: cancelled",
			waiting->report_id);
		done = store_report_set_state(
			store, waiting->report_id, REPORT_CANCELLED, "already down", &fault);
	} else if (waiting->is_ready) {
		done = store_report_drop(store, waiting->report_id, waiting->indicator_id,
			       "already down", &fault) &&
		       (!is_last || composer_report(composer, waiting->report_id, &fault));
	}
	return unless_taken(done, fault, error);
}

gboolean
reminders_settle(struct composer *composer, struct store *store, gint64 case_id, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct waiting));

	if (!store_follow_ups_down(store, case_id, take, list, error))
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const struct waiting *waiting = &g_array_index(list, struct waiting, i);
		gboolean is_last = i + 1 == list->len || waiting[1].report_id != waiting->report_id;

		if (!settle(composer, store, waiting, is_last, error))
			return FALSE;
	}
	return TRUE;
}
