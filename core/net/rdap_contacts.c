#include "net/rdap_contacts.h"

#include <string.h>

#include "net/jcard.h"

#define MAX_CONTACTS 50

/* Whom to write to about abuse, best first; others as a sponsor or a reseller are not asked. */
static const char *const roles[] = { "abuse", "technical", "administrative", "registrant",
	"registrar" };

void
rdap_contact_free(struct rdap_contact *contact)
{
	g_free(contact->mail);
	g_free(contact);
}

static gboolean
is_role(const json_t *value, const char *role)
{
	const char *text = json_string_value(value);

	return text && g_ascii_strcasecmp(text, role) == 0;
}

static gboolean
has_role(const json_t *entity, const char *role)
{
	const json_t *list = json_object_get(entity, "roles"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (is_role(one, role))
			return TRUE;
	}
	return is_role(list, role);
}

static const char *
best_role(const json_t *entity)
{
	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
		if (has_role(entity, roles[i]))
			return roles[i];
	return NULL;
}

static void
add(struct rdap_object *object, const json_t *entity, const char *role, gboolean of_registrar)
{
	g_autoptr(GPtrArray) mails = g_ptr_array_new_with_free_func(g_free);

	jcard_mails(entity, mails);
	for (guint i = 0; i < mails->len && object->contacts->len < MAX_CONTACTS; i++) {
		struct rdap_contact *contact = g_new0(struct rdap_contact, 1);

		contact->mail = g_strdup(mails->pdata[i]);
		contact->role = role;
		contact->of_registrar = of_registrar;
		g_ptr_array_add(object->contacts, contact);
	}
}

/* The depth was bounded before. */
static void
walk(struct rdap_object *object, const json_t *parent, gboolean of_registrar)
{
	const json_t *entity;
	size_t i;

	json_array_foreach(json_object_get(parent, "entities"), i, entity)
	{
		gboolean below = of_registrar || has_role(entity, "registrar");
		const char *role = best_role(entity);

		if (role)
			add(object, entity, role, below);
		walk(object, entity, below);
	}
}

static guint
rank(const struct rdap_contact *contact)
{
	guint i = 0;

	while (i < G_N_ELEMENTS(roles) - 1 && strcmp(roles[i], contact->role) != 0)
		i++;
	return i;
}

static int
compare(const void *a, const void *b)
{
	guint x = rank(*(struct rdap_contact *const *)a);
	guint y = rank(*(struct rdap_contact *const *)b);

	return x < y ? -1 : x > y;
}

void
rdap_contacts_read(struct rdap_object *object, const json_t *root)
{
	gboolean of_registrar = has_role(root, "registrar");

	if (of_registrar)
		add(object, root, "registrar", TRUE);
	walk(object, root, of_registrar);
	/* Stable: those of one role stay as the answer has them. */
	g_ptr_array_sort(object->contacts, compare);
}
