#include "plugin/secrets.h"

#include <string.h>

#include "base/password.h"
#include "plugin/call.h"
#include "plugin/error.h"

#define OPEN "\xEF\xB7\x90"  /* U+FDD0 */
#define CLOSE "\xEF\xB7\x91" /* U+FDD1 */
#define HEAD OPEN "secret:"

char *
secrets_placeholder(const char *plugin, const char *option)
{
	return g_strconcat(HEAD, plugin, ":", option, CLOSE, NULL);
}

char *
secrets_clean(const char *text)
{
	if (!text)
		return NULL;
	char *clean = g_utf8_make_valid(text, -1);

	for (char *c = clean; (c = strstr(c, "\xEF\xB7")); c += 2)
		if (c[2] == OPEN[2] || c[2] == CLOSE[2])
			c[1] = '\xBF', c[2] = '\xBD'; /* U+FFFD */
	return clean;
}

/* The next placeholder: its parts to be freed, and where it ends. FALSE when there is none; *end
 * NULL when it is broken. */
static gboolean
next_placeholder(
	const char *text, const char **start, const char **end, char **plugin, char **option)
{
	*start = strstr(text, OPEN);
	*end = NULL;
	*plugin = *option = NULL;
	if (!*start)
		return FALSE;
	const char *name = *start + strlen(HEAD);
	const char *close = strstr(*start, CLOSE);

	if (!close || !g_str_has_prefix(*start, HEAD))
		return TRUE;
	const char *colon = memchr(name, ':', (gsize)(close - name));

	if (!colon)
		return TRUE;
	*plugin = g_strndup(name, (gsize)(colon - name));
	*option = g_strndup(colon + 1, (gsize)(close - colon - 1));
	*end = close + strlen(CLOSE);
	return TRUE;
}

gboolean
secrets_are_of(const char *text, const char *wanted)
{
	const char *start, *end = text;
	char *plugin, *option;
	gboolean ours = TRUE;

	while (ours && end && next_placeholder(end, &start, &end, &plugin, &option)) {
		ours = end && strcmp(plugin, wanted) == 0;
		g_free(plugin);
		g_free(option);
	}
	return ours;
}

gboolean
secrets_are_none(const char *text)
{
	return !strstr(text, OPEN);
}

/* NULL when not set. Borrowed. */
static const char *
set_value(const struct config *config, const char *plugin, const char *option, const char *ending)
{
	g_autofree char *key = g_strconcat(option, ending, NULL);
	const char *value = config ? config_plugin_option(config, plugin, key) : NULL;

	return value && *value ? value : NULL;
}

static struct password_source
source_of(const struct config *config, const char *section, const char *plugin, const char *option)
{
	return (struct password_source){ .section = section,
		.key = option,
		.command = set_value(config, plugin, option, "_command"),
		.file = set_value(config, plugin, option, "_file"),
		.variable = set_value(config, plugin, option, "_env") };
}

guint
secrets_sources(const struct config *config, const char *plugin, const char *option)
{
	const struct password_source source = source_of(config, plugin, plugin, option);

	return password_sources(&source) + (set_value(config, plugin, option, "") ? 1u : 0u);
}

static char *
look_up(const struct config *config, const char *plugin, const char *option, GError **error)
{
	g_autofree char *section = g_strconcat("plugin ", plugin, NULL);
	const struct password_source source = source_of(config, section, plugin, option);
	const char *value = set_value(config, plugin, option, "");
	char *secret = NULL;

	if (value)
		return g_strdup(value);
	if (password_sources(&source) == 0) {
		g_set_error(error, CONFIG_ERROR, 0,
			"%s: [%s] wants %s, %s_command, %s_file or %s_env, which the request needs",
			config_file(config) ? config_file(config) : "abate.conf", section, option,
			option, option, option);
		return NULL;
	}
	return password_from(config, &source, &secret, error) ? secret : NULL;
}

char *
plugin_fill_secrets(const struct config *config, const char *text, GError **error)
{
	g_autoptr(GString) filled = g_string_new(NULL);
	const char *start, *end;
	char *plugin, *option;

	while (next_placeholder(text, &start, &end, &plugin, &option)) {
		g_autofree char *secret = NULL;

		if (!end)
			g_set_error(error, PLUGIN_ERROR, 0, "a placeholder of a secret is broken");
		else
			secret = look_up(config, plugin, option, error);
		g_free(plugin);
		g_free(option);
		if (!secret)
			return NULL;
		g_string_append_len(filled, text, start - text);
		g_string_append(filled, secret);
		text = end;
	}
	g_string_append(filled, text);
	return g_string_free(g_steal_pointer(&filled), FALSE);
}
