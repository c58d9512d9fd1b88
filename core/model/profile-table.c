/* The tables registrars.json and registries.json: many small profiles in one file. */
#include <string.h>

#include "model/profile-fields.h"
#include "model/profile-read.h"

#define LARGEST_TABLE (16 * 1024 * 1024)

/* What differs between the two tables. */
struct table {
	const char *file, *kind;
	const char *const *known;
	/* Sets the id and what the entry is matched by. */
	void (*key)(
		struct fields *fields, const char *where, json_t *entry, struct profile *profile);
};

static void
registrar_key(struct fields *fields, const char *where, json_t *entry, struct profile *profile)
{
	gint64 id = fields_integer(fields, where, entry, "iana_id", G_MAXUINT32);
	g_autofree char *rdap =
		fields_string(fields, where, entry, "rdap", FIELD_OPTIONAL, field_check_url);
	g_autoptr(GUri) uri = rdap ? g_uri_parse(rdap, G_URI_FLAGS_ENCODED, NULL) : NULL;

	if (id == 0) {
		fields_fault(fields, where, "iana_id", "is missing");
		return;
	}
	g_ptr_array_add(profile->iana_ids, g_strdup_printf("%" G_GINT64_FORMAT, id));
	profile->id = g_strdup_printf("iana-%" G_GINT64_FORMAT, id);
	if (uri)
		g_ptr_array_add(profile->rdap_hosts, g_ascii_strdown(g_uri_get_host(uri), -1));
}

static void
registry_key(struct fields *fields, const char *where, json_t *entry, struct profile *profile)
{
	fields_strings(fields, where, entry, "tlds", field_check_domain, profile->tlds);
	if (profile->tlds->len == 0) {
		fields_fault(fields, where, "tlds", "is missing");
		return;
	}
	profile->id = g_strdup_printf("tld-%s", (char *)profile->tlds->pdata[0]);
}

static const char *const registrar_fields[] = { "iana_id", "name", "mail", "form", "rdap", "status",
	"language", "as_of", "notes", NULL };
static const char *const registry_fields[] = { "tlds", "name", "mail", "form", "language", "as_of",
	"notes", NULL };
static const struct table tables[] = {
	{ "registrars.json", "registrar", registrar_fields, registrar_key },
	{ "registries.json", "registry", registry_fields, registry_key },
};

/* What the head of the table says for all entries that do not say it themselves. */
struct head {
	char *evidence, *source, *as_of;
};

static void
add_channel(struct fields *fields, const char *where, json_t *entry, struct profile *profile,
	const struct head *head, enum channel type)
{
	gboolean mail = type == CHANNEL_MAIL;
	char *address = fields_string(fields, where, entry, mail ? "mail" : "form", FIELD_OPTIONAL,
		mail ? field_check_mail : field_check_url);
	char *as_of =
		fields_string(fields, where, entry, "as_of", FIELD_OPTIONAL, field_check_date);
	struct profile_channel *channel;

	if (!address) {
		g_free(as_of);
		return;
	}
	channel = profile_add_channel(profile, type);
	channel->address = address;
	channel->evidence = g_strdup(head->evidence);
	channel->source = g_strdup(head->source);
	channel->as_of = as_of ? as_of : g_strdup(head->as_of);
}

static void
read_notes(struct fields *fields, const char *where, json_t *entry, struct profile *profile)
{
	g_autofree char *status =
		fields_string(fields, where, entry, "status", FIELD_OPTIONAL, field_check_line);

	profile->notes =
		fields_string(fields, where, entry, "notes", FIELD_OPTIONAL, field_check_text);
	if (status && !profile->notes)
		profile->notes = g_strdup_printf("Status at IANA: %s.", status);
}

static struct profile *
read_entry(struct fields *fields, const struct table *table, const struct head *head,
	const char *where, json_t *entry)
{
	g_autoptr(Profile) profile = profile_new();
	guint before = fields->count;

	if (!fields_object(fields, where, entry, table->known))
		return NULL;
	profile->file = g_strdup(fields->file);
	profile->from_table = TRUE;
	profile->kind = g_strdup(table->kind);
	profile->name =
		fields_string(fields, where, entry, "name", FIELD_REQUIRED, field_check_line);
	profile->language = fields_string(
		fields, where, entry, "language", FIELD_OPTIONAL, field_check_language);
	table->key(fields, where, entry, profile);
	add_channel(fields, where, entry, profile, head, CHANNEL_MAIL);
	add_channel(fields, where, entry, profile, head, CHANNEL_PACKET);
	read_notes(fields, where, entry, profile);
	return fields->count == before ? g_steal_pointer(&profile) : NULL;
}

static void
read_entries(struct fields *fields, const struct table *table, json_t *root,
	const struct head *head, GPtrArray *out)
{
	json_t *list = json_object_get(root, "entries"), *entry;
	size_t i;

	if (!json_is_array(list))
		fields_fault(fields, "", "entries", "must be a list of objects");
	json_array_foreach(list, i, entry)
	{
		char where[32];
		struct profile *profile;

		g_snprintf(where, sizeof where, "entries[%zu]", i);
		profile = read_entry(fields, table, head, where, entry);
		if (profile)
			g_ptr_array_add(out, profile);
	}
}

static const struct table *
find_table(const char *file)
{
	g_autofree char *base = g_path_get_basename(file);

	for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
		if (strcmp(tables[i].file, base) == 0)
			return &tables[i];
	return NULL;
}

gboolean
profile_is_table(const char *file)
{
	return find_table(file) != NULL;
}

void
profile_read_table(const char *file, GPtrArray *out, GPtrArray *faults)
{
	static const char *const known[] = { "evidence", "source", "as_of", "entries", NULL };
	const struct table *table = find_table(file);
	struct fields fields = { file, faults, 0 };
	json_t *root = fields_load(&fields, LARGEST_TABLE);
	struct head head = { NULL, NULL, NULL };

	if (root && fields_object(&fields, "", root, known)) {
		head.evidence = fields_string(
			&fields, "", root, "evidence", FIELD_REQUIRED, field_check_evidence);
		head.source = fields_string(
			&fields, "", root, "source", FIELD_REQUIRED, field_check_line);
		head.as_of =
			fields_string(&fields, "", root, "as_of", FIELD_REQUIRED, field_check_date);
	}
	/* Without its provenance no entry is worth anything. */
	if (head.evidence && head.source && head.as_of)
		read_entries(&fields, table, root, &head, out);
	g_free(head.evidence);
	g_free(head.source);
	g_free(head.as_of);
	json_decref(root);
}
