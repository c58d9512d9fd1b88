#include "inbox/told.h"

#include <string.h>

#include "inbox/domain.h"
#include "inbox/named.h"

/* Indicators of one provider that are kept, the newest first. */
#define TOLD_MAX 100000
/* Names of all providers that are kept; with more of them all are read again when needed. */
#define NAMES_MAX 500000

/* A name belongs to one report and its follow-ups, or to several that cannot be told apart. */
struct told_name {
	gint64 report, first; /* report 0: several */
};

struct told_index {
	struct store *store;
	const struct senders *senders;
	GHashTable *contacts;  /* house or mail domain -> set of provider ids; NULL: not read */
	GHashTable *providers; /* id -> table of name -> struct told_name */
	GHashTable *nobody;    /* the empty set */
	guint kept;	       /* names in providers */
};

static void
table_unref(void *table)
{
	g_hash_table_unref(table);
}

static GHashTable *
set_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

struct told_index *
told_index_new(struct store *store, const struct senders *senders)
{
	struct told_index *index = g_new0(struct told_index, 1);

	index->store = store;
	index->senders = senders;
	index->nobody = set_new();
	index->providers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, table_unref);
	return index;
}

void
told_index_free(struct told_index *index)
{
	if (!index)
		return;
	g_clear_pointer(&index->contacts, g_hash_table_unref);
	g_hash_table_unref(index->providers);
	g_hash_table_unref(index->nobody);
	g_free(index);
}

static void
add_contact(struct told_index *index, const char *key, const char *provider)
{
	GHashTable *set = key ? g_hash_table_lookup(index->contacts, key) : NULL;

	if (!key)
		return;
	if (!set) {
		set = set_new();
		g_hash_table_insert(index->contacts, g_strdup(key), set);
	}
	g_hash_table_add(set, g_strdup(provider));
}

static void
on_contact(const char *provider, const char *address, void *user)
{
	struct told_index *index = user;
	const struct profile *profile = senders_profile(index->senders, provider);
	g_autofree char *house = address ? senders_house(index->senders, address) : NULL;

	add_contact(index, house, provider);
	for (guint i = 0; profile && i < profile->channels->len; i++) {
		const struct profile_channel *channel = g_ptr_array_index(profile->channels, i);
		g_autofree char *desk = channel->type == CHANNEL_MAIL && channel->address
						? senders_house(index->senders, channel->address)
						: NULL;

		add_contact(index, desk, provider);
	}
	for (guint i = 0; profile && i < profile->mail_domains->len; i++) {
		g_autofree char *any = g_strconcat(
			"any@", (char *)g_ptr_array_index(profile->mail_domains, i), NULL);
		g_autofree char *own = senders_house(index->senders, any);

		add_contact(index, own, provider);
	}
}

static gboolean
load_contacts(struct told_index *index, GError **error)
{
	if (index->contacts)
		return TRUE;
	index->contacts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, table_unref);
	if (store_contacts_each(index->store, on_contact, index, error))
		return TRUE;
	g_clear_pointer(&index->contacts, g_hash_table_unref);
	return FALSE;
}

GHashTable *
told_providers(struct told_index *index, const char *address, GError **error)
{
	g_autofree char *house = senders_house(index->senders, address);
	GHashTable *found;

	if (!load_contacts(index, error))
		return NULL;
	found = house ? g_hash_table_lookup(index->contacts, house) : NULL;
	return found ? found : index->nobody;
}

struct suspicion {
	const struct senders *senders;
	const char *address;
	const struct report *report;
	gboolean reported;
};

static void
on_host(const char *host, void *user)
{
	struct suspicion *suspicion = user;

	suspicion->reported |=
		senders_reported(suspicion->senders, suspicion->address, suspicion->report, host);
}

gboolean
told_belongs(struct told_index *index, const char *address, const struct report *report,
	gboolean *belongs, GError **error)
{
	struct suspicion suspicion = { index->senders, address, report, FALSE };

	*belongs = address && senders_belong(index->senders, address, report);
	if (!*belongs)
		return TRUE;
	if (!store_report_hosts(index->store, report->id, on_host, &suspicion, error))
		return FALSE;
	*belongs = !suspicion.reported;
	return TRUE;
}

static void
add_name(GHashTable *names, const char *name, const struct told *told)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	struct told_name *known = g_hash_table_lookup(names, key);

	if (known) {
		if (known->first != told->first_id)
			known->report = 0;
		return;
	}
	known = g_new(struct told_name, 1);
	known->report = told->report_id;
	known->first = told->first_id;
	g_hash_table_insert(names, g_steal_pointer(&key), known);
}

static void
on_told(const struct told *told, void *user)
{
	add_name(user, told->value, told);
	/* A page's address without its last slash is the same to people. */
	if (g_str_has_suffix(told->value, "/")) {
		g_autofree char *shorter = g_strndup(told->value, strlen(told->value) - 1);

		add_name(user, shorter, told);
	}
	if (strcmp(told->value, told->host) != 0 && !strchr(told->value, '@'))
		add_name(user, told->host, told);
}

static GHashTable *
names_of(struct told_index *index, const char *provider, GError **error)
{
	GHashTable *names = g_hash_table_lookup(index->providers, provider);

	if (names)
		return names;
	names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!store_told_each(index->store, provider, TOLD_MAX, on_told, names, error)) {
		g_hash_table_unref(names);
		return NULL;
	}
	if (index->kept > NAMES_MAX) {
		g_hash_table_remove_all(index->providers);
		index->kept = 0;
	}
	index->kept += g_hash_table_size(names);
	g_hash_table_insert(index->providers, g_strdup(provider), names);
	return names;
}

/* What is named: one report by one kind of name, or several. */
struct finding {
	gint64 report, first;
	gboolean several;
};

static void
find(struct finding *finding, const struct told_name *known)
{
	if (known->report == 0 || (finding->report && finding->first != known->first))
		finding->several = TRUE;
	else if (known->report > finding->report) {
		finding->report = known->report;
		finding->first = known->first;
	}
}

gboolean
told_find(struct told_index *index, const char *provider, const char *text, gint64 *report,
	GError **error)
{
	GHashTable *known = names_of(index, provider, error);
	g_autoptr(GHashTable) names = set_new();
	struct finding pages = { 0 }, hosts = { 0 };
	GHashTableIter iter;
	void *name;

	if (!known)
		return FALSE;
	named_collect(text, names);
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		const struct told_name *one = g_hash_table_lookup(known, name);

		if (one)
			find(strstr(name, "://") ? &pages : &hosts, one);
	}
	/* A page tells more than the host that it is on. */
	const struct finding *best = pages.report || pages.several ? &pages : &hosts;
	*report = best->several ? 0 : best->report;
	return TRUE;
}
