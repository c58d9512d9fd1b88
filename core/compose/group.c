#include "compose/group.h"

enum {
	BATCH = 20000,		  /* rows held in memory at a time */
	DEFAULT_PER_REPORT = 100, /* a person reads the list */
	MOST_PER_REPORT = 1000,
};

static struct route *
copy_route(const struct route *from)
{
	struct route *to = route_new();
	*to = *from;
	to->kind = g_strdup(from->kind);
	to->provider = g_strdup(from->provider);
	to->provider_name = g_strdup(from->provider_name);
	to->plugin = g_strdup(from->plugin);
	to->to = g_strdup(from->to);
	to->source = g_strdup(from->source);
	to->reason = g_strdup(from->reason);
	return to;
}

static struct indicator *
copy_indicator(const struct indicator *from)
{
	struct indicator *to = indicator_new();
	*to = *from;
	to->value = g_strdup(from->value);
	to->original = g_strdup(from->original);
	to->host = g_strdup(from->host);
	to->domain = g_strdup(from->domain);
	to->suffix = g_strdup(from->suffix);
	to->note = g_strdup(from->note);
	to->state = g_strdup(from->state);
	return to;
}

struct group_row *
group_row_new(const struct route *route, const struct indicator *indicator)
{
	struct group_row *row = g_new0(struct group_row, 1);
	row->route = copy_route(route);
	row->indicator = copy_indicator(indicator);
	row->listed = TRUE;
	return row;
}

void
group_row_free(struct group_row *row)
{
	if (!row)
		return;
	route_free(row->route);
	indicator_free(row->indicator);
	g_free(row);
}

static gboolean
same_provider(const struct group_row *a, const struct group_row *b)
{
	return g_strcmp0(a->route->provider, b->route->provider) == 0;
}

static gboolean
same_group(const struct group_row *a, const struct group_row *b)
{
	return same_provider(a, b) && a->route->channel == b->route->channel &&
	       g_strcmp0(a->route->to, b->route->to) == 0;
}

static gsize
limit_of(const struct profile_limits *limits)
{
	if (limits && limits->one_indicator_per_report)
		return 1;
	if (!limits || limits->indicators_per_report <= 0)
		return DEFAULT_PER_REPORT;
	return (gsize)MIN(limits->indicators_per_report, (gint64)MOST_PER_REPORT);
}

/* More URLs of one domain than a desk wants: it counts them as duplicates. */
static gboolean
is_over_domain(GHashTable *domains, const struct indicator *indicator, gint64 most)
{
	if (most <= 0 || indicator->type != INDICATOR_URL)
		return FALSE;
	const char *domain = indicator->domain ? indicator->domain : indicator->host;
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(domains, domain)) + 1;
	g_hash_table_insert(domains, (char *)domain, GUINT_TO_POINTER(count));
	return count > most;
}

static void
unref_array(void *array)
{
	g_ptr_array_unref(array);
}

GPtrArray *
group_split(const GPtrArray *rows, const struct profile_limits *limits)
{
	GPtrArray *pieces = g_ptr_array_new_with_free_func(unref_array);
	g_autoptr(GHashTable) domains = g_hash_table_new(g_str_hash, g_str_equal);
	gsize limit = limit_of(limits), listed = 0;
	GPtrArray *piece = NULL;
	for (guint i = 0; i < rows->len; i++) {
		struct group_row *row = g_ptr_array_index(rows, i);
		row->listed = !is_over_domain(
			domains, row->indicator, limits ? limits->urls_per_domain : 0);
		if (!piece || (row->listed && listed == limit)) {
			piece = g_ptr_array_new();
			g_ptr_array_add(pieces, piece);
			listed = 0;
		}
		g_ptr_array_add(piece, row);
		listed += row->listed;
	}
	return pieces;
}

struct batch {
	GPtrArray *rows;  /* of struct group_row * */
	GHashTable *seen; /* of gint64: indicators with a row of the provider at hand */
	gboolean full;
};

/* An indicator goes to a provider once, however many of its routes lead there. */
static gboolean
is_double(struct batch *batch, const struct route *route)
{
	if (batch->rows->len) {
		const struct group_row *last = g_ptr_array_index(batch->rows, batch->rows->len - 1);
		if (g_strcmp0(last->route->provider, route->provider) != 0)
			g_hash_table_remove_all(batch->seen);
	}
	gint64 *id = g_new(gint64, 1);
	*id = route->indicator_id;
	return !g_hash_table_add(batch->seen, id);
}

static gboolean
take_row(const struct route *route, const struct indicator *indicator, void *user)
{
	struct batch *batch = user;
	if (is_double(batch, route))
		return TRUE;
	if (batch->rows->len >= BATCH) {
		batch->full = TRUE;
		return FALSE;
	}
	g_ptr_array_add(batch->rows, group_row_new(route, indicator));
	return TRUE;
}

static void
free_row(void *row)
{
	group_row_free(row);
}

/* The last provider's rows may be cut off in the middle: they wait for the next batch, unless
 * there is nothing else in this one. */
static void
drop_cut(GPtrArray *rows)
{
	guint keep = rows->len;
	const struct group_row *last = g_ptr_array_index(rows, rows->len - 1);
	while (keep > 0 && same_provider(g_ptr_array_index(rows, keep - 1), last))
		keep--;
	if (keep > 0)
		g_ptr_array_set_size(rows, (int)keep);
}

static gboolean
call_group(const GPtrArray *group, const struct profiles *profiles, group_fn fn, void *user,
	GError **error)
{
	const struct group_row *first = g_ptr_array_index(group, 0);
	const struct profile *profile = profiles_by_id(profiles, first->route->provider);
	g_autoptr(GPtrArray) pieces = group_split(group, profile ? &profile->limits : NULL);
	for (guint i = 0; i < pieces->len; i++)
		if (!fn(g_ptr_array_index(pieces, i), user, error))
			return FALSE;
	return TRUE;
}

static gboolean
call_groups(const GPtrArray *rows, const struct profiles *profiles, group_fn fn, void *user,
	GError **error)
{
	g_autoptr(GPtrArray) group = g_ptr_array_new();
	for (guint i = 0; i < rows->len; i++) {
		struct group_row *row = g_ptr_array_index(rows, i);
		if (group->len && !same_group(g_ptr_array_index(group, 0), row)) {
			if (!call_group(group, profiles, fn, user, error))
				return FALSE;
			g_ptr_array_set_size(group, 0);
		}
		g_ptr_array_add(group, row);
	}
	return group->len == 0 || call_group(group, profiles, fn, user, error);
}

gboolean
group_each(struct store *store, gint64 case_id, const struct profiles *profiles, group_fn fn,
	void *user, GError **error)
{
	gboolean more = TRUE;
	while (more) {
		/* Rows are read before anything is written: a query over a table that changes
		 * under it may skip or repeat. */
		g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_row);
		g_autoptr(GHashTable) seen =
			g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
		struct batch batch = { .rows = rows, .seen = seen };
		if (!store_routes_each(store, case_id, TRUE, take_row, &batch, error))
			return FALSE;
		more = batch.full;
		if (more)
			drop_cut(rows);
		if (!call_groups(rows, profiles, fn, user, error))
			return FALSE;
	}
	return TRUE;
}
