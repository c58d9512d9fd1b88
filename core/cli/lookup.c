/* lookup: who can act on an indicator, by which channel, and how we know. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/records.h"
#include "cli/table.h"
#include "intake/intake.h"
#include "locate/locate.h"

struct lookup {
	struct global *global;
	struct abuse_case *abuse_case;
	GPtrArray *indicators; /* of struct indicator * */
	GHashTable *routes;    /* indicator -> GPtrArray: found, and its turn has not come */
	guint printed;	       /* in the order in which people asked */
	gboolean failed;       /* a text that is no indicator, or a party without contact */
};

static json_t *
route_object(const struct route *route)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:b, s:b, s:o}", "rung",
		rung_name(route->rung), "kind", json_text(route->kind), "provider",
		json_text(route->provider), "name", json_text(route->provider_name), "plugin",
		json_text(route->plugin), "channel", channel_name(route->channel), "to",
		json_text(route->to), "source", json_text(route->source), "as_of",
		json_time(route->as_of), "ask", route->ask != 0, "unconfirmed",
		route->unconfirmed != 0, "reason", json_text(route->reason));
}

static void
print_json(const struct indicator *indicator, const GPtrArray *routes)
{
	json_t *list = json_array();

	for (guint i = 0; i < routes->len; i++)
		json_array_append_new(list, route_object(routes->pdata[i]));
	json_line(json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "input",
		json_text(indicator->original), "type", indicator_type_name(indicator->type),
		"host", json_text(indicator->host), "domain", json_text(indicator->domain),
		"suffix", json_text(indicator->suffix), "routes", list));
}

static const char *
asked(const struct route *route)
{
	if (!route->to)
		return "no";
	if (route->unconfirmed)
		return route->ask ? "to confirm" : "no";
	return route->ask ? "yes" : "no";
}

static void
print_table(const struct indicator *indicator, const GPtrArray *routes)
{
	static const char *const columns[] = { "RUNG", "ASK", "PROVIDER", "CHANNEL", "TO", "AS OF",
		"~HOW WE KNOW", NULL };
	g_autoptr(Table) table = table_new(columns);
	g_autofree char *value = text_for_terminal(indicator->value);

	printf("%s\n", value);
	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = routes->pdata[i];
		g_autofree char *as_of = text_time(route->as_of);
		g_autofree char *why =
			route->reason && route->source
				? g_strdup_printf("%s; %s", route->reason, route->source)
				: g_strdup(route->reason ? route->reason : route->source);
		const char *cells[] = { rung_name(route->rung), asked(route), route->provider_name,
			route->to ? channel_name(route->channel) : NULL, route->to,
			as_of ? (as_of[10] = '\0', as_of) : NULL, why };

		table_row(table, cells);
	}
	table_print(table);
}

static void
print(struct lookup *lookup, const struct indicator *indicator, const GPtrArray *routes)
{
	gboolean found = FALSE;

	for (guint i = 0; i < routes->len; i++)
		found |= ((struct route *)routes->pdata[i])->to != NULL;
	if (!found)
		lookup->failed = TRUE;
	if (lookup->global->json) {
		print_json(indicator, routes);
		return;
	}
	if (lookup->printed > 0)
		putchar('\n');
	print_table(indicator, routes);
}

static void
on_located(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	struct lookup *lookup = user;

	g_hash_table_insert(lookup->routes, (void *)indicator, g_ptr_array_ref(routes));
	while (lookup->printed < lookup->indicators->len) {
		const struct indicator *next = lookup->indicators->pdata[lookup->printed];
		const GPtrArray *ready = g_hash_table_lookup(lookup->routes, next);

		if (!ready)
			break;
		print(lookup, next, ready);
		lookup->printed++;
		g_hash_table_remove(lookup->routes, next);
	}
}

static void
read_indicators(struct lookup *lookup, char **texts)
{
	for (; *texts; texts++) {
		g_autoptr(GError) error = NULL;
		struct indicator *indicator = indicator_parse(*texts, &error);

		if (indicator) {
			g_ptr_array_add(lookup->indicators, indicator);
			continue;
		}
		log_error("%s: %s", *texts, error->message);
		lookup->failed = TRUE;
	}
}

/* Without a store there is no cache, and that is all. */
static struct store *
open_cache(const struct config *config)
{
	g_autoptr(GError) error = NULL;
	struct store *store = records_open(config, FALSE, &error);

	if (!store && !g_error_matches(error, STORE_ERROR, STORE_ERROR_MISSING))
		log_warning("answers are not kept: %s", error->message);
	return store;
}

static int
locate_all(struct lookup *lookup)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(lookup->global);
	g_autoptr(Profiles) profiles = NULL;
	g_autoptr(PluginHost) plugins = NULL;
	g_autoptr(Store) store = NULL;
	g_autoptr(Locator) locator = NULL;

	if (!config)
		return EXIT_USAGE;
	profiles = profiles_load_configured(config, NULL, &error);
	plugins = profiles ? plugin_host_new(config, &error) : NULL;
	if (!plugins)
		return command_failed(error);
	store = open_cache(config);
	locator = locator_new(config, profiles, plugins, store, &error);
	if (!locator)
		return command_failed(error);
	for (guint i = 0; i < lookup->indicators->len; i++)
		locator_add(locator, lookup->indicators->pdata[i], lookup->abuse_case, on_located,
			lookup);
	locator_run(locator);
	return lookup->failed ? EXIT_PART : EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *nature = NULL, *type = NULL;
	const GOptionEntry entries[] = {
		{ "nature", 0, 0, G_OPTION_ARG_STRING, &nature,
			"malicious, compromised or unknown: decides who is asked", "N" },
		{ "type", 0, 0, G_OPTION_ARG_STRING, &type, "X-ARF type of the abuse, as phishing",
			"TYPE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(AbuseCase) abuse_case = abuse_case_new();
	struct lookup lookup = { .global = global, .abuse_case = abuse_case };
	int status;

	if (!command_options(&command_lookup, global, entries, &argc, &argv, &status))
		return status;
	if (argc < 2 || (nature && !nature_parse(nature, &abuse_case->nature))) {
		log_error(argc < 2 ? "lookup takes at least one indicator"
				   : "--nature wants malicious, compromised or unknown");
		return EXIT_USAGE;
	}
	abuse_case->type = g_steal_pointer(&type);
	lookup.indicators = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	lookup.routes = g_hash_table_new_full(
		g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	read_indicators(&lookup, argv + 1);
	status = lookup.indicators->len ? locate_all(&lookup) : EXIT_USAGE;
	g_hash_table_unref(lookup.routes);
	g_ptr_array_unref(lookup.indicators);
	return status;
}

const struct command command_lookup = {
	.name = "lookup",
	.usage = "INDICATOR…",
	.summary = "Tell who can act on an indicator, and how we know",
	.run = run,
};
