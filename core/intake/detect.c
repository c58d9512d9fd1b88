/* Which format a file has, by its name and its beginning. */
#include <string.h>

#include "intake/reader.h"

static gboolean
is_json(const char *p, const char *end)
{
	if (p == end || (*p != '{' && *p != '['))
		return FALSE;
	if (*p == '{')
		return TRUE;
	/* "[2001:db8::1]" is none. */
	for (p++; p < end && g_ascii_isspace(*p); p++)
		;
	return p == end || strchr("{[\"]", *p) != NULL;
}

/* JSON Lines: the first line is a whole object. */
static gboolean
is_json_line(const char *p, const char *end)
{
	const char *feed = memchr(p, '\n', (gsize)(end - p));
	json_error_t error;
	json_t *value;

	if (*p != '{')
		return FALSE;
	/* One line only: X-ARF and JSON Lines alike. */
	value = json_loadb(p, (gsize)((feed ? feed : end) - p), 0, &error);
	json_decref(value);
	return value != NULL;
}

/* A header: two names or more, one of which is known to hold indicators; or that name alone. */
static gboolean
is_header(const char *line, gsize length)
{
	g_autofree char *copy = g_strndup(line, length);
	g_autoptr(GPtrArray) fields = g_ptr_array_new();
	char *start = copy + strspn(copy, "# ");

	if (!csv_split(start, csv_separator(start), fields))
		return FALSE;
	if (*copy == '#' && fields->len < 3)
		return FALSE;
	for (guint i = 0; i < fields->len; i++)
		if (field_rank(g_strstrip(fields->pdata[i])) >= 0)
			return TRUE;
	return FALSE;
}

/* Looks at the comments and at the first line that is none. */
static gboolean
is_csv(const char *p, const char *end)
{
	while (p < end) {
		const char *feed = memchr(p, '\n', (gsize)(end - p));
		gsize length = (gsize)((feed ? feed : end) - p);

		if (length > 4096)
			return FALSE;
		if (is_header(p, length))
			return TRUE;
		if (*p != '#' && *p != '\r' && length > 0)
			return FALSE;
		p += length + (feed != NULL);
	}
	return FALSE;
}

enum intake_format
detect_format(const char *file, const char *start, gsize length)
{
	const char *end = start + length;
	const char *p = start;

	while (p < end && g_ascii_isspace(*p))
		p++;
	if (is_json(p, end))
		return is_json_line(p, end) ? INTAKE_JSONL : INTAKE_XARF;
	if (g_str_has_suffix(file, ".csv") || g_str_has_suffix(file, ".tsv") || is_csv(start, end))
		return INTAKE_CSV;
	return INTAKE_TEXT;
}
