/* Proposals as escalate shows them. */
#pragma once

#include "cli/table.h"
#include "ledger/escalation.h"

/* One object; the caller takes it. */
json_t *escalate_json(const struct proposal *proposal);
