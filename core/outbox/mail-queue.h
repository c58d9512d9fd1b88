/* The mails among the ready reports: claimed, marked as on the wire, sent by lanes, and what became
 * of them recorded, in groups of one commit each. */
#pragma once

#include "outbox/outbox.h"
#include "outbox/pacing.h"

/* *total_sent counts verdicts of a server. FALSE and error on a fault of the store or the
 * configuration, or when the server could not be used at all. */
gboolean mail_queue_run(struct store *store, const struct config *config, struct pacing *pacing,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error);
