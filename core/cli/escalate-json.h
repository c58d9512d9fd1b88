/* Proposals as escalate shows them. */
#pragma once

#include "cli/table.h"
#include "ledger/escalation.h"

/* One object; the caller takes it. */
json_t *escalate_json(const struct proposal *proposal);
/* "I5", "I5, I6" or "I5 … I90 (40)". Free with g_free. */
char *escalate_ids_text(const GArray *ids);
