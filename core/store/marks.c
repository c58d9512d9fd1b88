/* What a person decided once: contacts confirmed, providers approved, contacts found bad. */
#include "base/text.h"
#include "store/database.h"

#include <string.h>

/* The one place that says which contacts are the same: a mail address in whatever case. The path of
 * a form's URL is another in another case. */
static char *
key_of(const char *kind, const char *key)
{
	if ((strcmp(kind, "contact") == 0 || strcmp(kind, "bad_by") == 0) &&
		text_is_mail_address(key))
		return g_ascii_strdown(key, -1);
	return g_strdup(key);
}

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
	g_autofree char *normal = key_of(kind, key);

	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, set(store, kind, normal, value, error), error);
}

static gboolean
clear(struct store *store, const char *kind, const char *key, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"DELETE FROM marks WHERE kind = $1 AND key = $2 RETURNING value", "tt", kind, key);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next != NEXT_ROW)
		return next == NEXT_DONE;
	return event_append(store, "-", 0, "mark.cleared",
		json_pack("{s:o, s:o, s:o}", "kind", event_text(kind), "key", event_text(key),
			"value", event_text(rows_text(rows, 0))),
		error);
}

gboolean
store_mark_clear(struct store *store, const char *kind, const char *key, GError **error)
{
	g_autofree char *normal = key_of(kind, key);

	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, clear(store, kind, normal, error), error);
}

gboolean
store_contact_bad(struct store *store, const char *contact, const char *by, GError **error)
{
	g_autofree char *normal = key_of("contact", contact);

	if (!change_begin(store, error))
		return FALSE;
	return change_end(store,
		set(store, "bad_by", normal, by, error) &&
			set(store, "contact", normal, "bad", error),
		error);
}

char *
store_mark_when(struct store *store, const char *kind, const char *key, gint64 *at, GError **error)
{
	g_autofree char *normal = key_of(kind, key);
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT value, at FROM marks WHERE kind = $1 AND key = $2", "tt", kind, normal);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	if (at)
		*at = rows_integer(rows, 1);
	return rows_dup(rows, 0);
}

char *
store_mark_get(struct store *store, const char *kind, const char *key, GError **error)
{
	return store_mark_when(store, kind, key, NULL, error);
}
