/* The queue of indicators and their life: each is a job whose parts run side by side. */
#include "locate/locator.h"

#include <string.h>

static gboolean
is_url(const char *source)
{
	return g_str_has_prefix(source, "https://") || g_str_has_prefix(source, "http://");
}

static struct net *
open_net(const struct config *config, GError **error)
{
	const struct net_options options = {
		.allow_private = config_boolean(config, "lookup", "allow_private"),
		/* A snapshot's answers are files; only the configuration can name one. */
		.allow_file = !is_url(config_string(config, "lookup", "rdap_bootstrap")),
		.timeout_ms = config_integer(config, "lookup", "timeout") * 1000,
		.parallel = config_integer(config, "lookup", "parallel"),
		.parallel_per_host = config_integer(config, "lookup", "parallel_per_server"),
		.pause_per_host_ms = config_integer(config, "lookup", "pause_ms"),
		.dns_servers = config_string(config, "lookup", "dns_servers"),
	};

	return net_new(&options, error);
}

struct locator *
locator_new(const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, struct store *store, GError **error)
{
	g_autoptr(Locator) locator = g_new0(struct locator, 1);

	locator->config = config;
	locator->profiles = profiles;
	locator->plugins = plugins;
	locator->store = store;
	locator->allow_private = config_boolean(config, "lookup", "allow_private");
	locator->rdap_age_s = config_integer(config, "lookup", "cache_hours") * 3600;
	locator->dns_age_s = MIN(locator->rdap_age_s, 3600);
	locator->bad = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_queue_init(&locator->jobs);
	if (!policy_load(locator, error) || !sources_load(locator, error))
		return NULL;
	locator->net = open_net(config, error);
	return locator->net ? g_steal_pointer(&locator) : NULL;
}

static void
free_job(void *data)
{
	struct job *job = data;

	g_ptr_array_unref(job->routes);
	for (guint i = 0; i < G_N_ELEMENTS(job->bounced); i++)
		g_free(job->bounced[i]);
	g_free(job);
}

void
locator_free(struct locator *locator)
{
	if (!locator)
		return;
	g_queue_clear_full(&locator->jobs, free_job);
	net_free(locator->net);
	lookup_free_all(locator);
	sources_free(locator);
	policy_free(locator);
	g_hash_table_unref(locator->bad);
	g_free(locator);
}

void
locator_add(struct locator *locator, const struct indicator *indicator,
	const struct abuse_case *abuse_case, locate_done done, void *user)
{
	struct job *job = g_new0(struct job, 1);

	job->locator = locator;
	job->indicator = indicator;
	job->abuse_case = abuse_case;
	job->nature = abuse_case ? abuse_case->nature : NATURE_UNKNOWN;
	job->routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	job->done = done;
	job->user = user;
	g_queue_push_tail(&locator->jobs, job);
}

void
job_hold(struct job *job)
{
	job->holds++;
}

void
job_release(struct job *job)
{
	if (--job->holds > 0)
		return;
	job->locator->active--;
	policy_apply(job);
	job->done(job->indicator, job->routes, job->user);
	free_job(job);
}

static void
locate_name(struct job *job)
{
	const struct indicator *indicator = job->indicator;
	gboolean address_too = TRUE;

	if (!suffix_locate(job, &address_too) && indicator->domain) {
		if (jp_is_name(indicator->domain))
			jp_locate(job);
		else
			domain_locate(job);
		registry_locate(job);
	}
	if (indicator->type == INDICATOR_MAIL)
		address_locate_mail(job, indicator->host);
	else if (address_too)
		address_locate_host(job, indicator->host);
}

static void
start(struct job *job)
{
	job->locator->active++;
	job_hold(job);
	if (job->indicator->host_is_address)
		address_locate(job, job->indicator->host);
	else
		locate_name(job);
	job_release(job);
}

void
locator_run(struct locator *locator)
{
	/* More than the net does at once, so that it never waits for us, and few enough that memory
	 * does not grow with the queue. */
	const guint most = (guint)MAX(config_integer(locator->config, "lookup", "parallel"), 1) * 4;

	if (!g_queue_is_empty(&locator->jobs))
		sources_load_bootstrap(locator);
	while (locator->active > 0 || !g_queue_is_empty(&locator->jobs)) {
		while (locator->active < most && !g_queue_is_empty(&locator->jobs))
			start(g_queue_pop_head(&locator->jobs));
		if (locator->active > 0)
			net_turn(locator->net, 1000);
	}
	lookup_flush(locator);
}
