#include "inbox/tame.h"

#include <string.h>

/* The field that is being read, in the mail's own header or in that of a part. */
struct field {
	gsize length; /* so far; 0: no field */
	guint colons;
	gboolean addresses;
};

struct taming {
	struct field field;
	guint fields, boundaries;
};

/* The length of a field's name before its colon; 0 when the line begins no field. */
static gsize
name_length(const char *line, gsize length)
{
	gsize n = 0;

	while (n < length && line[n] > ' ' && line[n] < 127 && line[n] != ':')
		n++;
	return n < length && line[n] == ':' ? n : 0;
}

/* The fields that GMime reads as lists of addresses. */
static gboolean
holds_addresses(const char *name, gsize length)
{
	static const char *const names[] = { "from", "sender", "reply-to", "to", "cc", "bcc" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == length && g_ascii_strncasecmp(name, names[i], length) == 0)
			return TRUE;
	return FALSE;
}

static void
begin_field(struct taming *taming, const char *line, gsize name)
{
	taming->fields++;
	taming->field.length = 0;
	taming->field.colons = 0;
	taming->field.addresses = holds_addresses(line, name);
}

static void
blank_colons(struct field *field, char *line, gsize length)
{
	char *end = line + length;

	for (char *at = memchr(line, ':', length); at; at = memchr(at, ':', (gsize)(end - at)))
		if (++field->colons > TAME_MAX_COLONS)
			*at = ' ';
		else
			at++;
}

/* How much of a field's line is kept. */
static gsize
bound_field(struct field *field, char *line, gsize length)
{
	gsize room = TAME_MAX_FIELD - MIN(field->length, TAME_MAX_FIELD);

	if (field->addresses)
		blank_colons(field, line, length);
	field->length += length;
	return MIN(length, room);
}

/* How much of the line is kept; -1: the mail ends before it. */
static gssize
tame_line(struct taming *taming, char *line, gsize length)
{
	gsize name;

	if (length > 0 && (*line == ' ' || *line == '\t'))
		return (gssize)(taming->field.length > 0 ? bound_field(&taming->field, line, length)
							 : length);
	taming->field.length = 0;
	if (length > 1 && line[0] == '-' && line[1] == '-')
		return ++taming->boundaries > TAME_MAX_BOUNDARIES ? -1 : (gssize)length;
	name = name_length(line, length);
	if (name == 0)
		return (gssize)length;
	begin_field(taming, line, name);
	if (taming->fields > TAME_MAX_FIELDS)
		return -1;
	return (gssize)bound_field(&taming->field, line, length);
}

static void
blank_nuls(GString *bytes)
{
	char *end = bytes->str + bytes->len;

	for (char *at = memchr(bytes->str, '\0', bytes->len); at;
		at = memchr(at, '\0', (gsize)(end - at)))
		*at = ' ';
}

void
tame(GString *bytes)
{
	struct taming taming = { 0 };
	gsize from = 0, to = 0;

	blank_nuls(bytes);
	while (from < bytes->len) {
		char *line = bytes->str + from;
		char *end = memchr(line, '\n', bytes->len - from);
		gsize length = end ? (gsize)(end - line) : bytes->len - from;
		gssize kept = tame_line(&taming, line, length);

		if (kept < 0)
			break;
		from += length + (end != NULL);
		/* An empty line would end the header, so nothing is left of one in a field. */
		if (kept == 0 && length > 0)
			continue;
		memmove(bytes->str + to, line, (gsize)kept);
		to += (gsize)kept;
		if (end)
			bytes->str[to++] = '\n';
	}
	g_string_truncate(bytes, to);
}
