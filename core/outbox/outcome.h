/* What a delivery's verdict means for its report. */
#pragma once

#include "outbox/carrier.h"
#include "outbox/outbox.h"

/* Records it in the store and counts it. */
gboolean outcome_record(struct store *store, const struct delivery *delivery,
	struct outbox_counts *counts, GError **error);
