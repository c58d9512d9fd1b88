/* Proposals for people. */
#pragma once

#include "ledger/escalation.h"

/* A few lines: after which report, who is asked, about what, and why. FALSE when the store fails.
 */
gboolean escalate_print(const struct proposal *proposal, struct store *store, GError **error);
