/* What import and dispatch share: files into a case of the store. */
#pragma once

#include <glib.h>

#include "intake/intake.h"
#include "store/store.h"

struct import_options {
	char *title, *type, *nature, *tlp, *description, *format, *column;
	char **evidence; /* file names */
};

/* The command line options that fill it; free the array with g_free, the strings with
 * import_options_clear(). */
GOptionEntry *import_option_entries(struct import_options *options);
void import_options_clear(struct import_options *options);

struct import_counts {
	gint64 read, added, doubles, faults;
};

/* Reads the files into the case named by the options (made when it is new, updated when it is not).
 * Faults are reported as they come. *case_id and *counts are set. FALSE and error: nothing of the
 * file at hand was kept. */
gboolean import_files(struct store *store, const struct import_options *options, char **files,
	gint64 *case_id, struct import_counts *counts, GError **error);
