/* The plugin host on libltdl: finds, checks, loads and lists plugins. */
#pragma once

#include <glib.h>

#include "abate/plugin.h"
#include "base/config.h"

struct plugin_host;
typedef struct plugin_host PluginHost; /* for g_autoptr */

/* One plugin that was loaded, or was not. */
struct plugin {
	struct abate_plugin api; /* copy of the descriptor, zero where the plugin's is older */
	char *name, *file;
	char *error;		     /* why it was refused; NULL when loaded (then api is valid) */
	const struct config *config; /* for options; borrowed */
};

/* Loads from the built-in folder, then [paths] plugins. A refused plugin is listed with its error
 * and warned about; error is set only when the host itself fails or [plugin NAME] has a wrong
 * option. */
struct plugin_host *plugin_host_new(const struct config *config, GError **error);
void plugin_host_free(struct plugin_host *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PluginHost, plugin_host_free)

/* Checks one file without keeping it: NULL and error with a full sentence when refused. Borrowed
 * from host. */
const struct plugin *
plugin_host_load_file(struct plugin_host *host, const char *file, GError **error);
/* Of const struct plugin *, sorted by name, refused ones included; borrowed. */
const GPtrArray *plugin_host_list(const struct plugin_host *host);
/* NULL when there is none or it was refused. Borrowed. */
const struct plugin *plugin_host_find(const struct plugin_host *host, const char *name);
/* "registrar" … of the ABI's kind. */
const char *plugin_kind_name(enum abate_kind kind);
gboolean plugin_kind_parse(const char *name, enum abate_kind *kind);
