/* A plugin's options: its own table, and what [plugin NAME] says. */
#pragma once

#include "plugin/host.h"

/* The entry of the plugin's table; NULL when it has no such option. */
const struct abate_option *options_find(const struct plugin *plugin, const char *name);
/* Checks [plugin NAME] against the table: FALSE and CONFIG_ERROR that names file, section and key.
 */
gboolean options_check(const struct plugin *plugin, GError **error);
/* Checks that each section [plugin NAME] of the file is that of a listed plugin. */
gboolean
options_check_sections(const struct config *config, const struct plugin_host *host, GError **error);
/* The first required option that is not set; NULL when all are. */
const char *options_lacking(const struct plugin *plugin);
/* The value as it goes to the plugin: a boolean is "1" or "0". NULL when neither set nor defaulted.
 * A secret's is its placeholder when set (by itself or NAME_command, _file, _env). Free with
 * g_free. */
char *options_value(const struct plugin *plugin, const char *name);
