/* Statements with typed parameters, over whatever engine is behind. */
#include "store/database.h"

#include <stdarg.h>
#include <string.h>

#define PARAMETERS_MAX 32

/* Parameters and the copies that had to be made of them. */
struct parameters {
	struct value values[PARAMETERS_MAX];
	char *made[PARAMETERS_MAX];
	gsize n;
};

static void
set_text(struct parameters *parameters, const char *text)
{
	struct value *value = &parameters->values[parameters->n];

	if (!text)
		return;
	value->type = VALUE_TEXT;
	value->text = text;
	value->size = strlen(text);
	if (g_utf8_validate_len(text, value->size, NULL))
		return;
	value->text = parameters->made[parameters->n] = g_utf8_make_valid(text, -1);
	value->size = strlen(value->text);
}

static void
set_bytes(struct parameters *parameters, GBytes *bytes)
{
	struct value *value = &parameters->values[parameters->n];

	if (!bytes)
		return;
	value->type = VALUE_BYTES;
	value->bytes = g_bytes_get_data(bytes, &value->size);
	if (!value->bytes)
		value->bytes = "";
}

static void
set_integer(struct parameters *parameters, gint64 integer)
{
	struct value *value = &parameters->values[parameters->n];

	value->type = VALUE_INTEGER;
	value->integer = integer;
}

static void
parameters_read(struct parameters *parameters, const char *types, va_list list)
{
	gint64 integer;

	for (; *types; types++, parameters->n++) {
		g_assert(parameters->n < PARAMETERS_MAX);
		parameters->values[parameters->n].type = VALUE_NULL;
		parameters->made[parameters->n] = NULL;
		switch (*types) {
		case 'i':
			set_integer(parameters, va_arg(list, gint64));
			break;
		case 'z':
			integer = va_arg(list, gint64);
			if (integer != 0)
				set_integer(parameters, integer);
			break;
		case 'b':
			set_integer(parameters, va_arg(list, gboolean) != 0);
			break;
		case 't':
			set_text(parameters, va_arg(list, const char *));
			break;
		case 'B':
			set_bytes(parameters, va_arg(list, GBytes *));
			break;
		default:
			g_assert_not_reached();
		}
	}
}

static void
parameters_clear(struct parameters *parameters)
{
	for (gsize i = 0; i < parameters->n; i++)
		g_free(parameters->made[i]);
}

static struct rows *
query(struct store *store, GError **error, const char *sql, const char *types, va_list list)
{
	struct parameters parameters;
	struct rows *rows;

	parameters.n = 0;
	parameters_read(&parameters, types, list);
	rows = store->driver->engine->query(
		store->driver, sql, parameters.values, parameters.n, error);
	parameters_clear(&parameters);
	return rows;
}

struct rows *
store_query(struct store *store, GError **error, const char *sql, const char *types, ...)
{
	struct rows *rows;
	va_list list;

	va_start(list, types);
	rows = query(store, error, sql, types, list);
	va_end(list);
	return rows;
}

gboolean
store_run(struct store *store, GError **error, const char *sql, const char *types, ...)
{
	struct rows *rows;
	va_list list;

	va_start(list, types);
	rows = query(store, error, sql, types, list);
	va_end(list);
	if (!rows)
		return FALSE;
	rows_free(rows);
	return TRUE;
}

gboolean
store_insert(
	struct store *store, gint64 *id, GError **error, const char *sql, const char *types, ...)
{
	struct parameters parameters;
	gboolean ok;
	va_list list;

	parameters.n = 0;
	va_start(list, types);
	parameters_read(&parameters, types, list);
	va_end(list);
	ok = store->driver->engine->insert(
		store->driver, sql, parameters.values, parameters.n, id, error);
	parameters_clear(&parameters);
	return ok;
}

void
rows_free(struct rows *rows)
{
	if (rows)
		rows->engine->done(rows);
}

enum next
rows_next(struct rows *rows, GError **error)
{
	return rows->engine->next(rows, error);
}

gint64
rows_integer(struct rows *rows, int column)
{
	return rows->engine->integer(rows, column);
}

const char *
rows_text(struct rows *rows, int column)
{
	return rows->engine->text(rows, column);
}

char *
rows_dup(struct rows *rows, int column)
{
	return g_strdup(rows->engine->text(rows, column));
}

GBytes *
rows_bytes(struct rows *rows, int column)
{
	gsize size = 0;
	const void *bytes = rows->engine->bytes(rows, column, &size);

	return bytes ? g_bytes_new(bytes, size) : NULL;
}
