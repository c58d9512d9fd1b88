/* What fetch does about APIs: asks what became of the reports that went out by one. */
#pragma once

#include <jansson.h>

#include "cli/command.h"
#include "inbox/polls.h"

/* What polls need. */
struct polling {
	const struct config *config;
	struct store *store;
	const struct profiles *profiles;
	struct plugin_host *plugins;
	const volatile int *stop; /* turns true: finish soon; may be NULL */
	gboolean dry_run;	  /* only count what is due */
};
/* Polls with a progress bar. Sets counts. Gives an exit status after saying what went wrong. */
int polling_run(const struct polling *polling, struct polls_counts *counts);
/* Says on a line what was asked and told, or would be; nothing where nothing was due. */
void polling_print(const struct polls_counts *counts, gboolean dry_run);
/* The same for --json. */
json_t *polling_json(const struct polls_counts *counts);
