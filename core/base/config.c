#include "base/config.h"

#include <string.h>

enum value_type { VALUE_STRING, VALUE_INTEGER, VALUE_BOOLEAN, VALUE_CHOICE };

/* The contract of abate.conf(5). A choice lists its words separated by "|". */
static const struct key {
	const char *section, *name;
	enum value_type type;
	const char *default_value, *choices;
} keys[] = {
	{ "store", "url", VALUE_STRING, "sqlite:abate.db", NULL },
	{ "reporter", "name", VALUE_STRING, NULL, NULL },
	{ "reporter", "organisation", VALUE_STRING, NULL, NULL },
	{ "reporter", "email", VALUE_STRING, NULL, NULL },
	{ "reporter", "phone", VALUE_STRING, NULL, NULL },
	{ "reporter", "openpgp_key", VALUE_STRING, NULL, NULL },
	{ "mail", "carrier", VALUE_CHOICE, "smtp", "smtp|smtps|maildir" },
	{ "mail", "server", VALUE_STRING, "localhost:25", NULL },
	{ "mail", "tls", VALUE_CHOICE, "required", "required|opportunistic|none" },
	{ "mail", "ca_file", VALUE_STRING, NULL, NULL },
	{ "mail", "user", VALUE_STRING, NULL, NULL },
	{ "mail", "auth", VALUE_CHOICE, "password", "password|xoauth2" },
	{ "mail", "password_command", VALUE_STRING, NULL, NULL },
	{ "mail", "password_file", VALUE_STRING, NULL, NULL },
	{ "mail", "password_env", VALUE_STRING, NULL, NULL },
	{ "mail", "from", VALUE_STRING, NULL, NULL },
	{ "mail", "reply_to", VALUE_STRING, NULL, NULL },
	{ "mail", "hostname", VALUE_STRING, NULL, NULL },
	{ "mail", "lanes", VALUE_INTEGER, "4", NULL },
	{ "mail", "timeout", VALUE_INTEGER, "60", NULL },
	{ "mail", "maildir", VALUE_STRING, NULL, NULL },
	{ "lookup", "rdap_bootstrap", VALUE_STRING, "https://data.iana.org/rdap/", NULL },
	{ "lookup", "dns_servers", VALUE_STRING, NULL, NULL },
	{ "lookup", "hosts_file", VALUE_STRING, NULL, NULL },
	{ "lookup", "whois_servers", VALUE_STRING, NULL, NULL },
	{ "lookup", "allow_private", VALUE_BOOLEAN, "no", NULL },
	{ "lookup", "timeout", VALUE_INTEGER, "15", NULL },
	{ "lookup", "parallel", VALUE_INTEGER, "64", NULL },
	{ "lookup", "parallel_per_server", VALUE_INTEGER, "8", NULL },
	{ "lookup", "pause_ms", VALUE_INTEGER, "0", NULL },
	{ "lookup", "cache_hours", VALUE_INTEGER, "24", NULL },
	{ "inbox", "maildir", VALUE_STRING, NULL, NULL },
	{ "inbox", "imap", VALUE_STRING, NULL, NULL },
	{ "inbox", "tls", VALUE_CHOICE, "auto", "auto|required|opportunistic|none" },
	{ "inbox", "ca_file", VALUE_STRING, NULL, NULL },
	{ "inbox", "auth", VALUE_CHOICE, "password", "password|xoauth2" },
	{ "inbox", "timeout", VALUE_INTEGER, "60", NULL },
	{ "inbox", "imap_flag", VALUE_STRING, NULL, NULL },
	{ "inbox", "imap_move", VALUE_STRING, NULL, NULL },
	{ "inbox", "password_command", VALUE_STRING, NULL, NULL },
	{ "inbox", "password_file", VALUE_STRING, NULL, NULL },
	{ "inbox", "password_env", VALUE_STRING, NULL, NULL },
	{ "inbox", "trusted_authserv", VALUE_STRING, NULL, NULL },
	{ "inbox", "trusted_below", VALUE_BOOLEAN, "no", NULL },
	{ "send", "approval", VALUE_CHOICE, "batch", "batch|provider|report|none" },
	{ "send", "trusted_providers", VALUE_STRING, NULL, NULL },
	{ "send", "trusted_cases", VALUE_STRING, NULL, NULL },
	{ "send", "new_contacts", VALUE_CHOICE, "send", "send|confirm" },
	{ "send", "in_doubt", VALUE_CHOICE, "ask", "ask|resend|drop" },
	{ "send", "packets", VALUE_STRING, NULL, NULL },
	{ "send", "parallel", VALUE_INTEGER, "32", NULL },
	{ "send", "timeout", VALUE_INTEGER, "60", NULL },
	{ "send", "recheck_hours", VALUE_INTEGER, "24", NULL },
	{ "send", "repeat_days", VALUE_INTEGER, "0", NULL },
	{ "send", "server_per_hour", VALUE_INTEGER, "0", NULL },
	{ "send", "server_per_day", VALUE_INTEGER, "0", NULL },
	{ "send", "server_gap_s", VALUE_INTEGER, "0", NULL },
	{ "server *", "per_hour", VALUE_INTEGER, NULL, NULL },
	{ "server *", "per_day", VALUE_INTEGER, NULL, NULL },
	{ "server *", "minimum_gap_s", VALUE_INTEGER, NULL, NULL },
	{ "server *", "also", VALUE_STRING, NULL, NULL },
	{ "routing", "malicious", VALUE_STRING, "registrar, host", NULL },
	{ "routing", "compromised", VALUE_STRING, "host", NULL },
	{ "routing", "unknown", VALUE_STRING, "host, registrar", NULL },
	{ "routing", "next_rung", VALUE_BOOLEAN, "yes", NULL },
	{ "watch", "resolvers", VALUE_STRING, NULL, NULL },
	{ "watch", "control", VALUE_STRING, "example.com", NULL },
	{ "watch", "rdap", VALUE_BOOLEAN, "yes", NULL },
	{ "watch", "whois", VALUE_BOOLEAN, "yes", NULL },
	{ "watch", "http", VALUE_BOOLEAN, "no", NULL },
	{ "watch", "http_proxy", VALUE_STRING, NULL, NULL },
	{ "watch", "http_user_agent", VALUE_STRING, "Mozilla/5.0", NULL },
	{ "watch", "looks", VALUE_INTEGER, "2", NULL },
	{ "watch", "spacing_minutes", VALUE_INTEGER, "10", NULL },
	{ "watch", "shortest_minutes", VALUE_INTEGER, "10", NULL },
	{ "watch", "longest_hours", VALUE_INTEGER, "72", NULL },
	{ "watch", "signals", VALUE_STRING, NULL, NULL },
	{ "escalate", "ack_hours", VALUE_INTEGER, "48", NULL },
	{ "escalate", "action_hours", VALUE_INTEGER, "72", NULL },
	{ "escalate", "follow_up_hours", VALUE_INTEGER, "72", NULL },
	{ "escalate", "follow_ups", VALUE_INTEGER, "1", NULL },
	{ "paths", "plugins", VALUE_STRING, NULL, NULL },
	{ "paths", "providers", VALUE_STRING, NULL, NULL },
	{ "paths", "templates", VALUE_STRING, NULL, NULL },
};

struct config {
	GKeyFile *values;
	char *file; /* NULL: defaults only */
};

/* "server *" stands for every [server NAME]. */
static gboolean
is_section_of(const struct key *key, const char *section)
{
	const gsize length = strlen(key->section);

	if (key->section[length - 1] != '*')
		return strcmp(key->section, section) == 0;
	return strncmp(key->section, section, length - 1) == 0 && section[length - 1];
}

static const struct key *
find_key(const char *section, const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (is_section_of(&keys[i], section) && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static gboolean
is_section(const char *section)
{
	if (g_str_has_prefix(section, "plugin ") && section[7])
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (is_section_of(&keys[i], section))
			return TRUE;
	return FALSE;
}

/* GKeyFile forgets where a key stood, so errors look for it again. name NULL: the section's line.
 */
static int
line_of(const char *text, const char *section, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *header = g_strdup_printf("[%s]", section);
	gboolean inside = FALSE;

	for (int i = 0; lines[i]; i++) {
		char *line = g_strstrip(lines[i]);
		gsize length = name ? strlen(name) : 0;

		if (*line == '[')
			inside = g_str_has_prefix(line, header);
		if (inside && !name)
			return i + 1;
		if (inside && g_str_has_prefix(line, name) && strchr("= \t", line[length]))
			return i + 1;
	}
	return 0;
}

char *
config_place(const struct config *config, const char *section, const char *key)
{
	g_autofree char *text = NULL;
	const char *file = config->file ? config->file : "abate.conf";
	int line = 0;

	if (config->file && g_file_get_contents(config->file, &text, NULL, NULL))
		line = line_of(text, section, key);
	return line ? g_strdup_printf("%s:%d", file, line) : g_strdup(file);
}

static gboolean
is_word_of(const char *choices, const char *value)
{
	g_auto(GStrv) words = g_strsplit(choices, "|", -1);

	return g_strv_contains((const char *const *)words, value);
}

/* What is wrong with a value, NULL when nothing. Free with g_free. */
static char *
value_fault(const struct key *key, const char *value)
{
	switch (key->type) {
	case VALUE_INTEGER:
		if (!g_ascii_string_to_signed(value, 10, 0, G_MAXINT32, NULL, NULL))
			return g_strdup_printf("wants a whole number, not \"%s\"", value);
		break;
	case VALUE_BOOLEAN:
		if (!is_word_of("yes|no|true|false|1|0", value))
			return g_strdup_printf("wants yes or no, not \"%s\"", value);
		break;
	case VALUE_CHOICE:
		if (!is_word_of(key->choices, value))
			return g_strdup_printf("wants one of %s, not \"%s\"", key->choices, value);
		break;
	case VALUE_STRING:
		break;
	}
	return NULL;
}

static gboolean
check_key(const struct config *config, const char *text, const char *section, const char *name,
	GError **error)
{
	const struct key *key = find_key(section, name);
	g_autofree char *value = NULL;
	g_autofree char *fault = NULL;

	if (!key) {
		g_set_error(error, CONFIG_ERROR, 0,
			"%s:%d: [%s] has no key \"%s\"; see abate.conf(5)", config->file,
			line_of(text, section, name), section, name);
		return FALSE;
	}
	value = g_key_file_get_value(config->values, section, name, NULL);
	fault = value_fault(key, value);
	if (fault) {
		g_set_error(error, CONFIG_ERROR, 0, "%s:%d: [%s] %s %s", config->file,
			line_of(text, section, name), section, name, fault);
		return FALSE;
	}
	return TRUE;
}

static gboolean
check(const struct config *config, const char *text, GError **error)
{
	g_auto(GStrv) sections = g_key_file_get_groups(config->values, NULL);

	for (int i = 0; sections[i]; i++) {
		g_auto(GStrv) names = g_key_file_get_keys(config->values, sections[i], NULL, NULL);

		if (!is_section(sections[i])) {
			g_set_error(error, CONFIG_ERROR, 0,
				"%s:%d: there is no section [%s]; see abate.conf(5)", config->file,
				line_of(text, sections[i], NULL), sections[i]);
			return FALSE;
		}
		/* The plugin host checks a plugin's section against the plugin's own table. */
		if (g_str_has_prefix(sections[i], "plugin "))
			continue;
		for (int k = 0; names && names[k]; k++)
			if (!check_key(config, text, sections[i], names[k], error))
				return FALSE;
	}
	return TRUE;
}

static gboolean
load(struct config *config, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) cause = NULL;
	gsize length;

	if (!g_file_get_contents(config->file, &text, &length, &cause)) {
		g_set_error(error, CONFIG_ERROR, 0, "configuration: %s", cause->message);
		return FALSE;
	}
	if (!g_key_file_load_from_data(config->values, text, length, G_KEY_FILE_NONE, &cause)) {
		g_set_error(error, CONFIG_ERROR, 0, "%s: %s", config->file, cause->message);
		return FALSE;
	}
	return check(config, text, error);
}

/* The first configuration file of the usual places; NULL when none is there. Free with g_free. */
static char *
look_for_file(void)
{
	const char *named = g_getenv("ABATE_CONFIG");
	g_autofree char *user =
		g_build_filename(g_get_user_config_dir(), "abate", "abate.conf", NULL);
	const char *places[] = { "abate.conf", user, "/etc/abate/abate.conf" };

	if (named && *named)
		return g_strdup(named);
	for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_EXISTS))
			return g_strdup(places[i]);
	return NULL;
}

struct config *
config_load(const char *path, GError **error)
{
	g_autoptr(Config) config = g_new0(struct config, 1);

	config->values = g_key_file_new();
	config->file = path ? g_strdup(path) : look_for_file();
	if (config->file && !load(config, error))
		return NULL;
	return g_steal_pointer(&config);
}

void
config_free(struct config *config)
{
	if (!config)
		return;
	g_key_file_free(config->values);
	g_free(config->file);
	g_free(config);
}

const char *
config_file(const struct config *config)
{
	return config->file;
}

const char *
config_string(const struct config *config, const char *section, const char *name)
{
	const struct key *key = find_key(section, name);
	g_autofree char *value = NULL;

	g_return_val_if_fail(key != NULL, NULL);
	value = g_key_file_get_string(config->values, section, name, NULL);
	/* A backslash that escapes nothing, as in \Seen, is meant as it stands. */
	if (!value)
		value = g_key_file_get_value(config->values, section, name, NULL);
	if (!value || !*value)
		return key->default_value;
	/* Interned, so that it lives as long as the program and the caller may borrow it. */
	return g_intern_string(value);
}

gint64
config_integer(const struct config *config, const char *section, const char *key)
{
	const char *value = config_string(config, section, key);

	return value ? g_ascii_strtoll(value, NULL, 10) : 0;
}

gboolean
config_boolean(const struct config *config, const char *section, const char *key)
{
	const char *value = config_string(config, section, key);

	return value && is_word_of("yes|true|1", value);
}

char **
config_list(const struct config *config, const char *section, const char *key)
{
	const char *value = config_string(config, section, key);
	g_auto(GStrv) parts = g_strsplit_set(value ? value : "", ",;", -1);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (int i = 0; parts[i]; i++)
		if (*g_strstrip(parts[i]))
			g_strv_builder_add(list, parts[i]);
	return g_strv_builder_end(list);
}

char *
config_path(const struct config *config, const char *section, const char *key)
{
	const char *value = config_string(config, section, key);

	return value ? config_relative(config, value) : NULL;
}

char *
config_relative(const struct config *config, const char *path)
{
	g_autofree char *folder = config->file ? g_path_get_dirname(config->file) : g_strdup(".");
	g_autofree char *absolute = g_canonicalize_filename(folder, NULL);

	return g_canonicalize_filename(path, absolute);
}

char **
config_sections(const struct config *config, const char *prefix)
{
	g_auto(GStrv) sections = g_key_file_get_groups(config->values, NULL);
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (int i = 0; sections[i]; i++)
		if (g_str_has_prefix(sections[i], prefix))
			g_strv_builder_add(names, sections[i] + strlen(prefix));
	return g_strv_builder_end(names);
}

const char *
config_plugin_option(const struct config *config, const char *plugin, const char *key)
{
	g_autofree char *section = g_strdup_printf("plugin %s", plugin);
	g_autofree char *value = g_key_file_get_string(config->values, section, key, NULL);

	return value ? g_intern_string(value) : NULL;
}

char **
config_plugin_keys(const struct config *config, const char *plugin)
{
	g_autofree char *section = g_strdup_printf("plugin %s", plugin);
	char **names = g_key_file_get_keys(config->values, section, NULL, NULL);

	return names ? names : g_new0(char *, 1);
}
