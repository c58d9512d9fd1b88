/* What replies are matched by when they carry no reference of ours: tickets, contacts, and what a
 * provider was told of. Reports that wait for an answer: out, and not over. */
#include <string.h>

#include "store/database.h"

#define WAITING "r.state IN ('accepted', 'acknowledged', 'answered', 'in_doubt')"
/* More reports with one ticket number tell nothing. */
#define TICKETS_MAX 20

/* Takes rows of REPORT_COLUMNS. */
static GPtrArray *
read_reports(struct rows *taken, GError **error)
{
	g_autoptr(Rows) rows = taken;
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(list, report_read(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&list);
}

struct report *
store_report_known(struct store *store, const char *key, const char *value, GError **error)
{
	const gboolean by_message = strcmp(key, "message_id") == 0;
	g_autoptr(Rows) rows = store_query(store, error,
		by_message ? "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.message_id = $1 "
			     "ORDER BY r.id DESC LIMIT 1"
			   : "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.reference = $1",
		"t", value);

	return rows && rows_next(rows, error) == NEXT_ROW ? report_read(rows) : NULL;
}

GPtrArray *
store_reports_with_ticket(struct store *store, const char *ticket, GError **error)
{
	return read_reports(store_query(store, error,
				    "SELECT " REPORT_COLUMNS " FROM reports r WHERE r.ticket = $1 "
				    "ORDER BY r.id DESC LIMIT $2",
				    "ti", ticket, (gint64)TICKETS_MAX),
		error);
}

GPtrArray *
store_reports_to(struct store *store, const char *provider, const char *address, gint64 since,
	GError **error)
{
	return read_reports(
		store_query(store, error,
			"SELECT " REPORT_COLUMNS " FROM reports r WHERE r.provider = $1 "
			"AND r.sent >= $2 AND LOWER(r.address) = LOWER($3) "
			"AND r.channel = 'mail' AND " WAITING " ORDER BY r.sent DESC LIMIT 2",
			"tit", provider, since, address),
		error);
}

gboolean
store_contacts_each(struct store *store, store_contact_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT DISTINCT r.provider, CASE WHEN r.channel = 'mail' THEN r.address END "
		"FROM reports r WHERE " WAITING,
		"");
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), rows_text(rows, 1), user);
	return next == NEXT_DONE;
}

gboolean
store_told_each(struct store *store, const char *provider, gint64 limit, store_told_fn fn,
	void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT r.id, COALESCE(r.follow_up_of, r.id), i.value, COALESCE(i.host, i.value) "
		"FROM reports r JOIN report_indicators ri ON ri.report_id = r.id "
		"JOIN indicators i ON i.id = ri.indicator_id "
		"WHERE r.provider = $1 AND " WAITING " ORDER BY r.id DESC LIMIT $2",
		"ti", provider, limit);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		const struct told told = { rows_integer(rows, 0), rows_integer(rows, 1),
			rows_text(rows, 2), rows_text(rows, 3) };

		fn(&told, user);
	}
	return next == NEXT_DONE;
}

gboolean
store_report_hosts(struct store *store, gint64 id, store_host_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT DISTINCT i.host FROM report_indicators ri "
		"JOIN indicators i ON i.id = ri.indicator_id "
		"WHERE ri.report_id = $1 AND i.host IS NOT NULL",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), user);
	return next == NEXT_DONE;
}

/* Whether an earlier time is there to be told at all; *at is the time on the wire then. */
static gboolean
read_wire_time(struct store *store, gint64 id, gint64 *at, GError **error)
{
	g_autofree char *subject = g_strdup_printf("R%" G_GINT64_FORMAT, id);
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT MAX(at) FROM events WHERE subject = $1 AND kind = 'report.on_wire'", "t",
		subject);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*at = rows_integer(rows, 0);
	return TRUE;
}

gboolean
store_report_wire_time(struct store *store, gint64 id, gint64 *at, GError **error)
{
	g_autoptr(Report) report = NULL;

	if (!read_wire_time(store, id, at, error))
		return FALSE;
	if (*at)
		return TRUE;
	report = store_report_get(store, id, error);
	*at = report ? report->created : 0;
	return report != NULL;
}
