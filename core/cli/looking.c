#include "cli/looking.h"

#include "cli/routing.h"

static void
looked_free(void *data)
{
	struct looked *looked = data;

	g_ptr_array_unref(looked->routes);
	g_free(looked);
}

void
looking_start(struct looking *looking, const struct config *config, struct store *store)
{
	looking->config = config;
	looking->store = store;
	looking->indicators = g_ptr_array_new();
	looking->known = g_hash_table_new_full(
		g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)indicator_free);
	looking->looked = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, looked_free);
}

void
looking_end(struct looking *looking)
{
	g_hash_table_unref(looking->looked);
	g_hash_table_unref(looking->known);
	g_ptr_array_unref(looking->indicators);
}

void
looking_empty(struct looking *looking)
{
	g_ptr_array_set_size(looking->indicators, 0);
	g_hash_table_remove_all(looking->looked);
	g_hash_table_remove_all(looking->known);
}

const struct indicator *
looking_add(struct looking *looking, gint64 id, GError **error)
{
	struct indicator *indicator = g_hash_table_lookup(looking->known, &id);

	if (indicator)
		return indicator;
	indicator = store_indicator_get(looking->store, id, error);
	if (!indicator)
		return NULL;
	g_hash_table_insert(looking->known, &indicator->id, indicator);
	g_ptr_array_add(looking->indicators, indicator);
	return indicator;
}

static void
on_looked_up(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	struct looking *looking = user;
	struct looked *looked = g_new0(struct looked, 1);

	looked->routes = g_ptr_array_ref(routes);
	looked->found = routes->len;
	g_hash_table_insert(looking->looked, (void *)&indicator->id, looked);
}

gboolean
looking_run(struct looking *looking, GError **error)
{
	return looking->indicators->len == 0 ||
	       routing_look(looking->config, looking->store, looking->indicators, on_looked_up,
		       looking, error);
}

const struct looked *
looking_at(const struct looking *looking, gint64 id)
{
	return g_hash_table_lookup(looking->looked, &id);
}

gboolean
looking_is_down(const struct looking *looking, gint64 id)
{
	const struct indicator *indicator = g_hash_table_lookup(looking->known, &id);

	return indicator && g_strcmp0(indicator->state, "down") == 0;
}

gboolean
looked_has_contact(const struct looked *looked, enum rung rung)
{
	for (guint i = 0; i < looked->found; i++) {
		const struct route *route = g_ptr_array_index(looked->routes, i);

		if (route->rung == rung && route->to)
			return TRUE;
	}
	return FALSE;
}

/* Whether what was known is of use where nobody was found. */
static gboolean
is_still_good(
	struct store *store, const struct route *route, const struct looked *looked, GError **error)
{
	g_autofree char *mark = NULL;

	if (!route->to || looked_has_contact(looked, route->rung))
		return FALSE;
	mark = store_mark_get(store, "contact", route->to, error);
	return g_strcmp0(mark, "bad") != 0;
}

static gboolean
keep_routes(struct looking *looking, gint64 id, struct looked *looked, GError **error)
{
	g_autoptr(GPtrArray) old = store_routes_list(looking->store, id, error);
	GError *failure = NULL;

	if (!old)
		return FALSE;
	for (guint i = 0; i < old->len && !failure && !looking_is_down(looking, id);) {
		if (is_still_good(looking->store, g_ptr_array_index(old, i), looked, &failure))
			g_ptr_array_add(looked->routes, g_ptr_array_steal_index(old, i));
		else
			i++;
	}
	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	return store_routes_replace(looking->store, id, looked->routes, error);
}

gboolean
looking_keep(struct looking *looking, GError **error)
{
	for (guint i = 0; i < looking->indicators->len; i++) {
		const struct indicator *indicator = g_ptr_array_index(looking->indicators, i);
		struct looked *looked = g_hash_table_lookup(looking->looked, &indicator->id);

		if (looked && !keep_routes(looking, indicator->id, looked, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
unless_taken(gboolean done, GError *failure, gint64 *count, GError **error)
{
	if (done)
		(*count)++;
	else if (g_error_matches(failure, STORE_ERROR, STORE_ERROR_STATE))
		g_error_free(failure);
	else {
		g_propagate_error(error, failure);
		return FALSE;
	}
	return TRUE;
}
