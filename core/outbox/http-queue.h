/* The API requests among the ready reports: many at once on one libcurl multi handle, each claimed
 * and marked as on the wire before it starts. */
#pragma once

#include "outbox/outbox.h"
#include "outbox/pacing.h"

/* As mail_queue_run(). */
gboolean http_queue_run(struct store *store, const struct config *config,
	const struct profiles *profiles, const struct plugin_host *plugins, struct pacing *pacing,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error);
