/* Withdrawing a report: a follow-up to exactly those who got it. */
#include "base/reference.h"
#include "compose/composer.h"

static gboolean
was_sent(const struct report *report, GError **error)
{
	const char *instead = NULL;
	if (report->channel != CHANNEL_MAIL)
		instead = "it did not go by mail: withdraw it with the provider by hand";
	else if (report->state == REPORT_IN_DOUBT)
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

static struct report *
retraction_of(const struct report *from)
{
	struct report *report = report_new();
	report->case_id = from->case_id;
	report->provider = g_strdup(from->provider);
	report->provider_name = g_strdup(from->provider_name);
	report->kind = g_strdup(from->kind);
	report->plugin = g_strdup(from->plugin);
	report->channel = from->channel;
	report->to = g_strdup(from->to);
	report->rung = from->rung;
	report->state = REPORT_DRAFT;
	report->reference = reference_new();
	report->ticket = g_strdup(from->ticket);
	report->follow_up_of = from->id;
	g_array_append_vals(report->indicators, from->indicators->data, from->indicators->len);
	return report;
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
	g_autoptr(Report) report = retraction_of(from);
	if (!store_begin(store, error))
		return FALSE;
	if (!add(store, report, error)) {
		store_rollback(store);
		return FALSE;
	}
	*retraction = report->id;
	return store_commit(store, error) && composer_report(composer, report->id, error);
}
