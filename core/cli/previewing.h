/* What preview and a dry run share: the bytes of the reports that are still open. */
#pragma once

#include "cli/command.h"
#include "store/store.h"

/* Prints them for a case (0: all). Returns an exit status: EXIT_PART when one is held. */
int previewing_run(const struct global *global, struct store *store, gint64 case_id);
