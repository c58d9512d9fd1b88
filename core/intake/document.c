/* JSON that does not go by lines: one object, several, or an array of them. It is cut into its
 * objects without being held as a whole, so that a long array costs no more than its longest. */
#include <string.h>

#include "intake/reader.h"

/* A report may carry evidence of some size; one that does not end is no report. */
#define OBJECT_MAX (16 * 1024 * 1024)

struct cutter {
	GString *item;
	gint64 line; /* where it began */
	guint depth;
	gboolean in_string, escaped;
};

/* Counts brackets outside of strings; TRUE when the byte ends the item. */
static gboolean
ends_item(struct cutter *cutter, int byte)
{
	if (cutter->in_string) {
		if (cutter->escaped)
			cutter->escaped = FALSE;
		else if (byte == '\\')
			cutter->escaped = TRUE;
		else if (byte == '"')
			cutter->in_string = FALSE;
		return !cutter->in_string && cutter->depth == 0;
	}
	if (byte == '"')
		cutter->in_string = TRUE;
	else if (byte == '{' || byte == '[')
		cutter->depth++;
	else if ((byte == '}' || byte == ']') && cutter->depth > 0)
		return --cutter->depth == 0;
	return FALSE;
}

static void
flush(struct reader *reader, struct cutter *cutter)
{
	if (cutter->item->len > 0) {
		reader->line = cutter->line;
		json_read(reader, cutter->item->str, cutter->item->len);
	}
	g_string_truncate(cutter->item, 0);
	cutter->depth = 0;
	cutter->in_string = cutter->escaped = FALSE;
}

/* Between items: spaces and commas. A word outside of brackets ends at one of them too. */
static gboolean
is_between(const struct cutter *cutter, int byte)
{
	return cutter->depth == 0 && !cutter->in_string && strchr(" \t\r\n,", byte) && byte;
}

/* FALSE when the array that holds the items is over. */
static gboolean
add_byte(struct reader *reader, struct cutter *cutter, int byte, gboolean in_array)
{
	if (is_between(cutter, byte)) {
		flush(reader, cutter);
		return TRUE;
	}
	if (in_array && byte == ']' && cutter->depth == 0 && !cutter->in_string) {
		flush(reader, cutter);
		return FALSE;
	}
	if (cutter->item->len == 0)
		cutter->line = reader->source->number;
	g_string_append_c(cutter->item, (char)byte);
	if (ends_item(cutter, byte))
		flush(reader, cutter);
	return TRUE;
}

static int
first_byte(struct source *source)
{
	int byte;

	do {
		byte = source_byte(source);
	} while (byte > 0 && g_ascii_isspace(byte));
	return byte;
}

static void
cut(struct reader *reader, struct cutter *cutter)
{
	int byte = first_byte(reader->source);
	gboolean in_array = byte == '[';

	if (in_array)
		byte = source_byte(reader->source);
	for (; byte >= 0 && !reader->stopped; byte = source_byte(reader->source)) {
		if (!add_byte(reader, cutter, byte, in_array))
			return;
		if (cutter->item->len > OBJECT_MAX) {
			reader_fault(reader, cutter->line, 0, "an object of more than 16 MiB");
			return;
		}
	}
	if (reader->stopped)
		return;
	if (cutter->item->len > 0)
		flush(reader, cutter);
	else if (in_array)
		reader_fault(reader, reader->source->number, 0, "the array is not closed");
}

gboolean
document_read(struct reader *reader, GError **error)
{
	struct cutter cutter = { .item = g_string_new(NULL) };

	(void)error;
	reader->within = TRUE;
	cut(reader, &cutter);
	g_string_free(cutter.item, TRUE);
	return TRUE;
}
