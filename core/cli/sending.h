/* What send and dispatch share: the summary, the question, and sending with a progress bar. */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "cli/command.h"
#include "store/store.h"

/* Shows what waits to go out, as a table of providers (case_id 0: all cases). Sets how many reports
 * are ready, held and manual. quiet: only counts. */
gboolean sending_summary(struct store *store, gint64 case_id, gboolean quiet, gint64 *ready,
	gint64 *held, gint64 *manual, GError **error);
/* Asks on the terminal; FALSE when the answer is no or nobody is there to give one (said so). */
gboolean sending_ask(const struct config *config, gint64 ready);
/* Sends and says what became of it. report_id 0: all. Returns an exit status. */
int sending_run(const struct global *global, struct store *store, const struct config *config,
	gint64 case_id, gint64 report_id);
