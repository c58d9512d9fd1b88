#include "net/pool.h"

struct pool {
	gint64 parallel, per_host, pause_us;
	gint64 waiting, running;
	GHashTable *hosts;
	GQueue ready;	   /* hosts that may have something to start */
	GSequence *paused; /* hosts by next_start */
};

static void
free_host(void *data)
{
	struct pool_host *host = data;

	g_queue_clear(&host->waiting);
	g_free(host->name);
	g_free(host);
}

struct pool *
pool_new(const struct net_options *options)
{
	struct pool *pool = g_new0(struct pool, 1);

	pool->parallel = options->parallel;
	pool->per_host = options->parallel_per_host;
	pool->pause_us = options->pause_per_host_ms * 1000;
	pool->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_host);
	g_queue_init(&pool->ready);
	pool->paused = g_sequence_new(NULL);
	return pool;
}

void
pool_free(struct pool *pool, GDestroyNotify drop)
{
	GHashTableIter iter;
	void *value;

	if (!pool)
		return;
	g_hash_table_iter_init(&iter, pool->hosts);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct pool_host *host = value;
		void *work;

		while ((work = g_queue_pop_head(&host->waiting)))
			drop(work);
	}
	g_queue_clear(&pool->ready);
	g_sequence_free(pool->paused);
	g_hash_table_unref(pool->hosts);
	g_free(pool);
}

static int
compare_start(const void *a, const void *b, void *user G_GNUC_UNUSED)
{
	const struct pool_host *first = a, *second = b;

	return (first->next_start > second->next_start) - (first->next_start < second->next_start);
}

/* Lists a host where it may start something, now or after its pause. */
static void
list_host(struct pool *pool, struct pool_host *host)
{
	if (host->listed || g_queue_is_empty(&host->waiting) || host->running >= pool->per_host)
		return;
	host->listed = TRUE;
	if (host->next_start > g_get_monotonic_time())
		g_sequence_insert_sorted(pool->paused, host, compare_start, NULL);
	else
		g_queue_push_tail(&pool->ready, host);
}

struct pool_host *
pool_add(struct pool *pool, const char *name, void *work)
{
	struct pool_host *host = g_hash_table_lookup(pool->hosts, name);

	if (!host) {
		host = g_new0(struct pool_host, 1);
		host->name = g_strdup(name);
		g_queue_init(&host->waiting);
		g_hash_table_insert(pool->hosts, host->name, host);
	}
	g_queue_push_tail(&host->waiting, work);
	pool->waiting++;
	list_host(pool, host);
	return host;
}

static void
wake_paused(struct pool *pool)
{
	gint64 now = g_get_monotonic_time();

	for (;;) {
		GSequenceIter *first = g_sequence_get_begin_iter(pool->paused);
		struct pool_host *host;

		if (g_sequence_iter_is_end(first))
			return;
		host = g_sequence_get(first);
		if (host->next_start > now)
			return;
		g_sequence_remove(first);
		g_queue_push_tail(&pool->ready, host);
	}
}

void *
pool_next(struct pool *pool)
{
	struct pool_host *host;
	void *work;

	wake_paused(pool);
	if (pool->running >= pool->parallel || !(host = g_queue_pop_head(&pool->ready)))
		return NULL;
	host->listed = FALSE;
	work = g_queue_pop_head(&host->waiting);
	host->running++;
	host->next_start = g_get_monotonic_time() + pool->pause_us;
	pool->waiting--;
	pool->running++;
	/* To the end of the line: hosts take turns. */
	list_host(pool, host);
	return work;
}

void
pool_done(struct pool *pool, struct pool_host *host)
{
	host->running--;
	pool->running--;
	list_host(pool, host);
	/* Hosts are forgotten when idle, unless their pause still counts. */
	if (host->running == 0 && g_queue_is_empty(&host->waiting) && pool->pause_us == 0)
		g_hash_table_remove(pool->hosts, host->name);
}

int
pool_wait_ms(const struct pool *pool)
{
	GSequenceIter *first = g_sequence_get_begin_iter(pool->paused);
	const struct pool_host *host;
	gint64 wait;

	if (g_sequence_iter_is_end(first) || pool->running >= pool->parallel)
		return -1;
	host = g_sequence_get(first);
	wait = host->next_start - g_get_monotonic_time();
	return wait <= 0 ? 0 : (int)((wait + 999) / 1000);
}

gboolean
pool_busy(const struct pool *pool)
{
	return pool->waiting > 0 || pool->running > 0;
}
