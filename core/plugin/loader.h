/* The only file that knows libltdl: opens a shared object by its full path. */
#pragma once

#include <glib.h>

/* Starts libltdl with our loader; each success wants one loader_stop(). */
gboolean loader_start(GError **error);
/* Closes what is still open when the last user stops. */
void loader_stop(void);
/* Opens file (a full path with .so) with all symbols bound and kept to itself; NULL and error with
 * the dynamic linker's own words. */
gpointer loader_open(const char *file, GError **error);
void loader_close(gpointer handle);
/* NULL when the object does not define the symbol. */
gconstpointer loader_symbol(gpointer handle, const char *name);
