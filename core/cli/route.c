/* route: finds who can act on the stored indicators, and keeps it. */
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/routing.h"
#include "cli/table.h"
#include "locate/locate.h"

/* Indicators that are looked up together: memory does not grow with the store. */
#define BATCH 5000
/* Routes that are written in one transaction. */
#define WRITE_AT_ONCE 500

struct routing {
	struct store *store;
	struct locator *locator;
	GHashTable *cases; /* id -> struct abuse_case * */
	GPtrArray *batch;  /* of struct indicator * */
	GPtrArray *done;   /* of struct located * */
	struct progress progress;
	gint64 indicators, routes, asked, without;
	GError *error;
};

struct located {
	gint64 indicator_id;
	GPtrArray *routes;
};

static void
located_free(void *data)
{
	struct located *located = data;

	g_ptr_array_unref(located->routes);
	g_free(located);
}

static void
write_done(struct routing *routing)
{
	if (routing->error || !store_begin(routing->store, &routing->error))
		return;
	for (guint i = 0; i < routing->done->len; i++) {
		struct located *located = routing->done->pdata[i];

		if (!store_routes_replace(routing->store, located->indicator_id, located->routes,
			    &routing->error)) {
			store_rollback(routing->store);
			return;
		}
	}
	store_commit(routing->store, &routing->error);
	g_ptr_array_set_size(routing->done, 0);
}

static void
on_located(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	struct routing *routing = user;
	struct located *located = g_new0(struct located, 1);
	gint64 asked = 0;

	located->indicator_id = indicator->id;
	located->routes = g_ptr_array_ref(routes);
	g_ptr_array_add(routing->done, located);
	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = routes->pdata[i];

		asked += route->ask && route->to;
	}
	routing->indicators++;
	routing->routes += routes->len;
	routing->asked += asked;
	routing->without += asked == 0;
	progress_show(&routing->progress, routing->indicators);
	if (routing->done->len >= WRITE_AT_ONCE)
		write_done(routing);
}

static gboolean
count(const struct indicator *indicator, void *user)
{
	(void)indicator;
	(*(gint64 *)user)++;
	return TRUE;
}

/* Copies what locating reads. */
static struct indicator *
copy(const struct indicator *from)
{
	struct indicator *to = indicator_new();

	to->id = from->id;
	to->case_id = from->case_id;
	to->type = from->type;
	to->value = g_strdup(from->value);
	to->original = g_strdup(from->original);
	to->host = g_strdup(from->host);
	to->domain = g_strdup(from->domain);
	to->suffix = g_strdup(from->suffix);
	to->suffix_is_private = from->suffix_is_private;
	to->host_is_address = from->host_is_address;
	return to;
}

static const struct abuse_case *
case_of(struct routing *routing, gint64 id)
{
	struct abuse_case *found = g_hash_table_lookup(routing->cases, &id);

	if (!found) {
		found = store_case_get(routing->store, id, &routing->error);
		if (found)
			g_hash_table_insert(routing->cases, &found->id, found);
	}
	return found;
}

static void
route_batch(struct routing *routing)
{
	for (guint i = 0; i < routing->batch->len && !routing->error; i++) {
		const struct indicator *indicator = routing->batch->pdata[i];
		const struct abuse_case *abuse_case = case_of(routing, indicator->case_id);

		if (abuse_case)
			locator_add(routing->locator, indicator, abuse_case, on_located, routing);
	}
	locator_run(routing->locator);
	write_done(routing);
	g_ptr_array_set_size(routing->batch, 0);
}

/* The store reads page by page: what is written meanwhile is behind it. */
static gboolean
take(const struct indicator *indicator, void *user)
{
	struct routing *routing = user;

	g_ptr_array_add(routing->batch, copy(indicator));
	if (routing->batch->len >= BATCH)
		route_batch(routing);
	return !routing->error;
}

static void
route_all(struct routing *routing, const struct indicator_filter *filter)
{
	g_autoptr(GError) error = NULL;
	gint64 total = 0;

	if (!store_indicators_each(routing->store, filter, count, &total, &routing->error))
		return;
	progress_start(&routing->progress, "indicators routed", total);
	if (!store_indicators_each(routing->store, filter, take, routing, &error))
		routing->error = g_steal_pointer(&error);
	if (!routing->error)
		route_batch(routing);
	progress_end(&routing->progress);
}

static void
report(const struct global *global, const struct routing *routing)
{
	if (global->json)
		json_line(json_pack("{s:I, s:I, s:I, s:I}", "indicators",
			(json_int_t)routing->indicators, "routes", (json_int_t)routing->routes,
			"asked", (json_int_t)routing->asked, "without",
			(json_int_t)routing->without));
	else
		printf("%" G_GINT64_FORMAT " indicators routed: %" G_GINT64_FORMAT
		       " routes, %" G_GINT64_FORMAT " of them ask; %" G_GINT64_FORMAT
		       " indicators have nobody to ask\n",
			routing->indicators, routing->routes, routing->asked, routing->without);
}

static GHashTable *
cases_new(void)
{
	return g_hash_table_new_full(
		g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)abuse_case_free);
}

gboolean
routing_look(const struct config *config, struct store *store, const GPtrArray *indicators,
	locate_done done, void *user, GError **error)
{
	g_autoptr(Profiles) profiles = profiles_load_configured(config, NULL, error);
	g_autoptr(PluginHost) plugins = profiles ? plugin_host_new(config, error) : NULL;
	g_autoptr(Locator) locator =
		plugins ? locator_new(config, profiles, plugins, store, error) : NULL;
	g_autoptr(GHashTable) cases = cases_new();
	struct routing routing = { .store = store, .cases = cases };

	if (!locator)
		return FALSE;
	for (guint i = 0; i < indicators->len && !routing.error; i++) {
		const struct indicator *indicator = g_ptr_array_index(indicators, i);
		const struct abuse_case *abuse_case = case_of(&routing, indicator->case_id);

		if (abuse_case)
			locator_add(locator, indicator, abuse_case, done, user);
	}
	if (routing.error) {
		g_propagate_error(error, routing.error);
		return FALSE;
	}
	locator_run(locator);
	return TRUE;
}

int
routing_run(const struct global *global, const struct config *config, struct store *store,
	gint64 case_id, gboolean again)
{
	const struct indicator_filter filter = { .case_id = case_id, .unrouted = !again };
	struct routing routing = { .store = store };
	g_autoptr(GError) error = NULL;
	g_autoptr(Profiles) profiles = profiles_load_configured(config, NULL, &error);
	g_autoptr(PluginHost) plugins = profiles ? plugin_host_new(config, &error) : NULL;
	g_autoptr(Locator) locator =
		plugins ? locator_new(config, profiles, plugins, store, &error) : NULL;

	if (!locator)
		return command_failed(error);
	routing.locator = locator;
	routing.cases = cases_new();
	routing.batch = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	routing.done = g_ptr_array_new_with_free_func(located_free);
	route_all(&routing, &filter);
	g_ptr_array_unref(routing.done);
	g_ptr_array_unref(routing.batch);
	g_hash_table_unref(routing.cases);
	error = routing.error;
	if (error)
		return command_failed(error);
	if (global)
		report(global, &routing);
	return routing.without ? EXIT_PART : EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *name = NULL;
	gboolean again = FALSE;
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &name, "Only this case", "C1" },
		{ "again", 0, 0, G_OPTION_ARG_NONE, &again, "Also those that have routes", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(Store) store = NULL;
	gint64 case_id = 0;
	int status;

	if (!command_options(&command_route, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 1 || (name && !record_id_parse(name, 'C', &case_id))) {
		log_error(argc > 1 ? "route takes no files; see `abate route --help`"
				   : "--case wants a case, as C1");
		return EXIT_USAGE;
	}
	config = command_config(global);
	if (!config)
		return EXIT_USAGE;
	store = records_open(config, FALSE, &error);
	if (!store)
		return command_failed(error);
	if (case_id) {
		g_autoptr(AbuseCase) found = store_case_get(store, case_id, &error);

		if (!found)
			return command_failed(error);
	}
	return routing_run(global, config, store, case_id, again);
}

const struct command command_route = {
	.name = "route",
	.usage = "",
	.summary = "Find who can act on the stored indicators",
	.run = run,
};
