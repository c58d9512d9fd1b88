#include "net/jcard.h"

#include "net/answer.h"

/* The properties of an entity's vcardArray: ["vcard", [[name, parameters, type, value…], …]]. */
static const json_t *
properties(const json_t *entity)
{
	const json_t *card = json_object_get(entity, "vcardArray");

	return json_array_get(card, 1);
}

static gboolean
is_named(const json_t *property, const char *name)
{
	const char *text = json_string_value(json_array_get(property, 0));

	return text && g_ascii_strcasecmp(text, name) == 0;
}

/* The value as text; of a structured one the first part. */
static const char *
value_of(const json_t *property)
{
	const json_t *value = json_array_get(property, 3);

	if (json_is_array(value))
		value = json_array_get(value, 0);
	return json_string_value(value);
}

static gboolean
has_type(const json_t *property, const char *type)
{
	const json_t *types = json_object_get(json_array_get(property, 1), "type");
	const json_t *one;
	size_t i;

	if (json_is_string(types))
		return g_ascii_strcasecmp(json_string_value(types), type) == 0;
	json_array_foreach(types, i, one)
	{
		if (json_is_string(one) && g_ascii_strcasecmp(json_string_value(one), type) == 0)
			return TRUE;
	}
	return FALSE;
}

static char *
first_text(const json_t *entity, const char *name)
{
	const json_t *property;
	size_t i;

	json_array_foreach(properties(entity), i, property)
	{
		char *text = is_named(property, name) ? answer_line(value_of(property)) : NULL;

		if (text)
			return text;
	}
	return NULL;
}

char *
jcard_name(const json_t *entity)
{
	char *name = first_text(entity, "fn");

	return name ? name : first_text(entity, "org");
}

char *
jcard_mail(const json_t *entity, const char *what, GPtrArray *faults)
{
	char *found = NULL;
	const json_t *property;
	size_t i;

	json_array_foreach(properties(entity), i, property)
	{
		gboolean better = has_type(property, "abuse");
		char *mail;

		if (!is_named(property, "email") || (found && !better))
			continue;
		mail = answer_mail(value_of(property), what, faults);
		if (!mail)
			continue;
		g_free(found);
		found = mail;
		if (better)
			break;
	}
	return found;
}

void
jcard_mails(const json_t *entity, GPtrArray *mails)
{
	const json_t *property;
	size_t i;

	json_array_foreach(properties(entity), i, property)
	{
		char *mail = is_named(property, "email")
				     ? answer_mail(value_of(property), "address", NULL)
				     : NULL;

		if (mail)
			g_ptr_array_add(mails, mail);
	}
}
