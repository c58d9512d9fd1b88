/* Who says yes to what goes out, by [send] approval. */
#pragma once

#include "cli/command.h"
#include "store/store.h"

/* Asks as configured about the ready reports (case_id 0: of all cases; report_id 0: all of them).
 * With "provider" and "report", those that get a no are held. FALSE when nothing may go, said why;
 * error only when the store fails. yes: asks nothing, but keeps that these providers are approved.
 */
gboolean approval_ask(const struct config *config, struct store *store, gint64 case_id,
	gint64 report_id, gboolean yes, GError **error);
