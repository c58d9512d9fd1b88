/* Inside of escalation: what is due for each indicator, before it is put together. */
#pragma once

#include "ledger/ladder.h"

struct move {
	enum ladder_verdict verdict; /* LADDER_FOLLOW_UP, LADDER_BACK, or LADDER_SPENT: the next
					rung is due */
	gint64 report_id, indicator_id;
	gint64 since;
	enum rung rung; /* of the report */
	gboolean seen_up;
	enum nature nature;
	GPtrArray *tried; /* of const char *, interned: providers that got a report about it; only
			     with LADDER_SPENT */
};

/* Of struct move, ordered by indicator; NULL and error. Free with g_array_unref. */
GArray *moves_find(const struct config *config, const struct profiles *profiles,
	struct store *store, gint64 case_id, gint64 now, GError **error);
