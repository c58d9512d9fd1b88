/* The routes that no report covers yet, in groups of which each becomes one report. */
#pragma once

#include "model/profile.h"
#include "store/store.h"

/* One indicator of a report with the route it takes. */
struct group_row {
	struct route *route;
	struct indicator *indicator;
	gboolean listed; /* FALSE: covered by the report, but beyond the URLs a domain may list */
};

/* rows: of struct group_row *, all of one provider, channel and address; borrowed. */
typedef gboolean (*group_fn)(GPtrArray *rows, void *user, GError **error);
/* Calls fn for each group of a case; memory does not grow with the number of routes. Reports must
 * be stored by fn, or the same routes come again. */
gboolean group_each(struct store *store, gint64 case_id, const struct profiles *profiles,
	group_fn fn, void *user, GError **error);

/* The pieces of one group (rows as above, in order) by the profile's limits, NULL: the defaults.
 * Of GPtrArray *; unref it. Rows stay with the caller. */
GPtrArray *group_split(const GPtrArray *rows, const struct profile_limits *limits);

struct group_row *group_row_new(const struct route *route, const struct indicator *indicator);
void group_row_free(struct group_row *row);
