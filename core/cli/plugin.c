/* abate plugin: for those who add plugins. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "plugin/host.h"

static const struct {
	unsigned int bit;
	const char *name;
} abilities[] = {
	{ ABATE_CAN_MAIL, "mail" },
	{ ABATE_CAN_HTTP, "http" },
	{ ABATE_CAN_PACKET, "packet" },
	{ ABATE_CAN_POLL, "poll" },
};

static const char *const option_types[] = {
	[ABATE_OPTION_STRING] = "string",
	[ABATE_OPTION_INTEGER] = "integer",
	[ABATE_OPTION_BOOLEAN] = "boolean",
};

static char *
abilities_text(const struct plugin *plugin)
{
	GString *text = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(abilities); i++)
		if (plugin->api.capabilities & abilities[i].bit)
			g_string_append_printf(
				text, "%s%s", text->len ? " " : "", abilities[i].name);
	return g_string_free(text, FALSE);
}

/* --- list --- */

static json_t *
option_json(const struct abate_option *option)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:b, s:b}", "name", json_text(option->name), "type",
		option_types[option->type], "default", json_text(option->default_value), "help",
		json_text(option->help), "secret", option->secret != 0, "required",
		option->required != 0);
}

static json_t *
plugin_object(const struct plugin *plugin)
{
	json_t *can = json_array();
	json_t *options = json_array();
	for (gsize i = 0; i < G_N_ELEMENTS(abilities); i++)
		if (plugin->api.capabilities & abilities[i].bit)
			json_array_append_new(can, json_string(abilities[i].name));
	for (const struct abate_option *at = plugin->api.options; at && at->name; at++)
		json_array_append_new(options, option_json(at));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
		json_text(plugin->name), "kind",
		json_text(plugin->error ? NULL : plugin_kind_name(plugin->api.kind)), "version",
		json_text(plugin->api.version), "summary", json_text(plugin->api.summary), "can",
		can, "options", options, "file", json_text(plugin->file), "error",
		json_text(plugin->error));
}

/* The refused ones are told of, with their reason, when they are loaded. */
static void
print_plugins(const GPtrArray *plugins)
{
	static const char *const columns[] = { "NAME", "KIND", "VERSION", "CAN", "~SUMMARY", NULL };
	g_autoptr(Table) table = table_new(columns);
	for (guint i = 0; i < plugins->len; i++) {
		const struct plugin *plugin = plugins->pdata[i];
		g_autofree char *can = abilities_text(plugin);
		const char *const cells[] = { plugin->name,
			plugin->error ? NULL : plugin_kind_name(plugin->api.kind),
			plugin->api.version, *can ? can : NULL,
			plugin->error ? "(refused)" : plugin->api.summary };
		table_row(table, cells);
	}
	table_print(table);
}

static void
add_options(struct table *table, const struct plugin *plugin)
{
	for (const struct abate_option *at = plugin->api.options; at && at->name; at++) {
		g_autofree char *section = g_strdup_printf("[plugin %s]", plugin->name);
		g_autofree char *type = g_strconcat(option_types[at->type],
			at->secret ? ", secret" : "", at->required ? ", required" : "", NULL);
		const char *const cells[] = { section, at->name, type, at->default_value,
			at->help };
		table_row(table, cells);
	}
}

static void
print_options(const GPtrArray *plugins)
{
	static const char *const columns[] = { "SECTION", "OPTION", "TYPE", "DEFAULT", "~HELP",
		NULL };
	gboolean any = FALSE;
	for (guint i = 0; i < plugins->len; i++) {
		const struct plugin *plugin = plugins->pdata[i];
		any = any || (plugin->api.options && plugin->api.options->name);
	}
	if (!any)
		return;
	printf("\n");
	g_autoptr(Table) table = table_new(columns);
	for (guint i = 0; i < plugins->len; i++)
		add_options(table, plugins->pdata[i]);
	table_print(table);
}

static int
run_list(const struct global *global, const struct plugin_host *host)
{
	const GPtrArray *plugins = plugin_host_list(host);
	for (guint i = 0; global->json && i < plugins->len; i++)
		json_line(plugin_object(plugins->pdata[i]));
	if (!global->json) {
		print_plugins(plugins);
		print_options(plugins);
	}
	return EXIT_DONE;
}

/* --- check --- */

static void
print_good(const struct global *global, const struct plugin *plugin)
{
	if (global->json) {
		json_line(plugin_object(plugin));
		return;
	}
	g_autofree char *can = abilities_text(plugin);
	g_autofree char *line = g_strdup_printf("%s: plugin %s %s, %s, can %s: loads", plugin->file,
		plugin->name, plugin->api.version, plugin_kind_name(plugin->api.kind), can);
	g_autofree char *safe = text_for_terminal(line);
	printf("%s\n", safe);
}

/* The file of a plugin that is named without a folder or ending; else the text as it is. */
static const char *
file_of(const struct plugin_host *host, const char *text)
{
	const GPtrArray *plugins = plugin_host_list(host);
	for (guint i = 0; i < plugins->len; i++) {
		const struct plugin *plugin = plugins->pdata[i];
		if (g_str_equal(plugin->name, text))
			return plugin->file;
	}
	return text;
}

static gboolean
check_one(const struct global *global, struct plugin_host *host, const char *text)
{
	g_autoptr(GError) error = NULL;
	const char *file = file_of(host, text);
	const struct plugin *plugin = plugin_host_load_file(host, file, &error);
	if (plugin) {
		print_good(global, plugin);
	} else if (global->json) {
		json_line(json_pack(
			"{s:o, s:o}", "file", json_text(file), "error", json_text(error->message)));
	} else {
		log_error("%s", error->message);
	}
	return plugin != NULL;
}

/* Without a file: those that every run loads. */
static int
run_check(const struct global *global, struct plugin_host *host, char **files)
{
	const GPtrArray *plugins = plugin_host_list(host);
	gboolean good = TRUE;
	for (char **file = files; *file; file++)
		good = check_one(global, host, *file) && good;
	for (guint i = 0; !*files && i < plugins->len; i++)
		good = check_one(global, host, ((const struct plugin *)plugins->pdata[i])->file) &&
		       good;
	return good ? EXIT_DONE : EXIT_PART;
}

/* --- new --- */

static gboolean
is_plugin_name(const char *name)
{
	return g_ascii_islower(*name) && strlen(name) <= 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

/* The shipped sample with the name and kind put in. */
static char *
sample_text(const char *name, const char *kind, GError **error)
{
	g_autofree char *path = g_build_filename(paths_data(), "samples", "plugin.c.in", NULL);
	g_autofree char *text = NULL;
	if (!g_file_get_contents(path, &text, NULL, error))
		return NULL;
	g_autofree char *constant = g_ascii_strup(kind, -1);
	GString *out = g_string_new(text);
	g_string_replace(out, "@NAME@", name, 0);
	g_string_replace(out, "@KIND@", kind, 0);
	g_string_replace(out, "@CONSTANT@", constant, 0);
	/* The neutral ones have no template of their own. */
	g_string_replace(out, "@TEMPLATE@", strcmp(kind, "neutral") ? kind : "hosting", 0);
	return g_string_free(out, FALSE);
}

static gboolean
write_sample(const char *name, const char *kind, GError **error)
{
	g_autofree char *text = sample_text(name, kind, error);
	g_autofree char *base = g_strconcat(name, ".c", NULL);
	g_autofree char *file = g_build_filename(name, base, NULL);
	if (!text)
		return FALSE;
	/* mkdir() fails where something is already, so nothing is ever written over. */
	if (g_mkdir(name, 0755) != 0) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
			"the folder %s cannot be made: %s", name, g_strerror(errno));
		return FALSE;
	}
	if (!g_file_set_contents(file, text, -1, error))
		return FALSE;
	printf("%s: its first lines tell how to build and check it\n", file);
	return TRUE;
}

static int
run_new(const char *name, const char *kind_text)
{
	g_autoptr(GError) error = NULL;
	enum abate_kind kind;
	if (!is_plugin_name(name)) {
		log_error("a plugin's name begins with a letter and holds a-z, 0-9 and - only");
		return EXIT_USAGE;
	}
	if (!kind_text || !plugin_kind_parse(kind_text, &kind)) {
		log_error("say --kind registrar, registry, hosting, ddns, jprs or neutral");
		return EXIT_USAGE;
	}
	return write_sample(name, plugin_kind_name(kind), &error) ? EXIT_DONE
								  : command_failed(error);
}

static int
run_with_host(const struct global *global, int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	if (!config)
		return EXIT_USAGE;
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	if (!host)
		return command_failed(error);
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return run_list(global, host);
	return run_check(global, host, argv + 2);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *kind = NULL;
	const GOptionEntry entries[] = {
		{ "kind", 0, 0, G_OPTION_ARG_STRING, &kind, "With new: the kind of provider", "K" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;
	if (!command_options(&command_plugin, global, entries, &argc, &argv, &status))
		return status;
	const char *verb = argc > 1 ? argv[1] : "";
	if (strcmp(verb, "new") == 0 && argc == 3)
		return run_new(argv[2], kind);
	if (!kind && ((strcmp(verb, "list") == 0 && argc == 2) || strcmp(verb, "check") == 0))
		return run_with_host(global, argc, argv);
	log_error("say `abate plugin list`, `abate plugin check [NAME|FILE.so…]` or "
		  "`abate plugin new NAME --kind K`");
	return EXIT_USAGE;
}

const struct command command_plugin = {
	.name = "plugin",
	.usage = "list | check [NAME|FILE.so…] | new NAME --kind K",
	.summary = "List, check and begin plugins",
	.run = run,
};
