/* Reports that nobody got, what became of their indicators, and what is taken out of a report. */
#include "store/database.h"

static GArray *
read_ids(struct rows *rows, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		gint64 id = rows_integer(rows, 0);

		g_array_append_val(ids, id);
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&ids);
}

GArray *
store_reports_astray(struct store *store, gint64 case_id, GError **error)
{
	g_autoptr(Rows) bad = store_query(store, error,
		"SELECT 1 FROM marks WHERE kind = 'contact' AND value = 'bad' LIMIT 1", "");
	enum next next = bad ? rows_next(bad, error) : NEXT_ERROR;
	g_autoptr(Rows) rows = NULL;

	if (next == NEXT_ERROR)
		return NULL;
	/* What waits is many, and looked through only when some contact is bad at all. */
	rows = store_query(store, error,
		"SELECT r.id FROM reports r WHERE ($1 = 0 OR r.case_id = $1) AND r.channel = 'mail'"
		" AND (r.state IN ('bounced', 'refused') OR ($2 = 1"
		" AND r.state IN ('ready', 'held') AND " HAS_BAD_CONTACT "))"
		" AND NOT " LOOKED_AGAIN " ORDER BY r.id",
		"ii", case_id, (gint64)(next == NEXT_ROW));
	return read_ids(rows, error);
}

GArray *
store_reports_sharing(struct store *store, gint64 id, gint64 after, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT DISTINCT n.report_id FROM report_indicators l JOIN report_indicators n "
		"ON n.indicator_id = l.indicator_id WHERE l.report_id = $1 AND n.report_id > $2 "
		"AND n.report_id > $1 ORDER BY n.report_id",
		"ii", id, after);

	return read_ids(rows, error);
}

gboolean
store_reports_newest(struct store *store, gint64 *id, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error, "SELECT MAX(id) FROM reports", "");

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*id = rows_integer(rows, 0);
	return TRUE;
}

/* Only while the report is ready and holds others too. */
static gboolean
drop(struct store *store, gint64 id, gint64 indicator_id, const char *reason, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"DELETE FROM report_indicators WHERE report_id = $1 AND indicator_id = $2 "
		"AND EXISTS (SELECT 1 FROM reports r WHERE r.id = $1 AND r.state = 'ready') "
		"AND EXISTS (SELECT 1 FROM report_indicators o WHERE o.report_id = $1 "
		"AND o.indicator_id <> $2) RETURNING report_id",
		"ii", id, indicator_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;
	g_autofree char *name = g_strdup_printf("I%" G_GINT64_FORMAT, indicator_id);

	if (next == NEXT_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"report R%" G_GINT64_FORMAT " is not ready any more, or %s is all of it",
			id, name);
	return next == NEXT_ROW &&
	       event_append(store, "R", id, "report.dropped",
		       json_pack("{s:s, s:o}", "indicator", name, "reason", event_text(reason)),
		       error);
}

gboolean
store_report_drop(
	struct store *store, gint64 id, gint64 indicator_id, const char *reason, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, drop(store, id, indicator_id, reason, error), error);
}
