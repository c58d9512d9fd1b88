/* Figures: counts and times by key, streamed in order so that nobody needs to hold them. */
#include <string.h>

#include "store/database.h"

/* The last label of the public suffix: what rtrim leaves ends with the last dot. */
#define TLD                                                                                        \
	"COALESCE(SUBSTR(i.suffix, LENGTH(RTRIM(i.suffix, REPLACE(i.suffix, '.', ''))) + 1), '-')"
#define REPORTS "reports r JOIN cases c ON c.id = r.case_id"
#define REPORTS_BY_TLD                                                                             \
	"(SELECT DISTINCT ri.report_id, " TLD " AS tld FROM report_indicators ri "                 \
	"JOIN indicators i ON i.id = ri.indicator_id) p "                                          \
	"JOIN reports r ON r.id = p.report_id"

/* What a key is in SQL, of a report and of an indicator of a report. */
static const struct key {
	const char *name, *from, *of_report, *of_indicator;
} keys[] = {
	{ "provider", REPORTS, "r.provider", "r.provider" },
	{ "kind", REPORTS, "COALESCE(r.kind, '-')", "COALESCE(r.kind, '-')" },
	{ "channel", REPORTS, "r.channel", "r.channel" },
	{ "type", REPORTS, "COALESCE(c.type, '-')", "COALESCE(c.type, '-')" },
	{ "tld", REPORTS_BY_TLD, "p.tld", TLD },
#define MONTH "STRFTIME('%Y-%m', COALESCE(r.sent, r.created) / 1000000, 'unixepoch')"
	{ "month", REPORTS, MONTH, MONTH },
	{ "rung", REPORTS, "r.rung", "r.rung" },
	{ "all", REPORTS, "'all'", "'all'" },
};

#define OF_CASE "(r.case_id = $1 OR CAST($1 AS BIGINT) = 0)"
#define REACHED "r.sent IS NOT NULL AND r.state <> 'bounced'"
#define FIRST_REPLY                                                                                \
	"CASE WHEN r.answered IS NULL OR r.acknowledged < r.answered THEN r.acknowledged "         \
	"ELSE r.answered END"
#define REPLIED(class)                                                                             \
	"EXISTS (SELECT 1 FROM replies a WHERE a.report_id = r.id AND a.weak = 0 "                 \
	"AND a.class = '" class "')"
/* The number at risk comes with each row, and from the same moment. */
#define IN_ORDER(inner)                                                                            \
	"SELECT k, COUNT(*) OVER (PARTITION BY k), t, happened FROM (" inner ") o ORDER BY k, t"

static const char counts_sql[] =
	"SELECT @OF_REPORT AS k, COUNT(*), COUNT(r.sent), "
	"SUM(CASE WHEN r.state = 'bounced' THEN 1 ELSE 0 END), COUNT(r.acknowledged), "
	"SUM(CASE WHEN r.state = 'refused' OR " REPLIED(
		"refusal") " THEN 1 ELSE 0 END), "
			   "SUM(CASE WHEN " REPLIED("actioned") " THEN 1 ELSE 0 END) "
								"FROM @FROM WHERE " OF_CASE
								" GROUP BY k ORDER BY k";

static const char first_reply_sql[] = IN_ORDER(
	"SELECT @OF_REPORT AS k, COALESCE(" FIRST_REPLY ", $2) - r.sent AS t, "
	"CASE WHEN r.answered IS NULL AND r.acknowledged IS NULL THEN 0 ELSE 1 END AS happened "
	"FROM @FROM WHERE " REACHED " AND " OF_CASE);

static const char takedown_sql[] = IN_ORDER(
	"SELECT @OF_INDICATOR AS k, "
	"CASE WHEN i.down > r.sent THEN i.down ELSE COALESCE((SELECT MAX(s.at) FROM sightings s "
	"WHERE s.indicator_id = i.id AND s.verdict = 'up'), r.sent) END - r.sent AS t, "
	"CASE WHEN i.down > r.sent THEN 1 ELSE 0 END AS happened "
	"FROM reports r JOIN cases c ON c.id = r.case_id "
	"JOIN report_indicators ri ON ri.report_id = r.id "
	"JOIN indicators i ON i.id = ri.indicator_id WHERE " REACHED
	" AND NOT (COALESCE(i.state, '') = 'down' AND i.down <= r.sent) AND " OF_CASE);

const char *const *
store_stats_keys(void)
{
	static const char *names[G_N_ELEMENTS(keys) + 1];

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		names[i] = keys[i].name;
	return names;
}

/* The statement for a key; interned, as the engine keeps statements by address. */
static const char *
sql_by(const char *by, const char *template, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GString) sql = NULL;

		if (strcmp(keys[i].name, by) != 0)
			continue;
		sql = g_string_new(template);
		g_string_replace(sql, "@OF_REPORT", keys[i].of_report, 0);
		g_string_replace(sql, "@OF_INDICATOR", keys[i].of_indicator, 0);
		g_string_replace(sql, "@FROM", keys[i].from, 0);
		return g_intern_string(sql->str);
	}
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there are no figures by '%s'", by);
	return NULL;
}

gboolean
store_stats_counts(struct store *store, const struct stats_filter *filter, store_stats_counts_fn fn,
	void *user, GError **error)
{
	const char *sql = sql_by(filter->by, counts_sql, error);
	g_autoptr(Rows) rows = sql ? store_query(store, error, sql, "i", filter->case_id) : NULL;
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		const struct stats_counts counts = {
			.key = rows_text(rows, 0),
			.reports = rows_integer(rows, 1),
			.accepted = rows_integer(rows, 2),
			.bounced = rows_integer(rows, 3),
			.acknowledged = rows_integer(rows, 4),
			.refused = rows_integer(rows, 5),
			.actioned = rows_integer(rows, 6),
		};

		fn(&counts, user);
	}
	return next == NEXT_DONE;
}

static gboolean
each_time(struct rows *rows, store_stats_time_fn fn, void *user, GError **error)
{
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		const struct stats_time observed = {
			.key = rows_text(rows, 0),
			.n = rows_integer(rows, 1),
			/* Last seen up before it was sent, or clocks that disagree: at once. */
			.time_us = MAX(0, rows_integer(rows, 2)),
			.happened = rows_integer(rows, 3) != 0,
		};

		fn(&observed, user);
	}
	return next == NEXT_DONE;
}

gboolean
store_stats_first_reply(struct store *store, const struct stats_filter *filter, gint64 now,
	store_stats_time_fn fn, void *user, GError **error)
{
	const char *sql = sql_by(filter->by, first_reply_sql, error);
	g_autoptr(Rows) rows =
		sql ? store_query(store, error, sql, "ii", filter->case_id, now) : NULL;

	return each_time(rows, fn, user, error);
}

gboolean
store_stats_takedown(struct store *store, const struct stats_filter *filter, store_stats_time_fn fn,
	void *user, GError **error)
{
	const char *sql = sql_by(filter->by, takedown_sql, error);
	g_autoptr(Rows) rows = sql ? store_query(store, error, sql, "i", filter->case_id) : NULL;

	return each_time(rows, fn, user, error);
}
