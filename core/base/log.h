/* Diagnostics to standard error: "abate: …", made safe for a terminal. Keeps errno. */
#pragma once

#include <glib.h>

/* Shown always. */
void log_error(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_warning(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Shown with --verbose only. */
void log_info(const char *format, ...) G_GNUC_PRINTF(1, 2);
void log_set_verbose(gboolean verbose);
