/* Locate: who can act on an indicator, and how we know. */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "model/case.h"
#include "model/indicator.h"
#include "model/profile.h"
#include "plugin/host.h"
#include "store/store.h"

struct locator;
typedef struct locator Locator; /* for g_autoptr */

/* All borrowed and needed until locator_free(); store may be NULL (no cache). */
struct locator *locator_new(const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, struct store *store, GError **error);
void locator_free(struct locator *locator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Locator, locator_free)

/* routes: of struct route *, ordered by rung, the callee may take a ref (g_ptr_array_ref). Called
 * once an indicator, in any order, from locator_run(). */
typedef void (*locate_done)(const struct indicator *indicator, GPtrArray *routes, void *user);
/* Queues one; indicator is borrowed until done was called. nature decides which routes ask. */
void locator_add(struct locator *locator, const struct indicator *indicator,
	const struct abuse_case *abuse_case, locate_done done, void *user);
/* Runs until every queued indicator is done. done may add more. */
void locator_run(struct locator *locator);
