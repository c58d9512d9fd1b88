#include <string.h>

#include "base/text.h"
#include "intake/host.h"
#include "intake/reader.h"

static const char *const format_names[] = { "auto", "csv", "jsonl", "xarf", "text" };

gboolean
intake_format_parse(const char *name, enum intake_format *format)
{
	for (gsize i = 0; name && i < G_N_ELEMENTS(format_names); i++)
		if (strcmp(format_names[i], name) == 0) {
			*format = (enum intake_format)i;
			return TRUE;
		}
	return FALSE;
}

void
reader_fault(struct reader *reader, gint64 line, gint64 column, const char *reason)
{
	const struct intake_sink *sink = reader->sink;

	if (!sink->fault(reader->source->file, line, column, reason, sink->user))
		reader->stopped = TRUE;
}

gboolean
reader_value(struct reader *reader, const char *text, gint64 column, const char *seen,
	const char *note, gboolean fault)
{
	const struct intake_sink *sink = reader->sink;
	g_autoptr(GError) error = NULL;
	g_autoptr(Indicator) indicator = indicator_parse(text, fault ? &error : NULL);

	if (!indicator) {
		if (fault)
			reader_fault(reader, reader->line, column, error->message);
		return FALSE;
	}
	if (seen)
		text_time_parse(seen, &indicator->first_seen);
	indicator->note = g_strdup(note);
	if (sink->line)
		*sink->line = reader->line;
	if (!sink->indicator(indicator, sink->user))
		reader->stopped = TRUE;
	return TRUE;
}

gboolean
reader_line(struct reader *reader)
{
	struct source *source = reader->source;

	while (!reader->stopped) {
		enum source_status status = source_next(source);

		reader->line = source->number;
		switch (status) {
		case SOURCE_LINE:
			return TRUE;
		case SOURCE_BAD:
			reader_fault(reader, source->number, source->column, source->reason);
			break;
		case SOURCE_END:
			return FALSE;
		}
	}
	return FALSE;
}

static gboolean
read_format(struct reader *reader, enum intake_format format, GError **error)
{
	switch (format) {
	case INTAKE_CSV:
		return csv_read(reader, error);
	case INTAKE_JSONL:
		return jsonl_read(reader, error);
	case INTAKE_XARF:
		return document_read(reader, error);
	default:
		return text_read(reader, error);
	}
}

gboolean
intake_read(const char *file, const struct intake_options *options, const struct intake_sink *sink,
	GError **error)
{
	g_autoptr(Source) source = source_open(file, error);
	struct reader reader = { .source = source, .options = options, .sink = sink };
	enum intake_format format = options->format;
	gsize length;
	const char *start;

	if (!source)
		return FALSE;
	reader.strict = format != INTAKE_DETECT;
	start = source_peek(source, &length);
	if (format == INTAKE_DETECT)
		format = detect_format(file, start, length);
	if (options->column && format == INTAKE_TEXT)
		format = INTAKE_CSV;
	return read_format(&reader, format, error) && source_finish(source, error);
}
