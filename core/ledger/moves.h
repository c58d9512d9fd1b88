/* Inside of escalation: what is due for each indicator, before it is put together. There can be as
 * many as there are reports, so that a move is small. */
#pragma once

#include "ledger/escalation.h"
#include "ledger/ladder.h"

struct move {
	enum ladder_verdict verdict; /* LADDER_FOLLOW_UP, LADDER_BACK, or LADDER_SPENT: the next
					rung is due */
	gint64 report_id, indicator_id;
	gint64 since;
	enum rung rung; /* of the report */
	gboolean seen_up;
	guint reminders; /* that they got, and when the last */
	gint64 reminded;
	enum nature nature;
};

/* Of struct move, ordered by report and indicator; NULL and error. Free with g_array_unref. waits
 * may be NULL. */
GArray *
moves_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, struct escalation_waits *waits, GError **error);
