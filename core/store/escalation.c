/* What follow-ups and next rungs need to know and change. */
#include "store/database.h"

static GPtrArray *
read_reports(struct rows *taken, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	g_autoptr(Rows) rows = taken;
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(list, report_read(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&list);
}

GPtrArray *
store_indicator_reports(struct store *store, gint64 indicator_id, GError **error)
{
	return read_reports(store_query(store, error,
				    "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.id IN "
				    "(SELECT report_id FROM report_indicators "
				    "WHERE indicator_id = $1) ORDER BY r.id",
				    "i", indicator_id),
		error);
}

GPtrArray *
store_follow_ups_list(struct store *store, gint64 report_id, GError **error)
{
	return read_reports(
		store_query(store, error,
			"SELECT " REPORT_COLUMNS " FROM reports r WHERE r.follow_up_of = $1 "
			"ORDER BY r.id",
			"i", report_id),
		error);
}

gboolean
store_follow_ups_down(
	struct store *store, gint64 case_id, store_waiting_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT r.id, i.id, NOT EXISTS (SELECT 1 FROM report_indicators ro "
		"JOIN indicators o ON o.id = ro.indicator_id WHERE ro.report_id = r.id "
		"AND COALESCE(o.state, '') <> 'down'), r.state FROM reports r "
		"JOIN report_indicators ri ON ri.report_id = r.id "
		"JOIN indicators i ON i.id = ri.indicator_id "
		"WHERE r.state IN ('ready', 'held', 'manual') AND r.follow_up_of IS NOT NULL "
		"AND i.state = 'down' AND ($1 = 0 OR r.case_id = $1) "
		"AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'retract' "
		"AND m.key = 'R' || r.id) ORDER BY r.id, i.id",
		"i", case_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_integer(rows, 0), rows_integer(rows, 1), rows_integer(rows, 2) != 0,
			g_strcmp0(rows_text(rows, 3), "ready") == 0, user);
	return next == NEXT_DONE;
}

gboolean
store_indicator_back(struct store *store, gint64 id, gint64 *back, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT MAX(o.up) FROM outages o JOIN indicators i ON i.id = o.indicator_id "
		"WHERE o.indicator_id = $1 AND i.state = 'up'",
		"i", id);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*back = rows_integer(rows, 0);
	return TRUE;
}

gboolean
store_indicator_last_up(struct store *store, gint64 id, gint64 *at, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT CASE WHEN i.type <> 'url' THEN i.last_up ELSE (SELECT MAX(s.at) "
		"FROM sightings s WHERE s.indicator_id = i.id AND s.method = 'http' "
		"AND s.verdict = 'up' AND s.at <= i.last_up) END FROM indicators i "
		"WHERE i.id = $1",
		"i", id);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*at = rows_integer(rows, 0);
	return TRUE;
}

/* A route that has a contact and does not ask yet; its rung, and what the event keeps of it. */
struct later {
	gint64 indicator_id;
	char *rung;
	json_t *detail;
};

static gboolean
find_later(struct store *store, gint64 id, struct later *later, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT indicator_id, rung, provider, address, source FROM routes WHERE id = $1 "
		"AND ask = 0 AND address IS NOT NULL",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"the route is asked already, or was looked up again meanwhile: run "
			"`abate escalate` again");
	if (next != NEXT_ROW)
		return FALSE;
	later->indicator_id = rows_integer(rows, 0);
	later->rung = rows_dup(rows, 1);
	later->detail = json_pack("{s:o, s:o, s:o, s:o}", "rung", event_text(later->rung),
		"provider", event_text(rows_text(rows, 2)), "to", event_text(rows_text(rows, 3)),
		"source", event_text(rows_text(rows, 4)));
	return TRUE;
}

static gboolean
mark_escalated(struct store *store, const struct later *later, const char *report, GError **error)
{
	g_autoptr(Indicator) indicator = store_indicator_get(store, later->indicator_id, error);
	g_autofree char *key =
		g_strdup_printf("I%" G_GINT64_FORMAT " %s", later->indicator_id, later->rung);
	g_autofree char *of_case =
		indicator ? g_strdup_printf("C%" G_GINT64_FORMAT, indicator->case_id) : NULL;

	return indicator && store_mark_set(store, "escalated", key, report, error) &&
	       store_mark_set(store, "escalated", of_case, report, error);
}

static gboolean
ask(struct store *store, gint64 id, gint64 report_id, GError **error)
{
	g_autofree char *report = g_strdup_printf("R%" G_GINT64_FORMAT, report_id);
	struct later later = { 0 };
	gboolean fine;

	if (!find_later(store, id, &later, error))
		return FALSE;
	json_object_set_new(later.detail, "after", event_text(report));
	fine = store_run(store, error, "UPDATE routes SET ask = 1, reason = NULL WHERE id = $1",
		       "i", id) &&
	       mark_escalated(store, &later, report, error) &&
	       event_append(store, "I", later.indicator_id, "indicator.escalated",
		       json_incref(later.detail), error);
	json_decref(later.detail);
	g_free(later.rung);
	return fine;
}

gboolean
store_route_ask(struct store *store, gint64 id, gint64 report_id, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, ask(store, id, report_id, error), error);
}

static gboolean
mark_court(struct store *store, gint64 id, const char *reason, GError **error)
{
	g_autoptr(Indicator) indicator = store_indicator_get(store, id, error);
	g_autofree char *key = g_strdup_printf("I%" G_GINT64_FORMAT, id);

	return indicator && store_mark_set(store, "court", key, reason, error) &&
	       event_append(store, "I", id, "indicator.court",
		       json_pack("{s:o}", "reason", event_text(reason)), error);
}

gboolean
store_indicator_court(struct store *store, gint64 id, const char *reason, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, mark_court(store, id, reason, error), error);
}

gboolean
store_marks_each(
	struct store *store, const char *kind, store_mark_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT key, value, at FROM marks WHERE kind = $1 ORDER BY at, key", "t", kind);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), rows_text(rows, 1), rows_integer(rows, 2), user);
	return next == NEXT_DONE;
}
