/* Reports: what goes to whom, and the bytes. */
#include "base/text.h"
#include "store/database.h"

#include <string.h>

static gboolean
insert(struct store *store, struct report *report, GError **error)
{
	g_autofree char *destination = report_destination(report);
	g_autoptr(Rows) rows = store_query(store, error,
		"INSERT INTO reports (case_id, provider, provider_name, kind, plugin, channel, "
		"address, rung, state, reason, reference, message_id, subject, ticket, server, "
		"api_state, follow_up_of, created, next_try, tries, on_wire, destination) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
		"$17, $18, $19, 0, 0, $20) RETURNING id",
		"itttttttttttttttziit", report->case_id, report->provider ? report->provider : "",
		report->provider_name, report->kind, report->plugin, channel_name(report->channel),
		report->to, rung_name(report->rung), report_state_name(report->state),
		report->reason, report->reference, report->message_id, report->subject,
		report->ticket, report->server, report->api_state, report->follow_up_of,
		report->created, report->next_try, destination);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	report->id = rows_integer(rows, 0);
	return TRUE;
}

static json_t *
created_detail(const struct report *report)
{
	json_t *list = json_array();

	for (guint i = 0; i < report->indicators->len; i++)
		json_array_append_new(
			list, json_integer(g_array_index(report->indicators, gint64, i)));
	json_t *detail = json_pack("{s:I, s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o}", "case",
		(json_int_t)report->case_id, "provider", event_text(report->provider), "channel",
		channel_name(report->channel), "to", event_text(report->to), "rung",
		rung_name(report->rung), "state", report_state_name(report->state), "reason",
		event_text(report->reason), "reference", event_text(report->reference),
		"indicators", list);
	if (report->follow_up_of)
		json_object_set_new(detail, "follow_up_of", json_integer(report->follow_up_of));
	return detail;
}

static gboolean
add(struct store *store, struct report *report, GError **error)
{
	if (!insert(store, report, error))
		return FALSE;
	for (guint i = 0; i < report->indicators->len; i++)
		if (!store_run(store, error,
			    "INSERT INTO report_indicators (report_id, indicator_id) "
			    "VALUES ($1, $2) ON CONFLICT DO NOTHING",
			    "ii", report->id, g_array_index(report->indicators, gint64, i)))
			return FALSE;
	return event_append(
		store, "R", report->id, "report.created", created_detail(report), error);
}

gboolean
store_report_add(struct store *store, struct report *report, GError **error)
{
	/* A report comes into being before it goes out; what follows goes by the ladder. */
	if (report->state != REPORT_DRAFT && report->state != REPORT_HELD &&
		report->state != REPORT_READY && report->state != REPORT_MANUAL) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE, "a report cannot begin as %s",
			report_state_name(report->state));
		return FALSE;
	}
	report->created = text_now();
	report->tries = 0;
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, add(store, report, error), error);
}

struct report *
report_read(struct rows *rows)
{
	struct report *report = report_new();

	report->id = rows_integer(rows, 0);
	report->case_id = rows_integer(rows, 1);
	report->provider = rows_dup(rows, 2);
	report->provider_name = rows_dup(rows, 3);
	report->kind = rows_dup(rows, 4);
	report->plugin = rows_dup(rows, 5);
	channel_parse(rows_text(rows, 6), &report->channel);
	report->to = rows_dup(rows, 7);
	rung_parse(rows_text(rows, 8), &report->rung);
	report_state_parse(rows_text(rows, 9), &report->state);
	report->reason = rows_dup(rows, 10);
	report->reference = rows_dup(rows, 11);
	report->message_id = rows_dup(rows, 12);
	report->subject = rows_dup(rows, 13);
	report->ticket = rows_dup(rows, 14);
	report->server = rows_dup(rows, 15);
	report->api_state = rows_dup(rows, 16);
	report->follow_up_of = rows_integer(rows, 17);
	report->created = rows_integer(rows, 18);
	report->sent = rows_integer(rows, 19);
	report->acknowledged = rows_integer(rows, 20);
	report->answered = rows_integer(rows, 21);
	report->next_try = rows_integer(rows, 22);
	report->tries = rows_integer(rows, 23);
	return report;
}

gboolean
report_read_indicators(struct store *store, struct report *report, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT indicator_id FROM report_indicators WHERE report_id = $1 "
		"ORDER BY indicator_id",
		"i", report->id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		gint64 id = rows_integer(rows, 0);

		g_array_append_val(report->indicators, id);
	}
	return next == NEXT_DONE;
}

/* Takes rows; the first one with its indicators. NULL without error when there is none. */
static struct report *
one_report(struct store *store, struct rows *taken, GError **error)
{
	g_autoptr(Rows) rows = taken;
	g_autoptr(Report) report = NULL;

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	report = report_read(rows);
	return report_read_indicators(store, report, error) ? g_steal_pointer(&report) : NULL;
}

#define REPORTS "SELECT " REPORT_COLUMNS " FROM reports r "

struct report *
store_report_get(struct store *store, gint64 id, GError **error)
{
	GError *failure = NULL;
	struct report *report = one_report(
		store, store_query(store, &failure, REPORTS "WHERE r.id = $1", "i", id), &failure);

	if (failure)
		g_propagate_error(error, failure);
	else if (!report)
		store_not_found("report", "R", id, error);
	return report;
}

struct report *
store_report_find(struct store *store, const char *key, const char *value, GError **error)
{
	const char *sql;

	if (strcmp(key, "reference") == 0)
		sql = REPORTS "WHERE r.reference = $1";
	else if (strcmp(key, "message_id") == 0)
		sql = REPORTS "WHERE r.message_id = $1 ORDER BY r.id DESC LIMIT 1";
	else if (strcmp(key, "ticket") == 0)
		sql = REPORTS "WHERE r.ticket = $1 ORDER BY r.id DESC LIMIT 1";
	else {
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"a report is found by reference, message_id or ticket, not by '%s'", key);
		return NULL;
	}
	return one_report(store, store_query(store, error, sql, "t", value), error);
}

/* Interned: one text for each combination of the filter, with the same parameters. */
static const char *
each_sql(const struct report_filter *filter)
{
	g_autoptr(GString) sql = g_string_new(REPORTS "WHERE r.id > $1");

	g_string_append(
		sql, filter->case_id ? " AND r.case_id = $3" : " AND CAST($3 AS BIGINT) = 0");
	g_string_append(sql, filter->state ? " AND r.state = $4" : " AND CAST($4 AS TEXT) IS NULL");
	g_string_append(
		sql, filter->provider ? " AND r.provider = $5" : " AND CAST($5 AS TEXT) IS NULL");
	g_string_append(
		sql, filter->channel ? " AND r.channel = $6" : " AND CAST($6 AS TEXT) IS NULL");
	g_string_append(sql, " ORDER BY r.id LIMIT $2");
	return g_intern_string(sql->str);
}

static GPtrArray *
reports_page(struct store *store, const struct report_filter *filter, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	g_autoptr(Rows) rows =
		store_query(store, error, each_sql(filter), "iiittt", after, (gint64)STORE_PAGE,
			filter->case_id, filter->state, filter->provider, filter->channel);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		struct report *report = report_read(rows);

		g_ptr_array_add(page, report);
		if (!report_read_indicators(store, report, error))
			return NULL;
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_reports_each(struct store *store, const struct report_filter *filter, store_report_fn fn,
	void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = reports_page(store, filter, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct report *report = g_ptr_array_index(page, i);

			after = report->id;
			if (!fn(report, user))
				return TRUE;
		}
	}
}

GArray *
store_reports_stale(
	struct store *store, gint64 case_id, gint64 report_id, gint64 before, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT r.id FROM reports r WHERE r.state = 'ready' AND r.created < $1"
		" AND r.next_try <= $4 AND r.follow_up_of IS NULL"
		" AND ($2 = 0 OR r.case_id = $2) AND ($3 = 0 OR r.id = $3)"
		" AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'recheck'"
		" AND m.key = 'R' || r.id AND m.at >= $1) ORDER BY r.id",
		"iiii", before, case_id, report_id, text_now());
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		gint64 id = rows_integer(rows, 0);

		g_array_append_val(ids, id);
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&ids);
}

gboolean
store_reports_count(
	struct store *store, const struct report_filter *filter, gint64 *count, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT COUNT(*) FROM reports r WHERE ($1 = 0 OR r.case_id = $1)"
		" AND (CAST($2 AS TEXT) IS NULL OR r.state = $2)"
		" AND (CAST($3 AS TEXT) IS NULL OR r.provider = $3)"
		" AND (CAST($4 AS TEXT) IS NULL OR r.channel = $4)",
		"ittt", filter->case_id, filter->state, filter->provider, filter->channel);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	*count = rows_integer(rows, 0);
	return TRUE;
}
