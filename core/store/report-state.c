/* The one place where a report's state changes. */
#include "base/text.h"
#include "store/database.h"

static gboolean
read_state(struct store *store, gint64 id, enum report_state *state, GError **error)
{
	g_autoptr(Rows) rows =
		store_query(store, error, "SELECT state FROM reports WHERE id = $1", "i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		return store_not_found("report", "R", id, error);
	return next == NEXT_ROW && report_state_parse(rows_text(rows, 0), state);
}

/* Times are set once: the first answer is the one that counts. */
static gboolean
write_state(struct store *store, const struct report_step *step, gint64 now, GError **error)
{
	const gint64 none = 0;
	const gint64 when = step->at ? MIN(step->at, now) : now;

	return store_run(store, error,
		"UPDATE reports SET state = $1, reason = $2, sent = COALESCE(sent, $3), "
		"acknowledged = COALESCE(acknowledged, CASE WHEN $4 < sent THEN sent ELSE $4 END), "
		"answered = COALESCE(answered, CASE WHEN $5 < sent THEN sent ELSE $5 END), "
		"next_try = $6, tries = tries + $7, owner = $8, on_wire = 0 WHERE id = $9",
		"ttzzziiti", report_state_name(step->to), step->reason,
		step->to == REPORT_ACCEPTED ? when : none,
		step->to == REPORT_ACKNOWLEDGED ? when : none,
		step->to == REPORT_ANSWERED ? when : none, step->next_try, (gint64)step->deferred,
		step->owner, step->id);
}

/* An indicator counts as reported from the first report that was accepted, and with each its looks
 * are close together again. */
static gboolean
mark_reported(struct store *store, gint64 id, gint64 now, GError **error)
{
	return store_run(store, error,
		"UPDATE indicators SET reported = COALESCE(reported, $1), next_look = NULL "
		"WHERE id IN (SELECT indicator_id FROM report_indicators WHERE report_id = $2)",
		"ii", now, id);
}

static json_t *
step_detail(const struct report_step *step, enum report_state from)
{
	json_t *detail = json_pack("{s:s}", "from", report_state_name(from));

	if (step->reason)
		json_object_set_new(detail, "reason", event_text(step->reason));
	if (step->owner)
		json_object_set_new(detail, "owner", event_text(step->owner));
	if (step->next_try)
		json_object_set_new(detail, "next_try", json_integer(step->next_try));
	return detail;
}

gboolean
report_step(struct store *store, const struct report_step *step, GError **error)
{
	const gint64 now = text_now();
	enum report_state from = REPORT_DRAFT;
	g_autofree char *kind = NULL;

	if (!read_state(store, step->id, &from, error))
		return FALSE;
	if (!report_state_allows(from, step->to)) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"report R%" G_GINT64_FORMAT " is %s and cannot become %s", step->id,
			report_state_name(from), report_state_name(step->to));
		return FALSE;
	}
	if (!write_state(store, step, now, error))
		return FALSE;
	if (step->to == REPORT_ACCEPTED && !mark_reported(store, step->id, now, error))
		return FALSE;
	kind = g_strconcat("report.", report_state_name(step->to), NULL);
	return event_append(store, "R", step->id, step->event ? step->event : kind,
		step_detail(step, from), error);
}

static gboolean
step_alone(struct store *store, const struct report_step *step, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, report_step(store, step, error), error);
}

gboolean
store_report_set_state(
	struct store *store, gint64 id, enum report_state to, const char *reason, GError **error)
{
	const struct report_step step = { .id = id, .to = to, .reason = reason };

	return step_alone(store, &step, error);
}

gboolean
store_report_set_state_at(struct store *store, gint64 id, enum report_state to, const char *reason,
	gint64 at, GError **error)
{
	const struct report_step step = { .id = id, .to = to, .reason = reason, .at = at };

	return step_alone(store, &step, error);
}

gboolean
store_report_moved(struct store *store, gint64 id, const char *contact, GError **error)
{
	g_autofree char *reason =
		g_strconcat(MOVED_BEGIN, contact ? contact : "-", MOVED_END, NULL);

	return store_report_set_state(store, id, REPORT_CANCELLED, reason, error);
}

gboolean
store_report_has_moved(const struct report *report)
{
	return report->state == REPORT_CANCELLED && report->reason &&
	       g_str_has_prefix(report->reason, MOVED_BEGIN) &&
	       g_str_has_suffix(report->reason, MOVED_END);
}

gboolean
store_report_defer(
	struct store *store, gint64 id, gint64 next_try, const char *reason, GError **error)
{
	const struct report_step step = { .id = id,
		.to = REPORT_READY,
		.reason = reason,
		.event = "report.deferred",
		.deferred = TRUE,
		.next_try = next_try };

	return step_alone(store, &step, error);
}

gboolean
store_report_unclaim(struct store *store, gint64 id, GError **error)
{
	const struct report_step step = {
		.id = id, .to = REPORT_READY, .event = "report.given_back"
	};

	return step_alone(store, &step, error);
}

gboolean
store_report_hold_back(
	struct store *store, gint64 id, gint64 until, const char *reason, GError **error)
{
	const struct report_step step = { .id = id,
		.to = REPORT_READY,
		.reason = reason,
		.event = "report.held_back",
		.next_try = until };

	return step_alone(store, &step, error);
}
