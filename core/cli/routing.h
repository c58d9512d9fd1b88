/* What route and dispatch share: finding who can act, with a progress bar. */
#pragma once

#include "cli/command.h"
#include "locate/locate.h"
#include "store/store.h"

/* Routes the indicators of a case (0: all) that have no routes; again: all of them. Says what came
 * out of it on standard output, unless global is NULL. Returns an exit status: EXIT_PART when
 * somebody has nobody to ask.
 */
int routing_run(const struct global *global, const struct config *config, struct store *store,
	gint64 case_id, gboolean again);
/* Looks indicators up (of struct indicator *, borrowed) and hands each one's routes to done; keeps
 * nothing of it but the cache. */
gboolean routing_look(const struct config *config, struct store *store, const GPtrArray *indicators,
	locate_done done, void *user, GError **error);
