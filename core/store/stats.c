/* What the figures are made of, streamed: each report and each of its indicators, with what became
 * of it. Plain scans in the order of the reports: sorting by key and time is left to who asks. */
#include <string.h>

#include "base/text.h"
#include "store/database.h"
#include "store/stats.h"

/* The last label of the public suffix: what rtrim leaves ends with the last dot. */
#define TLD                                                                                        \
	"COALESCE(SUBSTR(i.suffix, LENGTH(RTRIM(i.suffix, REPLACE(i.suffix, '.', ''))) + 1), '-')"
/* Who is on a rung for an indicator, whoever the report went to; several ways to one are folded. */
#define ON_RUNG(rung) "LEFT JOIN routes o ON o.indicator_id = i.id AND o.rung = '" rung "' "

/* What a key is in SQL: of a report r and its case c, or of an indicator i and what is joined to
 * it. The month is made here, as each engine has its own words for it. */
static const struct key {
	const char *name, *sql, *called, *joined;
	gboolean of_indicator, is_month;
} keys[] = {
	{ "provider", "r.provider", "r.provider_name", "", FALSE, FALSE },
	{ "kind", "COALESCE(r.kind, '-')", "NULL", "", FALSE, FALSE },
	{ "registrar", "COALESCE(o.provider, '-')", "o.provider_name", ON_RUNG("registrar"), TRUE,
		FALSE },
	{ "registry", "COALESCE(o.provider, '-')", "o.provider_name", ON_RUNG("registry"), TRUE,
		FALSE },
	{ "network", "COALESCE(o.provider, '-')", "o.provider_name", ON_RUNG("host"), TRUE, FALSE },
	{ "tld", TLD, "NULL", "", TRUE, FALSE },
	{ "channel", "r.channel", "NULL", "", FALSE, FALSE },
	{ "type", "COALESCE(c.type, '-')", "NULL", "", FALSE, FALSE },
	{ "month", "''", "NULL", "", FALSE, TRUE },
	{ "rung", "r.rung", "NULL", "", FALSE, FALSE },
	{ "all", "'all'", "NULL", "", FALSE, FALSE },
};

/* The reports that a person marked so. */
#define MARKED_OF(of, mark)                                                                        \
	of ".id IN (SELECT CAST(SUBSTR(m.key, 2) AS BIGINT) FROM marks m "                         \
	   "WHERE m.kind = '" mark "')"
#define MARKED(mark) MARKED_OF("r", mark)
/* A report that was taken back before it went out is none, nor is one that withdraws another. */
#define WANTED                                                                                     \
	"r.state <> 'cancelled' AND NOT " MARKED(                                                  \
		"retract") " "                                                                     \
			   "AND (r.case_id = $1 OR CAST($1 AS BIGINT) = 0)"
/* A report, then what answers its follow-ups; both come in its order. */
static const char reports_sql[] =
	"SELECT r.id, @KEY, r.state, r.created, r.sent, 0, 0, r.acknowledged, r.answered, "
	"a.class, a.received, @NAME FROM reports r JOIN cases c ON c.id = r.case_id @INDICATORS "
	"LEFT JOIN replies a ON a.report_id = r.id AND a.counts = 1 "
	"WHERE r.follow_up_of IS NULL AND " WANTED
	" UNION ALL SELECT f.follow_up_of, @KEY, r.state, r.created, r.sent, f.id, f.sent, "
	"f.acknowledged, f.answered, a.class, a.received, @NAME FROM reports f "
	"JOIN reports r ON r.id = f.follow_up_of JOIN cases c ON c.id = r.case_id @INDICATORS "
	"LEFT JOIN replies a ON a.report_id = f.id AND a.counts = 1 "
	"WHERE f.follow_up_of IS NOT NULL AND NOT " MARKED_OF("f", "retract") " AND " WANTED
									      " ORDER BY 1, 6";
static const char indicators_of_report[] = "JOIN report_indicators ri ON ri.report_id = r.id "
					   "JOIN indicators i ON i.id = ri.indicator_id @JOINED";

/* Each outage of each indicator of each report; with the last look that saw it up, of an outage
 * after the report the last one before that. All reports about an indicator come together, as
 * ledger/ladder.h wants them. */
#define LOOKED_AT(which)                                                                           \
	"SELECT ri.report_id, ri.indicator_id, @KEY AS k, r.provider, r.sent, r.acknowledged, "    \
	"r.answered, r.state, r.follow_up_of, " IS_DOWN ", COALESCE(i.state, '') = 'up', "         \
	"n.down, n.up, CASE WHEN n.down > r.sent THEN n.seen_up ELSE i.last_up END "               \
	"FROM report_indicators ri JOIN reports r ON r.id = ri.report_id "                         \
	"JOIN cases c ON c.id = r.case_id JOIN indicators i ON i.id = ri.indicator_id @JOINED "    \
	"LEFT JOIN outages n ON n.indicator_id = ri.indicator_id "                                 \
	"WHERE r.sent IS NOT NULL AND " which " ORDER BY ri.indicator_id, ri.report_id@THEN"

static const char takedowns_sql[] = LOOKED_AT("r.state <> 'bounced' AND " WANTED);
static const char takedowns_of_report_sql[] = LOOKED_AT("r.id = $1");

const char *const *
store_stats_keys(void)
{
	static const char *names[G_N_ELEMENTS(keys) + 1];

	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		names[i] = keys[i].name;
	return names;
}

static const struct key *
find_key(const char *by, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(keys[i].name, by) == 0)
			return &keys[i];
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there are no figures by '%s'", by);
	return NULL;
}

/* The statement for a key; interned, as the engine keeps statements by address. */
static const char *
sql_by(const struct key *key, const char *template)
{
	g_autoptr(GString) sql = g_string_new(template);

	g_string_replace(sql, "@INDICATORS", key->of_indicator ? indicators_of_report : "", 0);
	g_string_replace(sql, "@KEY", key->sql, 0);
	g_string_replace(sql, "@NAME", key->called, 0);
	g_string_replace(sql, "@JOINED", key->joined, 0);
	/* Only where several parties are joined can a report have several keys: else no sorting. */
	g_string_replace(sql, "@THEN", *key->joined ? ", k" : "", 0);
	return g_intern_string(sql->str);
}

static void
set_lean(struct store *store, gboolean on)
{
	if (store->driver->engine->lean)
		store->driver->engine->lean(store->driver, on);
}

/* "2026-11" in UTC. */
static void
set_month(GString *key, gint64 time)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);

	g_string_printf(key, "%04d-%02d", at ? g_date_time_get_year(at) : 0,
		at ? g_date_time_get_month(at) : 0);
}

/* Report -> when it was withdrawn: few are, as that is for mistakes. */
static void
add_withdrawn(const char *key, const char *value, gint64 at, void *user)
{
	gint64 *id = g_new(gint64, 1), *when = g_new(gint64, 1);

	(void)value;
	*id = g_ascii_strtoll(key + 1, NULL, 10);
	*when = at;
	g_hash_table_insert(user, id, when);
}

static GHashTable *
read_withdrawn(struct store *store, GError **error)
{
	g_autoptr(GHashTable) withdrawn =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);

	return store_marks_each(store, "retracted", add_withdrawn, withdrawn, error)
		       ? g_steal_pointer(&withdrawn)
		       : NULL;
}

static gint64
when_withdrawn(GHashTable *withdrawn, gint64 id)
{
	const gint64 *at = g_hash_table_lookup(withdrawn, &id);

	return at ? *at : 0;
}

/* The report that the rows have come to: one for each of its replies that count under each of its
 * indicators' keys. */
struct folding {
	const struct key *by;
	store_stats_report_fn fn;
	void *user;
	GHashTable *withdrawn;
	gint64 id;	     /* 0: none yet */
	gint64 follow_up;    /* of it, that the rows have come to; 0: it itself */
	GString *key, *name; /* of the report itself */
	GHashTable *keys;    /* of its indicators: key -> name */
	struct stats_report report;
};

static void
end_report(struct folding *folding)
{
	GHashTableIter iter;
	void *key, *name;

	if (folding->id && !folding->by->of_indicator) {
		folding->report.key = folding->key->str;
		folding->report.name = folding->name->len ? folding->name->str : NULL;
		folding->fn(&folding->report, folding->user);
		return;
	}
	g_hash_table_iter_init(&iter, folding->keys);
	while (g_hash_table_iter_next(&iter, &key, &name)) {
		folding->report.key = key;
		folding->report.name = name;
		folding->fn(&folding->report, folding->user);
	}
	g_hash_table_remove_all(folding->keys);
}

static void
begin_report(struct folding *folding, struct rows *rows)
{
	const char *state = rows_text(rows, 2);
	const gint64 created = rows_integer(rows, 3), sent = rows_integer(rows, 4);

	folding->id = rows_integer(rows, 0);
	if (folding->by->is_month)
		set_month(folding->key, sent ? sent : created);
	else
		g_string_assign(folding->key, rows_text(rows, 1));
	g_string_assign(folding->name, rows_text(rows, 11) ? rows_text(rows, 11) : "");
	folding->follow_up = 0;
	folding->report = (struct stats_report){ .sent = sent,
		.withdrawn = when_withdrawn(folding->withdrawn, folding->id),
		.bounced = strcmp(state, "bounced") == 0,
		.refused = strcmp(state, "refused") == 0 };
}

static void
add_key(struct folding *folding, const char *key, const char *name)
{
	if (!g_hash_table_contains(folding->keys, key))
		g_hash_table_insert(folding->keys, g_strdup(key), g_strdup(name));
}

static void
keep_earlier(gint64 *time, gint64 other)
{
	if (other && (*time == 0 || other < *time))
		*time = other;
}

static void
add_reply(struct stats_report *report, const char *class_name, gint64 received)
{
	static const char *const human[] = { STORE_HUMAN_CLASSES, NULL };

	if (!g_strv_contains(human, class_name))
		return;
	keep_earlier(&report->first_human, received);
	if (strcmp(class_name, "actioned") == 0)
		keep_earlier(&report->says_acted, received);
	report->refused |= strcmp(class_name, "refusal") == 0;
}

/* Of the report itself or of a follow-up of it: that is answered, the report is. */
static void
add_answers(struct folding *folding, struct rows *rows)
{
	struct stats_report *report = &folding->report;
	const gint64 follow_up = rows_integer(rows, 5);
	const char *class_name = rows_text(rows, 9);

	if (follow_up != folding->follow_up)
		report->follow_ups += rows_integer(rows, 6) != 0;
	folding->follow_up = follow_up;
	keep_earlier(&report->acknowledged, rows_integer(rows, 7));
	keep_earlier(&report->answered, rows_integer(rows, 8));
	if (class_name)
		add_reply(report, class_name, rows_integer(rows, 10));
}

static gboolean
fold_reports(struct folding *folding, struct rows *rows, GError **error)
{
	enum next next = rows_next(rows, error);

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		if (rows_integer(rows, 0) != folding->id) {
			end_report(folding);
			begin_report(folding, rows);
		}
		if (folding->by->of_indicator)
			add_key(folding, rows_text(rows, 1), rows_text(rows, 11));
		add_answers(folding, rows);
	}
	end_report(folding);
	return next == NEXT_DONE;
}

gboolean
store_stats_reports(struct store *store, const struct stats_filter *filter,
	store_stats_report_fn fn, void *user, GError **error)
{
	g_autoptr(GHashTable) withdrawn = read_withdrawn(store, error);
	struct folding folding = { .fn = fn, .user = user, .withdrawn = withdrawn };
	g_autoptr(Rows) rows = NULL;
	gboolean ok;

	folding.by = withdrawn ? find_key(filter->by, error) : NULL;
	if (!folding.by)
		return FALSE;
	set_lean(store, TRUE);
	rows = store_query(store, error, sql_by(folding.by, reports_sql), "i", filter->case_id);
	folding.key = g_string_new(NULL);
	folding.name = g_string_new(NULL);
	folding.keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	ok = rows && fold_reports(&folding, rows, error);
	g_string_free(folding.key, TRUE);
	g_string_free(folding.name, TRUE);
	g_hash_table_unref(folding.keys);
	set_lean(store, FALSE);
	return ok;
}

/* The indicator of a report that the rows have come to: one row for each outage, or one. */
struct looking {
	const struct key *by;
	store_stats_takedown_fn fn;
	void *user;
	GHashTable *withdrawn;
	GString *key, *provider;
	struct stats_takedown takedown; /* report_id 0: none yet */
};

static void
end_takedown(struct looking *looking)
{
	struct stats_takedown *takedown = &looking->takedown;

	takedown->key = looking->key->str;
	takedown->provider = looking->provider->str;
	if (takedown->report_id)
		looking->fn(takedown, looking->user);
}

static void
begin_takedown(struct looking *looking, struct rows *rows)
{
	struct stats_takedown *takedown = &looking->takedown;

	*takedown = (struct stats_takedown){ .report_id = rows_integer(rows, 0),
		.indicator_id = rows_integer(rows, 1),
		.sent = rows_integer(rows, 4),
		.acknowledged = rows_integer(rows, 5),
		.answered = rows_integer(rows, 6),
		.follow_up_of = rows_integer(rows, 8),
		.withdrawn = when_withdrawn(looking->withdrawn, rows_integer(rows, 0)),
		.is_down = rows_integer(rows, 9) != 0 };
	report_state_parse(rows_text(rows, 7), &takedown->state);
	if (looking->by->is_month)
		set_month(looking->key, takedown->sent);
	else
		g_string_assign(looking->key, rows_text(rows, 2));
	g_string_assign(looking->provider, rows_text(rows, 3));
}

static gboolean
is_next(const struct looking *looking, struct rows *rows)
{
	return rows_integer(rows, 0) != looking->takedown.report_id ||
	       rows_integer(rows, 1) != looking->takedown.indicator_id ||
	       (looking->by->of_indicator && strcmp(rows_text(rows, 2), looking->key->str) != 0);
}

/* The first outage that began after the report is its takedown; they come in any order. */
static void
add_outage(struct stats_takedown *takedown, gint64 down, gint64 up, gint64 last_up)
{
	if (down <= takedown->sent) {
		takedown->down_before |= down && (up == 0 || up > takedown->sent);
		if (!takedown->down)
			takedown->last_up = last_up;
	} else if (!takedown->down || down < takedown->down) {
		takedown->down = down;
		takedown->back = up;
		takedown->last_up = last_up;
	}
}

static gboolean
fold_takedowns(struct looking *looking, struct rows *rows, GError **error)
{
	enum next next = rows_next(rows, error);

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		if (is_next(looking, rows)) {
			end_takedown(looking);
			begin_takedown(looking, rows);
		}
		add_outage(&looking->takedown, rows_integer(rows, 11), rows_integer(rows, 12),
			rows_integer(rows, 13));
		if (rows_integer(rows, 10))
			looking->takedown.up_again =
				MAX(looking->takedown.up_again, rows_integer(rows, 12));
	}
	end_takedown(looking);
	return next == NEXT_DONE;
}

static gboolean
takedowns(struct store *store, const char *template, const struct stats_filter *filter,
	store_stats_takedown_fn fn, void *user, GError **error)
{
	g_autoptr(GHashTable) withdrawn = read_withdrawn(store, error);
	struct looking looking = { .fn = fn, .user = user, .withdrawn = withdrawn };
	g_autoptr(Rows) rows = NULL;
	gboolean ok;

	looking.by = withdrawn ? find_key(filter->by, error) : NULL;
	if (!looking.by)
		return FALSE;
	rows = store_query(store, error, sql_by(looking.by, template), "i", filter->case_id);
	looking.key = g_string_new(NULL);
	looking.provider = g_string_new(NULL);
	ok = rows && fold_takedowns(&looking, rows, error);
	g_string_free(looking.key, TRUE);
	g_string_free(looking.provider, TRUE);
	return ok;
}

gboolean
store_stats_takedowns(struct store *store, const struct stats_filter *filter,
	store_stats_takedown_fn fn, void *user, GError **error)
{
	gboolean ok;

	set_lean(store, TRUE);
	ok = takedowns(store, takedowns_sql, filter, fn, user, error);
	set_lean(store, FALSE);
	return ok;
}

gboolean
store_report_takedowns(struct store *store, gint64 report_id, store_stats_takedown_fn fn,
	void *user, GError **error)
{
	const struct stats_filter filter = { .by = "all", .case_id = report_id };

	return takedowns(store, takedowns_of_report_sql, &filter, fn, user, error);
}
