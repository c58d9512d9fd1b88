/* abate.conf: INI as GKeyFile reads it, checked against one table of known keys. */
#pragma once

#include <glib.h>

struct config;
typedef struct config Config; /* for g_autoptr */

/* Domain of errors about the configuration; the command line turns it into exit status 2. */
#define CONFIG_ERROR (g_quark_from_static_string("abate-config"))

/* Loads path, or when NULL the first of $ABATE_CONFIG, ./abate.conf,
 * $XDG_CONFIG_HOME/abate/abate.conf, /etc/abate/abate.conf. With none of these, all defaults apply.
 * An unknown key or section or a wrong value is an error with its file and line. */
struct config *config_load(const char *path, GError **error);
void config_free(struct config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* The file that was read; NULL with defaults only. Borrowed. */
const char *config_file(const struct config *config);
/* Value or default; NULL when neither is there. Borrowed. The key must be in the table. */
const char *config_string(const struct config *config, const char *section, const char *key);
gint64 config_integer(const struct config *config, const char *section, const char *key);
gboolean config_boolean(const struct config *config, const char *section, const char *key);
/* A list (commas or semicolons), NULL-ended; free with g_strfreev. Never NULL. */
char **config_list(const struct config *config, const char *section, const char *key);
/* A path, made absolute relative to the file; NULL when not set. Free with g_free. */
char *config_path(const struct config *config, const char *section, const char *key);
/* A path that the file names, made absolute in the same way. Free with g_free. */
char *config_relative(const struct config *config, const char *path);
/* "FILE:LINE" of a key, NULL: of the section, for errors; the file alone where the line cannot be
 * told. Free with g_free. */
char *config_place(const struct config *config, const char *section, const char *key);
/* The names of the sections that begin with prefix ("server "), without it, NULL-ended; free with
 * g_strfreev. */
char **config_sections(const struct config *config, const char *prefix);
/* A key of [plugin NAME]; NULL when not set. Borrowed. The plugin host checks these. */
const char *config_plugin_option(const struct config *config, const char *plugin, const char *key);
/* The keys set in [plugin NAME], NULL-ended; free with g_strfreev. Never NULL. */
char **config_plugin_keys(const struct config *config, const char *plugin);
