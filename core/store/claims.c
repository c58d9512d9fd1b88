/* Claims: who sends which reports now, and what is found of a process that is gone. */
#include "store/database.h"

#include <string.h>

/* $3 (the channel), $4 (a case) and $5 (one report) are there in all, so that the parameters are
 * the same. */
#define DUE                                                                                        \
	"r.state = 'ready' AND r.next_try <= $1 AND ($4 = 0 OR r.case_id = $4) AND ($5 = 0 OR "    \
	"r.id = $5) AND "
#define OF_CHANNEL "r.channel = $3"
#define ANY_CHANNEL "CAST($3 AS TEXT) IS NULL"

/* The next provider after a name that has a report due; NULL without error at the end. Jumps along
 * the index instead of reading all that is ready. */
static char *
next_provider(struct store *store, const struct claim_filter *filter, gint64 now, const char *after,
	GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		filter->channel ? "SELECT r.provider FROM reports r WHERE " DUE OF_CHANNEL
				  " AND r.provider > $2 ORDER BY r.provider LIMIT 1"
				: "SELECT r.provider FROM reports r WHERE " DUE ANY_CHANNEL
				  " AND r.provider > $2 ORDER BY r.provider LIMIT 1",
		"ittii", now, after, filter->channel, filter->case_id, filter->report_id);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	return rows_dup(rows, 0);
}

/* Adds providers with a report due, in the order of their names behind after and not beyond until
 * (NULL: to the end), as long as there are fewer than limit. */
static gboolean
add_providers(struct store *store, const struct claim_filter *filter, gint64 now, const char *after,
	const char *until, gint64 limit, GPtrArray *providers, GError **error)
{
	GError *failure = NULL;

	while (providers->len < limit) {
		char *provider = next_provider(store, filter, now, after, &failure);

		if (!provider || (until && strcmp(provider, until) > 0)) {
			g_free(provider);
			break;
		}
		g_ptr_array_add(providers, provider);
		after = provider;
	}
	if (failure)
		g_propagate_error(error, failure);
	return !failure;
}

/* Whose turn it is: from behind the provider that the last claim ended with, once around. No more
 * than limit are of use: each has at least one report. */
static GPtrArray *
due_providers(struct store *store, const struct claim_filter *filter, gint64 now, gint64 limit,
	GError **error)
{
	g_autoptr(GPtrArray) providers = g_ptr_array_new_with_free_func(g_free);
	const char *last = store->claim_after;

	if (last && !add_providers(store, filter, now, last, NULL, limit, providers, error))
		return NULL;
	if (!add_providers(store, filter, now, "", last, limit, providers, error))
		return NULL;
	return g_steal_pointer(&providers);
}

/* The oldest due reports of one provider. */
static GArray *
due_reports(struct store *store, const char *provider, const struct claim_filter *filter,
	gint64 now, gint64 limit, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(Rows) rows = store_query(store, error,
		filter->channel ? "SELECT r.id FROM reports r WHERE " DUE OF_CHANNEL
				  " AND r.provider = $2 ORDER BY r.id LIMIT $6"
				: "SELECT r.id FROM reports r WHERE " DUE ANY_CHANNEL
				  " AND r.provider = $2 ORDER BY r.id LIMIT $6",
		"ittiii", now, provider, filter->channel, filter->case_id, filter->report_id,
		limit);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		gint64 id = rows_integer(rows, 0);

		g_array_append_val(ids, id);
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&ids);
}

/* One of each provider, then the second of each, up to limit. queues: of GArray * of ids; *last is
 * whose turn was the last. */
static GArray *
deal(const GPtrArray *queues, gint64 limit, guint *last)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	gboolean more = TRUE;

	for (guint round = 0; more && ids->len < limit; round++) {
		more = FALSE;
		for (guint i = 0; i < queues->len && ids->len < limit; i++) {
			const GArray *queue = g_ptr_array_index(queues, i);

			if (round >= queue->len)
				continue;
			more = TRUE;
			g_array_append_val(ids, g_array_index(queue, gint64, round));
			*last = i;
		}
	}
	return ids;
}

/* Up to quota due reports of each provider. */
static GPtrArray *
fill_queues(struct store *store, const GPtrArray *providers, const struct claim_filter *filter,
	gint64 now, gint64 quota, GError **error)
{
	g_autoptr(GPtrArray) queues = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	for (guint i = 0; i < providers->len; i++) {
		const char *provider = g_ptr_array_index(providers, i);
		GArray *queue = due_reports(store, provider, filter, now, quota, error);

		if (!queue)
			return NULL;
		g_ptr_array_add(queues, queue);
	}
	return g_steal_pointer(&queues);
}

/* Takes an even share of each provider first, and reads deeper only when that is not enough. */
static GArray *
choose(struct store *store, const struct claim_filter *filter, gint64 now, gint64 limit,
	GError **error)
{
	g_autoptr(GPtrArray) providers = due_providers(store, filter, now, limit, error);
	g_autoptr(GArray) ids = NULL;
	gint64 quota = providers && providers->len > 0 ? limit / providers->len + 1 : 1;
	guint last = 0;

	if (!providers)
		return NULL;
	for (;; quota *= 2) {
		g_autoptr(GPtrArray) queues =
			fill_queues(store, providers, filter, now, quota, error);

		if (!queues)
			return NULL;
		g_clear_pointer(&ids, g_array_unref);
		ids = deal(queues, limit, &last);
		if (ids->len >= limit || quota >= limit)
			break;
	}
	if (ids->len > 0) {
		g_free(store->claim_after);
		store->claim_after = g_strdup(g_ptr_array_index(providers, last));
	}
	return g_steal_pointer(&ids);
}

static GPtrArray *
claim(struct store *store, const char *owner, const GArray *ids, GError **error)
{
	g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);

	for (guint i = 0; i < ids->len; i++) {
		const struct report_step step = {
			.id = g_array_index(ids, gint64, i), .to = REPORT_SENDING, .owner = owner
		};
		struct report *report;

		if (!report_step(store, &step, error))
			return NULL;
		report = store_report_get(store, step.id, error);
		if (!report)
			return NULL;
		g_ptr_array_add(reports, report);
	}
	return g_steal_pointer(&reports);
}

GPtrArray *
store_reports_claim(struct store *store, const char *owner, const struct claim_filter *filter,
	gint64 now, gint64 limit, GError **error)
{
	g_autoptr(GArray) ids = NULL;
	g_autoptr(GPtrArray) reports = NULL;

	if (store->depth > 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"a claim counts only once it is on disk: not within a transaction");
		return NULL;
	}
	if (!change_begin(store, error))
		return NULL;
	ids = choose(store, filter, now, limit, error);
	if (ids)
		reports = claim(store, owner, ids, error);
	return change_end(store, reports != NULL, error) ? g_steal_pointer(&reports) : NULL;
}

/* What the column on_wire says of a claimed report. */
enum { HAS_TURN = 2, ON_WIRE = 1 };

gboolean
store_report_take_turn(struct store *store, gint64 id, GError **error)
{
	return store_run(store, error,
		"UPDATE reports SET on_wire = $1 WHERE id = $2 AND state = 'sending'", "ii",
		(gint64)HAS_TURN, id);
}

static gboolean
on_wire(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"UPDATE reports SET on_wire = 1 WHERE id = $1 AND state = 'sending' RETURNING id",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	if (next == NEXT_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"report R%" G_GINT64_FORMAT " is not claimed", id);
	if (next != NEXT_ROW)
		return FALSE;
	return event_append(store, "R", id, "report.on_wire", json_object(), error);
}

gboolean
store_report_on_wire(struct store *store, gint64 id, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, on_wire(store, id, error), error);
}

struct claimed {
	gint64 id;
	gboolean on_wire;
	char *owner;
};

static void
claimed_clear(void *data)
{
	g_free(((struct claimed *)data)->owner);
}

static GArray *
all_claimed(struct store *store, GError **error)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct claimed));
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT id, on_wire, owner FROM reports WHERE state = 'sending' ORDER BY id", "");
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	g_array_set_clear_func(list, claimed_clear);
	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		struct claimed claimed = { rows_integer(rows, 0), rows_integer(rows, 1) == ON_WIRE,
			rows_dup(rows, 2) };

		g_array_append_val(list, claimed);
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&list);
}

static gboolean
recover(struct store *store, gboolean (*is_alive)(const char *owner), gint64 *in_doubt,
	GError **error)
{
	g_autoptr(GArray) list = all_claimed(store, error);

	if (!list)
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const struct claimed *claimed = &g_array_index(list, struct claimed, i);
		const struct report_step step = { .id = claimed->id,
			.to = claimed->on_wire ? REPORT_IN_DOUBT : REPORT_READY,
			.reason = claimed->on_wire ? "the process that sent it ended before the "
						     "outcome was known"
						   : NULL,
			.event = claimed->on_wire ? NULL : "report.given_back" };

		if (claimed->owner && is_alive(claimed->owner))
			continue;
		if (!report_step(store, &step, error))
			return FALSE;
		*in_doubt += claimed->on_wire;
	}
	return TRUE;
}

gboolean
store_reports_recover(struct store *store, gboolean (*is_alive)(const char *owner),
	gint64 *in_doubt, GError **error)
{
	*in_doubt = 0;
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, recover(store, is_alive, in_doubt, error), error);
}
