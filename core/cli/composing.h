/* What preview, send and dispatch share: routes become reports. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* Composes the reports that are missing, of a case (0: all), and tries those again that were held:
 * the case may have evidence now, or the contact may be confirmed. */
gboolean
composing_run(const struct config *config, struct store *store, gint64 case_id, GError **error);
/* An indicator to be taken out of a ready report. */
struct drop {
	gint64 report_id, indicator_id;
	const char *reason; /* static text */
};
/* Takes them out, with an event each, and composes the reports again. drops: of struct drop, those
 * of one report together. A report that is not ready any more is left as it is. */
gboolean composing_without(
	const struct config *config, struct store *store, const GArray *drops, GError **error);
