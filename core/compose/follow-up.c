/* Reminding a provider of a report: in its thread, with its ticket. */
#include "base/reference.h"
#include "compose/composer.h"
#include "model/follow-up.h"

struct report *
report_following(const struct composer *composer, const struct report *from)
{
	struct report *report = report_new();
	const char *to = NULL;
	report->case_id = from->case_id;
	report->provider = g_strdup(from->provider);
	report->provider_name = g_strdup(from->provider_name);
	report->kind = g_strdup(from->kind);
	report->plugin = g_strdup(from->plugin);
	report->channel =
		follow_up_channel(from, profiles_by_id(composer->profiles, from->provider), &to);
	report->to = g_strdup(to);
	report->rung = from->rung;
	report->state = REPORT_DRAFT;
	report->reference = reference_new();
	report->ticket = g_strdup(from->ticket);
	report->follow_up_of = from->id;
	g_array_append_vals(report->indicators, from->indicators->data, from->indicators->len);
	return report;
}

static gboolean
refuse(const struct report *report, const char *why, GError **error)
{
	g_set_error(error, COMPOSE_ERROR, 0, "R%" G_GINT64_FORMAT " %s", report->id, why);
	return FALSE;
}

static gboolean
was_withdrawn(struct store *store, const struct report *report, GError **error)
{
	GError *fault = NULL;
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	g_autofree char *mark = store_mark_get(store, "retracted", key, &fault);
	if (fault)
		g_propagate_error(error, fault);
	else if (mark)
		refuse(report, "is withdrawn", error);
	return fault || mark;
}

static gboolean
can_follow_up(struct store *store, const struct report *report, GError **error)
{
	if (report->follow_up_of)
		return refuse(report, "is a follow-up itself: follow up the first report", error);
	if (report->state != REPORT_ACCEPTED && report->state != REPORT_ACKNOWLEDGED &&
		report->state != REPORT_ANSWERED && report->state != REPORT_CLOSED)
		return refuse(report, "reached nobody whom one could remind", error);
	return !was_withdrawn(store, report, error);
}

/* Two runs at once make one: the second finds that of the first. */
static gboolean
none_waits(struct store *store, const struct report *report, GError **error)
{
	g_autoptr(GPtrArray) list = store_follow_ups_list(store, report->id, error);
	for (guint i = 0; list && i < list->len; i++) {
		const struct report *other = g_ptr_array_index(list, i);
		if (other->state == REPORT_DRAFT || other->state == REPORT_HELD ||
			other->state == REPORT_READY || other->state == REPORT_MANUAL ||
			other->state == REPORT_SENDING || other->state == REPORT_IN_DOUBT) {
			g_autofree char *why = g_strdup_printf(
				"is followed up by R%" G_GINT64_FORMAT ", which is %s", other->id,
				report_state_name(other->state));
			return refuse(report, why, error);
		}
	}
	return list != NULL;
}

static struct report *
follow_up_of(const struct composer *composer, const struct report *from, const GArray *indicators)
{
	struct report *report = report_following(composer, from);
	g_array_set_size(report->indicators, 0);
	g_array_append_vals(report->indicators, indicators->data, indicators->len);
	if (composer->fixed_reference) {
		g_free(report->reference);
		report->reference = g_strdup(composer->fixed_reference);
	}
	return report;
}

gboolean
composer_follow_up(struct composer *composer, gint64 report_id, const GArray *indicators,
	gint64 *follow_up, GError **error)
{
	struct store *store = composer->store;
	GError *fault = NULL;
	g_autoptr(Report) from = store_report_get(store, report_id, error);
	if (!from || !can_follow_up(store, from, error))
		return FALSE;
	g_autoptr(Report) report = follow_up_of(composer, from, indicators);
	if (!store_begin(store, error))
		return FALSE;
	if (!none_waits(store, from, &fault)) {
		g_propagate_error(error, fault);
		/* Nothing was written, and a wider transaction goes on. */
		store_commit(store, NULL);
		return FALSE;
	}
	if (!store_report_add(store, report, error) ||
		!composer_report(composer, report->id, error)) {
		store_rollback(store);
		return FALSE;
	}
	*follow_up = report->id;
	return store_commit(store, error);
}
