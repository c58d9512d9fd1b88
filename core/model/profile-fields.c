#include "model/profile-fields.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"

void
fields_fault(struct fields *fields, const char *where, const char *field, const char *format, ...)
{
	g_autoptr(GString) text = g_string_new(fields->file);
	va_list arguments;

	g_string_append(text, ": ");
	g_string_append(text, where);
	if (*where && field)
		g_string_append_c(text, '.');
	if (field)
		g_string_append(text, field);
	if (*where || field)
		g_string_append(text, ": ");
	va_start(arguments, format);
	g_string_append_vprintf(text, format, arguments);
	va_end(arguments);
	fields->count++;
	if (fields->faults)
		g_ptr_array_add(fields->faults, g_strdup(text->str));
}

gboolean
fields_object(struct fields *fields, const char *where, json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		fields_fault(fields, where, NULL, "must be an object");
		return FALSE;
	}
	json_object_foreach(object, key, value)
	{
		g_autofree char *shown = NULL;

		if (g_strv_contains(known, key))
			continue;
		shown = text_for_terminal(key);
		fields_fault(fields, where, shown, "there is no such field");
	}
	return TRUE;
}

/* Enough for every text here; more is a mistake or malice. */
#define LONGEST_TEXT 4000

static char *
checked(struct fields *fields, const char *where, const char *field, json_t *value,
	field_check check)
{
	const char *text = json_string_value(value), *wrong;
	g_autofree char *shown = NULL;

	if (!text) {
		fields_fault(fields, where, field, "must be a string");
		return NULL;
	}
	if (strlen(text) != json_string_length(value) || strlen(text) > LONGEST_TEXT)
		wrong = "is too long or has a NUL in it";
	else
		wrong = *text ? check(text) : "must not be empty";
	if (!wrong)
		return g_strdup(text);
	shown = text_for_terminal(text);
	fields_fault(fields, where, field, "%s: \"%.80s\"", wrong, shown);
	return NULL;
}

char *
fields_string(struct fields *fields, const char *where, json_t *object, const char *field,
	enum field_need need, field_check check)
{
	json_t *value = json_object_get(object, field);

	if (value)
		return checked(fields, where, field, value, check);
	if (need == FIELD_REQUIRED)
		fields_fault(fields, where, field, "is missing");
	return NULL;
}

void
fields_strings(struct fields *fields, const char *where, json_t *object, const char *field,
	field_check check, GPtrArray *out)
{
	json_t *list = json_object_get(object, field), *value;
	size_t i;

	if (!list)
		return;
	if (!json_is_array(list)) {
		fields_fault(fields, where, field, "must be a list of strings");
		return;
	}
	json_array_foreach(list, i, value)
	{
		char *text = checked(fields, where, field, value, check);

		if (text)
			g_ptr_array_add(out, text);
	}
}

void
fields_numbers(
	struct fields *fields, const char *where, json_t *object, const char *field, GPtrArray *out)
{
	json_t *list = json_object_get(object, field), *value;
	size_t i;

	if (!list)
		return;
	if (!json_is_array(list)) {
		fields_fault(fields, where, field, "must be a list of whole numbers");
		return;
	}
	json_array_foreach(list, i, value)
	{
		json_int_t number = json_integer_value(value);

		if (number > 0 && number <= G_MAXUINT32)
			g_ptr_array_add(out, g_strdup_printf("%" JSON_INTEGER_FORMAT, number));
		else
			fields_fault(fields, where, field,
				"must hold whole numbers above 0 (entry %zu)", i + 1);
	}
}

gint64
fields_integer(
	struct fields *fields, const char *where, json_t *object, const char *field, gint64 maximum)
{
	json_t *value = json_object_get(object, field);
	gint64 number = json_integer_value(value);

	if (!value)
		return 0;
	if (json_is_integer(value) && number >= 0 && number <= maximum)
		return number;
	fields_fault(fields, where, field, "must be a whole number from 0 to %" G_GINT64_FORMAT,
		maximum);
	return 0;
}

gboolean
fields_boolean(struct fields *fields, const char *where, json_t *object, const char *field)
{
	json_t *value = json_object_get(object, field);

	if (value && !json_is_boolean(value))
		fields_fault(fields, where, field, "must be true or false");
	return json_is_true(value);
}

/* A device, a pipe or a huge file must not stop the program or fill its memory. */
static char *
read_bounded(struct fields *fields, gsize maximum, gsize *length)
{
	g_autoptr(GError) error = NULL;
	struct stat status;
	char *text = NULL;

	if (stat(fields->file, &status) == 0 &&
		(!S_ISREG(status.st_mode) || (gsize)status.st_size > maximum)) {
		fields_fault(fields, "", NULL, "is no regular file of at most %zu bytes", maximum);
		return NULL;
	}
	if (!g_file_get_contents(fields->file, &text, length, &error))
		fields_fault(fields, "", NULL, "%s", error->message);
	return text;
}

json_t *
fields_load(struct fields *fields, gsize maximum)
{
	g_autofree char *text = NULL;
	g_autofree char *shown = NULL;
	json_error_t error;
	json_t *json;
	gsize length;

	text = read_bounded(fields, maximum, &length);
	if (!text)
		return NULL;
	json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (json)
		return json;
	shown = text_for_terminal(error.text);
	fields_fault(fields, "", NULL, "line %d, column %d: %s", error.line, error.column, shown);
	return NULL;
}
