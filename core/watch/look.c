#include "watch/look.h"

#include <string.h>

#include "base/log.h"
#include "watch/judge.h"
#include "watch/look-dns.h"
#include "watch/look-whois.h"

#define LARGEST_PAGE (1024 * 1024)
/* Within that a stop is noticed. */
#define TURN_MS 200

struct look *
look_new(const struct indicator *indicator)
{
	struct look *look = g_new0(struct look, 1);

	look->indicator = indicator;
	look->sightings = g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);
	return look;
}

void
look_free(struct look *look)
{
	if (!look)
		return;
	g_ptr_array_unref(look->sightings);
	g_free(look->addresses);
	g_free(look->resolver);
	g_free(look->whois);
	g_free(look);
}

const struct sighting *
look_add(struct look *look, gint64 at, const char *method, const char *verdict, char *detail,
	const char *vantage)
{
	struct sighting *sighting = sighting_new();

	sighting->indicator_id = look->indicator->id;
	sighting->at = at;
	sighting->method = g_strdup(method);
	sighting->verdict = g_strdup(verdict);
	sighting->detail = detail;
	sighting->vantage = g_strdup(vantage);
	g_ptr_array_add(look->sightings, sighting);
	return sighting;
}

gboolean
look_is_stopped(const struct look_round *round)
{
	return round->stop && *round->stop;
}

void
look_run(const struct look_round *round, struct net *net)
{
	while (!look_is_stopped(round) && net_turn(net, TURN_MS))
		;
}

void
look_net_options(const struct config *config, struct net_options *options)
{
	const char *bootstrap = config_string(config, "lookup", "rdap_bootstrap");

	*options = (struct net_options){
		.allow_private = config_boolean(config, "lookup", "allow_private"),
		.allow_file = !g_str_has_prefix(bootstrap, "http"),
		.timeout_ms = config_integer(config, "lookup", "timeout") * 1000,
		.parallel = config_integer(config, "lookup", "parallel"),
		.parallel_per_host = config_integer(config, "lookup", "parallel_per_server"),
		.pause_per_host_ms = config_integer(config, "lookup", "pause_ms"),
		.dns_servers = config_string(config, "lookup", "dns_servers"),
	};
}

/* One that is named twice does not agree with itself. */
static char **
without_doubles(char **list)
{
	guint n = 0;

	for (guint i = 0; list[i]; i++) {
		char *one = list[i];

		list[i] = NULL;
		if (n && g_strv_contains((const char *const *)list, one))
			g_free(one);
		else
			list[n++] = one;
	}
	return list;
}

char **
look_resolvers(const struct config *config)
{
	char **resolvers = config_list(config, "watch", "resolvers");

	if (resolvers[0])
		return without_doubles(resolvers);
	g_strfreev(resolvers);
	resolvers = g_new0(char *, 2);
	resolvers[0] = g_strdup("");
	return resolvers;
}

/* Whether any look of that method has that verdict. */
static gboolean
saw(const struct look *look, const char *method, const char *verdict)
{
	for (guint i = 0; i < look->sightings->len; i++) {
		const struct sighting *sighting = look->sightings->pdata[i];

		if (strcmp(sighting->method, method) == 0 &&
			strcmp(sighting->verdict, verdict) == 0)
			return TRUE;
	}
	return FALSE;
}

const struct sighting *
look_telling(const struct look *look)
{
	const struct sighting *best = NULL;

	for (guint i = 0; i < look->sightings->len; i++) {
		const struct sighting *sighting = look->sightings->pdata[i];
		const gboolean tells = strcmp(sighting->verdict, "unknown") != 0;

		if (strcmp(sighting->method, "http") == 0 &&
			(tells || look->indicator->type == INDICATOR_URL))
			return sighting;
		if (!best || (tells && strcmp(best->verdict, "unknown") == 0))
			best = sighting;
	}
	return look->registry ? look->registry : best;
}

/* --- RDAP and HTTP: one request a look --- */

struct visit {
	const struct look_round *round;
	struct look *look;
	char *vantage; /* the server asked */
};

/* It is freed with visits. */
static struct visit *
visit_new(const struct look_round *round, struct look *look, const char *url, GPtrArray *visits)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	const char *host = uri ? g_uri_get_host(uri) : NULL;
	struct visit *visit = g_new0(struct visit, 1);

	visit->round = round;
	visit->look = look;
	visit->vantage = g_strdup(host && *host ? host : "file");
	g_ptr_array_add(visits, visit);
	return visit;
}

static void
visit_free(void *data)
{
	struct visit *visit = data;

	g_free(visit->vantage);
	g_free(visit);
}

static void
discount(struct look *look)
{
	for (guint i = 0; i < look->sightings->len; i++) {
		struct sighting *sighting = look->sightings->pdata[i];
		char *detail;

		if (strcmp(sighting->method, "dns") != 0 || strcmp(sighting->verdict, "down") != 0)
			continue;
		detail = g_strdup_printf("%s; not taken down", sighting->detail);
		g_free(sighting->detail);
		g_free(sighting->verdict);
		sighting->detail = detail;
		sighting->verdict = g_strdup("unknown");
	}
}

void
look_add_registry(struct look *look, gint64 at, const char *method, const struct watch_view *view,
	const char *vantage, gboolean is_no_takedown)
{
	const struct sighting *sighting =
		look_add(look, at, method, watch_state_name(view->verdict), view->detail, vantage);

	if (is_no_takedown || view->verdict == WATCH_DOWN)
		look->registry = sighting;
	/* What lapsed and was not up since is that still, when the registry gives no answer. */
	if (is_no_takedown || (look->has_lapsed && view->verdict != WATCH_DOWN))
		discount(look);
}

static struct watch_view
judge_rdap(const struct visit *visit, const struct http_answer *answer, gboolean *is_no_takedown)
{
	const struct watch_inquiry inquiry = { visit->round->signals, visit->round->at,
		visit->look->has_lapsed };
	gsize length;
	const char *body = g_bytes_get_data(answer->body, &length);

	if (answer->error && answer->status == 0)
		return (struct watch_view){ WATCH_UNKNOWN, g_strdup(answer->error) };
	/* A snapshot on disk has no status. */
	return watch_judge_rdap(&inquiry, answer->status ? answer->status : 200, body, length,
		answer->url, is_no_takedown);
}

static void
on_rdap(const struct http_answer *answer, void *user)
{
	struct visit *visit = user;
	gboolean is_no_takedown = FALSE;
	const struct watch_view view = judge_rdap(visit, answer, &is_no_takedown);

	look_add_registry(
		visit->look, visit->round->at, "rdap", &view, visit->vantage, is_no_takedown);
}

gboolean
look_is_gone(const struct look *look)
{
	const struct indicator *indicator = look->indicator;

	return indicator->domain && !indicator->suffix_is_private && saw(look, "dns", "down") &&
	       !saw(look, "dns", "up");
}

static void
look_rdap(const struct look_round *round, const struct rdap_bootstrap *bootstrap, struct net *net,
	GPtrArray *visits)
{
	for (guint i = 0; i < round->looks->len; i++) {
		struct look *look = round->looks->pdata[i];
		g_autofree char *url = NULL;
		const char *base;

		if (!look_is_gone(look))
			continue;
		base = rdap_bootstrap_domain(bootstrap, look->indicator->domain);
		if (!base)
			continue;
		url = rdap_url(base, "domain", look->indicator->domain);
		http_start(net, &(struct http_request){ .url = url }, on_rdap,
			visit_new(round, look, url, visits));
	}
	look_run(round, net);
}

static gboolean
is_any_gone(const GPtrArray *looks)
{
	for (guint i = 0; i < looks->len; i++)
		if (look_is_gone(looks->pdata[i]))
			return TRUE;
	return FALSE;
}

/* What the registry says: by RDAP, and by WHOIS where it has none. Its servers are few and slow, so
 * only what DNS calls down is asked for: then the status tells why. */
static void
look_registry(const struct look_round *round, struct net *net, GPtrArray *visits)
{
	const struct config *config = round->config;
	const char *url_or_folder = config_string(config, "lookup", "rdap_bootstrap");
	/* A folder is relative to the configuration's file. */
	g_autofree char *source = strstr(url_or_folder, "://")
					  ? g_strdup(url_or_folder)
					  : config_path(config, "lookup", "rdap_bootstrap");
	g_autoptr(GError) error = NULL;
	struct rdap_bootstrap *bootstrap;
	const gboolean rdap = config_boolean(config, "watch", "rdap");
	const gboolean whois = config_boolean(config, "watch", "whois");

	if ((!rdap && !whois) || look_is_stopped(round) || !is_any_gone(round->looks))
		return;
	bootstrap = rdap_bootstrap_load(net, source, &error);
	if (!bootstrap) {
		log_warning("watch: no RDAP and no WHOIS: %s", error->message);
		return;
	}
	if (rdap)
		look_rdap(round, bootstrap, net, visits);
	if (whois && !look_is_stopped(round))
		look_whois(round, bootstrap);
	rdap_bootstrap_free(bootstrap);
}

static void
on_http(const struct http_answer *answer, void *user)
{
	struct visit *visit = user;
	const gboolean is_page = visit->look->indicator->type == INDICATOR_URL;
	struct watch_view view = watch_judge_http(visit->round->signals, answer, is_page);

	look_add(visit->look, visit->round->at, "http", watch_state_name(view.verdict), view.detail,
		visit->vantage);
}

/* What to fetch; NULL where there is nothing to. Free with g_free. */
static char *
page_url(const struct look *look)
{
	const struct indicator *indicator = look->indicator;

	if (!indicator->host_is_address && !look->addresses)
		return NULL;
	if (indicator->type == INDICATOR_URL)
		return g_strdup(indicator->value);
	if (indicator->type == INDICATOR_MAIL)
		return NULL;
	return g_strdup_printf(
		strchr(indicator->host, ':') ? "http://[%s]/" : "http://%s/", indicator->host);
}

/* The page is judged by its head and thrown away: nothing of it is run or kept. */
static void
look_http(const struct look_round *round, struct net *net, GPtrArray *visits)
{
	const struct config *config = round->config;
	g_autofree char *agent = g_strdup_printf(
		"User-Agent: %s", config_string(config, "watch", "http_user_agent"));
	const char *headers[] = { agent, NULL };
	struct http_request request = { .headers = headers,
		.max_bytes = LARGEST_PAGE,
		.proxy = config_string(config, "watch", "http_proxy"),
		.no_redirect = TRUE };

	for (guint i = 0; i < round->looks->len; i++) {
		struct look *look = round->looks->pdata[i];
		g_autofree char *url = page_url(look);

		if (!url)
			continue;
		request.url = url;
		/* What we saw, not what the system's resolver says; a proxy asks for itself. */
		request.addresses = request.proxy && *request.proxy ? NULL : look->addresses;
		http_start(net, &request, on_http, visit_new(round, look, url, visits));
	}
	look_run(round, net);
}

/* Whether any resolver works. */
static gboolean
ask_resolvers(const struct look_round *round, gboolean *any, GError **error)
{
	g_auto(GStrv) resolvers = look_resolvers(round->config);

	*any = FALSE;
	for (guint i = 0; resolvers[i] && !look_is_stopped(round); i++) {
		gboolean works;

		if (!look_dns(round, resolvers[i], &works, error))
			return FALSE;
		*any |= works;
	}
	return TRUE;
}

gboolean
look_at(const struct look_round *round, GError **error)
{
	g_autoptr(GPtrArray) visits = g_ptr_array_new_with_free_func(visit_free);
	struct net_options options;
	g_autoptr(Net) net = NULL;
	gboolean any;

	if (!ask_resolvers(round, &any, error))
		return FALSE;
	for (guint i = 0; i < round->looks->len; i++) {
		struct look *look = round->looks->pdata[i];

		look->is_blind = !any && !look->indicator->host_is_address;
	}
	look_net_options(round->config, &options);
	net = net_new(&options, error);
	if (!net)
		return FALSE;
	look_registry(round, net, visits);
	if (config_boolean(round->config, "watch", "http") && !look_is_stopped(round))
		look_http(round, net, visits);
	return TRUE;
}
