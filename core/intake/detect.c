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

/* Names are short; a sentence with a comma is no header. */
static gboolean
is_name(const char *field)
{
	guint spaces = 0;

	for (const char *p = field; *p; p++)
		spaces += *p == ' ';
	return strlen(field) <= 48 && spaces <= 3 && !strstr(field, "://");
}

/* A header: names, one of which is known to hold indicators; or that name alone. A comment must
 * have three to be one. */
static gboolean
is_header(const char *line, gsize length, char *separator)
{
	g_autofree char *copy = g_strndup(line, length);
	g_autoptr(GPtrArray) fields = g_ptr_array_new();
	char *start = copy + strspn(copy, "# ");
	gboolean known = FALSE;

	*separator = csv_separator(start);
	if (!csv_split(start, *separator, fields) || (*copy == '#' && fields->len < 3))
		return FALSE;
	for (guint i = 0; i < fields->len; i++) {
		const char *name = g_strstrip(fields->pdata[i]);

		if (!is_name(name))
			return FALSE;
		known |= field_rank(name) >= 0;
	}
	if (fields->len == 1)
		*separator = '\0';
	return known;
}

/* Whether the first row after the header is separated as it is. */
static gboolean
goes_on(const char *p, const char *end, char separator)
{
	gsize length;

	while (p < end && (*p == '#' || *p == '\n' || *p == '\r')) {
		const char *feed = memchr(p, '\n', (gsize)(end - p));

		p = feed ? feed + 1 : end;
	}
	length = (gsize)(end - p);
	if (memchr(p, '\n', length))
		length = (gsize)((const char *)memchr(p, '\n', length) - p);
	return p == end || separator == '\0' || memchr(p, separator, length);
}

/* Looks at the comments and at the first line that is none. */
static gboolean
is_csv(const char *p, const char *end)
{
	char separator;

	while (p < end) {
		const char *feed = memchr(p, '\n', (gsize)(end - p));
		gsize length = (gsize)((feed ? feed : end) - p);

		if (length > 4096)
			return FALSE;
		if (is_header(p, length, &separator))
			return goes_on(p + length, end, separator);
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
