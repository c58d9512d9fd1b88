/* Proposals for people. */
#pragma once

#include "ledger/escalation.h"

/* A few lines: after which report, who is asked, about what, and why. FALSE when the store fails.
 */
gboolean escalate_print(const struct proposal *proposal, struct store *store, GError **error);
/* In a line, why nothing is proposed for reports that are overdue; FALSE when there is none such.
 */
gboolean escalate_print_waits(const struct escalation_waits *waits);
/* The same of one, in words; until: with ESCALATION_REMINDED, when the first of them is proposed
 * again. Free with g_free. */
char *escalate_wait_words(enum escalation_wait why, gint64 until);
