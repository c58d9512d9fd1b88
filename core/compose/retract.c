/* Withdrawing a report: a follow-up to exactly those who got it. */
#include "compose/composer.h"

static gboolean
was_sent(const struct report *report, GError **error)
{
	const char *instead = NULL;
	if (report->state == REPORT_IN_DOUBT)
		instead = "it is in doubt: `abate send --in-doubt=resend` or `drop` first";
	else if (report->state != REPORT_ACCEPTED && report->state != REPORT_ACKNOWLEDGED &&
		 report->state != REPORT_ANSWERED && report->state != REPORT_CLOSED)
		instead = "nobody got it: `abate cancel` is enough";
	if (!instead)
		return TRUE;
	g_set_error(error, COMPOSE_ERROR, 0, "R%" G_GINT64_FORMAT " is %s; %s", report->id,
		report_state_name(report->state), instead);
	return FALSE;
}

/* Once is enough: the mark of the first one tells. */
static gboolean
add(struct store *store, struct report *report, GError **error)
{
	g_autofree char *of = g_strdup_printf("R%" G_GINT64_FORMAT, report->follow_up_of);
	g_autofree char *before = store_mark_get(store, "retracted", of, NULL);
	if (before) {
		g_set_error(error, COMPOSE_ERROR, 0, "%s is withdrawn already, by %s", of, before);
		return FALSE;
	}
	if (!store_report_add(store, report, error))
		return FALSE;
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	return store_mark_set(store, "retract", key, of, error) &&
	       store_mark_set(store, "retracted", of, key, error);
}

gboolean
composer_retract(struct composer *composer, gint64 report_id, gint64 *retraction, GError **error)
{
	struct store *store = composer->store;
	g_autoptr(Report) from = store_report_get(store, report_id, error);
	if (!from || !was_sent(from, error))
		return FALSE;
	g_autoptr(Report) report = report_following(composer, from);
	if (!store_begin(store, error))
		return FALSE;
	if (!add(store, report, error)) {
		store_rollback(store);
		return FALSE;
	}
	*retraction = report->id;
	return store_commit(store, error) && composer_report(composer, report->id, error);
}
