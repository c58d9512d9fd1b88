/* Cases. */
#include "base/text.h"
#include "store/database.h"

#define CASES "SELECT id, title, type, description, nature, tlp, sealed, created FROM cases "

static struct abuse_case *
read_case(struct rows *rows)
{
	struct abuse_case *abuse_case = abuse_case_new();

	abuse_case->id = rows_integer(rows, 0);
	abuse_case->title = rows_dup(rows, 1);
	abuse_case->type = rows_dup(rows, 2);
	abuse_case->description = rows_dup(rows, 3);
	nature_parse(rows_text(rows, 4), &abuse_case->nature);
	tlp_parse(rows_text(rows, 5), &abuse_case->tlp);
	abuse_case->sealed = rows_integer(rows, 6) != 0;
	abuse_case->created = rows_integer(rows, 7);
	return abuse_case;
}

static json_t *
case_detail(const struct abuse_case *abuse_case)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:s, s:b}", "title", event_text(abuse_case->title),
		"type", event_text(abuse_case->type), "description",
		event_text(abuse_case->description), "nature", nature_name(abuse_case->nature),
		"tlp", tlp_name(abuse_case->tlp), "sealed", abuse_case->sealed != 0);
}

static gboolean
insert(struct store *store, struct abuse_case *abuse_case, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"INSERT INTO cases (title, type, description, nature, tlp, sealed, created) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
		"tttttbi", abuse_case->title ? abuse_case->title : "", abuse_case->type,
		abuse_case->description, nature_name(abuse_case->nature), tlp_name(abuse_case->tlp),
		abuse_case->sealed, abuse_case->created);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	abuse_case->id = rows_integer(rows, 0);
	return event_append(
		store, "C", abuse_case->id, "case.created", case_detail(abuse_case), error);
}

gboolean
store_case_add(struct store *store, struct abuse_case *abuse_case, GError **error)
{
	abuse_case->created = text_now();
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, insert(store, abuse_case, error), error);
}

struct abuse_case *
store_case_get(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error, CASES "WHERE id = $1", "i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		store_not_found("case", "C", id, error);
	return next == NEXT_ROW ? read_case(rows) : NULL;
}

struct abuse_case *
store_case_by_title(struct store *store, const char *title, GError **error)
{
	g_autoptr(Rows) rows = store_query(
		store, error, CASES "WHERE title = $1 ORDER BY id DESC LIMIT 1", "t", title);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	return read_case(rows);
}

/* Sealing has an event kind of its own: it is what a court's clerk looks for. */
static const char *
update_kind(const struct abuse_case *before, const struct abuse_case *after)
{
	if (!before->sealed && after->sealed)
		return "case.sealed";
	return before->sealed && !after->sealed ? "case.unsealed" : "case.updated";
}

static gboolean
update(struct store *store, const struct abuse_case *abuse_case, GError **error)
{
	g_autoptr(AbuseCase) before = store_case_get(store, abuse_case->id, error);

	if (!before)
		return FALSE;
	if (!store_run(store, error,
		    "UPDATE cases SET title = $1, type = $2, description = $3, nature = $4, "
		    "tlp = $5, sealed = $6 WHERE id = $7",
		    "tttttbi", abuse_case->title ? abuse_case->title : "", abuse_case->type,
		    abuse_case->description, nature_name(abuse_case->nature),
		    tlp_name(abuse_case->tlp), abuse_case->sealed, abuse_case->id))
		return FALSE;
	return event_append(store, "C", abuse_case->id, update_kind(before, abuse_case),
		case_detail(abuse_case), error);
}

gboolean
store_case_update(struct store *store, const struct abuse_case *abuse_case, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, update(store, abuse_case, error), error);
}

static GPtrArray *
cases_page(struct store *store, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)abuse_case_free);
	g_autoptr(Rows) rows = store_query(store, error, CASES "WHERE id > $1 ORDER BY id LIMIT $2",
		"ii", after, (gint64)STORE_PAGE);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(page, read_case(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_cases_each(struct store *store, store_case_fn fn, void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = cases_page(store, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct abuse_case *abuse_case = g_ptr_array_index(page, i);

			after = abuse_case->id;
			if (!fn(abuse_case, user))
				return TRUE;
		}
	}
}
