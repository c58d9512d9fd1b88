#include "compose/circumstances.h"

#include "compose/composer.h"

enum { MAX_TRIED = 20 };

static void
tried_free(void *data)
{
	struct tried *tried = data;
	g_free(tried->provider_name);
	g_free(tried->ticket);
	g_free(tried);
}

/* *set: whether there is such a mark. */
static gboolean
is_marked(struct store *store, const char *kind, const char *key, gboolean *set, GError **error)
{
	GError *fault = NULL;
	g_autofree char *mark = store_mark_get(store, kind, key, &fault);
	*set = mark != NULL;
	if (fault)
		g_propagate_error(error, fault);
	return !fault;
}

/* Marks: kind "retract", key the report that withdraws another. */
static gboolean
see_previous(struct circumstances *circumstances, struct store *store, const struct report *report,
	GError **error)
{
	if (report->follow_up_of == 0)
		return TRUE;
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	circumstances->previous = store_report_get(store, report->follow_up_of, error);
	return circumstances->previous &&
	       is_marked(store, "retract", key, &circumstances->retraction, error);
}

/* --- who was asked before --- */

static struct tried *
find_tried(const GPtrArray *list, gint64 report_id)
{
	for (guint i = 0; i < list->len; i++) {
		struct tried *tried = g_ptr_array_index(list, i);
		if (tried->report_id == report_id)
			return tried;
	}
	return NULL;
}

static gboolean
was_asked(const struct report *report)
{
	return report->sent || report->state == REPORT_REFUSED || report->state == REPORT_BOUNCED;
}

static gboolean
add_tried(GPtrArray *list, struct store *store, const struct report *report, GError **error)
{
	gboolean withdrawn;
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	if (!is_marked(store, "retracted", key, &withdrawn, error))
		return FALSE;
	if (withdrawn)
		return TRUE;
	struct tried *tried = g_new0(struct tried, 1);
	tried->report_id = report->id;
	tried->provider_name =
		g_strdup(report->provider_name ? report->provider_name : report->provider);
	tried->ticket = g_strdup(report->ticket);
	tried->rung = report->rung;
	tried->state = report->state;
	tried->asked = report->sent ? report->sent : report->created;
	g_ptr_array_add(list, tried);
	return TRUE;
}

/* Follow-ups come after what they follow. */
static gboolean
take_report(GPtrArray *list, struct store *store, const struct report *report, const char *provider,
	GError **error)
{
	struct tried *followed = find_tried(list, report->follow_up_of);
	if (followed && report->sent)
		followed->reminded = MAX(followed->reminded, report->sent);
	if (report->follow_up_of || !was_asked(report) || list->len >= MAX_TRIED ||
		g_strcmp0(report->provider, provider) == 0 || find_tried(list, report->id))
		return TRUE;
	return add_tried(list, store, report, error);
}

/* Marks: kind "escalated", key "C1" for a case where a next rung is asked at all, and "I5 registry"
 * for an indicator and its rung. */
static gboolean
is_escalated(struct store *store, const struct report *report, const GPtrArray *rows,
	gboolean *escalated, GError **error)
{
	*escalated = FALSE;
	for (guint i = 0; i < rows->len && !*escalated; i++) {
		const struct group_row *row = g_ptr_array_index(rows, i);
		g_autofree char *key = g_strdup_printf(
			"I%" G_GINT64_FORMAT " %s", row->indicator->id, rung_name(report->rung));
		if (!is_marked(store, "escalated", key, escalated, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
see_tried(struct circumstances *circumstances, struct composer *composer,
	const struct report *report, const GPtrArray *rows, GError **error)
{
	gboolean escalated;
	if (!composer->case_escalated || report->rung == RUNG_HOST || report->follow_up_of)
		return TRUE;
	if (!is_escalated(composer->store, report, rows, &escalated, error))
		return FALSE;
	if (!escalated)
		return TRUE;
	circumstances->tried = g_ptr_array_new_with_free_func(tried_free);
	for (guint i = 0; i < rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(rows, i);
		g_autoptr(GPtrArray) reports =
			store_indicator_reports(composer->store, row->indicator->id, error);
		for (guint k = 0; reports && k < reports->len; k++)
			if (!take_report(circumstances->tried, composer->store,
				    g_ptr_array_index(reports, k), report->provider, error))
				return FALSE;
		if (!reports)
			return FALSE;
	}
	return TRUE;
}

/* --- how the indicators stand --- */

/* A reminder that reached them after the return told of it. */
static gboolean
see_told(
	struct standing *standing, struct store *store, const struct report *report, GError **error)
{
	g_autoptr(GPtrArray) reports =
		store_indicator_reports(store, standing->indicator_id, error);
	for (guint i = 0; reports && i < reports->len; i++) {
		const struct report *other = g_ptr_array_index(reports, i);
		if (other->follow_up_of == report->follow_up_of && other->id != report->id &&
			other->sent >= standing->back && other->state != REPORT_BOUNCED &&
			other->state != REPORT_REFUSED)
			standing->told = TRUE;
	}
	return reports != NULL;
}

static gboolean
see_standing(struct standing *standing, struct store *store, const struct report *report,
	const struct report *previous, GError **error)
{
	gint64 back = 0;
	if (!store_indicator_last_up(store, standing->indicator_id, &standing->seen, error))
		return FALSE;
	if (!previous)
		return TRUE;
	if (!store_indicator_back(store, standing->indicator_id, &back, error))
		return FALSE;
	if (back <= previous->sent)
		return TRUE;
	standing->back = back;
	return see_told(standing, store, report, error);
}

/* Only for who is reminded, or asked after others. */
static gboolean
see_standings(struct circumstances *circumstances, struct store *store, const struct report *report,
	const GPtrArray *rows, GError **error)
{
	if (circumstances->retraction || (!circumstances->previous && !circumstances->tried))
		return TRUE;
	circumstances->standings = g_array_new(FALSE, FALSE, sizeof(struct standing));
	for (guint i = 0; i < rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(rows, i);
		struct standing standing = { .indicator_id = row->indicator->id };
		if (!see_standing(&standing, store, report, circumstances->previous, error))
			return FALSE;
		g_array_append_val(circumstances->standings, standing);
	}
	return TRUE;
}

const struct standing *
circumstances_of(const struct circumstances *circumstances, gint64 indicator_id)
{
	const GArray *standings = circumstances ? circumstances->standings : NULL;
	for (guint i = 0; standings && i < standings->len; i++) {
		const struct standing *standing = &g_array_index(standings, struct standing, i);
		if (standing->indicator_id == indicator_id)
			return standing;
	}
	return NULL;
}

gboolean
standing_is_news(const struct standing *standing)
{
	return standing && standing->back && !standing->told;
}

gboolean
circumstances_see(struct circumstances *circumstances, struct composer *composer,
	const struct report *report, const GPtrArray *rows, GError **error)
{
	return see_previous(circumstances, composer->store, report, error) &&
	       see_tried(circumstances, composer, report, rows, error) &&
	       see_standings(circumstances, composer->store, report, rows, error);
}

void
circumstances_clear(struct circumstances *circumstances)
{
	g_clear_pointer(&circumstances->previous, report_free);
	g_clear_pointer(&circumstances->tried, g_ptr_array_unref);
	g_clear_pointer(&circumstances->standings, g_array_unref);
}
