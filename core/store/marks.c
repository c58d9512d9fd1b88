/* What a person decided once: contacts confirmed, providers approved, contacts found bad. */
#include "base/text.h"
#include "store/database.h"

static gboolean
set(struct store *store, const char *kind, const char *key, const char *value, GError **error)
{
	if (!store_run(store, error,
		    "INSERT INTO marks (kind, key, value, at) VALUES ($1, $2, $3, $4) "
		    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, "
		    "at = excluded.at",
		    "ttti", kind, key, value, text_now()))
		return FALSE;
	return event_append(store, "-", 0, "mark.set",
		json_pack("{s:o, s:o, s:o}", "kind", event_text(kind), "key", event_text(key),
			"value", event_text(value)),
		error);
}

gboolean
store_mark_set(
	struct store *store, const char *kind, const char *key, const char *value, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set(store, kind, key, value, error), error);
}

char *
store_mark_get(struct store *store, const char *kind, const char *key, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT value FROM marks WHERE kind = $1 AND key = $2", "tt", kind, key);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	return rows_dup(rows, 0);
}
