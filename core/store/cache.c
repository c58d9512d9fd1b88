/* Answers of lookups, kept with their time. No events: nothing here is part of the record. */
#include "base/text.h"
#include "store/database.h"

gboolean
store_cache_put(struct store *store, const char *key, const char *text, gint64 at, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store,
		store_run(store, error,
			"INSERT INTO cache (key, text, at) VALUES ($1, $2, $3) "
			"ON CONFLICT (key) DO UPDATE SET text = excluded.text, at = excluded.at",
			"tti", key, text, at),
		error);
}

char *
store_cache_get(struct store *store, const char *key, gint64 max_age_s, gint64 *at, GError **error)
{
	const gint64 oldest = max_age_s > 0 ? text_now() - max_age_s * G_USEC_PER_SEC : G_MININT64;
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT text, at FROM cache WHERE key = $1 AND at >= $2", "ti", key, oldest);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	if (at)
		*at = rows_integer(rows, 1);
	return rows_dup(rows, 0);
}
