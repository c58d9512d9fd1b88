#include "watch/signals.h"

#include <string.h>

#include "base/config.h"
#include "base/network.h"
#include "base/paths.h"
#include "model/names.h"
#include "model/profile-fields.h"

#define LARGEST_FILE (4 * 1024 * 1024)

static const char *const meaning_names[] = { "none", "sinkhole", "suspended", "deleted",
	"verification", "expired", "parked", "held", "renewed", NULL };

struct told_network {
	struct network network;
	const struct signal *signal;
};

struct page {
	char *text;
	const struct signal *signal;
};

struct signals {
	GPtrArray *all; /* of struct signal *, owned */
	GHashTable *name_servers, *status;
	GArray *networks; /* of struct told_network */
	GArray *pages;	  /* of struct page */
};

static void
signal_free(void *data)
{
	struct signal *signal = data;

	g_free(signal->owner);
	g_free(signal->words);
	g_free(signal->source);
	g_free(signal->as_of);
	g_free(signal);
}

static void
page_clear(void *data)
{
	struct page *page = data;

	g_free(page->text);
}

static struct signals *
signals_new(void)
{
	struct signals *signals = g_new0(struct signals, 1);

	signals->all = g_ptr_array_new_with_free_func(signal_free);
	signals->name_servers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	signals->status = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	signals->networks = g_array_new(FALSE, FALSE, sizeof(struct told_network));
	signals->pages = g_array_new(FALSE, FALSE, sizeof(struct page));
	g_array_set_clear_func(signals->pages, page_clear);
	return signals;
}

void
signals_free(struct signals *signals)
{
	if (!signals)
		return;
	g_hash_table_unref(signals->name_servers);
	g_hash_table_unref(signals->status);
	g_array_unref(signals->networks);
	g_array_unref(signals->pages);
	g_ptr_array_unref(signals->all);
	g_free(signals);
}

/* "client hold" and "clientHold" are one: letters only, in lower case. */
static char *
status_key(const char *status)
{
	GString *key = g_string_new(NULL);

	for (const char *p = status; *p; p++)
		if (g_ascii_isalpha(*p))
			g_string_append_c(key, g_ascii_tolower(*p));
	return g_string_free(key, FALSE);
}

static void
add_network(struct signals *signals, const char *text, const struct signal *signal)
{
	struct told_network told = { .signal = signal };

	if (network_parse(text, &told.network))
		g_array_append_val(signals->networks, told);
}

/* The four lists: which field names the things, how one is checked and where it goes. */
enum list { LIST_NAME_SERVERS, LIST_ADDRESSES, LIST_STATUS, LIST_PAGES };
static const struct {
	const char *name, *field;
	field_check check;
} lists[] = {
	[LIST_NAME_SERVERS] = { "name_servers", "names", field_check_domain },
	[LIST_ADDRESSES] = { "addresses", "networks", field_check_network },
	[LIST_STATUS] = { "status", "status", field_check_line },
	[LIST_PAGES] = { "pages", "texts", field_check_line },
};

static void
add(struct signals *signals, enum list list, const char *text, struct signal *signal)
{
	struct page page = { NULL, signal };

	switch (list) {
	case LIST_NAME_SERVERS:
		g_hash_table_replace(signals->name_servers, g_strdup(text), signal);
		break;
	case LIST_ADDRESSES:
		add_network(signals, text, signal);
		break;
	case LIST_STATUS:
		g_hash_table_replace(signals->status, status_key(text), signal);
		break;
	case LIST_PAGES:
		page.text = g_strdup(text);
		g_array_append_val(signals->pages, page);
		break;
	}
}

static const char *
check_meaning(const char *value)
{
	return names_find(meaning_names, value) >= 0
		       ? NULL
		       : "must be none, sinkhole, suspended, deleted, verification, expired, "
			 "parked, held or renewed";
}

static void
read_entry(struct signals *signals, struct fields *fields, enum list list, const char *where,
	json_t *entry)
{
	const char *known[] = { lists[list].field, "meaning", "owner", "words", "evidence",
		"source", "as_of", NULL };
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *meaning = NULL;
	g_autofree char *evidence = NULL;
	struct signal *signal = g_new0(struct signal, 1);

	g_ptr_array_add(signals->all, signal);
	if (!fields_object(fields, where, entry, known))
		return;
	fields_strings(fields, where, entry, lists[list].field, lists[list].check, texts);
	meaning = fields_string(fields, where, entry, "meaning", FIELD_REQUIRED, check_meaning);
	evidence = fields_string(
		fields, where, entry, "evidence", FIELD_REQUIRED, field_check_evidence);
	signal->as_of =
		fields_string(fields, where, entry, "as_of", FIELD_REQUIRED, field_check_date);
	signal->owner =
		fields_string(fields, where, entry, "owner", FIELD_OPTIONAL, field_check_line);
	signal->words =
		fields_string(fields, where, entry, "words", FIELD_OPTIONAL, field_check_line);
	signal->source =
		fields_string(fields, where, entry, "source", FIELD_REQUIRED, field_check_line);
	if (!meaning || g_strcmp0(evidence, "memory") == 0)
		return;
	signal->meaning = (enum signal_meaning)names_find(meaning_names, meaning);
	for (guint i = 0; i < texts->len; i++)
		add(signals, list, texts->pdata[i], signal);
}

static void
read_list(struct signals *signals, struct fields *fields, enum list list, json_t *root)
{
	json_t *entries = json_object_get(root, lists[list].name), *entry;
	size_t i;

	if (entries && !json_is_array(entries))
		fields_fault(fields, "", lists[list].name, "must be a list of objects");
	json_array_foreach(entries, i, entry)
	{
		g_autofree char *where = g_strdup_printf("%s[%zu]", lists[list].name, i);

		read_entry(signals, fields, list, where, entry);
	}
}

struct signals *
signals_load(const char *file, GError **error)
{
	static const char *const known[] = { "name_servers", "addresses", "status", "pages", NULL };
	g_autofree char *shipped = g_build_filename(paths_data(), "takedown-signals.json", NULL);
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	struct fields fields = { file ? file : shipped, faults, 0 };
	g_autoptr(Signals) signals = signals_new();
	json_t *root = fields_load(&fields, LARGEST_FILE);

	if (root && fields_object(&fields, "", root, known))
		for (guint list = 0; list < G_N_ELEMENTS(lists); list++)
			read_list(signals, &fields, list, root);
	json_decref(root);
	if (fields.count == 0)
		return g_steal_pointer(&signals);
	g_set_error(error, CONFIG_ERROR, 0, "%s", (char *)faults->pdata[0]);
	return NULL;
}

const struct signal *
signals_name_server(const struct signals *signals, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);
	gsize length = strlen(lower);
	const struct signal *signal = NULL;

	if (length > 0 && lower[length - 1] == '.')
		lower[length - 1] = '\0';
	for (const char *at = lower; at && !signal; at = strchr(at, '.')) {
		at += *at == '.';
		signal = g_hash_table_lookup(signals->name_servers, at);
	}
	return signal;
}

const struct signal *
signals_address(const struct signals *signals, const char *address)
{
	struct address wanted;

	if (!address_parse(address, &wanted))
		return NULL;
	for (guint i = 0; i < signals->networks->len; i++) {
		const struct told_network *told =
			&g_array_index(signals->networks, struct told_network, i);

		if (network_holds(&told->network, &wanted))
			return told->signal;
	}
	return NULL;
}

const struct signal *
signals_status(const struct signals *signals, const char *status)
{
	g_autofree char *key = status_key(status);

	return g_hash_table_lookup(signals->status, key);
}

const struct signal *
signals_page(const struct signals *signals, const char *text, gsize length)
{
	for (guint i = 0; text && i < signals->pages->len; i++) {
		const struct page *page = &g_array_index(signals->pages, struct page, i);

		if (memmem(text, length, page->text, strlen(page->text)))
			return page->signal;
	}
	return NULL;
}

gboolean
signal_is_takedown(enum signal_meaning meaning)
{
	return meaning == SIGNAL_SINKHOLE || meaning == SIGNAL_SUSPENDED ||
	       meaning == SIGNAL_DELETED || meaning == SIGNAL_HELD;
}

const char *
signal_name(enum signal_meaning meaning)
{
	return meaning_names[meaning];
}
