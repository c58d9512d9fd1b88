/* What a command prints, when it ends in time. */
#pragma once

#include <glib.h>

/* Runs a command line without a shell, with our standard input; its output, cut off after most
 * bytes. Says on a terminal that it is waited for (as name) when it takes long, and ends it after
 * limit_s seconds. NULL with error when it fails or is ended. Free with g_free. */
char *
command_output(const char *name, const char *line, gsize most, gint64 limit_s, GError **error);
