/* Contacts that bounced are not chosen again: marks of the store, kind "contact", value "bad". */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "locate/locator.h"

static char *
ask_store(struct locator *locator, const char *contact)
{
	g_autoptr(GError) error = NULL;
	gint64 at = 0;
	g_autofree char *mark = store_mark_when(locator->store, "contact", contact, &at, &error);
	g_autofree char *time = text_time(at);

	if (error)
		log_warning("whether %s bounced is not known: %s", contact, error->message);
	if (g_strcmp0(mark, "bad") != 0 || !time)
		return g_strdup("");
	/* The date is enough for people. */
	return g_strndup(time, strcspn(time, "T"));
}

const char *
bad_since(struct locator *locator, const char *contact)
{
	const char *date;

	if (!locator->store || !contact)
		return NULL;
	date = g_hash_table_lookup(locator->bad, contact);
	if (!date) {
		char *asked = ask_store(locator, contact);

		g_hash_table_insert(locator->bad, g_strdup(contact), asked);
		date = asked;
	}
	return *date ? date : NULL;
}

void
bad_note(struct locator *locator, GString *words, const char *contact)
{
	const char *date = bad_since(locator, contact);

	if (!date || strstr(words->str, contact))
		return;
	if (words->len)
		g_string_append_printf(words, ", %s on %s", contact, date);
	else
		g_string_append_printf(words, "the contact %s %s on %s", contact,
			strchr(contact, '@') ? "bounced" : "was found bad", date);
}

static void
other_free(void *data)
{
	struct other *other = data;

	g_free(other->mail);
	g_free(other->source);
	g_free(other);
}

GPtrArray *
others_new(void)
{
	return g_ptr_array_new_with_free_func(other_free);
}

void
others_add(GPtrArray *others, const char *mail, const char *source)
{
	struct other *other;

	if (!contact_mail(mail))
		return;
	other = g_new0(struct other, 1);
	other->mail = g_strdup(mail);
	other->source = g_strdup(source);
	g_ptr_array_add(others, other);
}

static gboolean
is_of(const struct rdap_contact *contact, enum others_of whose)
{
	/* The abuse desk of a name is its registrar's, wherever it stands. */
	gboolean of_registrar = contact->of_registrar || strcmp(contact->role, "abuse") == 0;

	return whose == OTHERS_OF_NETWORK || of_registrar == (whose == OTHERS_OF_REGISTRAR);
}

void
others_add_rdap(
	GPtrArray *others, const struct rdap_object *object, const char *url, enum others_of whose)
{
	for (guint i = 0; i < object->contacts->len; i++) {
		const struct rdap_contact *contact = object->contacts->pdata[i];
		g_autofree char *source = g_strdup_printf("RDAP %s: %sentity with role %s", url,
			contact->of_registrar ? "registrar's " : "", contact->role);

		if (is_of(contact, whose))
			others_add(others, contact->mail, source);
	}
}

const struct other *
others_good(struct locator *locator, const GPtrArray *others)
{
	for (guint i = 0; others && i < others->len; i++) {
		const struct other *other = others->pdata[i];

		if (!bad_since(locator, other->mail))
			return other;
	}
	return NULL;
}
