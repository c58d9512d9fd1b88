/* What fetch does about APIs: asks what became of the reports that went out by one. */
#pragma once

#include <jansson.h>

#include "cli/command.h"
#include "inbox/polls.h"

/* Polls with a progress bar, finishing soon when *stop turns true (stop may be NULL); a dry run
 * only counts what is due. Sets counts. Gives an exit status after saying what went wrong. */
int polling_run(const struct config *config, struct store *store, const volatile int *stop,
	gboolean dry_run, struct polls_counts *counts);
/* Says on a line what was asked and told, or would be; nothing where nothing was due. */
void polling_print(const struct polls_counts *counts, gboolean dry_run);
/* The same for --json. */
json_t *polling_json(const struct polls_counts *counts);
