#include "plugin/host.h"

#include <string.h>

#include "base/log.h"
#include "base/paths.h"
#include "model/names.h"
#include "plugin/error.h"
#include "plugin/loader.h"
#include "plugin/options.h"
#include "plugin/trust.h"
#include "plugin/verify.h"

struct loaded {
	struct plugin plugin; /* first, so that a plugin is its loaded */
	gpointer handle;      /* NULL when refused */
};

struct plugin_host {
	const struct config *config;
	GPtrArray *list;  /* of struct loaded *, sorted by name */
	GPtrArray *extra; /* of struct loaded *: plugin_host_load_file()'s */
};

static void
free_loaded(gpointer data)
{
	struct loaded *loaded = data;

	loader_close(loaded->handle);
	g_free(loaded->plugin.name);
	g_free(loaded->plugin.file);
	g_free(loaded->plugin.error);
	g_free(loaded);
}

static gboolean
load(struct loaded *loaded, GError **error)
{
	struct plugin *plugin = &loaded->plugin;
	g_autofree char *real = NULL;
	gconstpointer descriptor;

	if (!g_str_has_suffix(plugin->file, ".so") || !verify_name(plugin->name)) {
		g_set_error(error, PLUGIN_ERROR, 0,
			"%s: a plugin's file is named NAME.so, where NAME begins with a letter and "
			"holds a-z, 0-9 and - only",
			plugin->file);
		return FALSE;
	}
	real = trust_file(plugin->file, error);
	loaded->handle = real ? loader_open(real, error) : NULL;
	if (!loaded->handle)
		return FALSE;
	descriptor = loader_symbol(loaded->handle, "abate_plugin");
	if (!descriptor) {
		g_set_error(error, PLUGIN_ERROR, 0,
			"%s is no plugin of abate: it does not define abate_plugin; end it with "
			"ABATE_REGISTER_PLUGIN(…)",
			plugin->file);
		return FALSE;
	}
	return verify_descriptor(descriptor, plugin->file, &plugin->api, error);
}

/* Never NULL: a refused one has its error set. */
static struct loaded *
load_file(const struct plugin_host *host, const char *file)
{
	struct loaded *loaded = g_new0(struct loaded, 1);
	g_autoptr(GError) error = NULL;

	loaded->plugin.file = g_canonicalize_filename(file, NULL);
	loaded->plugin.name = g_path_get_basename(loaded->plugin.file);
	loaded->plugin.config = host->config;
	if (g_str_has_suffix(loaded->plugin.name, ".so"))
		loaded->plugin.name[strlen(loaded->plugin.name) - 3] = '\0';
	if (!load(loaded, &error)) {
		loaded->plugin.error = g_strdup(error->message);
		g_clear_pointer(&loaded->handle, loader_close);
		memset(&loaded->plugin.api, 0, sizeof loaded->plugin.api);
	}
	return loaded;
}

static void
refuse_double(const struct plugin_host *host, struct loaded *loaded)
{
	const struct plugin *first = plugin_host_find(host, loaded->plugin.name);

	if (loaded->plugin.error || !first)
		return;
	loaded->plugin.error = g_strdup_printf(
		"%s is not loaded: %s has the same name and was found first; rename one",
		loaded->plugin.file, first->file);
	g_clear_pointer(&loaded->handle, loader_close);
	memset(&loaded->plugin.api, 0, sizeof loaded->plugin.api);
}

static gboolean
load_folder(struct plugin_host *host, const char *folder, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) entries = g_dir_open(folder, 0, &cause);
	const char *name;

	if (!entries) {
		g_set_error(error, PLUGIN_ERROR, 0, "plugins: %s", cause->message);
		return FALSE;
	}
	while ((name = g_dir_read_name(entries))) {
		if (!g_str_has_suffix(name, ".so"))
			continue;
		g_autofree char *file = g_build_filename(folder, name, NULL);
		struct loaded *loaded = load_file(host, file);

		refuse_double(host, loaded);
		if (loaded->plugin.error)
			log_warning(
				"plugin %s refused: %s", loaded->plugin.name, loaded->plugin.error);
		g_ptr_array_add(host->list, loaded);
	}
	return TRUE;
}

static gboolean
load_configured(struct plugin_host *host, GError **error)
{
	g_auto(GStrv) folders = config_list(host->config, "paths", "plugins");
	const char *file = config_file(host->config);
	g_autofree char *base = file ? g_path_get_dirname(file) : g_strdup(".");
	g_autofree char *absolute = g_canonicalize_filename(base, NULL);

	for (int i = 0; folders[i]; i++) {
		g_autofree char *folder = g_canonicalize_filename(folders[i], absolute);

		if (!load_folder(host, folder, error)) {
			g_prefix_error(error, "%s: [paths] ", file ? file : "abate.conf");
			return FALSE;
		}
	}
	return TRUE;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	const struct plugin *const *left = a;
	const struct plugin *const *right = b;
	int order = strcmp((*left)->name, (*right)->name);

	return order ? order : strcmp((*left)->file, (*right)->file);
}

static gboolean
check_options(const struct plugin_host *host, GError **error)
{
	for (guint i = 0; i < host->list->len; i++) {
		const struct plugin *plugin = host->list->pdata[i];

		if (!plugin->error && !options_check(plugin, error))
			return FALSE;
	}
	return options_check_sections(host->config, host, error);
}

struct plugin_host *
plugin_host_new(const struct config *config, GError **error)
{
	if (!loader_start(error))
		return NULL;
	g_autoptr(PluginHost) host = g_new0(struct plugin_host, 1);

	host->config = config;
	host->list = g_ptr_array_new_with_free_func(free_loaded);
	host->extra = g_ptr_array_new_with_free_func(free_loaded);
	if (!load_folder(host, paths_plugins(), error) || !load_configured(host, error))
		return NULL;
	g_ptr_array_sort(host->list, by_name);
	if (!check_options(host, error))
		return NULL;
	return g_steal_pointer(&host);
}

void
plugin_host_free(struct plugin_host *host)
{
	if (!host)
		return;
	g_ptr_array_unref(host->list);
	g_ptr_array_unref(host->extra);
	g_free(host);
	loader_stop();
}

const struct plugin *
plugin_host_load_file(struct plugin_host *host, const char *file, GError **error)
{
	struct loaded *loaded = load_file(host, file);

	if (loaded->plugin.error)
		g_set_error_literal(error, PLUGIN_ERROR, 0, loaded->plugin.error);
	if (loaded->plugin.error || !options_check(&loaded->plugin, error)) {
		free_loaded(loaded);
		return NULL;
	}
	g_ptr_array_add(host->extra, loaded);
	return &loaded->plugin;
}

const GPtrArray *
plugin_host_list(const struct plugin_host *host)
{
	return host->list;
}

const struct plugin *
plugin_host_find(const struct plugin_host *host, const char *name)
{
	for (guint i = 0; i < host->list->len; i++) {
		const struct plugin *plugin = host->list->pdata[i];

		if (!plugin->error && strcmp(plugin->name, name) == 0)
			return plugin;
	}
	return NULL;
}

static const char *const kinds[] = {
	[ABATE_REGISTRAR] = "registrar",
	[ABATE_REGISTRY] = "registry",
	[ABATE_HOSTING] = "hosting",
	[ABATE_DDNS] = "ddns",
	[ABATE_JPRS] = "jprs",
	[ABATE_NEUTRAL] = "neutral",
	[ABATE_NEUTRAL + 1] = NULL,
};

const char *
plugin_kind_name(enum abate_kind kind)
{
	return kinds[kind];
}

gboolean
plugin_kind_parse(const char *name, enum abate_kind *kind)
{
	int found = names_find(kinds, name);

	if (found < 0)
		return FALSE;
	*kind = (enum abate_kind)found;
	return TRUE;
}
