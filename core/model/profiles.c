/* All profiles and the indexes by what they are matched by. */
#include "model/profile.h"

#include <string.h>

#include "base/network.h"
#include "base/paths.h"
#include "model/profile-read.h"

struct claimed_network {
	struct network network;
	const struct profile *profile;
};

struct profiles {
	GHashTable *by_id; /* owns the profiles */
	GHashTable *by_iana_id, *by_tld, *by_suffix, *by_mail_domain, *by_name_server,
		*by_rdap_host, *by_asn;
	GArray *networks; /* of struct claimed_network, longest prefix first */
};

static GHashTable *
index_new(void)
{
	return g_hash_table_new(g_str_hash, g_str_equal);
}

static struct profiles *
profiles_new(void)
{
	struct profiles *profiles = g_new0(struct profiles, 1);

	profiles->by_id =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)profile_free);
	profiles->by_iana_id = index_new();
	profiles->by_tld = index_new();
	profiles->by_suffix = index_new();
	profiles->by_mail_domain = index_new();
	profiles->by_name_server = index_new();
	profiles->by_rdap_host = index_new();
	profiles->by_asn = index_new();
	profiles->networks = g_array_new(FALSE, FALSE, sizeof(struct claimed_network));
	return profiles;
}

void
profiles_free(struct profiles *profiles)
{
	if (!profiles)
		return;
	g_hash_table_unref(profiles->by_iana_id);
	g_hash_table_unref(profiles->by_tld);
	g_hash_table_unref(profiles->by_suffix);
	g_hash_table_unref(profiles->by_mail_domain);
	g_hash_table_unref(profiles->by_name_server);
	g_hash_table_unref(profiles->by_rdap_host);
	g_hash_table_unref(profiles->by_asn);
	g_array_unref(profiles->networks);
	g_hash_table_unref(profiles->by_id);
	g_free(profiles);
}

/* --- loading --- */

/* A later profile of the same id takes the place of the earlier one. */
static void
add(struct profiles *profiles, struct profile *profile, guint layer)
{
	profile->layer = layer;
	g_hash_table_replace(profiles->by_id, profile->id, profile);
}

static void
load_table(struct profiles *profiles, const char *file, guint layer, GPtrArray *faults)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new();

	profile_read_table(file, entries, faults);
	for (guint i = 0; i < entries->len; i++)
		add(profiles, entries->pdata[i], layer);
}

static void
load_file(struct profiles *profiles, const char *file, guint layer, GPtrArray *faults)
{
	struct profile *profile;

	if (profile_is_table(file)) {
		load_table(profiles, file, layer, faults);
		return;
	}
	profile = profile_read_file(file, faults);
	if (profile)
		add(profiles, profile, layer);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean
load_folder(struct profiles *profiles, const char *folder, guint layer, GPtrArray *faults,
	GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (!dir) {
		g_prefix_error(error, "profiles: ");
		return FALSE;
	}
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".json") && *name != '.')
			g_ptr_array_add(names, g_strdup(name));
	/* Sorted, so that faults come in the same order everywhere. */
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *file = g_build_filename(folder, names->pdata[i], NULL);

		load_file(profiles, file, layer, faults);
	}
	return TRUE;
}

/* --- indexes --- */

/* Which of two profiles a shared key names: the later folder's, the provider's own before the
 * tables', and for a mail domain the host, as registrars are told by their id. */
static int
compare_claims(const void *a, const void *b)
{
	static const char *const order[] = { "hosting", "ddns", "jprs", "registrar", "registry",
		"neutral" };
	const struct profile *x = *(struct profile *const *)a, *y = *(struct profile *const *)b;

	if (x->layer != y->layer)
		return x->layer > y->layer ? -1 : 1;
	if (x->from_table != y->from_table)
		return x->from_table ? 1 : -1;
	for (gsize i = 0; i < G_N_ELEMENTS(order) && strcmp(x->kind, y->kind) != 0; i++) {
		if (strcmp(x->kind, order[i]) == 0)
			return -1;
		if (strcmp(y->kind, order[i]) == 0)
			return 1;
	}
	return strcmp(x->id, y->id);
}

/* Adds keys that no profile with a better claim has. Two claims to the same thing in one folder are
 * a fault, but for what hosts and registrars of one house share. */
static void
index_keys(GHashTable *index, const GPtrArray *keys, struct profile *profile, const char *field,
	GPtrArray *faults)
{
	for (guint i = 0; i < keys->len; i++) {
		struct profile *owner = g_hash_table_lookup(index, keys->pdata[i]);

		if (!owner)
			g_hash_table_insert(index, keys->pdata[i], profile);
		else if (field && faults && owner != profile && owner->layer == profile->layer &&
			 owner->from_table == profile->from_table)
			g_ptr_array_add(faults,
				g_strdup_printf("%s: match.%s: \"%s\" is claimed by %s too",
					profile->file, field, (char *)keys->pdata[i], owner->file));
	}
}

/* Stands for a key that several profiles have with equal right, and that so names nobody. */
static struct profile shared;

/* Many registrars share the RDAP host of their backend. */
static void
index_rdap_hosts(GHashTable *index, struct profile *profile)
{
	for (guint i = 0; i < profile->rdap_hosts->len; i++) {
		char *host = profile->rdap_hosts->pdata[i];
		struct profile *owner = g_hash_table_lookup(index, host);

		if (!owner)
			g_hash_table_insert(index, host, profile);
		else if (owner != &shared && owner->layer == profile->layer &&
			 owner->from_table == profile->from_table)
			g_hash_table_insert(index, host, &shared);
	}
}

static void
index_networks(GArray *networks, struct profile *profile)
{
	for (guint i = 0; i < profile->networks->len; i++) {
		struct claimed_network claim = { .profile = profile };

		if (network_parse(profile->networks->pdata[i], &claim.network))
			g_array_append_val(networks, claim);
	}
}

static int
compare_networks(const void *a, const void *b)
{
	const struct claimed_network *x = a, *y = b;

	if (x->network.length != y->network.length)
		return x->network.length > y->network.length ? -1 : 1;
	return compare_claims(&x->profile, &y->profile);
}

static gboolean
gives_names(const struct profile *profile)
{
	return strcmp(profile->kind, "hosting") == 0 || strcmp(profile->kind, "ddns") == 0;
}

static void
index_profile(struct profiles *profiles, struct profile *profile, GPtrArray *faults)
{
	index_keys(profiles->by_iana_id, profile->iana_ids, profile, "iana_ids", faults);
	index_keys(profiles->by_tld, profile->tlds, profile, "tlds", faults);
	if (gives_names(profile))
		index_keys(profiles->by_suffix, profile->suffixes, profile, "suffixes", faults);
	index_keys(profiles->by_mail_domain, profile->mail_domains, profile, NULL, NULL);
	index_keys(profiles->by_name_server, profile->name_servers, profile, NULL, NULL);
	index_keys(profiles->by_asn, profile->asns, profile, NULL, NULL);
	index_rdap_hosts(profiles->by_rdap_host, profile);
	index_networks(profiles->networks, profile);
}

static void
build_indexes(struct profiles *profiles, GPtrArray *faults)
{
	g_autoptr(GPtrArray) all = profiles_all(profiles);

	g_ptr_array_sort(all, compare_claims);
	for (guint i = 0; i < all->len; i++)
		index_profile(profiles, all->pdata[i], faults);
	g_array_sort(profiles->networks, compare_networks);
}

struct profiles *
profiles_load(const char *const *folders, GPtrArray *faults, GError **error)
{
	static const char *const tables[] = { "registrars.json", "registries.json" };
	g_autoptr(Profiles) profiles = profiles_new();

	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *file = g_build_filename(paths_data(), tables[i], NULL);

		load_table(profiles, file, 0, faults);
	}
	for (guint i = 0; folders[i]; i++)
		if (!load_folder(profiles, folders[i], i, faults, error))
			return NULL;
	build_indexes(profiles, faults);
	return g_steal_pointer(&profiles);
}

struct profiles *
profiles_load_configured(const struct config *config, GPtrArray *faults, GError **error)
{
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) more = config ? config_list(config, "paths", "providers") : g_new0(char *, 1);
	g_autofree char *base =
		config && config_file(config) ? g_path_get_dirname(config_file(config)) : NULL;
	g_autofree char *top = g_canonicalize_filename(base ? base : ".", NULL);

	g_ptr_array_add(folders, g_build_filename(paths_data(), "providers", NULL));
	for (guint i = 0; more[i]; i++)
		g_ptr_array_add(folders, g_canonicalize_filename(more[i], top));
	g_ptr_array_add(folders, NULL);
	return profiles_load((const char *const *)folders->pdata, faults, error);
}

/* --- looking up --- */

const struct profile *
profiles_by_id(const struct profiles *profiles, const char *id)
{
	return g_hash_table_lookup(profiles->by_id, id);
}

const struct profile *
profiles_by_iana_id(const struct profiles *profiles, const char *iana_id)
{
	return g_hash_table_lookup(profiles->by_iana_id, iana_id);
}

/* The profile of the longest suffix of a name, at a dot. *found may be NULL. */
static const struct profile *
longest_suffix(GHashTable *index, const char *name, const char **found)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	gsize length = strlen(lower);
	void *key, *value;

	if (length > 0 && lower[length - 1] == '.')
		lower[length - 1] = '\0';
	for (const char *at = lower; at; at = strchr(at, '.')) {
		at += *at == '.';
		if (!g_hash_table_lookup_extended(index, at, &key, &value))
			continue;
		if (found)
			*found = key;
		return value;
	}
	return NULL;
}

const struct profile *
profiles_by_tld(const struct profiles *profiles, const char *tld)
{
	return longest_suffix(profiles->by_tld, tld + (*tld == '.'), NULL);
}

const struct profile *
profiles_by_suffix(const struct profiles *profiles, const char *host, const char **suffix)
{
	return longest_suffix(profiles->by_suffix, host, suffix);
}

const struct profile *
profiles_by_mail_domain(const struct profiles *profiles, const char *domain)
{
	return longest_suffix(profiles->by_mail_domain, domain, NULL);
}

const struct profile *
profiles_by_name_server(const struct profiles *profiles, const char *name_server)
{
	return longest_suffix(profiles->by_name_server, name_server, NULL);
}

const struct profile *
profiles_by_rdap_host(const struct profiles *profiles, const char *host)
{
	const struct profile *profile = g_hash_table_lookup(profiles->by_rdap_host, host);

	return profile == &shared ? NULL : profile;
}

const struct profile *
profiles_by_asn(const struct profiles *profiles, const char *asn)
{
	return g_hash_table_lookup(profiles->by_asn, asn);
}

const struct profile *
profiles_by_address(const struct profiles *profiles, const char *address)
{
	struct address wanted;

	if (!address_parse(address, &wanted))
		return NULL;
	for (guint i = 0; i < profiles->networks->len; i++) {
		const struct claimed_network *claim =
			&g_array_index(profiles->networks, struct claimed_network, i);

		if (network_holds(&claim->network, &wanted))
			return claim->profile;
	}
	return NULL;
}

static int
compare_ids(const void *a, const void *b)
{
	const struct profile *x = *(struct profile *const *)a, *y = *(struct profile *const *)b;

	return strcmp(x->id, y->id);
}

GPtrArray *
profiles_all(const struct profiles *profiles)
{
	GPtrArray *all = g_ptr_array_sized_new(g_hash_table_size(profiles->by_id));
	GHashTableIter iter;
	void *profile;

	g_hash_table_iter_init(&iter, profiles->by_id);
	while (g_hash_table_iter_next(&iter, NULL, &profile))
		g_ptr_array_add(all, profile);
	g_ptr_array_sort(all, compare_ids);
	return all;
}
