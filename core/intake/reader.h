/* What the formats share: one reading of one file. */
#pragma once

#include <jansson.h>

#include "intake/intake.h"
#include "intake/source.h"

struct reader {
	struct source *source;
	const struct intake_options *options;
	const struct intake_sink *sink;
	gint64 line;	  /* where what is read began */
	gboolean within;  /* it began within that line: columns of the line are not known */
	gboolean stopped; /* the sink wants no more */
	gboolean strict;  /* the format was named: what is of another is a fault */
};

/* Reads one text as an indicator and gives it to the sink; when it is none, a fault if told so.
 * seen: the time in RFC 3339, or NULL. TRUE when it was one. */
gboolean reader_value(struct reader *reader, const char *text, gint64 column, const char *seen,
	const char *note, gboolean fault);
/* Tells the sink about the current line. */
void reader_fault(struct reader *reader, gint64 line, gint64 column, const char *reason);
/* The next good line; bad ones become faults on the way. FALSE at the end or when stopped. */
gboolean reader_line(struct reader *reader);

/* The place of a column name among those that hold an indicator (0: the best); -1 when it is none.
 */
int field_rank(const char *name);
/* Whether a column of this name tells when an indicator was seen first. */
gboolean field_is_time(const char *name);

/* One JSON object, X-ARF or a record of any feed, that began on this line. */
void record_read(struct reader *reader, json_t *record);
/* An X-ARF report. */
void xarf_read(struct reader *reader, json_t *report);
/* Text that should be JSON: an object is read, anything else becomes a fault. */
void json_read(struct reader *reader, const char *text, gsize length);

/* The formats. FALSE and error when the file cannot be read as such at all. */
gboolean csv_read(struct reader *reader, GError **error);
gboolean jsonl_read(struct reader *reader, GError **error);
gboolean document_read(struct reader *reader, GError **error);
gboolean text_read(struct reader *reader, GError **error);

/* Guesses the format by name and beginning. */
enum intake_format detect_format(const char *file, const char *start, gsize length);

/* Splits a CSV record; FALSE while a quoted field is not closed. Fields into `fields`, as strings
 * that live in the record, which is changed. */
gboolean csv_split(char *record, char separator, GPtrArray *fields);
/* The separator of a header line: the most frequent of , ; tab |. */
char csv_separator(const char *line);
