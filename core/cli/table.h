/* Rows for people (a table) or for programs (JSON, one object a line); both safe for a terminal,
 * and both written as they come, so that a long list does not grow in memory. */
#pragma once

#include <glib.h>
#include <jansson.h>

struct table;
typedef struct table Table; /* for g_autoptr */

/* columns: names, NULL-ended; one that begins with '>' is set to the right, with '~' may be cut to
 * the terminal's width, with '|' may go on in lines below. Borrowed until table_print(). */
struct table *table_new(const char *const *columns);
/* A terminal that is narrower counts as so wide: what may be cut keeps something. */
void table_least_width(struct table *table, gsize width);
/* A row of as many texts as there are columns; NULL shows as "-". Made safe here. */
void table_row(struct table *table, const char *const *cells);
/* Prints what is left. */
void table_print(struct table *table);
void table_free(struct table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Prints one object on a line (not ASCII is escaped) and takes it. */
void json_line(json_t *object);
/* A string of text made valid; null for NULL. */
json_t *json_text(const char *text);
/* RFC 3339, null for 0. */
json_t *json_time(gint64 microseconds);
/* "R7"; null for 0. */
json_t *json_id(char letter, gint64 id);
