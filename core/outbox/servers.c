#include "outbox/servers.h"

struct servers {
	struct rate usual;
	GPtrArray *all;		    /* of struct server * */
	GHashTable *by_destination; /* borrows from all */
};

static void
server_free(void *data)
{
	struct server *server = data;

	g_free(server->name);
	g_ptr_array_unref(server->destinations);
	g_free(server);
}

static struct server *
add_server(struct servers *servers, const char *name, const struct rate *rate)
{
	struct server *server = g_new0(struct server, 1);

	server->name = g_strdup(name);
	server->rate = *rate;
	server->destinations = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(servers->all, server);
	return server;
}

static void
add_destination(struct servers *servers, struct server *server, const char *name)
{
	char *destination = g_ascii_strdown(name, -1);

	g_ptr_array_add(server->destinations, destination);
	g_hash_table_insert(servers->by_destination, destination, server);
}

static gint64
value_or(const struct config *config, const char *section, const char *key, gint64 usual)
{
	return config_string(config, section, key) ? config_integer(config, section, key) : usual;
}

static void
read_server(struct servers *servers, const struct config *config, const char *name)
{
	g_autofree char *section = g_strconcat("server ", name, NULL);
	g_auto(GStrv) also = config_list(config, section, "also");
	const struct rate rate = {
		.per_hour = value_or(config, section, "per_hour", servers->usual.per_hour),
		.per_day = value_or(config, section, "per_day", servers->usual.per_day),
		.gap_s = value_or(config, section, "minimum_gap_s", servers->usual.gap_s),
	};
	struct server *server = add_server(servers, name, &rate);

	add_destination(servers, server, name);
	for (int i = 0; also[i]; i++)
		add_destination(servers, server, also[i]);
}

struct servers *
servers_new(const struct config *config)
{
	struct servers *servers = g_new0(struct servers, 1);
	g_auto(GStrv) names = config_sections(config, "server ");

	servers->all = g_ptr_array_new_with_free_func(server_free);
	servers->by_destination = g_hash_table_new(g_str_hash, g_str_equal);
	servers->usual.per_hour = config_integer(config, "send", "server_per_hour");
	servers->usual.per_day = config_integer(config, "send", "server_per_day");
	servers->usual.gap_s = config_integer(config, "send", "server_gap_s");
	for (int i = 0; names[i]; i++)
		read_server(servers, config, names[i]);
	return servers;
}

void
servers_free(struct servers *servers)
{
	if (!servers)
		return;
	g_hash_table_unref(servers->by_destination);
	g_ptr_array_unref(servers->all);
	g_free(servers);
}

struct server *
servers_of(struct servers *servers, const struct report *report)
{
	g_autofree char *destination = report_destination(report);
	struct server *server =
		destination ? g_hash_table_lookup(servers->by_destination, destination) : NULL;

	if (!server && destination && rate_is_set(&servers->usual)) {
		server = add_server(servers, destination, &servers->usual);
		add_destination(servers, server, destination);
	}
	return server && rate_is_set(&server->rate) ? server : NULL;
}
