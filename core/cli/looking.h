/* Looking up again who can act: what a re-check and the search for the next contact share. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* Indicators that are looked up together: memory does not grow with the queue. */
#define LOOKING_BATCH 5000

/* How things are now. */
struct looked {
	GPtrArray *routes; /* of struct route * */
	guint found;	   /* so many of this look; behind them is what was known and stays */
};

struct looking {
	const struct config *config;
	struct store *store;
	GHashTable *known;     /* id -> struct indicator * */
	GPtrArray *indicators; /* the same, borrowed */
	GHashTable *looked;    /* id -> struct looked * */
};
void looking_start(struct looking *looking, const struct config *config, struct store *store);
void looking_end(struct looking *looking);
/* Forgets what was gathered. */
void looking_empty(struct looking *looking);

/* Reads an indicator that is to be looked up, once; borrowed, NULL and error. */
const struct indicator *looking_add(struct looking *looking, gint64 id, GError **error);
/* Looks up all that was gathered. */
gboolean looking_run(struct looking *looking, GError **error);
/* Writes the routes. Where nobody was found now, what was known stays, but for contacts that
 * bounced: a server that does not answer moves nothing. Call it in a transaction. */
gboolean looking_keep(struct looking *looking, GError **error);

/* NULL: it was not looked up. */
const struct looked *looking_at(const struct looking *looking, gint64 id);
gboolean looking_is_down(const struct looking *looking, gint64 id);
/* Whether this look found somebody at that rung. */
gboolean looked_has_contact(const struct looked *looked, enum rung rung);

/* What comes of a step that another run may have taken meanwhile: then it is that run's. Takes
 * failure; counts what was done. */
gboolean unless_taken(gboolean done, GError *failure, gint64 *count, GError **error);
