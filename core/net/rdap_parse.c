#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "net/answer.h"
#include "net/jcard.h"
#include "net/rdap.h"
#include "net/rdap_contacts.h"

#define MAX_BYTES (8 * 1024 * 1024)
#define MAX_DEPTH 100
#define MAX_LIST 100
#define RDAP_ERROR g_quark_from_static_string("abate-rdap")

void
rdap_object_free(struct rdap_object *object)
{
	if (!object)
		return;
	g_free(object->url);
	g_free(object->name);
	g_free(object->handle);
	g_free(object->registrar_name);
	g_free(object->registrar_iana_id);
	g_free(object->registrar_abuse);
	g_free(object->abuse);
	g_free(object->abuse_name);
	g_free(object->registrant_mail);
	g_free(object->registration);
	g_free(object->network);
	g_free(object->organisation);
	g_free(object->related);
	g_ptr_array_unref(object->contacts);
	g_ptr_array_unref(object->origin_asns);
	g_ptr_array_unref(object->status);
	g_ptr_array_unref(object->name_servers);
	g_ptr_array_unref(object->faults);
	g_free(object);
}

/* How deep brackets are nested, outside of strings. Our own look at it, before the parser's. */
static int
depth_of(const char *json, gsize length)
{
	int depth = 0, most = 0;
	gboolean in_string = FALSE;

	for (gsize i = 0; i < length; i++) {
		if (in_string && json[i] == '\\')
			i++;
		else if (json[i] == '"')
			in_string = !in_string;
		else if (!in_string && (json[i] == '[' || json[i] == '{'))
			most = ++depth > most ? depth : most;
		else if (!in_string && (json[i] == ']' || json[i] == '}'))
			depth--;
	}
	return most;
}

static json_t *
load(const char *json, gsize length, const char *url, GError **error)
{
	json_error_t fault;
	json_t *root;

	if (length > MAX_BYTES) {
		g_set_error(error, RDAP_ERROR, 0, "%s: the answer is larger than %d bytes", url,
			MAX_BYTES);
		return NULL;
	}
	if (depth_of(json, length) > MAX_DEPTH) {
		g_set_error(error, RDAP_ERROR, 0, "%s: JSON nested deeper than %d levels", url,
			MAX_DEPTH);
		return NULL;
	}
	root = json_loadb(json, length, 0, &fault);
	if (!root) {
		g_autofree char *text = text_for_terminal(fault.text);

		g_set_error(error, RDAP_ERROR, 0, "%s:%d: no JSON: %s", url, fault.line, text);
	}
	return root;
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static gboolean
is_answer(const json_t *root, const char *url, GError **error)
{
	const json_t *code = json_object_get(root, "errorCode");

	if (code) {
		g_autofree char *title = answer_line(text_of(root, "title"));
		g_autofree char *safe = text_for_terminal(title ? title : "no reason given");

		g_set_error(error, RDAP_ERROR, 0, "%s: the server answers with error %lld: %s", url,
			(long long)json_integer_value(code), safe);
		return FALSE;
	}
	if (text_of(root, "objectClassName"))
		return TRUE;
	g_set_error(error, RDAP_ERROR, 0, "%s: no RDAP answer (no objectClassName)", url);
	return FALSE;
}

static gboolean
has_role(const json_t *entity, const char *role)
{
	const json_t *roles = json_object_get(entity, "roles"), *one;
	size_t i;

	/* Some servers write one role as a string. */
	if (json_is_string(roles))
		return g_ascii_strcasecmp(json_string_value(roles), role) == 0;
	json_array_foreach(roles, i, one)
	{
		if (json_is_string(one) && g_ascii_strcasecmp(json_string_value(one), role) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Where an abuse address was found below, and whether a registrar is above. */
static void
take_abuse(struct rdap_object *object, const json_t *entity, gboolean registrar)
{
	char **field = registrar ? &object->registrar_abuse : &object->abuse;

	if (*field)
		return;
	*field = jcard_mail(entity, "abuse address", object->faults);
	if (*field && !object->abuse_name)
		object->abuse_name = jcard_name(entity);
}

static void
find_abuse(struct rdap_object *object, const json_t *parent, gboolean registrar)
{
	const json_t *entities = json_object_get(parent, "entities"), *entity;
	size_t i;

	/* The nearer one first: a level, then what is below it. */
	json_array_foreach(entities, i, entity)
	{
		if (has_role(entity, "abuse"))
			take_abuse(object, entity, registrar || has_role(entity, "registrar"));
	}
	json_array_foreach(entities, i, entity)
	{
		find_abuse(object, entity, registrar || has_role(entity, "registrar"));
	}
}

static char *
iana_id(const json_t *entity)
{
	const json_t *id;
	size_t i;

	json_array_foreach(json_object_get(entity, "publicIds"), i, id)
	{
		const char *type = text_of(id, "type"), *value = text_of(id, "identifier");

		if (type && value && g_ascii_strcasecmp(type, "IANA Registrar ID") == 0 && *value &&
			strspn(value, "0123456789") == strlen(value) && strlen(value) < 10)
			return g_strdup(value);
	}
	return NULL;
}

static const json_t *
entity_with(const json_t *root, const char *role)
{
	const json_t *entity;
	size_t i;

	json_array_foreach(json_object_get(root, "entities"), i, entity)
	{
		if (has_role(entity, role))
			return entity;
	}
	return NULL;
}

static void
read_registrar(struct rdap_object *object, const json_t *root)
{
	const json_t *entity = has_role(root, "registrar") ? root : entity_with(root, "registrar");

	if (!entity)
		return;
	object->registrar_name = jcard_name(entity);
	object->registrar_iana_id = iana_id(entity);
}

static void
read_owner(struct rdap_object *object, const json_t *root, gboolean domain)
{
	static const char *const roles[] = { "registrant", "administrative", "technical" };

	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++) {
		const json_t *entity = entity_with(root, roles[i]);

		if (entity && domain && !object->registrant_mail)
			object->registrant_mail =
				jcard_mail(entity, "contact address", object->faults);
		if (entity && i == 0)
			object->organisation = jcard_name(entity);
	}
}

static void
read_events(struct rdap_object *object, const json_t *root)
{
	const json_t *event;
	size_t i;
	gint64 when;

	json_array_foreach(json_object_get(root, "events"), i, event)
	{
		const char *action = text_of(event, "eventAction"),
			   *date = text_of(event, "eventDate");

		if (!action || !date || object->registration || strcmp(action, "registration") != 0)
			continue;
		if (text_time_parse(date, &when))
			object->registration = g_strdup(date);
		else
			g_ptr_array_add(object->faults, g_strdup("registration date is no time"));
	}
}

static void
read_lists(struct rdap_object *object, const json_t *root)
{
	const json_t *one;
	size_t i;
	char *text;

	json_array_foreach(json_object_get(root, "status"), i, one)
	{
		if (i < MAX_LIST && (text = answer_line(json_string_value(one))))
			g_ptr_array_add(object->status, text);
	}
	json_array_foreach(json_object_get(root, "nameservers"), i, one)
	{
		if (i < MAX_LIST && (text = answer_line(text_of(one, "ldhName")))) {
			g_ptr_array_add(object->name_servers, g_ascii_strdown(text, -1));
			g_free(text);
		}
	}
}

/* A link from the net never leads to a file; one in a file may lead to the next. */
static gboolean
is_usable_link(const char *href, const char *from)
{
	if (strlen(href) > 2000)
		return FALSE;
	for (const char *p = href; *p; p++)
		if (g_ascii_iscntrl(*p) || *p == ' ')
			return FALSE;
	return g_ascii_strncasecmp(href, "https://", 8) == 0 ||
	       g_ascii_strncasecmp(href, "http://", 7) == 0 ||
	       (g_str_has_prefix(href, "file:///") && g_str_has_prefix(from, "file:///"));
}

static void
read_related(struct rdap_object *object, const json_t *root)
{
	const json_t *link;
	size_t i;

	json_array_foreach(json_object_get(root, "links"), i, link)
	{
		const char *rel = text_of(link, "rel"), *href = text_of(link, "href");
		const char *type = text_of(link, "type");

		if (!rel || !href || g_ascii_strcasecmp(rel, "related") != 0)
			continue;
		/* Without a type only what looks like an RDAP query. */
		if (type ? !strstr(type, "rdap+json") : !strstr(href, "/domain/"))
			continue;
		if (strcmp(href, object->url) == 0 || object->related)
			continue;
		if (is_usable_link(href, object->url))
			object->related = g_strdup(href);
		else
			g_ptr_array_add(object->faults, g_strdup("related link is no http(s) URL"));
	}
}

static gboolean
is_address(const char *text)
{
	guint8 bytes[16];

	return text &&
	       (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1);
}

static void
read_network(struct rdap_object *object, const json_t *root)
{
	const json_t *cidrs = json_object_get(root, "cidr0_cidrs");
	const json_t *cidr = json_array_get(cidrs, 0);
	const json_t *bits = json_object_get(cidr, "length");
	const char *prefix =
		text_of(cidr, "v4prefix") ? text_of(cidr, "v4prefix") : text_of(cidr, "v6prefix");
	const char *start = text_of(root, "startAddress"), *end = text_of(root, "endAddress");

	if (json_array_size(cidrs) == 1 && is_address(prefix) && json_is_integer(bits) &&
		json_integer_value(bits) >= 0 && json_integer_value(bits) <= 128)
		object->network = g_strdup_printf("%s/%d", prefix, (int)json_integer_value(bits));
	else if (is_address(start) && is_address(end))
		object->network = g_strdup_printf("%s - %s", start, end);
}

/* ARIN tells which networks may announce the address. */
static void
read_origin(struct rdap_object *object, const json_t *root)
{
	const json_t *list = json_object_get(root, "arin_originas0_originautnums"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		json_int_t number = json_integer_value(one);

		if (i < MAX_LIST && number > 0 && number <= G_MAXUINT32)
			g_ptr_array_add(object->origin_asns,
				g_strdup_printf("%" G_GINT64_FORMAT, (gint64)number));
	}
}

static void
read_object(struct rdap_object *object, const json_t *root)
{
	gboolean domain = g_ascii_strcasecmp(text_of(root, "objectClassName"), "domain") == 0;

	object->name = answer_line(text_of(root, domain ? "ldhName" : "name"));
	object->handle = answer_line(text_of(root, "handle"));
	if (domain && object->name)
		for (char *p = object->name; *p; p++)
			*p = g_ascii_tolower(*p);
	read_registrar(object, root);
	read_owner(object, root, domain);
	/* An answer about the registrar itself has the role at the top. */
	find_abuse(object, root, has_role(root, "registrar"));
	read_events(object, root);
	read_lists(object, root);
	read_related(object, root);
	read_network(object, root);
	read_origin(object, root);
	rdap_contacts_read(object, root);
}

struct rdap_object *
rdap_parse(const char *json, gsize length, const char *url, GError **error)
{
	const char *from = url ? url : "RDAP answer";
	json_t *root = load(json, length, from, error);
	struct rdap_object *object = NULL;

	if (root && is_answer(root, from, error)) {
		object = g_new0(struct rdap_object, 1);
		object->url = g_strdup(from);
		object->fetched = text_now();
		object->contacts =
			g_ptr_array_new_with_free_func((GDestroyNotify)rdap_contact_free);
		object->origin_asns = g_ptr_array_new_with_free_func(g_free);
		object->status = g_ptr_array_new_with_free_func(g_free);
		object->name_servers = g_ptr_array_new_with_free_func(g_free);
		object->faults = g_ptr_array_new_with_free_func(g_free);
		read_object(object, root);
	}
	json_decref(root);
	return object;
}
