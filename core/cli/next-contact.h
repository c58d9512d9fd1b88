/* What nobody got goes to the next contact. */
#pragma once

#include "base/config.h"
#include "cli/command.h"
#include "store/store.h"

/* For each report of a case (0: all) whose contact bounced (it is marked as bad) or has nobody
 * there (then it is marked here): looks up again who can act, and composes the reports to the next
 * contact, which wait to be sent. What waits to go there is taken back for that. Each is done once.
 * Says what became of it, unless global wants JSON. */
gboolean next_contact_run(const struct global *global, const struct config *config,
	struct store *store, gint64 case_id, GError **error);
