/* Intake: files in, indicators out, one after the other; memory does not grow with the file. */
#pragma once

#include <glib.h>

#include "model/indicator.h"

enum intake_format { INTAKE_DETECT, INTAKE_CSV, INTAKE_JSONL, INTAKE_XARF, INTAKE_TEXT };
/* "csv", "jsonl", "xarf", "text", "auto"; FALSE when there is none. */
gboolean intake_format_parse(const char *name, enum intake_format *format);

struct intake_options {
	enum intake_format format;
	const char *column; /* CSV: the column with the indicator; NULL: known header names */
};

struct intake_sink {
	/* An indicator, borrowed; FALSE stops. */
	gboolean (*indicator)(const struct indicator *indicator, void *user);
	/* A bad line: file, line (1…), column (0: not known), reason. FALSE stops. */
	gboolean (*fault)(
		const char *file, gint64 line, gint64 column, const char *reason, void *user);
	/* X-ARF only, once a report: its type ("phishing"); may be NULL. */
	void (*xarf_type)(const char *category, const char *type, void *user);
	void *user;
	gint64 *line; /* where not NULL: holds an indicator's line while it is given */
};

/* Reads a file ("-": standard input). FALSE and error only when it cannot be read at all. */
gboolean intake_read(const char *file, const struct intake_options *options,
	const struct intake_sink *sink, GError **error);

/* One indicator from its text, defanged or not, in normal form. NULL and error with the reason.
 * Free with indicator_free(). */
struct indicator *indicator_parse(const char *text, GError **error);

/* A normal value with the host in U-labels, for people to read; NULL when that is the same text.
 * Free with g_free. */
char *indicator_unicode(const char *value);

/* Undoes defanging: hxxp://, [.], (dot), [@], \. and the like. Free with g_free. */
char *refang(const char *text);
