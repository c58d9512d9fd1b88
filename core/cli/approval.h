/* Who says yes to what goes out, by [send] approval. */
#pragma once

#include "cli/command.h"
#include "store/store.h"

/* Asks as configured about the ready reports (case_id 0: of all cases; report_id 0: all of them).
 * What is trusted needs no question; what gets a no, or has nobody to say yes, is held where
 * something else goes, or with "provider" and "report". FALSE when nothing may go, said why; error
 * only when the store fails. yes: asks nothing, but keeps that these providers are approved. *held
 * counts what was held. */
gboolean approval_ask(const struct config *config, struct store *store, gint64 case_id,
	gint64 report_id, gboolean yes, gint64 *held, GError **error);
