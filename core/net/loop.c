#include "net/loop.h"

#include "net/pool.h"
#include "net/transfer.h"

/* No wait is longer, whatever the two libraries say. */
#define TURN_MS 1000

struct finished {
	void (*call)(void *work);
	GDestroyNotify drop;
	void *work;
};

void
loop_finish(struct net *net, void (*call)(void *work), GDestroyNotify drop, void *work)
{
	struct finished *finished = g_new(struct finished, 1);

	*finished = (struct finished){ call, drop, work };
	g_queue_push_tail(&net->finished, finished);
}

static void
fill_defaults(struct net_options *options)
{
	if (options->timeout_ms <= 0)
		options->timeout_ms = 15000;
	if (options->parallel <= 0)
		options->parallel = 64;
	if (options->parallel_per_host <= 0)
		options->parallel_per_host = 8;
	if (options->pause_per_host_ms < 0)
		options->pause_per_host_ms = 0;
}

struct net *
net_new(const struct net_options *options, GError **error)
{
	struct net *net = g_new0(struct net, 1);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	net->options = *options;
	fill_defaults(&net->options);
	net->dns_servers = g_strdup(options->dns_servers);
	net->options.dns_servers = net->dns_servers;
	g_queue_init(&net->finished);
	net->pool = pool_new(&net->options);
	net->running = g_hash_table_new_full(NULL, NULL, NULL, NULL);
	net->multi = curl_multi_init();
	curl_multi_setopt(net->multi, CURLMOPT_MAXCONNECTS, (long)MIN(net->options.parallel, 256));
	net->dns = dns_new(net, error);
	if (!net->dns) {
		net_free(net);
		return NULL;
	}
	return net;
}

void
net_free(struct net *net)
{
	struct finished *finished;

	if (!net)
		return;
	/* First what may still queue callbacks, then the queue. */
	dns_free(net->dns);
	while ((finished = g_queue_pop_head(&net->finished))) {
		finished->drop(finished->work);
		g_free(finished);
	}
	transfers_drop(net);
	pool_free(net->pool, transfer_free);
	g_hash_table_unref(net->running);
	curl_multi_cleanup(net->multi);
	curl_global_cleanup();
	g_free(net->dns_servers);
	g_free(net);
}

static gboolean
is_busy(const struct net *net)
{
	return net->finished.length > 0 || pool_busy(net->pool) || dns_busy(net->dns);
}

static void
wait_for_sockets(struct net *net, int timeout_ms)
{
	g_autoptr(GArray) fds = g_array_new(FALSE, TRUE, sizeof(struct curl_waitfd));
	int wait = MIN(timeout_ms, TURN_MS), pause = pool_wait_ms(net->pool);

	dns_prepare(net->dns, fds, &wait);
	if (pause >= 0)
		wait = MIN(wait, pause);
	if (!g_queue_is_empty(&net->finished))
		wait = 0;
	curl_multi_poll(net->multi, (struct curl_waitfd *)(void *)fds->data, fds->len, wait, NULL);
	dns_process(net->dns, fds);
}

/* Only what is due now: a callback that always starts more must not keep a turn from ending. */
static void
call_back(struct net *net)
{
	for (guint due = g_queue_get_length(&net->finished); due > 0; due--) {
		struct finished *finished = g_queue_pop_head(&net->finished);

		if (!finished)
			return;
		finished->call(finished->work);
		g_free(finished);
	}
}

gboolean
net_turn(struct net *net, int timeout_ms)
{
	if (!is_busy(net))
		return FALSE;
	transfers_run(net);
	wait_for_sockets(net, MAX(timeout_ms, 0));
	transfers_run(net);
	call_back(net);
	return is_busy(net);
}

void
net_run(struct net *net)
{
	while (net_turn(net, TURN_MS))
		;
}
