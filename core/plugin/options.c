#include "plugin/options.h"

#include <string.h>

#include "plugin/secrets.h"

const struct abate_option *
options_find(const struct plugin *plugin, const char *name)
{
	for (const struct abate_option *option = plugin->api.options; option && option->name;
		option++)
		if (strcmp(option->name, name) == 0)
			return option;
	return NULL;
}

/* The secret option that key says the place of, as secret_key_command does for secret_key; NULL
 * when it is none. */
static const struct abate_option *
secret_of(const struct plugin *plugin, const char *key)
{
	static const char *const endings[] = { "_command", "_file", "_env" };

	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (!g_str_has_suffix(key, endings[i]))
			continue;
		g_autofree char *name = g_strndup(key, strlen(key) - strlen(endings[i]));
		const struct abate_option *option = options_find(plugin, name);

		return option && option->secret ? option : NULL;
	}
	return NULL;
}

static gboolean
is_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;
}

static gboolean
is_no(const char *value)
{
	return strcmp(value, "no") == 0 || strcmp(value, "false") == 0 || strcmp(value, "0") == 0;
}

static const char *
value_fault(const struct abate_option *option, const char *value)
{
	if (option->type == ABATE_OPTION_INTEGER &&
		!g_ascii_string_to_signed(value, 10, 0, G_MAXINT32, NULL, NULL))
		return "wants a whole number";
	if (option->type == ABATE_OPTION_BOOLEAN && !is_yes(value) && !is_no(value))
		return "wants yes or no";
	for (const char *c = value; *c; c++)
		if (g_ascii_iscntrl(*c))
			return "holds a control character";
	return NULL;
}

static char *
known_options(const struct plugin *plugin)
{
	GString *text = g_string_new(NULL);

	for (const struct abate_option *option = plugin->api.options; option && option->name;
		option++)
		g_string_append_printf(text, "%s%s", text->len ? ", " : "", option->name);
	if (!text->len)
		g_string_append(text, "none");
	return g_string_free(text, FALSE);
}

/* Of a key of the plugin's section, or of the section. */
static char *
place_of(const struct plugin *plugin, const char *key)
{
	g_autofree char *section = g_strconcat("plugin ", plugin->name, NULL);

	return config_place(plugin->config, section, key);
}

static gboolean
check_key(const struct plugin *plugin, const char *key, GError **error)
{
	const struct abate_option *option = options_find(plugin, key);
	const char *value = config_plugin_option(plugin->config, plugin->name, key);
	const char *fault = NULL;
	g_autofree char *place = NULL;

	if (!option && !secret_of(plugin, key)) {
		place = place_of(plugin, key);
		g_autofree char *known = known_options(plugin);

		g_set_error(error, CONFIG_ERROR, 0,
			"%s: [plugin %s] has no key \"%s\"; the plugin's options: %s", place,
			plugin->name, key, known);
		return FALSE;
	}
	if (option && value)
		fault = value_fault(option, value);
	if (!fault)
		return TRUE;
	place = place_of(plugin, key);
	/* A secret's value is not repeated. */
	g_set_error(error, CONFIG_ERROR, 0, "%s: [plugin %s] %s %s%s%s%s", place, plugin->name, key,
		fault, option->secret ? "" : ", not \"", option->secret ? "" : value,
		option->secret ? "" : "\"");
	return FALSE;
}

/* A secret has one place, or nobody knows which of them counts. */
static gboolean
check_secret(const struct plugin *plugin, const struct abate_option *option, GError **error)
{
	if (!option->secret || secrets_sources(plugin->config, plugin->name, option->name) < 2)
		return TRUE;
	g_autofree char *place = place_of(plugin, NULL);
	g_set_error(error, CONFIG_ERROR, 0,
		"%s: [plugin %s] only one of %s, %s_command, %s_file and %s_env may be set", place,
		plugin->name, option->name, option->name, option->name, option->name);
	return FALSE;
}

gboolean
options_check(const struct plugin *plugin, GError **error)
{
	g_auto(GStrv) keys = config_plugin_keys(plugin->config, plugin->name);

	for (int i = 0; keys[i]; i++)
		if (!check_key(plugin, keys[i], error))
			return FALSE;
	for (const struct abate_option *option = plugin->api.options; option && option->name;
		option++)
		if (!check_secret(plugin, option, error))
			return FALSE;
	return TRUE;
}

static gboolean
is_listed(const struct plugin_host *host, const char *name)
{
	const GPtrArray *list = plugin_host_list(host);

	for (guint i = 0; i < list->len; i++)
		if (strcmp(((const struct plugin *)list->pdata[i])->name, name) == 0)
			return TRUE;
	return FALSE;
}

gboolean
options_check_sections(const struct config *config, const struct plugin_host *host, GError **error)
{
	g_autoptr(GKeyFile) values = g_key_file_new();
	const char *file = config_file(config);

	if (!file || !g_key_file_load_from_file(values, file, G_KEY_FILE_NONE, NULL))
		return TRUE;
	g_auto(GStrv) sections = g_key_file_get_groups(values, NULL);

	for (int i = 0; sections[i]; i++) {
		const char *name = sections[i] + strlen("plugin ");

		if (!g_str_has_prefix(sections[i], "plugin ") || is_listed(host, name))
			continue;
		g_autofree char *place = config_place(config, sections[i], NULL);
		g_set_error(error, CONFIG_ERROR, 0,
			"%s: [%s]: there is no plugin \"%s\"; see `abate plugin list`", place,
			sections[i], name);
		return FALSE;
	}
	return TRUE;
}

static const char *
set_value(const struct plugin *plugin, const char *name)
{
	const char *value =
		plugin->config ? config_plugin_option(plugin->config, plugin->name, name) : NULL;

	return value && *value ? value : NULL;
}

char *
options_value(const struct plugin *plugin, const char *name)
{
	const struct abate_option *option = options_find(plugin, name);
	const char *value = option ? set_value(plugin, name) : NULL;

	if (!option)
		return NULL;
	if (option->secret)
		return secrets_sources(plugin->config, plugin->name, name) > 0
			       ? secrets_placeholder(plugin->name, name)
			       : NULL;
	if (!value)
		value = option->default_value;
	if (value && option->type == ABATE_OPTION_BOOLEAN)
		value = is_yes(value) ? "1" : "0";
	return g_strdup(value);
}

const char *
options_lacking(const struct plugin *plugin)
{
	for (const struct abate_option *option = plugin->api.options; option && option->name;
		option++) {
		g_autofree char *value =
			option->required ? options_value(plugin, option->name) : NULL;

		if (option->required && !value)
			return option->name;
	}
	return NULL;
}
