/* When an API is next asked what became of a report. A report without a row was never asked. */
#include "store/database.h"

gboolean
store_polls_due(struct store *store, const char *plugins, gint64 now, gint64 first_us,
	store_poll_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT r.id, r.provider, r.sent, p.next FROM reports r "
		"LEFT JOIN polls p ON p.report_id = r.id "
		"WHERE r.state IN ('accepted', 'acknowledged', 'answered') "
		"AND r.channel = 'http' AND COALESCE(r.ticket, r.api_state) IS NOT NULL "
		"AND r.sent IS NOT NULL "
		"AND $1 LIKE '%,' || r.plugin || ',%' "
		"AND COALESCE(p.next, r.sent + $2) <= $3 AND COALESCE(p.next, 1) > 0 "
		"ORDER BY COALESCE(p.next, r.sent + $2), r.id",
		"tii", plugins, first_us, now);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		const struct poll_due due = { rows_integer(rows, 0), rows_text(rows, 1),
			rows_integer(rows, 2), rows_integer(rows, 3) };

		fn(&due, user);
	}
	return next == NEXT_DONE;
}

gboolean
store_poll_take(struct store *store, gint64 report_id, gint64 now, gint64 until, gboolean *taken,
	GError **error)
{
	enum next next;

	*taken = FALSE;
	if (!change_begin(store, error))
		return FALSE;
	{
		g_autoptr(Rows) rows = store_query(store, error,
			"INSERT INTO polls (report_id, next, tries) VALUES ($1, $2, 0) "
			"ON CONFLICT (report_id) DO UPDATE SET next = excluded.next "
			"WHERE polls.next > 0 AND polls.next <= $3 RETURNING report_id",
			"iii", report_id, until, now);

		next = rows ? rows_next(rows, error) : NEXT_ERROR;
	}
	*taken = next == NEXT_ROW;
	return change_end(store, next != NEXT_ERROR, error);
}

static gboolean
set(struct store *store, gint64 report_id, gint64 next, GError **error)
{
	return store_run(store, error,
		       "INSERT INTO polls (report_id, next, tries) VALUES ($1, $2, 1) "
		       "ON CONFLICT (report_id) DO UPDATE SET next = excluded.next, "
		       "tries = polls.tries + 1",
		       "ii", report_id, next) &&
	       event_append(store, "R", report_id, "report.polled",
		       json_pack("{s:I}", "next", (json_int_t)next), error);
}

gboolean
store_poll_set(struct store *store, gint64 report_id, gint64 next, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set(store, report_id, next, error), error);
}

gboolean
store_poll_last(struct store *store, gint64 report_id, struct reply **reply, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id FROM replies WHERE report_id = $1 "
		"AND (source LIKE 'poll:%' OR source LIKE 'http:%') ORDER BY id DESC LIMIT 1",
		"i", report_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*reply = next == NEXT_ROW ? store_reply_get(store, rows_integer(rows, 0), error) : NULL;
	return next == NEXT_DONE || *reply != NULL;
}
