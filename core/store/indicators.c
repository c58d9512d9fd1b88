/* Indicators: a million of them come in one import, so an added one costs one statement, and one
 * event tells of all that a transaction added. */
#include "store/database.h"

#include <openssl/sha.h>
#include <string.h>

/* Long enough that nobody makes two values that fold into one. */
#define HASH_SIZE 16

static GBytes *
value_hash(const char *value)
{
	guchar digest[SHA256_DIGEST_LENGTH];

	SHA256((const guchar *)value, strlen(value), digest);
	return g_bytes_new(digest, HASH_SIZE);
}

gboolean
indicators_flush(struct store *store, GError **error)
{
	const gint64 added = store->added, folded = store->folded;

	store->added = store->folded = 0;
	if (added == 0)
		return TRUE;
	return event_append(store, "C", store->added_case, "indicators.added",
		json_pack("{s:I, s:I}", "added", (json_int_t)added, "folded", (json_int_t)folded),
		error);
}

/* NULL where it only repeats the value. */
static const char *
unless_value(const struct indicator *indicator, const char *text)
{
	return text && strcmp(text, indicator->value) == 0 ? NULL : text;
}

/* The id is 0 when the value is there already. */
static gboolean
insert(struct store *store, struct indicator *indicator, GBytes *hash, GError **error)
{
	return store_insert(store, &indicator->id, error,
		"INSERT INTO indicators (case_id, hash, type, value, original, host, domain, "
		"suffix, suffix_is_private, host_is_address, first_seen, note) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
		"ON CONFLICT DO NOTHING",
		"iBttttttzzzt", indicator->case_id, hash, indicator_type_name(indicator->type),
		indicator->value, unless_value(indicator, indicator->original),
		unless_value(indicator, indicator->host), indicator->domain, indicator->suffix,
		(gint64)(indicator->suffix_is_private != 0),
		(gint64)(indicator->host_is_address != 0), indicator->first_seen, indicator->note);
}

static gboolean
find(struct store *store, struct indicator *indicator, GBytes *hash, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id FROM indicators WHERE hash = $1 AND case_id = $2", "Bi", hash,
		indicator->case_id);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	indicator->id = rows_integer(rows, 0);
	return TRUE;
}

static gboolean
add(struct store *store, struct indicator *indicator, gboolean *is_new, GError **error)
{
	g_autoptr(GBytes) hash = value_hash(indicator->value);

	if (store->added_case != indicator->case_id && !indicators_flush(store, error))
		return FALSE;
	store->added_case = indicator->case_id;
	if (!insert(store, indicator, hash, error))
		return FALSE;
	if (is_new)
		*is_new = indicator->id != 0;
	if (indicator->id) {
		store->added++;
		return TRUE;
	}
	store->folded++;
	return find(store, indicator, hash, error);
}

gboolean
store_indicator_add(
	struct store *store, struct indicator *indicator, gboolean *is_new, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, add(store, indicator, is_new, error), error);
}

#define COLUMNS                                                                                    \
	"i.id, i.case_id, i.type, i.value, i.original, i.host, i.domain, i.suffix, "               \
	"i.suffix_is_private, i.host_is_address, i.first_seen, i.note, i.state, i.reported, "      \
	"i.down"

static char *
or_value(struct rows *rows, int column)
{
	const char *text = rows_text(rows, column);

	return text ? g_strdup(text) : rows_dup(rows, 3);
}

static struct indicator *
read_indicator(struct rows *rows)
{
	struct indicator *indicator = indicator_new();

	indicator->id = rows_integer(rows, 0);
	indicator->case_id = rows_integer(rows, 1);
	indicator_type_parse(rows_text(rows, 2), &indicator->type);
	indicator->value = rows_dup(rows, 3);
	indicator->original = or_value(rows, 4);
	indicator->host = or_value(rows, 5);
	indicator->domain = rows_dup(rows, 6);
	indicator->suffix = rows_dup(rows, 7);
	indicator->suffix_is_private = rows_integer(rows, 8) != 0;
	indicator->host_is_address = rows_integer(rows, 9) != 0;
	indicator->first_seen = rows_integer(rows, 10);
	indicator->note = rows_dup(rows, 11);
	indicator->state = rows_text(rows, 12) ? rows_dup(rows, 12) : g_strdup("unknown");
	indicator->reported = rows_integer(rows, 13);
	indicator->down = rows_integer(rows, 14);
	return indicator;
}

struct indicator *
store_indicator_get(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = store_query(
		store, error, "SELECT " COLUMNS " FROM indicators i WHERE i.id = $1", "i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		store_not_found("indicator", "I", id, error);
	return next == NEXT_ROW ? read_indicator(rows) : NULL;
}

/* Interned: one text for each combination of the filter. $3 and $4 are always there, so that the
 * parameters are the same. */
static const char *
each_sql(const struct indicator_filter *filter)
{
	g_autoptr(GString) sql =
		g_string_new("SELECT " COLUMNS " FROM indicators i WHERE i.id > $1");

	g_string_append(
		sql, filter->case_id ? " AND i.case_id = $3" : " AND CAST($3 AS BIGINT) = 0");
	g_string_append(sql, filter->state ? " AND COALESCE(i.state, 'unknown') = $4"
					   : " AND CAST($4 AS TEXT) IS NULL");
	if (filter->unrouted)
		g_string_append(sql, " AND NOT EXISTS (SELECT 1 FROM routes o "
				     "WHERE o.indicator_id = i.id)");
	if (filter->unreported)
		g_string_append(sql,
			" AND EXISTS (SELECT 1 FROM routes o WHERE o.indicator_id = i.id "
			"AND o.ask = 1 AND o.address IS NOT NULL AND o.reason IS NULL)"
			" AND NOT EXISTS (SELECT 1 FROM report_indicators l "
			"JOIN reports r ON r.id = l.report_id "
			"WHERE l.indicator_id = i.id AND NOT " HAS_MOVED ")");
	g_string_append(sql, " ORDER BY i.id LIMIT $2");
	return g_intern_string(sql->str);
}

static GPtrArray *
indicators_page(
	struct store *store, const struct indicator_filter *filter, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	g_autoptr(Rows) rows = store_query(store, error, each_sql(filter), "iiit", after,
		(gint64)STORE_PAGE, filter->case_id, filter->state);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(page, read_indicator(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_indicators_each(struct store *store, const struct indicator_filter *filter,
	store_indicator_fn fn, void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = indicators_page(store, filter, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct indicator *indicator = g_ptr_array_index(page, i);

			after = indicator->id;
			if (!fn(indicator, user))
				return TRUE;
		}
	}
}

/* An outage begins with "down" and ends with "up"; while nothing is known it goes on. */
static gboolean
keep_outage(struct store *store, gint64 id, const char *state, gint64 at, GError **error)
{
	if (strcmp(state, "down") == 0)
		return store_run(store, error,
			"INSERT INTO outages (indicator_id, down, seen_up) VALUES ($1, $2, "
			"(SELECT i.last_up FROM indicators i WHERE i.id = $1 "
			"AND i.last_up <= $2)) ON CONFLICT DO NOTHING",
			"ii", id, at);
	return strcmp(state, "up") != 0 ||
	       store_run(store, error,
		       "UPDATE outages SET up = $1 WHERE indicator_id = $2 AND up IS NULL", "ii",
		       at, id);
}

static gboolean
set_state(struct store *store, gint64 id, const char *state, gint64 at, GError **error)
{
	const gboolean is_down = strcmp(state, "down") == 0;
	g_autoptr(Indicator) before = store_indicator_get(store, id, error);

	if (!before)
		return FALSE;
	if (strcmp(before->state, state) == 0)
		return TRUE;
	if (!store_run(store, error,
		    "UPDATE indicators SET state = $1, down = COALESCE($2, down) WHERE id = $3",
		    "tzi", state, is_down ? at : (gint64)0, id) ||
		!keep_outage(store, id, state, at, error))
		return FALSE;
	return event_append(store, "I", id,
		is_down			   ? "indicator.down"
		: strcmp(state, "up") == 0 ? "indicator.up"
					   : "indicator.unknown",
		json_pack("{s:s, s:I}", "before", before->state, "at", (json_int_t)at), error);
}

gboolean
store_indicator_set_state(
	struct store *store, gint64 id, const char *state, gint64 at, GError **error)
{
	if (strcmp(state, "up") != 0 && strcmp(state, "down") != 0 &&
		strcmp(state, "unknown") != 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"an indicator is up, down or unknown, never '%s'", state);
		return FALSE;
	}
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set_state(store, id, state, at, error), error);
}

gboolean
store_indicator_seen_up(struct store *store, gint64 id, gint64 at, GError **error)
{
	return store_run(
		store, error, "UPDATE indicators SET last_up = $1 WHERE id = $2", "zi", at, id);
}
