/*
 * The seam between the SQL of the areas and an engine. An engine gives one table of functions; the
 * areas reach it only through database.h.
 */
#pragma once

#include <glib.h>

/* One parameter of a statement; NULL text and NULL bytes are SQL's NULL. */
enum value_type { VALUE_NULL, VALUE_INTEGER, VALUE_TEXT, VALUE_BYTES };
struct value {
	enum value_type type;
	gint64 integer;
	const char *text; /* valid UTF-8 */
	const void *bytes;
	gsize size; /* of text or bytes */
};

struct engine;

/* What an engine's connection and result begin with. */
struct driver {
	const struct engine *engine;
};
struct rows {
	const struct engine *engine;
};
typedef struct rows Rows; /* for g_autoptr */

enum next { NEXT_ERROR = -1, NEXT_DONE = 0, NEXT_ROW = 1 };

struct engine {
	const char *scheme; /* what a URL of it begins with */
	/* where is the URL without its scheme. Knows whether it is a store, and makes one when
	 * create. */
	struct driver *(*open)(const char *where, gboolean create, GError **error);
	void (*close)(struct driver *driver);

	/* begin takes the one writer's place and may wait for it; rollback is fine without begin.
	 */
	gboolean (*begin)(struct driver *driver, GError **error);
	gboolean (*commit)(struct driver *driver, GError **error);
	void (*rollback)(struct driver *driver);

	/* Runs several statements without parameters. */
	gboolean (*script)(struct driver *driver, const char *sql, GError **error);
	/* The number of the last migration; 0: an empty store. */
	gboolean (*version)(struct driver *driver, gint64 *version, GError **error);
	gboolean (*set_version)(struct driver *driver, gint64 version, GError **error);

	/* sql must live as long as the program (a literal, or interned): the prepared statement is
	 * kept by its address. values may go away when this returns. */
	struct rows *(*query)(struct driver *driver, const char *sql, const struct value *values,
		gsize n, GError **error);
	/* Runs an INSERT … ON CONFLICT DO NOTHING without RETURNING and tells the new row's id; 0
	 * when it conflicted. Where a million rows go in, RETURNING costs too much in SQLite. */
	gboolean (*insert)(struct driver *driver, const char *sql, const struct value *values,
		gsize n, gint64 *id, GError **error);
	enum next (*next)(struct rows *rows, GError **error);
	gint64 (*integer)(struct rows *rows, int column);   /* NULL is 0 */
	const char *(*text)(struct rows *rows, int column); /* borrowed until next or done */
	const void *(*bytes)(struct rows *rows, int column, gsize *size);
	void (*done)(struct rows *rows);
	/* Around a scan of everything: on, keep few pages in memory. NULL: there is no need. */
	void (*lean)(struct driver *driver, gboolean on);

	/* What the migrations say as @ID, @BYTES, @CLUSTERED, and text to add after the first of
	 * them; NULL: nothing. */
	const char *id_type, *bytes_type, *clustered;
	const char *extra;
};

extern const struct engine engine_sqlite;
