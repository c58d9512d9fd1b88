/* Reading profiles and the two tables. Every fault is named; a file with faults gives no profile.
 */
#pragma once

#include "model/profile.h"

/* A file <id>.json; NULL when it has faults. Free with profile_free(). */
struct profile *profile_read_file(const char *file, GPtrArray *faults);

/* Whether a file is one of the tables, by its name: registrars.json, registries.json. */
gboolean profile_is_table(const char *file);
/* Adds the entries (struct profile *) of a table to out; an entry with faults is left out. */
void profile_read_table(const char *file, GPtrArray *out, GPtrArray *faults);
