/* The store as the commands open it, and the identifiers that people type. */
#pragma once

#include <glib.h>

#include "cli/command.h"
#include "store/store.h"

/* Opens the store that [store] url names; a relative file is relative to the configuration's. */
struct store *records_open(const struct config *config, gboolean create, GError **error);
/* "C12" or "12" for letter 'C'; FALSE when it is none. */
gboolean record_id_parse(const char *text, char letter, gint64 *id);
