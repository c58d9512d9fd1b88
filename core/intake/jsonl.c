/* JSON, a record a line or a document of objects: records of feeds and X-ARF reports. */
#include <string.h>

#include "intake/reader.h"

/* A report may carry evidence. */
#define JSON_LINE_MAX (4 * 1024 * 1024)

struct candidate {
	int rank;
	const char *text;
};

static int
by_rank(gconstpointer a, gconstpointer b)
{
	return ((const struct candidate *)a)->rank - ((const struct candidate *)b)->rank;
}

/* The text of a value: itself, or of a list (n6: [{"ip": …}]) the first. */
static const char *
value_text(json_t *value)
{
	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_object(value))
		value = json_object_get(value, "ip");
	return json_string_value(value);
}

/* What may be the indicator; "source" is looked into, as IntelMQ writes it in a nested form. */
static void
collect(const struct reader *reader, json_t *record, const char *above, GArray *candidates)
{
	const char *wanted = reader->options->column;
	const char *key;
	json_t *value;

	json_object_foreach(record, key, value)
	{
		g_autofree char *name = g_strconcat(above, key, NULL);
		struct candidate candidate = { .text = value_text(value) };

		candidate.rank = wanted ? (strcmp(name, wanted) == 0 ? 0 : -1) : field_rank(name);
		if (candidate.rank >= 0 && candidate.text && *candidate.text)
			g_array_append_val(candidates, candidate);
		else if (!*above && strcmp(key, "source") == 0)
			collect(reader, value, "source.", candidates);
	}
}

static const char *
time_of(json_t *record)
{
	const char *key;
	json_t *value;

	json_object_foreach(record, key, value)
	{
		if (field_is_time(key) && json_is_string(value))
			return json_string_value(value);
	}
	return NULL;
}

static void
read_feed_record(struct reader *reader, json_t *record)
{
	g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate));
	const char *seen = time_of(record);

	collect(reader, record, "", candidates);
	g_array_sort(candidates, by_rank);
	for (guint i = 0; i < candidates->len; i++)
		if (reader_value(reader, g_array_index(candidates, struct candidate, i).text, 0,
			    seen, NULL, FALSE))
			return;
	if (candidates->len > 0)
		reader_value(reader, g_array_index(candidates, struct candidate, 0).text, 0, seen,
			NULL, TRUE);
	else
		reader_fault(reader, reader->line, 0,
			"the object has no field that holds an indicator (url, domain, ip …)");
}

void
record_read(struct reader *reader, json_t *record)
{
	gboolean is_report = json_object_get(record, "xarf_version") != NULL;

	if (is_report || (reader->strict && reader->options->format == INTAKE_XARF))
		xarf_read(reader, record);
	else
		read_feed_record(reader, record);
}

void
json_read(struct reader *reader, const char *text, gsize length)
{
	json_error_t error;
	json_t *value = json_loadb(text, length, JSON_DECODE_ANY, &error);
	gint64 first = reader->line;

	if (!value) {
		g_autofree char *reason = g_strdup_printf("not JSON: %s", error.text);
		gint64 column = reader->within && error.line <= 1 ? 0 : MAX(error.column, 0);

		reader_fault(reader, first + MAX(error.line, 1) - 1, column, reason);
	} else if (json_is_object(value)) {
		record_read(reader, value);
	} else if (json_is_string(value)) {
		reader_value(reader, json_string_value(value), 0, NULL, NULL, TRUE);
	} else {
		reader_fault(reader, first, 0, "a JSON object is expected");
	}
	json_decref(value);
}

gboolean
jsonl_read(struct reader *reader, GError **error)
{
	struct source *source = reader->source;

	(void)error;
	source->line_max = JSON_LINE_MAX;
	while (reader_line(reader))
		if (source->line->str[strspn(source->line->str, " \t")])
			json_read(reader, source->line->str, source->line->len);
	return TRUE;
}
