/* CSV by RFC 4180, and what feeds make of it: other separators, comments, a header in a comment. */
#include <string.h>

#include "intake/host.h"
#include "intake/reader.h"

/* A quoted field that goes on for more lines than this was never closed. */
#define RECORD_LINES 200

struct column {
	guint place;
	int rank;
};

struct csv {
	char separator;
	GPtrArray *fields; /* of the current record, within `record` */
	GString *record;
	GString *lines;	 /* a record of several lines, before it was split */
	GArray *columns; /* struct column: those that may hold the indicator, the best first */
	int time;	 /* the column with the time; -1: none */
};

char
csv_separator(const char *line)
{
	static const char candidates[] = ",;\t|";
	gsize counts[4] = { 0 };
	gsize best = 0;
	gboolean quoted = FALSE;

	for (; *line; line++) {
		const char *found = strchr(candidates, *line);

		quoted ^= *line == '"';
		if (found && !quoted)
			counts[found - candidates]++;
	}
	for (gsize i = 1; i < 4; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/* Takes the quotes off the field at *p, in place; *p is behind it, NULL at the record's end. FALSE
 * while the field is not closed. */
static gboolean
take_quoted(char **p, char separator)
{
	char *to = *p;
	char *from = *p + 1;
	gboolean more;

	while (*from && (*from != '"' || from[1] == '"')) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (!*from)
		return FALSE;
	from++;
	/* What follows the closing quote is kept: some write "a" b. */
	while (*from && *from != separator)
		*to++ = *from++;
	more = *from == separator;
	*to = '\0';
	*p = more ? from + 1 : NULL;
	return TRUE;
}

gboolean
csv_split(char *record, char separator, GPtrArray *fields)
{
	g_ptr_array_set_size(fields, 0);
	while (record) {
		g_ptr_array_add(fields, record);
		if (*record == '"') {
			if (!take_quoted(&record, separator))
				return FALSE;
			continue;
		}
		record = strchr(record, separator);
		if (record)
			*record++ = '\0';
	}
	return TRUE;
}

/* --- records --- */

/* Goes on with a record whose quoted field holds line feeds. `lines` has what was read so far. */
static gboolean
join_lines(struct reader *reader, struct csv *csv)
{
	struct source *source = reader->source;

	for (guint count = 1; count < RECORD_LINES; count++) {
		if (csv->lines->len > SOURCE_LINE_MAX || !reader_line(reader))
			return FALSE;
		g_string_append_c(csv->lines, '\n');
		g_string_append_len(csv->lines, source->line->str, (gssize)source->line->len);
		g_string_assign(csv->record, csv->lines->str);
		if (csv_split(csv->record->str, csv->separator, csv->fields))
			return TRUE;
	}
	return FALSE;
}

/* The current line (and those that belong to it) as fields; FALSE after a fault. */
static gboolean
read_record(struct reader *reader, struct csv *csv)
{
	gint64 line = reader->line;
	const char *rest;

	g_string_assign(csv->record, reader->source->line->str);
	if (csv_split(csv->record->str, csv->separator, csv->fields))
		return TRUE;
	g_string_assign(csv->lines, reader->source->line->str);
	if (join_lines(reader, csv)) {
		reader->line = line;
		return TRUE;
	}
	/* What was taken for a part of the field is read again, as lines of their own. */
	rest = strchr(csv->lines->str, '\n');
	if (rest) {
		g_string_append_c(csv->lines, '\n');
		rest = strchr(csv->lines->str, '\n') + 1;
		source_unread(reader->source, rest, strlen(rest), line + 1);
	}
	reader_fault(reader, line, 0, "a quote is not closed");
	return FALSE;
}

/* --- the header --- */

static int
by_rank(gconstpointer a, gconstpointer b)
{
	return ((const struct column *)a)->rank - ((const struct column *)b)->rank;
}

/* The place of --column among the fields: by name, else by number; -1 when it is not there. */
static int
named_column(const struct csv *csv, const char *name)
{
	for (guint i = 0; i < csv->fields->len; i++)
		if (g_ascii_strcasecmp(g_strstrip(csv->fields->pdata[i]), name) == 0)
			return (int)i;
	return -1;
}

/* Whether the fields are a header; only then what its columns hold is taken over. */
static gboolean
learn_header(const struct reader *reader, struct csv *csv)
{
	const char *wanted = reader->options->column;
	int named = wanted ? named_column(csv, wanted) : -1;
	GArray *columns = g_array_new(FALSE, FALSE, sizeof(struct column));
	int time = -1;

	for (guint i = 0; i < csv->fields->len; i++) {
		const char *name = g_strstrip(csv->fields->pdata[i]);
		struct column column = { .place = i, .rank = field_rank(name) };

		if (time < 0 && field_is_time(name))
			time = (int)i;
		if (wanted ? (int)i == named : column.rank >= 0)
			g_array_append_val(columns, column);
	}
	if (columns->len == 0) {
		g_array_unref(columns);
		return FALSE;
	}
	g_array_sort(columns, by_rank);
	g_array_unref(csv->columns);
	csv->columns = columns;
	csv->time = time;
	return TRUE;
}

/* "--column 3", for files without a header. */
static gboolean
numbered_column(const struct reader *reader, struct csv *csv)
{
	struct column column = { 0 };
	guint64 number;

	if (!g_ascii_string_to_unsigned(reader->options->column, 10, 1, 10000, &number, NULL))
		return FALSE;
	column.place = (guint)number - 1;
	g_array_append_val(csv->columns, column);
	return TRUE;
}

/* A comment may be the header: "# id,dateadded,url". */
static gboolean
learn_comment(struct reader *reader, struct csv *csv)
{
	const char *text = reader->source->line->str;
	char separator;

	text += strspn(text, "# ");
	separator = csv_separator(text);
	g_string_assign(csv->record, text);
	if (!csv_split(csv->record->str, separator, csv->fields) || csv->fields->len < 3 ||
		!learn_header(reader, csv))
		return FALSE;
	csv->separator = separator;
	return TRUE;
}

static gboolean
refuse_column(const struct reader *reader, GError **error)
{
	/* The option is at fault, not the file. */
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		"%s: there is no column \"%s\"; give a name of the header or a number",
		reader->source->file, reader->options->column);
	return FALSE;
}

/* --- rows --- */

/* Without a header: the first field that is an indicator. */
static void
read_any(struct reader *reader, struct csv *csv)
{
	for (guint i = 0; i < csv->fields->len; i++)
		if (reader_value(reader, csv->fields->pdata[i], 0, NULL, NULL, FALSE))
			return;
	if (csv->fields->len == 1)
		reader_value(reader, csv->fields->pdata[0], 1, NULL, NULL, TRUE);
	else
		reader_fault(reader, reader->line, 0,
			"no field is an indicator (a header? name its column with --column)");
}

static void
read_row(struct reader *reader, struct csv *csv)
{
	const char *first = NULL;
	const char *seen = NULL;

	if (csv->time >= 0 && (guint)csv->time < csv->fields->len)
		seen = csv->fields->pdata[csv->time];
	if (csv->columns->len == 0) {
		read_any(reader, csv);
		return;
	}
	for (guint i = 0; i < csv->columns->len; i++) {
		guint place = g_array_index(csv->columns, struct column, i).place;
		const char *field = place < csv->fields->len ? csv->fields->pdata[place] : "";

		if (!field[strspn(field, " \t")])
			continue;
		if (!first)
			first = field;
		if (reader_value(reader, field, 0, seen, NULL, FALSE))
			return;
	}
	if (first)
		reader_value(reader, first, first - csv->record->str + 1, seen, NULL, TRUE);
	else
		reader_fault(reader, reader->line, 0, "the row's indicator is empty or missing");
}

/* The first record tells what the columns are, where no comment did. FALSE when --column names none
 * of them. */
static gboolean
read_first(struct reader *reader, struct csv *csv, GError **error)
{
	gboolean is_header = learn_header(reader, csv);

	if (!is_header && csv->columns->len == 0 && reader->options->column &&
		!numbered_column(reader, csv))
		return refuse_column(reader, error);
	if (!is_header)
		read_row(reader, csv);
	return TRUE;
}

static gboolean
read_records(struct reader *reader, struct csv *csv, GError **error)
{
	gboolean begun = FALSE;

	while (reader_line(reader)) {
		const char *line = reader->source->line->str;

		if (!line[strspn(line, " \t")])
			continue;
		if (*line == '#') {
			if (!begun)
				learn_comment(reader, csv);
			continue;
		}
		if (!begun && csv->columns->len == 0)
			csv->separator = csv_separator(line);
		if (!read_record(reader, csv))
			continue;
		if (begun)
			read_row(reader, csv);
		else if (!read_first(reader, csv, error))
			return FALSE;
		begun = TRUE;
	}
	return TRUE;
}

gboolean
csv_read(struct reader *reader, GError **error)
{
	struct csv csv = { .time = -1, .separator = ',' };
	gboolean done;

	csv.fields = g_ptr_array_new();
	csv.columns = g_array_new(FALSE, FALSE, sizeof(struct column));
	csv.record = g_string_new(NULL);
	csv.lines = g_string_new(NULL);
	done = read_records(reader, &csv, error);
	g_string_free(csv.lines, TRUE);
	g_string_free(csv.record, TRUE);
	g_array_unref(csv.columns);
	g_ptr_array_unref(csv.fields);
	return done;
}
