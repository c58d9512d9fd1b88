/* Sightings: each is one look, never changed. */
#include "store/database.h"

static gboolean
add(struct store *store, struct sighting *sighting, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"INSERT INTO sightings (indicator_id, method, verdict, detail, vantage, at) "
		"VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
		"itttti", sighting->indicator_id, sighting->method, sighting->verdict,
		sighting->detail, sighting->vantage, sighting->at);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	sighting->id = rows_integer(rows, 0);
	return event_append(store, "I", sighting->indicator_id, "indicator.seen",
		json_pack("{s:I, s:o, s:o, s:o, s:o, s:I}", "sighting", (json_int_t)sighting->id,
			"method", event_text(sighting->method), "verdict",
			event_text(sighting->verdict), "detail", event_text(sighting->detail),
			"vantage", event_text(sighting->vantage), "at", (json_int_t)sighting->at),
		error);
}

gboolean
store_sighting_add(struct store *store, struct sighting *sighting, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, add(store, sighting, error), error);
}

static struct sighting *
read_sighting(struct rows *rows)
{
	struct sighting *sighting = sighting_new();

	sighting->id = rows_integer(rows, 0);
	sighting->indicator_id = rows_integer(rows, 1);
	sighting->method = rows_dup(rows, 2);
	sighting->verdict = rows_dup(rows, 3);
	sighting->detail = rows_dup(rows, 4);
	sighting->vantage = rows_dup(rows, 5);
	sighting->at = rows_integer(rows, 6);
	return sighting;
}

#define SIGHTINGS                                                                                  \
	"SELECT id, indicator_id, method, verdict, detail, vantage, at FROM sightings "            \
	"WHERE id > $1 "

static GPtrArray *
sightings_page(struct store *store, gint64 indicator_id, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);
	g_autoptr(Rows) rows = store_query(store, error,
		indicator_id ? SIGHTINGS "AND indicator_id = $3 ORDER BY id LIMIT $2"
			     : SIGHTINGS "AND CAST($3 AS BIGINT) = 0 ORDER BY id LIMIT $2",
		"iii", after, (gint64)STORE_PAGE, indicator_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(page, read_sighting(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_sightings_each(
	struct store *store, gint64 indicator_id, store_sighting_fn fn, void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = sightings_page(store, indicator_id, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct sighting *sighting = g_ptr_array_index(page, i);

			after = sighting->id;
			if (!fn(sighting, user))
				return TRUE;
		}
	}
}

gboolean
store_watched_each(
	struct store *store, gint64 case_id, store_watched_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id, next_look FROM indicators WHERE reported IS NOT NULL "
		"AND type <> 'email' AND (CAST($1 AS BIGINT) = 0 OR case_id = $1)",
		"i", case_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_integer(rows, 0), rows_integer(rows, 1), user);
	return next == NEXT_DONE;
}

/* One that is taken for far longer than we would was so by a clock that was wrong. */
gboolean
store_look_take(struct store *store, gint64 indicator_id, gint64 next, gint64 now, gint64 until,
	gboolean *taken, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"UPDATE indicators SET taken_until = $1 WHERE id = $2 "
		"AND COALESCE(next_look, 0) = $3 "
		"AND (taken_until IS NULL OR taken_until <= $4 OR taken_until > 2 * $1 - $4) "
		"RETURNING id",
		"iiii", until, indicator_id, next, now);
	const enum next got = rows ? rows_next(rows, error) : NEXT_ERROR;

	*taken = got == NEXT_ROW;
	return got != NEXT_ERROR;
}

gboolean
store_look_give_back(struct store *store, gint64 indicator_id, GError **error)
{
	return store_run(store, error, "UPDATE indicators SET taken_until = NULL WHERE id = $1",
		"i", indicator_id);
}

gboolean
store_look_set_next(struct store *store, gint64 indicator_id, gint64 next, GError **error)
{
	return store_run(store, error,
		"UPDATE indicators SET next_look = $1, taken_until = NULL WHERE id = $2", "ii",
		next, indicator_id);
}

gboolean
store_outages_each(
	struct store *store, gint64 indicator_id, store_outage_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT down, up, seen_up FROM outages WHERE indicator_id = $1 ORDER BY down", "i",
		indicator_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		const struct outage outage = { rows_integer(rows, 0), rows_integer(rows, 1),
			rows_integer(rows, 2) };

		fn(&outage, user);
	}
	return next == NEXT_DONE;
}
