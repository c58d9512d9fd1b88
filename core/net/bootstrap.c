/* IANA's bootstrap files (RFC 9224): which server knows about a name, address or AS number. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/network.h"
#include "net/loop.h"
#include "net/rdap.h"

#define MAX_FILE (8 * 1024 * 1024)

#define BOOTSTRAP_ERROR g_quark_from_static_string("abate-rdap-bootstrap")

enum { FILE_DNS, FILE_IPV4, FILE_IPV6, FILE_ASN, FILES };

static const char *const file_names[FILES] = { "dns.json", "ipv4.json", "ipv6.json", "asn.json" };

struct prefix {
	struct network network;
	const char *url; /* owned by the table */
};

struct range {
	gint64 first, last;
	const char *url;
};

struct rdap_bootstrap {
	GStringChunk *urls;
	GHashTable *domains; /* suffix -> url */
	GArray *prefixes;    /* of struct prefix */
	GArray *ranges;	     /* of struct range */
};

void
rdap_bootstrap_free(struct rdap_bootstrap *bootstrap)
{
	if (!bootstrap)
		return;
	g_hash_table_unref(bootstrap->domains);
	g_array_unref(bootstrap->prefixes);
	g_array_unref(bootstrap->ranges);
	g_string_chunk_free(bootstrap->urls);
	g_free(bootstrap);
}

/* folder: what relative and file URLs may be read by; NULL for files from the net. */
static char *
usable_url(const char *text, const char *folder)
{
	const char *slash = g_str_has_suffix(text, "/") ? "" : "/";

	if (g_str_has_prefix(text, "https://") || g_str_has_prefix(text, "http://"))
		return g_strconcat(text, slash, NULL);
	if (!folder)
		return NULL;
	if (g_str_has_prefix(text, "file:///"))
		return g_strconcat(text, slash, NULL);
	return strstr(text, "://") ? NULL : g_strconcat(folder, text, slash, NULL);
}

/* The best of a service's URLs: https, or else the first that can be used. */
static char *
choose_url(const json_t *urls, const char *folder)
{
	char *chosen = NULL;
	const json_t *one;
	size_t i;

	json_array_foreach(urls, i, one)
	{
		char *url = json_is_string(one) ? usable_url(json_string_value(one), folder) : NULL;

		if (!url || (chosen && !g_str_has_prefix(url, "https://"))) {
			g_free(url);
			continue;
		}
		g_free(chosen);
		chosen = url;
		if (g_str_has_prefix(chosen, "https://"))
			break;
	}
	return chosen;
}

static void
add_prefix(struct rdap_bootstrap *bootstrap, const char *key, const char *url)
{
	struct prefix prefix = { .url = url };

	if (network_parse(key, &prefix.network))
		g_array_append_val(bootstrap->prefixes, prefix);
}

static void
add_range(struct rdap_bootstrap *bootstrap, const char *key, const char *url)
{
	struct range range = { .url = url };
	char *end;

	range.first = g_ascii_strtoll(key, &end, 10);
	range.last = *end == '-' ? g_ascii_strtoll(end + 1, &end, 10) : range.first;
	if (end != key && *end == '\0')
		g_array_append_val(bootstrap->ranges, range);
}

static void
add_key(struct rdap_bootstrap *bootstrap, int file, const char *key, const char *url)
{
	if (file == FILE_DNS)
		g_hash_table_insert(bootstrap->domains, g_ascii_strdown(key, -1), (void *)url);
	else if (file == FILE_ASN)
		add_range(bootstrap, key, url);
	else
		add_prefix(bootstrap, key, url);
}

static void
add_service(struct rdap_bootstrap *bootstrap, int file, const json_t *service, const char *folder)
{
	g_autofree char *url = choose_url(json_array_get(service, 1), folder);
	const char *kept;
	const json_t *key;
	size_t i;

	if (!url)
		return;
	kept = g_string_chunk_insert_const(bootstrap->urls, url);
	json_array_foreach(json_array_get(service, 0), i, key)
	{
		if (json_is_string(key))
			add_key(bootstrap, file, json_string_value(key), kept);
	}
}

static gboolean
add_file(struct rdap_bootstrap *bootstrap, int file, const char *text, const char *folder,
	GError **error)
{
	json_error_t fault = { .text = "no \"services\" list" };
	json_t *root = json_loads(text, 0, &fault), *services, *service;
	size_t i;

	services = json_object_get(root, "services");
	if (!json_is_array(services)) {
		g_set_error(error, BOOTSTRAP_ERROR, 0, "RDAP bootstrap %s: no bootstrap file: %s",
			file_names[file], root ? "no \"services\" list" : fault.text);
		json_decref(root);
		return FALSE;
	}
	json_array_foreach(services, i, service)
	{
		add_service(bootstrap, file, service, folder);
	}
	json_decref(root);
	return TRUE;
}

static struct rdap_bootstrap *
parse_files(const char *const texts[FILES], const char *folder, GError **error)
{
	struct rdap_bootstrap *bootstrap = g_new0(struct rdap_bootstrap, 1);

	bootstrap->urls = g_string_chunk_new(4096);
	bootstrap->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bootstrap->prefixes = g_array_new(FALSE, FALSE, sizeof(struct prefix));
	bootstrap->ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	for (int i = 0; i < FILES; i++) {
		if (texts[i] && !add_file(bootstrap, i, texts[i], folder, error)) {
			rdap_bootstrap_free(bootstrap);
			return NULL;
		}
	}
	return bootstrap;
}

struct rdap_bootstrap *
rdap_bootstrap_parse(
	const char *dns, const char *ipv4, const char *ipv6, const char *asn, GError **error)
{
	const char *texts[FILES] = { dns, ipv4, ipv6, asn };

	return parse_files(texts, "file:///", error);
}

/* A snapshot: the files of a folder, read as files. */
static struct rdap_bootstrap *
load_folder(const char *folder, GError **error)
{
	char *texts[FILES] = { NULL };
	g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
	g_autofree char *uri = g_filename_to_uri(absolute, NULL, error);
	g_autofree char *base = uri ? g_strconcat(uri, "/", NULL) : NULL;
	struct rdap_bootstrap *bootstrap = NULL;
	int found = 0;

	for (int i = 0; i < FILES; i++) {
		g_autofree char *path = g_build_filename(absolute, file_names[i], NULL);

		found += g_file_get_contents(path, &texts[i], NULL, NULL);
	}
	if (base && found == 0)
		g_set_error(error, BOOTSTRAP_ERROR, 0,
			"RDAP bootstrap: none of dns.json, ipv4.json, ipv6.json, asn.json in %s",
			folder);
	else if (base)
		bootstrap = parse_files((const char *const *)texts, base, error);
	for (int i = 0; i < FILES; i++)
		g_free(texts[i]);
	return bootstrap;
}

struct fetched {
	char *text, *error;
	gboolean done;
};

static void
keep_file(const struct http_answer *answer, void *user)
{
	struct fetched *fetched = user;
	gsize length;
	const char *data = g_bytes_get_data(answer->body, &length);

	fetched->done = TRUE;
	if (answer->status == 200)
		fetched->text = g_strndup(data ? data : "", length);
	else if (answer->error)
		fetched->error = g_strdup(answer->error);
	else
		fetched->error = g_strdup_printf("HTTP status %ld", answer->status);
}

static struct rdap_bootstrap *
load_url(struct net *net, const char *source, GError **error)
{
	const char *slash = g_str_has_suffix(source, "/") ? "" : "/";
	struct fetched files[FILES] = { { NULL } };
	const char *texts[FILES];
	struct rdap_bootstrap *bootstrap = NULL;
	gboolean found = FALSE;

	for (int i = 0; i < FILES; i++) {
		g_autofree char *url = g_strconcat(source, slash, file_names[i], NULL);
		struct http_request request = { .url = url, .max_bytes = MAX_FILE };

		http_start(net, &request, keep_file, &files[i]);
	}
	for (int i = 0; i < FILES; i++) {
		while (!files[i].done)
			net_turn(net, 1000);
		texts[i] = files[i].text;
		found |= files[i].text != NULL;
	}
	if (found)
		bootstrap = parse_files(texts, NULL, error);
	else
		g_set_error(error, BOOTSTRAP_ERROR, 0, "RDAP bootstrap: nothing from %s: %s",
			source, files[0].error);
	for (int i = 0; i < FILES; i++) {
		g_free(files[i].text);
		g_free(files[i].error);
	}
	return bootstrap;
}

struct rdap_bootstrap *
rdap_bootstrap_load(struct net *net, const char *source, GError **error)
{
	g_autofree char *folder = NULL;

	if (!strstr(source, "://"))
		return load_folder(source, error);
	if (!g_str_has_prefix(source, "file://"))
		return load_url(net, source, error);
	folder = g_filename_from_uri(source, NULL, error);
	return folder ? load_folder(folder, error) : NULL;
}

const char *
rdap_bootstrap_domain(const struct rdap_bootstrap *bootstrap, const char *domain)
{
	g_autofree char *name = g_ascii_strdown(domain, -1);
	gsize length = strlen(name);

	if (length > 0 && name[length - 1] == '.')
		name[length - 1] = '\0';
	for (const char *suffix = name; suffix;) {
		const char *url = g_hash_table_lookup(bootstrap->domains, suffix);
		const char *dot = strchr(suffix, '.');

		if (url)
			return url;
		suffix = dot ? dot + 1 : NULL;
	}
	return g_hash_table_lookup(bootstrap->domains, "");
}

const char *
rdap_bootstrap_address(const struct rdap_bootstrap *bootstrap, const char *address)
{
	const struct prefix *best = NULL;
	struct address wanted;

	if (!address_parse(address, &wanted))
		return NULL;
	for (guint i = 0; i < bootstrap->prefixes->len; i++) {
		const struct prefix *prefix = &g_array_index(bootstrap->prefixes, struct prefix, i);

		if ((!best || prefix->network.length > best->network.length) &&
			network_holds(&prefix->network, &wanted))
			best = prefix;
	}
	return best ? best->url : NULL;
}

const char *
rdap_bootstrap_autnum(const struct rdap_bootstrap *bootstrap, gint64 number)
{
	for (guint i = 0; i < bootstrap->ranges->len; i++) {
		const struct range *range = &g_array_index(bootstrap->ranges, struct range, i);

		if (number >= range->first && number <= range->last)
			return range->url;
	}
	return NULL;
}

char *
rdap_url(const char *base, const char *object_class, const char *key)
{
	g_autofree char *escaped = g_uri_escape_string(key, ":", FALSE);

	return g_strconcat(base, object_class, "/", escaped, NULL);
}
