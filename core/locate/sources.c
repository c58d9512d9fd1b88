/* What is loaded once: IANA's bootstrap, the table of WHOIS servers, and the hosts file. */
#include <arpa/inet.h>
#include <string.h>

#include "base/log.h"
#include "base/paths.h"
#include "base/text.h"
#include "locate/locator.h"
#include "net/http.h"

#define BOOTSTRAP_AGE_S (7 * 24 * 3600)
#define MAX_BOOTSTRAP (8 * 1024 * 1024)
#define MAX_HOSTS (64 * 1024 * 1024)

static void
add_host(GHashTable *hosts, const char *name, const char *address)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	GPtrArray *addresses = g_hash_table_lookup(hosts, key);

	if (!addresses) {
		addresses = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(hosts, g_steal_pointer(&key), addresses);
	}
	g_ptr_array_add(addresses, g_strdup(address));
}

static gboolean
is_address(const char *text)
{
	guint8 bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static gboolean
load_hosts(struct locator *locator, const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(file, &text, NULL, error)) {
		g_prefix_error(error, "[lookup] hosts_file: ");
		return FALSE;
	}
	locator->hosts = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		g_auto(GStrv) words = NULL;

		lines[i][strcspn(lines[i], "#")] = '\0';
		words = g_strsplit_set(g_strstrip(lines[i]), " \t", -1);
		if (!words[0] || !*words[0])
			continue;
		if (!is_address(words[0])) {
			g_set_error(error, CONFIG_ERROR, 0,
				"%s:%u: \"%s\" is no address; a line is \"address name …\"", file,
				i + 1, words[0]);
			return FALSE;
		}
		for (guint k = 1; words[k]; k++)
			if (*words[k])
				add_host(locator->hosts, words[k], words[0]);
	}
	return TRUE;
}

gboolean
sources_load(struct locator *locator, GError **error)
{
	g_autofree char *own = config_path(locator->config, "lookup", "whois_servers");
	g_autofree char *hosts = config_path(locator->config, "lookup", "hosts_file");
	g_autofree char *table =
		own ? g_strdup(own) : g_build_filename(paths_data(), "whois-servers.conf", NULL);

	locator->whois_folder = g_path_get_dirname(table);
	locator->whois_servers = whois_servers_load(table, error);
	return locator->whois_servers && (!hosts || load_hosts(locator, hosts, error));
}

/* One of IANA's files, from the store or from the net. Free with g_free. */
static char *
bootstrap_file(struct locator *locator, const char *source, const char *name)
{
	const char *slash = g_str_has_suffix(source, "/") ? "" : "/";
	g_autofree char *url = g_strconcat(source, slash, name, NULL);
	g_autofree char *key = g_strconcat("bootstrap:", url, NULL);
	const struct http_request request = { .url = url, .max_bytes = MAX_BOOTSTRAP };
	struct http_answer *answer;
	char *text = NULL;
	gsize length;
	const char *body;

	if (locator->store && locator->rdap_age_s > 0)
		text = store_cache_get(locator->store, key, BOOTSTRAP_AGE_S, NULL, NULL);
	if (text)
		return text;
	answer = http_fetch(locator->net, &request);
	body = g_bytes_get_data(answer->body, &length);
	if (answer->status == 200 && body && g_utf8_validate_len(body, length, NULL))
		text = g_strndup(body, length);
	else if (!locator->bootstrap_error)
		locator->bootstrap_error = g_strdup_printf(
			"RDAP bootstrap %s: %s", url, answer->error ? answer->error : "no answer");
	if (text && locator->store)
		store_cache_put(locator->store, key, text, text_now(), NULL);
	http_answer_free(answer);
	return text;
}

static struct rdap_bootstrap *
load_from_url(struct locator *locator, const char *source, GError **error)
{
	g_autofree char *dns = bootstrap_file(locator, source, "dns.json");
	/* A server that does not answer is not asked three times more. */
	g_autofree char *ipv4 = dns ? bootstrap_file(locator, source, "ipv4.json") : NULL;
	g_autofree char *ipv6 = dns ? bootstrap_file(locator, source, "ipv6.json") : NULL;

	return dns || ipv4 || ipv6 ? rdap_bootstrap_parse(dns, ipv4, ipv6, NULL, error) : NULL;
}

void
sources_load_bootstrap(struct locator *locator)
{
	const char *source = config_string(locator->config, "lookup", "rdap_bootstrap");
	g_autofree char *folder = NULL;
	g_autoptr(GError) error = NULL;

	if (locator->bootstrap_loaded)
		return;
	locator->bootstrap_loaded = TRUE;
	if (g_str_has_prefix(source, "http://") || g_str_has_prefix(source, "https://")) {
		locator->bootstrap = load_from_url(locator, source, &error);
	} else {
		folder = strstr(source, "://")
				 ? g_strdup(source)
				 : config_path(locator->config, "lookup", "rdap_bootstrap");
		locator->bootstrap = rdap_bootstrap_load(locator->net, folder, &error);
	}
	if (error) {
		g_free(locator->bootstrap_error);
		locator->bootstrap_error = g_strdup(error->message);
	}
	if (!locator->bootstrap)
		log_warning("%s", locator->bootstrap_error);
}

void
sources_free(struct locator *locator)
{
	rdap_bootstrap_free(locator->bootstrap);
	g_free(locator->bootstrap_error);
	whois_servers_free(locator->whois_servers);
	g_free(locator->whois_folder);
	if (locator->hosts)
		g_hash_table_unref(locator->hosts);
}
