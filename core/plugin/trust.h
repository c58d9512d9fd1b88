/* Whether a file may be loaded as code: nobody else can have put or changed it. */
#pragma once

#include <glib.h>

/* The real path of file after all checks; NULL and error with a full sentence. Free with g_free.
 * The file must be regular, it and every folder above it owned by root or the user that runs abate,
 * and not writable by group or others. A folder above that is writable by all but sticky, as /tmp,
 * passes: nobody can replace there what is not theirs. The file's own folder must not be such. */
char *trust_file(const char *file, GError **error);
