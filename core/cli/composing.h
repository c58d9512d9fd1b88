/* What preview, send and dispatch share: routes become reports. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* Composes the reports that are missing, of a case (0: all), and tries those again that were held:
 * the case may have evidence now, or the contact may be confirmed. */
gboolean
composing_run(const struct config *config, struct store *store, gint64 case_id, GError **error);
