#include "plugin/json.h"

#include <string.h>

#include "plugin/error.h"

enum { MAX_DEPTH = 32, MAX_INDEX = 10000 };

/* Splits a pointer into its unescaped parts; NULL when it is none. */
static char **
split(const char *pointer)
{
	if (!pointer || (*pointer && *pointer != '/'))
		return NULL;
	char **parts = g_strsplit(*pointer ? pointer + 1 : "", "/", -1);

	for (int i = 0; parts[i]; i++) {
		char *to = parts[i];

		for (const char *from = parts[i]; *from; from++) {
			gboolean escaped = *from == '~' && (from[1] == '0' || from[1] == '1');

			*to++ = escaped ? (*++from == '0' ? '~' : '/') : *from;
		}
		*to = '\0';
	}
	return parts;
}

static gboolean
is_index(const char *part)
{
	return strcmp(part, "-") == 0 ||
	       (*part && strspn(part, "0123456789") == strlen(part) && strlen(part) <= 5);
}

/* Whether the array may take the part: "-", one of its places, or the one after the last. */
static gboolean
array_place(const json_t *array, const char *part, gsize *place)
{
	gsize size = json_array_size(array);

	if (!is_index(part))
		return FALSE;
	*place = *part == '-' ? size : (gsize)g_ascii_strtoull(part, NULL, 10);
	return *place <= size && *place < MAX_INDEX;
}

static gboolean
set_child(json_t *parent, const char *part, json_t *value)
{
	gsize place;

	if (json_is_object(parent))
		return json_object_set_new(parent, part, value) == 0;
	if (!json_is_array(parent) || !array_place(parent, part, &place)) {
		json_decref(value);
		return FALSE;
	}
	return (place == json_array_size(parent) ? json_array_append_new(parent, value)
						 : json_array_set_new(parent, place, value)) == 0;
}

static json_t *
get_child(json_t *parent, const char *part)
{
	gsize place;

	if (json_is_object(parent))
		return json_object_get(parent, part);
	return json_is_array(parent) && array_place(parent, part, &place)
		       ? json_array_get(parent, place)
		       : NULL;
}

/* The child, made as what the part after it wants when it is not there; NULL when it cannot be. */
static json_t *
reach(json_t *parent, const char *part, const char *next)
{
	json_t *child = get_child(parent, part);

	if (child)
		return json_is_object(child) || json_is_array(child) ? child : NULL;
	child = is_index(next) ? json_array() : json_object();
	return set_child(parent, part, child) ? child : NULL;
}

static gboolean
put_parts(json_t **root, char **parts, json_t *value)
{
	guint depth = g_strv_length(parts);

	if (depth > MAX_DEPTH) {
		json_decref(value);
		return FALSE;
	}
	if (!*root)
		*root = is_index(parts[0]) ? json_array() : json_object();
	json_t *parent = *root;

	for (guint i = 0; parent && i + 1 < depth; i++)
		parent = reach(parent, parts[i], parts[i + 1]);
	if (!parent) {
		json_decref(value);
		return FALSE;
	}
	return set_child(parent, parts[depth - 1], value);
}

gboolean
json_put(json_t **root, const char *pointer, json_t *value, GError **error)
{
	g_auto(GStrv) parts = split(pointer);
	gboolean done = FALSE;

	if (value && parts && !*pointer) {
		json_decref(*root);
		*root = value;
		return TRUE;
	}
	if (value && parts)
		done = put_parts(root, parts, value);
	else
		json_decref(value);
	if (!done)
		g_set_error(error, PLUGIN_ERROR, 0,
			"nothing can be put into the JSON document at \"%s\"",
			pointer ? pointer : "");
	return done;
}

json_t *
json_at(json_t *root, const char *pointer)
{
	g_auto(GStrv) parts = split(pointer);

	if (!parts)
		return NULL;
	for (int i = 0; *pointer && root && parts[i]; i++)
		root = strcmp(parts[i], "-") == 0 && json_is_array(root)
			       ? NULL
			       : get_child(root, parts[i]);
	return root;
}

char *
json_scalar_text(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		return g_strdup(json_string_value(value));
	case JSON_INTEGER:
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	case JSON_REAL:
		return json_dumps(value, JSON_ENCODE_ANY);
	case JSON_TRUE:
		return g_strdup("true");
	case JSON_FALSE:
		return g_strdup("false");
	default:
		return NULL;
	}
}
