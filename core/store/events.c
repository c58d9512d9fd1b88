/* The chain of events: each row's hash covers the row and the hash before it, so that no row can be
 * changed, dropped from the middle or put in between without every later hash showing it. */
#include "store/database.h"

#include <string.h>

#include "base/text.h"

/* What the first event's hash covers as the one before. */
#define CHAIN_START "0000000000000000000000000000000000000000000000000000000000000000"

/* Each part with its length in front, so that no two rows give the same bytes. */
static void
add_part(GString *covered, const char *part)
{
	g_string_append_printf(covered, "%" G_GSIZE_FORMAT ":", strlen(part));
	g_string_append(covered, part);
	g_string_append_c(covered, ',');
}

static void
add_number(GString *covered, gint64 number)
{
	char text[24];

	g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, number);
	add_part(covered, text);
}

/* hash may be previous. */
static void
hash_event(const char *previous, const struct event *event, char hash[DIGEST_SIZE])
{
	g_autoptr(GString) covered = g_string_sized_new(512);

	add_part(covered, previous);
	add_number(covered, event->id);
	add_number(covered, event->at);
	add_part(covered, event->subject);
	add_part(covered, event->kind);
	add_part(covered, event->detail);
	digest_of(covered->str, covered->len, hash);
}

/* The chain's end, once a transaction: within it nobody else can append. */
static gboolean
read_end(struct store *store, GError **error)
{
	g_autoptr(Rows) rows = NULL;
	enum next next;

	if (store->event_hash[0])
		return TRUE;
	rows = store_query(
		store, error, "SELECT id, hash FROM events ORDER BY id DESC LIMIT 1", "");
	if (!rows)
		return FALSE;
	next = rows_next(rows, error);
	if (next == NEXT_ERROR)
		return FALSE;
	store->event_id = next == NEXT_ROW ? rows_integer(rows, 0) : 0;
	g_strlcpy(store->event_hash, next == NEXT_ROW ? rows_text(rows, 1) : CHAIN_START,
		sizeof store->event_hash);
	return TRUE;
}

static gboolean
append(struct store *store, const char *subject, const char *kind, const char *detail,
	GError **error)
{
	struct event event = { .subject = subject, .kind = kind, .detail = detail };

	if (!read_end(store, error))
		return FALSE;
	event.id = ++store->event_id;
	event.at = text_now();
	hash_event(store->event_hash, &event, store->event_hash);
	return store_run(store, error,
		"INSERT INTO events (id, at, subject, kind, detail, hash) "
		"VALUES ($1, $2, $3, $4, $5, $6)",
		"iitttt", event.id, event.at, subject, kind, detail, store->event_hash);
}

gboolean
event_append(struct store *store, const char *letter, gint64 id, const char *kind, json_t *detail,
	GError **error)
{
	char subject[32];
	char *text = json_dumps(detail, JSON_COMPACT);
	gboolean ok;

	json_decref(detail);
	if (id == 0)
		g_strlcpy(subject, letter, sizeof subject);
	else
		g_snprintf(subject, sizeof subject, "%s%" G_GINT64_FORMAT, letter, id);
	ok = append(store, subject, kind, text, error);
	free(text);
	return ok;
}

json_t *
event_text(const char *text)
{
	g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

	return valid ? json_string(valid) : json_null();
}

gboolean
store_event_add(struct store *store, const char *subject, const char *kind, const char *detail,
	GError **error)
{
	/* Made valid first: the hash must cover what is stored. */
	g_autofree char *valid = g_utf8_make_valid(detail ? detail : "{}", -1);
	g_autofree char *valid_subject = g_utf8_make_valid(subject, -1);

	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, append(store, valid_subject, kind, valid, error), error);
}

struct kept_event {
	struct event event;
	char *subject, *kind, *detail, *hash;
};

static void
kept_event_free(void *data)
{
	struct kept_event *kept = data;

	g_free(kept->subject);
	g_free(kept->kind);
	g_free(kept->detail);
	g_free(kept->hash);
	g_free(kept);
}

static struct kept_event *
read_event(struct rows *rows)
{
	struct kept_event *kept = g_new0(struct kept_event, 1);

	kept->event.id = rows_integer(rows, 0);
	kept->event.at = rows_integer(rows, 1);
	kept->event.subject = kept->subject = rows_dup(rows, 2);
	kept->event.kind = kept->kind = rows_dup(rows, 3);
	kept->event.detail = kept->detail = rows_dup(rows, 4);
	kept->event.hash = kept->hash = rows_dup(rows, 5);
	return kept;
}

#define EVENTS "SELECT id, at, subject, kind, detail, hash FROM events WHERE id > $1 "
#define PAGE "ORDER BY id LIMIT $2"

/* The next page; NULL and error, or an array that is empty at the end. */
static GPtrArray *
events_page(struct store *store, const char *subject, gint64 after, GError **error)
{
	g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func(kept_event_free);
	const gint64 limit = STORE_PAGE;
	g_autoptr(Rows) rows = subject ? store_query(store, error, EVENTS "AND subject = $3 " PAGE,
						 "iit", after, limit, subject)
				       : store_query(store, error, EVENTS PAGE, "ii", after, limit);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(page, read_event(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&page);
}

gboolean
store_events_each(
	struct store *store, const char *subject, store_event_fn fn, void *user, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) page = events_page(store, subject, after, error);

		if (!page)
			return FALSE;
		if (page->len == 0)
			return TRUE;
		for (guint i = 0; i < page->len; i++) {
			const struct kept_event *kept = g_ptr_array_index(page, i);

			after = kept->event.id;
			if (!fn(&kept->event, user))
				return TRUE;
		}
	}
}

struct verify {
	char hash[DIGEST_SIZE];
	gint64 checked, broken;
};

static gboolean
verify_event(const struct event *event, void *user)
{
	struct verify *verify = user;
	const gboolean whole = event->subject && event->kind && event->detail && event->hash;

	if (whole)
		hash_event(verify->hash, event, verify->hash);
	if (!whole || event->id != verify->checked + 1 || strcmp(event->hash, verify->hash) != 0) {
		verify->broken = verify->checked + 1;
		return FALSE;
	}
	verify->checked++;
	return TRUE;
}

gboolean
store_events_verify(struct store *store, gint64 *checked, gint64 *broken, GError **error)
{
	struct verify verify = { .hash = CHAIN_START };

	if (!store_events_each(store, NULL, verify_event, &verify, error))
		return FALSE;
	*checked = verify.checked;
	*broken = verify.broken;
	return TRUE;
}
