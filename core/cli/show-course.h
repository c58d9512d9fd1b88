/* How a report or an indicator stands: overdue, followed up, withdrawn, marked for the court. */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "store/store.h"

/* Sets "overdue_since", "withdrawn_by", "follow_ups". object has the report's indicators
 * themselves. FALSE and error. */
gboolean show_course_report(const struct config *config, struct store *store,
	const struct report *report, json_t *object, GError **error);
/* Sets "outages" (from when to when it was down), "court" (since when), "court_reason" and
 * "reports". FALSE and error. */
gboolean show_course_indicator(struct store *store, gint64 id, json_t *object, GError **error);
