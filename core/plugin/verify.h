/* Reads a plugin's descriptor: never further than the size it states. */
#pragma once

#include "abate/plugin.h"

#include <glib.h>

/* Copies the descriptor to api (zero where the plugin's is older) after checking version, size,
 * name against file and the callbacks its abilities want. FALSE and error with a full sentence. */
gboolean verify_descriptor(
	gconstpointer descriptor, const char *file, struct abate_plugin *api, GError **error);
/* Whether it is a-z, 0-9 and -, beginning with a letter, at most 64 long. */
gboolean verify_name(const char *name);
