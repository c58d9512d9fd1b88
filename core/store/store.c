/* Opening a store, and transactions that nest. */
#include "store/store.h"

#include "store/database.h"

static const struct engine *const engines[] = { &engine_sqlite };

static struct driver *
open_driver(const char *url, gboolean create, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(engines); i++)
		if (g_str_has_prefix(url, engines[i]->scheme))
			return engines[i]->open(url + strlen(engines[i]->scheme), create, error);
	g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
		"[store] url: '%s' is no store that abate knows; write 'sqlite:FILE'", url);
	return NULL;
}

struct store *
store_open(const char *url, gboolean create, GError **error)
{
	struct driver *driver = open_driver(url, create, error);
	struct store *store;

	if (!driver)
		return NULL;
	if (!migrations_apply(driver, error)) {
		g_prefix_error(error, "%s: ", url);
		driver->engine->close(driver);
		return NULL;
	}
	store = g_new0(struct store, 1);
	store->driver = driver;
	return store;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	store_rollback(store);
	store->driver->engine->close(store->driver);
	g_free(store->claim_after);
	g_free(store);
}

/* Forgets what belonged to the transaction that ended. */
static void
transaction_reset(struct store *store)
{
	store->depth = 0;
	g_clear_pointer(&store->failure, g_free);
	store->event_hash[0] = '\0';
	store->added = store->folded = 0;
}

static gboolean
refuse_failed(struct store *store, GError **error)
{
	g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
		"nothing more can be written after a failure: %s", store->failure);
	return FALSE;
}

gboolean
store_begin(struct store *store, GError **error)
{
	if (store->failure)
		return refuse_failed(store, error);
	if (store->depth == 0 && !store->driver->engine->begin(store->driver, error))
		return FALSE;
	store->depth++;
	return TRUE;
}

static gboolean
commit_outermost(struct store *store, GError **error)
{
	if (store->failure)
		return refuse_failed(store, error);
	return indicators_flush(store, error) &&
	       store->driver->engine->commit(store->driver, error);
}

gboolean
store_commit(struct store *store, GError **error)
{
	g_return_val_if_fail(store->depth > 0, FALSE);
	if (store->depth > 1) {
		store->depth--;
		return store->failure ? refuse_failed(store, error) : TRUE;
	}
	if (!commit_outermost(store, error)) {
		store_rollback(store);
		return FALSE;
	}
	transaction_reset(store);
	return TRUE;
}

void
store_rollback(struct store *store)
{
	store->driver->engine->rollback(store->driver);
	transaction_reset(store);
}

gboolean
change_begin(struct store *store, GError **error)
{
	return store_begin(store, error);
}

static gboolean
is_refusal(const GError *error)
{
	return g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND) ||
	       g_error_matches(error, STORE_ERROR, STORE_ERROR_STATE);
}

gboolean
change_end(struct store *store, gboolean ok, GError **error)
{
	if (ok)
		return store_commit(store, error);
	if (store->depth <= 1) {
		store_rollback(store);
		return FALSE;
	}
	store->depth--;
	if (!store->failure && !(error && is_refusal(*error)))
		store->failure = g_strdup(error && *error ? (*error)->message : "unknown");
	return FALSE;
}

gboolean
store_not_found(const char *what, const char *letter, gint64 id, GError **error)
{
	g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "there is no %s %s%" G_GINT64_FORMAT,
		what, letter, id);
	return FALSE;
}
