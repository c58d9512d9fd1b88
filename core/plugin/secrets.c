#include "plugin/secrets.h"

#include <string.h>

#include "base/password.h"
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

/* One that was asked for: either is NULL. */
struct kept {
	char *secret;
	GError *error;
};

struct secrets_cache {
	const struct config *config;
	GHashTable *kept; /* "PLUGIN:OPTION" -> struct kept * */
};

static void
kept_free(void *data)
{
	struct kept *kept = data;

	if (kept->secret)
		explicit_bzero(kept->secret, strlen(kept->secret));
	g_free(kept->secret);
	g_clear_error(&kept->error);
	g_free(kept);
}

struct secrets_cache *
secrets_cache_new(const struct config *config)
{
	struct secrets_cache *cache = g_new0(struct secrets_cache, 1);

	cache->config = config;
	cache->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
	return cache;
}

void
secrets_cache_free(struct secrets_cache *cache)
{
	g_hash_table_unref(cache->kept);
	g_free(cache);
}

/* NULL and error when it is not to be had. Borrowed. */
static const char *
secret_of(struct secrets_cache *cache, const char *plugin, const char *option, GError **error)
{
	g_autofree char *key = g_strconcat(plugin, ":", option, NULL);
	struct kept *kept = g_hash_table_lookup(cache->kept, key);

	if (!kept) {
		kept = g_new0(struct kept, 1);
		kept->secret = look_up(cache->config, plugin, option, &kept->error);
		g_hash_table_insert(cache->kept, g_steal_pointer(&key), kept);
	}
	if (!kept->secret && error)
		*error = g_error_copy(kept->error);
	return kept->secret;
}

char *
secrets_fill(struct secrets_cache *cache, const char *text, GError **error)
{
	g_autoptr(GString) filled = g_string_new(NULL);
	const char *start, *end;
	char *plugin, *option;

	while (next_placeholder(text, &start, &end, &plugin, &option)) {
		const char *secret = NULL;

		if (!end)
			g_set_error(error, PLUGIN_ERROR, 0, "a placeholder of a secret is broken");
		else
			secret = secret_of(cache, plugin, option, error);
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
