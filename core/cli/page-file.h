/* Writes a text where a person wants it. */
#pragma once

#include <glib.h>

/* To standard output ("-"), into a device or pipe, or as a file: whole or not at all, keeping what
 * a symbolic link is. FALSE and error. */
gboolean page_file_write(const char *path, const char *text, GError **error);
