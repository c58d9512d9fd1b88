/* Re-check before sending: what waited long is looked up again before it goes out. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* Ready reports of a case and with an id (0: all) older than [send] recheck_hours: those about what
 * is down are cancelled, or go without it; those whose contact has moved are cancelled and made
 * anew. */
gboolean recheck_run(const struct config *config, struct store *store, gint64 case_id,
	gint64 report_id, GError **error);
