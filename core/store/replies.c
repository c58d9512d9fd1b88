/* Replies, with the whole of what came in a table of its own. */
#include "store/database.h"

#include "base/text.h"

static gboolean
insert(struct store *store, struct reply *reply, GError **error)
{
	return store_insert(store, &reply->id, error,
		"INSERT INTO replies (report_id, class, match, weak, ticket, sender, subject, "
		"status, recipient, diagnostic, rule, source, received, counts, reason, note, "
		"digest, message_id, broken) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
		"$12, "
		"$13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING",
		"zttbttttttttibttttt", reply->report_id, reply->class_name, reply->match,
		reply->weak, reply->ticket, reply->from, reply->subject, reply->status,
		reply->recipient, reply->diagnostic, reply->rule, reply->source, reply->received,
		reply->counts, reply->reason, reply->note, reply->digest, reply->message_id,
		reply->broken);
}

/* One from the same place or with the same bytes; sets its id, which is 0 when there is none. */
static gboolean
find(struct store *store, struct reply *reply, GError **error)
{
	g_autoptr(Rows) rows =
		store_query(store, error, "SELECT id FROM replies WHERE source = $1 OR digest = $2",
			"tt", reply->source, reply->digest);

	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	reply->id = next == NEXT_ROW ? rows_integer(rows, 0) : 0;
	return next != NEXT_ERROR;
}

static json_t *
reply_detail(const struct reply *reply)
{
	g_autofree char *sum = reply->content && !reply->sha256 ? digest_of_bytes(reply->content)
								: g_strdup(reply->sha256);

	return json_pack("{s:I, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:I}", "report",
		(json_int_t)reply->report_id, "class", event_text(reply->class_name), "match",
		event_text(reply->match), "weak", reply->weak != 0, "counts", reply->counts != 0,
		"from", event_text(reply->from), "source", event_text(reply->source), "sha256",
		event_text(sum), "received", (json_int_t)reply->received);
}

/* One that an older abate kept, or 0. */
static gboolean
find_older(struct store *store, struct reply *reply, GError **error)
{
	g_autoptr(Rows) rows =
		store_query(store, error, "SELECT id FROM replies WHERE digest IN ($1, $2)", "tt",
			reply->sha256, reply->sha256_crlf);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	reply->id = next == NEXT_ROW ? rows_integer(rows, 0) : 0;
	return next != NEXT_ERROR;
}

static gboolean
add(struct store *store, struct reply *reply, gboolean *is_new, GError **error)
{
	if (reply->sha256_crlf && !find_older(store, reply, error))
		return FALSE;
	if (reply->sha256_crlf && reply->id) {
		*is_new = FALSE;
		return TRUE;
	}
	if (!insert(store, reply, error))
		return FALSE;
	if (is_new)
		*is_new = reply->id != 0;
	if (!reply->id)
		return find(store, reply, error);
	if (reply->content && !store_run(store, error,
				      "INSERT INTO reply_bytes (reply_id, content) VALUES ($1, $2)",
				      "iB", reply->id, reply->content))
		return FALSE;
	return event_append(store, "A", reply->id, "reply.received", reply_detail(reply), error);
}

gboolean
store_reply_add(struct store *store, struct reply *reply, gboolean *is_new, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, add(store, reply, is_new, error), error);
}

gboolean
store_reply_seen(struct store *store, const char *source, gboolean *seen, GError **error)
{
	g_autoptr(Rows) rows =
		store_query(store, error, "SELECT 1 FROM replies WHERE source = $1", "t", source);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*seen = next == NEXT_ROW;
	return next != NEXT_ERROR;
}

gboolean
store_reply_digests(struct store *store, gboolean *bytes, GError **error)
{
	g_autoptr(Rows) rows = store_query(
		store, error, "SELECT 1 FROM marks WHERE kind = 'digests' AND key = 'bytes'", "");
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*bytes = next == NEXT_ROW;
	return next != NEXT_ERROR;
}

#define COLUMNS                                                                                    \
	"a.id, a.report_id, a.class, a.match, a.weak, a.ticket, a.sender, a.subject, a.status, "   \
	"a.recipient, a.diagnostic, a.rule, a.source, a.received, a.counts, a.reason, a.note, "    \
	"a.digest, a.message_id, a.broken"

static struct reply *
read_reply(struct rows *rows)
{
	struct reply *reply = reply_new();

	reply->id = rows_integer(rows, 0);
	reply->report_id = rows_integer(rows, 1);
	reply->class_name = rows_dup(rows, 2);
	reply->match = rows_dup(rows, 3);
	reply->weak = rows_integer(rows, 4) != 0;
	reply->ticket = rows_dup(rows, 5);
	reply->from = rows_dup(rows, 6);
	reply->subject = rows_dup(rows, 7);
	reply->status = rows_dup(rows, 8);
	reply->recipient = rows_dup(rows, 9);
	reply->diagnostic = rows_dup(rows, 10);
	reply->rule = rows_dup(rows, 11);
	reply->source = rows_dup(rows, 12);
	reply->received = rows_integer(rows, 13);
	reply->counts = rows_integer(rows, 14) != 0;
	reply->reason = rows_dup(rows, 15);
	reply->note = rows_dup(rows, 16);
	reply->digest = rows_dup(rows, 17);
	reply->message_id = rows_dup(rows, 18);
	reply->broken = rows_dup(rows, 19);
	return reply;
}

struct reply *
store_reply_get(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT " COLUMNS ", b.content FROM replies a "
		"LEFT JOIN reply_bytes b ON b.reply_id = a.id WHERE a.id = $1",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;
	struct reply *reply;

	if (next == NEXT_DONE)
		store_not_found("reply", "A", id, error);
	if (next != NEXT_ROW)
		return NULL;
	reply = read_reply(rows);
	reply->content = rows_bytes(rows, 20);
	return reply;
}

static gboolean
assign(struct store *store, gint64 id, gint64 report_id, const char *match, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"UPDATE replies SET report_id = $1, match = $2, weak = 0, counts = $3, note = NULL "
		"WHERE id = $4 RETURNING id",
		"ztbi", report_id, match, report_id != 0, id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		return store_not_found("reply", "A", id, error);
	if (next != NEXT_ROW)
		return FALSE;
	return event_append(store, "A", id, "reply.assigned",
		json_pack(
			"{s:I, s:o}", "report", (json_int_t)report_id, "match", event_text(match)),
		error);
}

gboolean
store_reply_assign(
	struct store *store, gint64 id, gint64 report_id, const char *match, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, assign(store, id, report_id, match, error), error);
}

static gboolean
keep_reread(struct store *store, const struct reply *reply, GError **error)
{
	return store_run(store, error, "UPDATE replies SET class = $1, ticket = $2 WHERE id = $3",
		       "tti", reply->class_name, reply->ticket, reply->id) &&
	       event_append(store, "A", reply->id, "reply.reread",
		       json_pack("{s:o, s:o}", "class", event_text(reply->class_name), "ticket",
			       event_text(reply->ticket)),
		       error);
}

gboolean
store_reply_reread(struct store *store, const struct reply *reply, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, keep_reread(store, reply, error), error);
}

/* Interned: one text for each combination of the filter, with the same parameters. */
static const char *
find_sql(const struct reply_filter *filter)
{
	g_autoptr(GString) sql = g_string_new("SELECT " COLUMNS " FROM replies a WHERE a.id > $1");

	g_string_append(
		sql, filter->report_id ? " AND a.report_id = $3" : " AND CAST($3 AS BIGINT) = 0");
	g_string_append(
		sql, filter->class_name ? " AND a.class = $4" : " AND CAST($4 AS TEXT) IS NULL");
	if (filter->unmatched)
		g_string_append(sql, " AND a.report_id IS NULL");
	if (filter->weak)
		g_string_append(sql, " AND a.weak <> 0");
	if (filter->broken)
		g_string_append(sql, " AND a.broken IS NOT NULL");
	g_string_append(sql, " ORDER BY a.id LIMIT $2");
	return g_intern_string(sql->str);
}

static GPtrArray *
replies_page(struct store *store, const struct reply_filter *filter, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free);
	g_autoptr(Rows) rows = store_query(store, error, find_sql(filter), "iiit", after,
		(gint64)STORE_PAGE, filter->report_id, filter->class_name);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(page, read_reply(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_replies_find(struct store *store, const struct reply_filter *filter, store_reply_fn fn,
	void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = replies_page(store, filter, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct reply *reply = g_ptr_array_index(page, i);

			after = reply->id;
			if (!fn(reply, user))
				return TRUE;
		}
	}
}

gboolean
store_reply_thread(
	struct store *store, const char *message_id, struct reply **reply, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT " COLUMNS " FROM replies a WHERE a.message_id = $1 AND a.counts <> 0 "
		"AND a.report_id IS NOT NULL ORDER BY a.id DESC LIMIT 1",
		"t", message_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*reply = next == NEXT_ROW ? read_reply(rows) : NULL;
	return next != NEXT_ERROR;
}

gboolean
store_replies_each(
	struct store *store, gint64 report_id, store_reply_fn fn, void *user, GError **error)
{
	const struct reply_filter filter = { .report_id = report_id };

	return store_replies_find(store, &filter, fn, user, error);
}

gboolean
store_contact_bounces(
	struct store *store, const char *address, store_reply_fn fn, void *user, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free);
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT " COLUMNS " FROM reports r JOIN replies a ON a.report_id = r.id "
		"WHERE LOWER(r.address) = LOWER($1) AND r.state = 'bounced' "
		"AND a.class = 'bounce' AND a.counts <> 0 "
		"ORDER BY a.id",
		"t", address);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(list, read_reply(rows));
	for (guint i = 0; next == NEXT_DONE && i < list->len; i++)
		if (!fn(g_ptr_array_index(list, i), user))
			break;
	return next == NEXT_DONE;
}
