/* What is told of a report after it was made: its bytes, ticket, API state, and what was sent. */
#include "store/database.h"

/* What was sent must stay what was sent. */
static gboolean
may_compose(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Report) before = store_report_get(store, id, error);

	if (!before)
		return FALSE;
	switch (before->state) {
	case REPORT_DRAFT:
	case REPORT_HELD:
	case REPORT_READY:
	case REPORT_MANUAL:
	case REPORT_SENDING: /* the next request of an API that takes several */
		return TRUE;
	default:
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"report R%" G_GINT64_FORMAT " is %s: what went out is not written again",
			id, report_state_name(before->state));
		return FALSE;
	}
}

static gboolean
compose(struct store *store, const struct report *report, const char *kind, GBytes *bytes,
	GError **error)
{
	g_autofree char *destination = report_destination(report);
	g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

	if (!may_compose(store, report->id, error) ||
		!store_run(store, error,
			"UPDATE reports SET message_id = $1, subject = $2, server = $3, plugin = "
			"$4, destination = $5 WHERE id = $6",
			"ttttti", report->message_id, report->subject, report->server,
			report->plugin, destination, report->id) ||
		!store_run(store, error,
			"INSERT INTO report_bytes (report_id, kind, content) VALUES ($1, $2, $3) "
			"ON CONFLICT (report_id, kind) DO UPDATE SET content = excluded.content",
			"itB", report->id, kind, bytes))
		return FALSE;
	return event_append(store, "R", report->id, "report.composed",
		json_pack("{s:s, s:s, s:I, s:o}", "kind", kind, "sha256", sum, "size",
			(json_int_t)g_bytes_get_size(bytes), "message_id",
			event_text(report->message_id)),
		error);
}

gboolean
store_report_compose(struct store *store, const struct report *report, const char *kind,
	GBytes *bytes, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, compose(store, report, kind, bytes, error), error);
}

GBytes *
store_report_bytes(struct store *store, gint64 id, const char *kind, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT content FROM report_bytes WHERE report_id = $1 AND kind = $2", "it", id,
		kind);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
			"report R%" G_GINT64_FORMAT " is not composed as %s", id, kind);
	return next == NEXT_ROW ? rows_bytes(rows, 0) : NULL;
}

/* Takes rows of an UPDATE … RETURNING: whether it met the report. */
static gboolean
met_report(struct rows *taken, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = taken;
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		return store_not_found("report", "R", id, error);
	return next == NEXT_ROW;
}

static gboolean
set_ticket(struct store *store, gint64 id, const char *ticket, GError **error)
{
	return met_report(store_query(store, error,
				  "UPDATE reports SET ticket = $1 WHERE id = $2 RETURNING id", "ti",
				  ticket, id),
		       id, error) &&
	       event_append(store, "R", id, "report.ticket",
		       json_pack("{s:o}", "ticket", event_text(ticket)), error);
}

gboolean
store_report_set_ticket(struct store *store, gint64 id, const char *ticket, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set_ticket(store, id, ticket, error), error);
}

static gboolean
set_api_state(struct store *store, gint64 id, const char *state, GError **error)
{
	return met_report(store_query(store, error,
				  "UPDATE reports SET api_state = $1 WHERE id = $2 RETURNING id",
				  "ti", state, id),
		       id, error) &&
	       event_append(store, "R", id, "report.api_state",
		       json_pack("{s:o}", "state", event_text(state)), error);
}

gboolean
store_report_set_api_state(struct store *store, gint64 id, const char *state, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set_api_state(store, id, state, error), error);
}

gboolean
store_report_repeats(struct store *store, gint64 id, gint64 since, gint64 *newest, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT MAX(o.sent) FROM report_indicators ri "
		"JOIN indicators i ON i.id = ri.indicator_id "
		"JOIN indicators j ON j.hash = i.hash "
		"JOIN report_indicators rj ON rj.indicator_id = j.id "
		"JOIN reports o ON o.id = rj.report_id "
		"WHERE ri.report_id = $1 AND o.id <> $1 AND o.sent >= $2 "
		"AND COALESCE(o.follow_up_of, 0) = 0 AND o.state <> 'bounced' "
		"AND NOT " IS_BAD_CONTACT(
			"o") " "
			     "AND o.provider = (SELECT provider FROM reports WHERE id = $1)",
		"ii", id, since);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*newest = rows_integer(rows, 0);
	return TRUE;
}
