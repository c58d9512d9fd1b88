/* Packets: the pages that a person works from, as files in a folder. */
#pragma once

#include "outbox/outbox.h"

/* Where they go: [send] packets, else "packets" beside the configuration. Free with g_free. */
char *packets_folder(const struct config *config);
/* Writes the pages of the manual reports (R12.html, R12.txt) and counts them as manual. */
gboolean packets_write(struct store *store, const struct config *config,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error);
