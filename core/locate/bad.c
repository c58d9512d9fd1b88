/* Contacts that are no good are not chosen again: marks of the store, kind "contact", value "bad".
 */
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
	g_autofree char *by =
		error ? NULL : store_mark_get(locator->store, "bad_by", contact, &error);
	g_autofree char *time = text_time(at);

	if (error)
		log_warning("whether %s bounced is not known: %s", contact, error->message);
	if (g_strcmp0(mark, "bad") != 0 || !time)
		return g_strdup("");
	/* The date is enough for people. */
	return g_strdup_printf("%s on %.*s", contact_bad_words(by), (int)strcspn(time, "T"), time);
}

const char *
bad_words(struct locator *locator, const char *contact)
{
	const char *words;

	if (!locator->store || !contact)
		return NULL;
	words = g_hash_table_lookup(locator->bad, contact);
	if (!words) {
		char *asked = ask_store(locator, contact);

		g_hash_table_insert(locator->bad, g_strdup(contact), asked);
		words = asked;
	}
	return *words ? words : NULL;
}

void
bad_note(struct locator *locator, GString *words, const char *contact)
{
	const char *why = bad_words(locator, contact);

	if (why && !strstr(words->str, contact))
		g_string_append_printf(
			words, "%s%s %s", words->len ? ", " : "the contact ", contact, why);
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

		if (!bad_words(locator, other->mail))
			return other;
	}
	return NULL;
}
