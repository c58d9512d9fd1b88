/* Evidence files of a case, kept whole. */
#include "store/database.h"

/* 1: inserted, 0: the same content is there, -1: error. */
static int
insert(struct store *store, struct evidence *evidence, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"INSERT INTO evidence (case_id, name, media_type, sha256, content) "
		"VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id",
		"itttB", evidence->case_id, evidence->name ? evidence->name : "evidence",
		evidence->media_type ? evidence->media_type : "application/octet-stream",
		evidence->sha256, evidence->content);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_ROW)
		evidence->id = rows_integer(rows, 0);
	return (int)next;
}

static gboolean
find(struct store *store, struct evidence *evidence, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id FROM evidence WHERE case_id = $1 AND sha256 = $2", "it",
		evidence->case_id, evidence->sha256);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	evidence->id = rows_integer(rows, 0);
	return TRUE;
}

static gboolean
add(struct store *store, struct evidence *evidence, GError **error)
{
	int inserted = insert(store, evidence, error);

	if (inserted < 0)
		return FALSE;
	if (inserted == 0)
		return find(store, evidence, error);
	return event_append(store, "C", evidence->case_id, "evidence.added",
		json_pack("{s:o, s:o, s:o, s:I}", "name", event_text(evidence->name), "media_type",
			event_text(evidence->media_type), "sha256", event_text(evidence->sha256),
			"size", (json_int_t)g_bytes_get_size(evidence->content)),
		error);
}

gboolean
store_evidence_add(struct store *store, struct evidence *evidence, GError **error)
{
	g_return_val_if_fail(evidence->content, FALSE);
	/* Never the caller's word for what the content is. */
	g_free(evidence->sha256);
	evidence->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, evidence->content);
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, add(store, evidence, error), error);
}

static struct evidence *
read_evidence(struct rows *rows)
{
	struct evidence *evidence = g_new0(struct evidence, 1);

	evidence->id = rows_integer(rows, 0);
	evidence->case_id = rows_integer(rows, 1);
	evidence->name = rows_dup(rows, 2);
	evidence->media_type = rows_dup(rows, 3);
	evidence->sha256 = rows_dup(rows, 4);
	evidence->content = rows_bytes(rows, 5);
	return evidence;
}

GPtrArray *
store_evidence_list(struct store *store, gint64 case_id, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_free);
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id, case_id, name, media_type, sha256, content FROM evidence "
		"WHERE case_id = $1 ORDER BY id",
		"i", case_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(list, read_evidence(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&list);
}
