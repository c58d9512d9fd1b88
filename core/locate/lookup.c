/* Lookups: each question is asked once, whoever wants the answer, and the answer is kept. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "locate/locator.h"
#include "net/http.h"

/* Answers kept in memory; above it all that are done are dropped (the store still has them). */
#define MAX_KEPT 4096
#define MAX_RDAP_BYTES (1024 * 1024)
#define PUTS_AT_ONCE 256

struct waiting {
	lookup_done done;
	void *user;
};

struct lookup {
	gatomicrefcount refs;
	struct locator *locator;
	char *key;
	gboolean finished;
	gboolean dns;
	char *text, *error;
	gint64 at;
	GArray *waiting; /* of struct waiting */
};

static void
lookup_unref(void *data)
{
	struct lookup *lookup = data;

	if (!g_atomic_ref_count_dec(&lookup->refs))
		return;
	g_free(lookup->key);
	g_free(lookup->text);
	g_free(lookup->error);
	g_array_unref(lookup->waiting);
	g_free(lookup);
}

static struct lookup *
lookup_ref(struct lookup *lookup)
{
	g_atomic_ref_count_inc(&lookup->refs);
	return lookup;
}

static gboolean
is_finished(void *key, void *value, void *user)
{
	(void)key;
	(void)user;
	return ((struct lookup *)value)->finished;
}

static struct lookup *
lookup_new(struct locator *locator, const char *key, gboolean dns)
{
	struct lookup *lookup = g_new0(struct lookup, 1);

	g_atomic_ref_count_init(&lookup->refs);
	lookup->locator = locator;
	lookup->key = g_strdup(key);
	lookup->dns = dns;
	lookup->waiting = g_array_new(FALSE, FALSE, sizeof(struct waiting));
	if (!locator->lookups) {
		locator->lookups =
			g_hash_table_new_full(g_str_hash, g_str_equal, NULL, lookup_unref);
		locator->cache_puts = g_ptr_array_new_with_free_func(lookup_unref);
	}
	if (g_hash_table_size(locator->lookups) > MAX_KEPT)
		g_hash_table_foreach_remove(locator->lookups, is_finished, NULL);
	g_hash_table_insert(locator->lookups, lookup->key, lookup);
	return lookup;
}

void
lookup_flush(struct locator *locator)
{
	g_autoptr(GError) error = NULL;
	gboolean good;

	if (!locator->store || !locator->cache_puts || locator->cache_puts->len == 0)
		return;
	good = store_begin(locator->store, &error);
	for (guint i = 0; good && i < locator->cache_puts->len; i++) {
		const struct lookup *lookup = locator->cache_puts->pdata[i];

		good = store_cache_put(
			locator->store, lookup->key, lookup->text, lookup->at, &error);
	}
	if (good)
		good = store_commit(locator->store, &error);
	else
		store_rollback(locator->store);
	/* Without the cache the next run asks again: no reason to stop. */
	if (!good)
		log_warning("answers of lookups are not kept: %s", error->message);
	g_ptr_array_set_size(locator->cache_puts, 0);
}

void
lookup_free_all(struct locator *locator)
{
	if (!locator->lookups)
		return;
	g_ptr_array_unref(locator->cache_puts);
	g_hash_table_unref(locator->lookups);
}

static void
finish(struct lookup *lookup)
{
	struct locator *locator = lookup->locator;
	g_autoptr(GArray) waiting = g_steal_pointer(&lookup->waiting);

	lookup->waiting = g_array_new(FALSE, FALSE, sizeof(struct waiting));
	lookup->finished = TRUE;
	for (guint i = 0; i < waiting->len; i++) {
		const struct waiting *one = &g_array_index(waiting, struct waiting, i);

		one->done(lookup->text, lookup->at, lookup->error, one->user);
	}
	if (locator->cache_puts->len >= PUTS_AT_ONCE)
		lookup_flush(locator);
}

/* An answer of the net: TAKES text or error. */
static void
answer(struct lookup *lookup, char *text, char *error)
{
	struct locator *locator = lookup->locator;

	lookup->text = text;
	lookup->error = error;
	lookup->at = text_now();
	if (text && locator->store)
		g_ptr_array_add(locator->cache_puts, lookup_ref(lookup));
	finish(lookup);
	lookup_unref(lookup);
}

static void
from_store(struct lookup *lookup)
{
	struct locator *locator = lookup->locator;
	gint64 age = lookup->dns ? locator->dns_age_s : locator->rdap_age_s;

	if (!locator->store || age <= 0)
		return;
	lookup->text = store_cache_get(locator->store, lookup->key, age, &lookup->at, NULL);
	lookup->finished = lookup->text != NULL;
}

/* Answers from memory or the store, or joins the lookup under way. Not NULL: one that the caller
 * has to start, holding a reference that answer() gives back. */
static struct lookup *
join(struct locator *locator, const char *key, gboolean dns, lookup_done done, void *user)
{
	const struct waiting waiting = { done, user };
	struct lookup *lookup =
		locator->lookups ? g_hash_table_lookup(locator->lookups, key) : NULL;
	gboolean is_new = !lookup;

	if (is_new) {
		lookup = lookup_new(locator, key, dns);
		from_store(lookup);
	}
	if (lookup->finished) {
		/* done may lead to other lookups that drop this one. */
		lookup_ref(lookup);
		done(lookup->text, lookup->at, lookup->error, user);
		lookup_unref(lookup);
		return NULL;
	}
	g_array_append_val(lookup->waiting, waiting);
	return is_new ? lookup_ref(lookup) : NULL;
}

static void
on_rdap(const struct http_answer *http, void *user)
{
	gsize length;
	const char *body = g_bytes_get_data(http->body, &length);

	if (http->error)
		answer(user, NULL, g_strdup(http->error));
	else if (http->status == 404)
		answer(user, NULL, g_strdup("the server knows no such object (HTTP status 404)"));
	else if (http->status != 200)
		answer(user, NULL, g_strdup_printf("HTTP status %ld", http->status));
	else if (!g_utf8_validate_len(body ? body : "", length, NULL))
		answer(user, NULL, g_strdup("the answer is no UTF-8 text"));
	else
		answer(user, g_strndup(body ? body : "", length), NULL);
}

void
lookup_rdap(struct locator *locator, const char *url, lookup_done done, void *user)
{
	static const char *const headers[] = { "Accept: application/rdap+json, application/json",
		NULL };
	const struct http_request request = {
		.url = url,
		.headers = headers,
		.max_bytes = MAX_RDAP_BYTES,
	};
	g_autofree char *key = g_strconcat("rdap:", url, NULL);
	struct lookup *lookup = join(locator, key, FALSE, done, user);

	if (lookup)
		http_start(locator->net, &request, on_rdap, lookup);
}

static void
on_whois(const char *text, const char *error, void *user)
{
	answer(user, text ? g_strdup(text) : NULL, text ? NULL : g_strdup(error));
}

/* A snapshot: a folder with a file a name. */
static void
read_whois_file(struct lookup *lookup, const char *folder, const char *query)
{
	struct locator *locator = lookup->locator;
	g_autofree char *name = g_strdup(query);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	/* The name is not to lead out of the folder. */
	g_strdelimit(name, "/\\", '_');
	path = g_build_filename(locator->whois_folder, folder, *name == '.' ? "_" : name, NULL);
	if (g_file_get_contents(path, &text, NULL, &error) && g_utf8_validate(text, -1, NULL))
		answer(lookup, text, NULL);
	else
		answer(lookup, NULL, g_strdup(error ? error->message : "no UTF-8 text"));
	if (lookup->text != text)
		g_free(text);
}

void
lookup_whois(struct locator *locator, const char *server, const char *query, lookup_done done,
	void *user)
{
	g_autofree char *key = g_strconcat("whois:", server, ":", query, NULL);
	struct lookup *lookup = join(locator, key, FALSE, done, user);

	if (!lookup)
		return;
	if (g_str_has_prefix(server, "file:"))
		read_whois_file(lookup, server + strlen("file:"), query);
	else
		whois_start(locator->net, server, query, on_whois, lookup);
}

static char *
lines_of(const GPtrArray *texts)
{
	GString *lines = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(lines, "%s%s", i ? "\n" : "", (char *)texts->pdata[i]);
	return g_string_free(lines, FALSE);
}

static void
on_dns(const struct dns_answer *dns, void *user)
{
	gboolean known =
		dns->status == DNS_OK || dns->status == DNS_NODATA || dns->status == DNS_NXDOMAIN;

	if (!known)
		answer(user, NULL, g_strdup(dns->error ? dns->error : "no answer"));
	else
		answer(user, lines_of(dns->addresses->len ? dns->addresses : dns->records), NULL);
}

void
lookup_dns(
	struct locator *locator, const char *name, enum dns_type type, lookup_done done, void *user)
{
	g_autofree char *key = g_strdup_printf("dns:%s:%d", name, (int)type);
	struct lookup *lookup = join(locator, key, TRUE, done, user);

	if (lookup)
		dns_start(locator->net, name, type, on_dns, lookup);
}
