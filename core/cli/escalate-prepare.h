/* What `escalate --prepare` makes of the proposals. */
#pragma once

#include "cli/command.h"
#include "ledger/escalation.h"

/* Keeps the proposals that the names ask for: "R12" what is without effect, "I5" only that
 * indicator; no names: all. FALSE after saying which name is none, or names what is not there;
 * *status EXIT_PART when nothing is proposed for one. */
gboolean prepare_select(struct store *store, GPtrArray *proposals, char **names, int *status);

struct prepare_needs {
	const struct global *global;
	const struct config *config;
	const struct profiles *profiles;
	struct store *store;
	gint64 newest; /* report, before the proposals were found */
};
/* Makes the reports and the marks, and says so. An exit status. */
int prepare_run(const struct prepare_needs *needs, const GPtrArray *proposals);
