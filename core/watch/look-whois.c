#include "watch/look-whois.h"

#include <string.h>

#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"
#include "net/whois.h"
#include "watch/judge.h"
#include "watch/look-dns.h"

/* WHOIS servers shut out who asks too often or too much. */
#define PAUSE_MS 1000
#define MOST_QUERIES 60
/* What is kept of an answer: the registration comes first. */
#define MOST_KEPT 16384

struct asking {
	const struct look_round *round;
	const struct whois_servers *servers;
	struct net *net;
	GHashTable *names; /* domain -> struct name * */
};

/* One name, with all looks that want to know of it. */
struct name {
	struct asking *asking;
	const char *domain; /* borrowed of an indicator */
	const char *server; /* borrowed of the table */
	char *query;
	GPtrArray *looks; /* of struct look *, borrowed */
};

static void
name_free(void *data)
{
	struct name *name = data;

	g_free(name->query);
	g_ptr_array_unref(name->looks);
	g_free(name);
}

static void
judge(const struct name *name, struct look *look)
{
	const struct look_round *round = name->asking->round;
	const struct watch_inquiry inquiry = { round->signals, round->at, look->has_lapsed };
	gboolean is_no_takedown = FALSE;
	struct watch_view view = { WATCH_UNKNOWN, NULL };

	if (*look->whois)
		view = watch_judge_whois(
			&inquiry, look->whois, name->server, look_is_gone(look), &is_no_takedown);
	else
		view.detail = g_strdup("no answer from WHOIS; asked again in a day");
	look_add_registry(look, round->at, "whois", &view, name->server, is_no_takedown);
}

static void
on_answer(const char *text, const char *error, void *user)
{
	struct name *name = user;
	g_autofree char *begin = g_utf8_make_valid(
		text ? text : "", text ? (gssize)MIN(strlen(text), MOST_KEPT) : 0);

	if (error)
		log_info("watch: %s", error);
	for (guint i = 0; i < name->looks->len; i++) {
		struct look *look = name->looks->pdata[i];

		look->whois = g_strdup(begin);
		look->whois_at = name->asking->round->at;
		look->whois_is_new = i == 0;
		judge(name, look);
	}
}

/* NULL where no server is known. Answers of a snapshot on disk tell nothing of now. */
static struct name *
name_of(struct asking *asking, const struct look *look)
{
	const char *domain = look->indicator->domain, *server;
	struct name *name = g_hash_table_lookup(asking->names, domain);
	g_autofree char *query = NULL;

	if (name)
		return name;
	if (!whois_servers_find(asking->servers, domain, &server, &query) ||
		g_str_has_prefix(server, "file:"))
		return NULL;
	name = g_new0(struct name, 1);
	name->asking = asking;
	name->domain = domain;
	name->server = server;
	name->query = g_steal_pointer(&query);
	name->looks = g_ptr_array_new();
	g_hash_table_insert(asking->names, (void *)domain, name);
	return name;
}

static const struct look *
answered(const struct name *name)
{
	for (guint i = 0; i < name->looks->len; i++) {
		const struct look *look = name->looks->pdata[i];

		if (look->whois)
			return look;
	}
	return NULL;
}

/* What is known of the day is told again: it explains what DNS says now. */
static void
tell_again(struct name *name, const struct look *known)
{
	for (guint i = 0; i < name->looks->len; i++) {
		struct look *look = name->looks->pdata[i];

		if (!look->whois) {
			look->whois = g_strdup(known->whois);
			look->whois_at = known->whois_at;
		}
		judge(name, look);
	}
}

static void
ask_all(struct asking *asking)
{
	GHashTableIter iter;
	void *value;
	guint asked = 0;

	g_hash_table_iter_init(&iter, asking->names);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct name *name = value;
		const struct look *known = answered(name);

		if (known)
			tell_again(name, known);
		else if (asked++ < MOST_QUERIES)
			whois_start(asking->net, name->server, name->query, on_answer, name);
	}
	look_run(asking->round, asking->net);
	if (asked > MOST_QUERIES)
		log_info("watch: %u names are asked for by WHOIS in the next run",
			asked - MOST_QUERIES);
}

static struct whois_servers *
load_servers(const struct config *config, GError **error)
{
	g_autofree char *own = config_path(config, "lookup", "whois_servers");
	g_autofree char *shipped = g_build_filename(paths_data(), "whois-servers.conf", NULL);

	return whois_servers_load(own ? own : shipped, error);
}

static struct net *
open_net(const struct config *config, GError **error)
{
	struct net_options options;

	look_net_options(config, &options);
	options.parallel_per_host = 1;
	options.pause_per_host_ms = MAX(options.pause_per_host_ms, PAUSE_MS);
	return net_new(&options, error);
}

void
look_whois(const struct look_round *round, const struct rdap_bootstrap *bootstrap)
{
	g_autoptr(GError) error = NULL;
	struct whois_servers *servers = load_servers(round->config, &error);
	g_autoptr(Net) net = servers ? open_net(round->config, &error) : NULL;
	g_autoptr(GHashTable) names =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, name_free);
	struct asking asking = { round, servers, net, names };

	for (guint i = 0; net && i < round->looks->len; i++) {
		struct look *look = round->looks->pdata[i];
		struct name *name = NULL;

		if (look_is_gone(look) &&
			!rdap_bootstrap_domain(bootstrap, look->indicator->domain))
			name = name_of(&asking, look);
		if (name)
			g_ptr_array_add(name->looks, look);
	}
	if (net)
		ask_all(&asking);
	else
		log_warning("watch: no WHOIS: %s", error->message);
	whois_servers_free(servers);
}
