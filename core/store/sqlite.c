/* The SQLite engine: WAL, every commit on disk, one writer at a time. */
#include "base/log.h"
#include "store/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

#define APPLICATION_ID 0x61626174 /* "abat" */
#define BUSY_MS 30000
#define BUSY_TELL_MS 3000
#define PARAMETERS_MAX 32
#define CACHE(kib) "PRAGMA cache_size = -" kib

struct sqlite {
	struct driver driver;
	sqlite3 *handle;
	gint64 waits_since; /* for another process; monotonic */
	gboolean told_of_wait;
	char *where;
	GHashTable *statements; /* SQL by address -> struct statement */
};

/* A prepared statement and, while it runs, its rows. */
struct statement {
	struct rows rows;
	struct sqlite *sqlite;
	sqlite3_stmt *handle;
	/* $n is a name to SQLite: where it put it. */
	int index[PARAMETERS_MAX];
	int parameters;
	gboolean kept;	/* in the cache */
	gboolean busy;	/* runs; the same SQL may run in a callback, in one that is not kept */
	gboolean first; /* the row that query() stepped to is not taken yet */
	gboolean ended;
};

static gboolean
disk_is_full(sqlite3 *handle, int code)
{
	return code == SQLITE_FULL ||
	       (code == SQLITE_IOERR && sqlite3_system_errno(handle) == ENOSPC);
}

/* Sets error in words that say what to do. Always FALSE. */
static gboolean
sqlite_failed(struct sqlite *sqlite, GError **error)
{
	const int code = sqlite3_errcode(sqlite->handle) & 0xff;
	const char *words = sqlite3_errmsg(sqlite->handle), *where = sqlite->where;

	if (disk_is_full(sqlite->handle, code))
		g_set_error(error, STORE_ERROR, STORE_ERROR_FULL,
			"%s: the disk is full; what was being written is not kept: make room and "
			"run it again",
			where);
	else if (code == SQLITE_IOERR)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: could not be read or written (%s); what was being written is not "
			"kept: "
			"see whether its disk is sound, and whether a quota or a limit on the size "
			"of files is reached, and run it again",
			where, words);
	else if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: may not be written (%s): check the rights of the file and its folder",
			where, words);
	else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: is damaged or no store of abate (%s): put back a copy of it", where,
			words);
	else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: another process has been writing for more than %d s: try again later",
			where, BUSY_MS / 1000);
	else
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED, "%s: %s", where, words);
	return FALSE;
}

static void
statement_free(void *data)
{
	struct statement *statement = data;

	sqlite3_finalize(statement->handle);
	g_free(statement);
}

static gboolean
sqlite_script(struct driver *driver, const char *sql, GError **error)
{
	struct sqlite *sqlite = (struct sqlite *)driver;

	if (sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(sqlite, error);
	return TRUE;
}

static gboolean
pragma_integer(struct sqlite *sqlite, const char *sql, gint64 *value, GError **error)
{
	sqlite3_stmt *handle = NULL;
	int code = sqlite3_prepare_v2(sqlite->handle, sql, -1, &handle, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(handle);
	if (code == SQLITE_ROW)
		*value = sqlite3_column_int64(handle, 0);
	else
		sqlite_failed(sqlite, error);
	sqlite3_finalize(handle);
	return code == SQLITE_ROW;
}

static gboolean
sqlite_version(struct driver *driver, gint64 *version, GError **error)
{
	return pragma_integer((struct sqlite *)driver, "PRAGMA user_version", version, error);
}

static gboolean
sqlite_set_version(struct driver *driver, gint64 version, GError **error)
{
	g_autofree char *sql = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = "
					       "%" G_GINT64_FORMAT,
		APPLICATION_ID, version);

	return sqlite_script(driver, sql, error);
}

/* Another program's database must not get our tables, and an empty file is no store unless one is
 * to be made. */
static gboolean
check_is_store(struct sqlite *sqlite, gboolean create, GError **error)
{
	gint64 application = 0, tables = 0;

	if (!pragma_integer(sqlite, "PRAGMA application_id", &application, error) ||
		!pragma_integer(sqlite, "SELECT count(*) FROM sqlite_master", &tables, error))
		return FALSE;
	if (application == APPLICATION_ID)
		return TRUE;
	if (tables > 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: is the database of another program, no store of abate", sqlite->where);
		return FALSE;
	}
	if (!create) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING,
			"%s: is empty: make the store with 'abate init'", sqlite->where);
		return FALSE;
	}
	return TRUE;
}

/* Another process writes: waits a little longer each time, 0: long enough. */
static int
on_busy(void *user, int count)
{
	struct sqlite *sqlite = user;
	const gint64 now = g_get_monotonic_time();
	gint64 waited_ms;

	if (count == 0) {
		sqlite->waits_since = now;
		sqlite->told_of_wait = FALSE;
	}
	waited_ms = (now - sqlite->waits_since) / 1000;
	if (waited_ms >= BUSY_MS)
		return 0;
	if (waited_ms >= BUSY_TELL_MS && !sqlite->told_of_wait) {
		log_warning("%s: another process is writing; waiting for it, at most %d s",
			sqlite->where, BUSY_MS / 1000);
		sqlite->told_of_wait = TRUE;
	}
	g_usleep((gulong)MIN(1 + 5 * count, 50) * 1000);
	return 1;
}

static gboolean
set_up(struct sqlite *sqlite, gboolean create, GError **error)
{
	sqlite3_extended_result_codes(sqlite->handle, 1);
	sqlite3_busy_handler(sqlite->handle, on_busy, sqlite);
	sqlite3_limit(sqlite->handle, SQLITE_LIMIT_LENGTH, 256 * 1024 * 1024);
	sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!check_is_store(sqlite, create, error))
		return FALSE;
	if (sqlite3_db_readonly(sqlite->handle, "main") == 1) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED,
			"%s: may not be written: check the rights of the file and its folder",
			sqlite->where);
		return FALSE;
	}
	return sqlite_script(&sqlite->driver,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
		"PRAGMA trusted_schema = OFF; " CACHE("65536") "; "
							       "PRAGMA wal_autocheckpoint = 8192",
		error);
}

/* The store holds evidence and mail: a new one is for its owner alone (SQLite gives the files
 * beside it the same mode). */
static gboolean
make_file(const char *where, gboolean create, GError **error)
{
	int fd;

	if (strcmp(where, ":memory:") == 0 || g_file_test(where, G_FILE_TEST_EXISTS))
		return TRUE;
	if (!create) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING,
			"%s: there is no store: make one with 'abate init'", where);
		return FALSE;
	}
	fd = open(where, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		const int code = errno;

		g_set_error(error, STORE_ERROR,
			code == ENOSPC ? STORE_ERROR_FULL : STORE_ERROR_FAILED,
			"%s: cannot make the store: %s", where, g_strerror(code));
		return FALSE;
	}
	close(fd);
	return TRUE;
}

static void
sqlite_close(struct driver *driver)
{
	struct sqlite *sqlite = (struct sqlite *)driver;

	g_hash_table_unref(sqlite->statements);
	sqlite3_close(sqlite->handle);
	g_free(sqlite->where);
	g_free(sqlite);
}

static struct driver *
sqlite_open(const char *where, gboolean create, GError **error)
{
	static gsize once;
	struct sqlite *sqlite;

	if (g_once_init_enter(&once)) {
		/* Counting what is allocated takes a lock each time, and nobody asks. */
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
		g_once_init_leave(&once, 1);
	}
	if (!make_file(where, create, error))
		return NULL;
	sqlite = g_new0(struct sqlite, 1);
	sqlite->driver.engine = &engine_sqlite;
	sqlite->where = g_strdup(where);
	sqlite->statements =
		g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, statement_free);
	if (sqlite3_open_v2(where, &sqlite->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		sqlite_failed(sqlite, error);
	else if (set_up(sqlite, create, error))
		return &sqlite->driver;
	sqlite_close(&sqlite->driver);
	return NULL;
}

static gboolean
sqlite_begin(struct driver *driver, GError **error)
{
	/* IMMEDIATE: to become a writer halfway could fail where waiting cannot help. */
	return sqlite_script(driver, "BEGIN IMMEDIATE", error);
}

static gboolean
sqlite_commit(struct driver *driver, GError **error)
{
	return sqlite_script(driver, "COMMIT", error);
}

static void
sqlite_rollback(struct driver *driver)
{
	/* After some errors SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(((struct sqlite *)driver)->handle))
		sqlite_script(driver, "ROLLBACK", NULL);
}

static struct statement *
statement_new(struct sqlite *sqlite, const char *sql, GError **error)
{
	struct statement *statement = g_new0(struct statement, 1);
	char name[16];

	if (sqlite3_prepare_v3(sqlite->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
		    &statement->handle, NULL) != SQLITE_OK) {
		sqlite_failed(sqlite, error);
		g_free(statement);
		return NULL;
	}
	statement->rows.engine = &engine_sqlite;
	statement->sqlite = sqlite;
	statement->parameters = sqlite3_bind_parameter_count(statement->handle);
	g_assert(statement->parameters <= PARAMETERS_MAX);
	for (int i = 0; i < statement->parameters; i++) {
		g_snprintf(name, sizeof name, "$%d", i + 1);
		statement->index[i] = sqlite3_bind_parameter_index(statement->handle, name);
	}
	return statement;
}

static struct statement *
statement_take(struct sqlite *sqlite, const char *sql, GError **error)
{
	struct statement *statement = g_hash_table_lookup(sqlite->statements, sql);

	if (!statement || statement->busy) {
		const gboolean keep = !statement;

		statement = statement_new(sqlite, sql, error);
		if (!statement)
			return NULL;
		statement->kept = keep;
		if (keep)
			g_hash_table_insert(sqlite->statements, (void *)sql, statement);
	}
	statement->busy = TRUE;
	statement->first = statement->ended = FALSE;
	return statement;
}

static void
sqlite_done(struct rows *rows)
{
	struct statement *statement = (struct statement *)rows;

	sqlite3_reset(statement->handle);
	sqlite3_clear_bindings(statement->handle);
	statement->busy = FALSE;
	if (!statement->kept)
		statement_free(statement);
}

static int
bind_one(sqlite3_stmt *handle, int index, const struct value *value, sqlite3_destructor_type copy)
{
	switch (value->type) {
	case VALUE_INTEGER:
		return sqlite3_bind_int64(handle, index, value->integer);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
			handle, index, value->text, value->size, copy, SQLITE_UTF8);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(handle, index, value->bytes, value->size, copy);
	case VALUE_NULL:
		break;
	}
	return SQLITE_OK; /* what is not bound is NULL */
}

static int
bind_all(struct statement *statement, const struct value *values, gsize n)
{
	/* A change is done with its values after the first step, a query may not be. */
	const sqlite3_destructor_type copy =
		sqlite3_stmt_readonly(statement->handle) ? SQLITE_TRANSIENT : SQLITE_STATIC;
	int code = SQLITE_OK;

	for (gsize i = 0; i < n && code == SQLITE_OK; i++)
		code = bind_one(statement->handle, statement->index[i], &values[i], copy);
	return code;
}

static enum next
step(struct statement *statement, GError **error)
{
	int code = sqlite3_step(statement->handle);

	if (code == SQLITE_ROW)
		return NEXT_ROW;
	statement->ended = TRUE;
	if (code == SQLITE_DONE)
		return NEXT_DONE;
	sqlite_failed(statement->sqlite, error);
	return NEXT_ERROR;
}

static enum next
sqlite_next(struct rows *rows, GError **error)
{
	struct statement *statement = (struct statement *)rows;

	if (statement->ended)
		return NEXT_DONE;
	if (!statement->first)
		return step(statement, error);
	statement->first = FALSE;
	return NEXT_ROW;
}

static struct rows *
sqlite_query(
	struct driver *driver, const char *sql, const struct value *values, gsize n, GError **error)
{
	struct sqlite *sqlite = (struct sqlite *)driver;
	struct statement *statement = statement_take(sqlite, sql, error);
	enum next next = NEXT_ERROR;

	if (!statement)
		return NULL;
	g_assert(n == (gsize)statement->parameters);
	/* The first step is made here, so that a change happens without asking for rows. */
	if (bind_all(statement, values, n) != SQLITE_OK)
		sqlite_failed(sqlite, error);
	else
		next = step(statement, error);
	statement->first = next == NEXT_ROW;
	if (next != NEXT_ERROR)
		return &statement->rows;
	sqlite_done(&statement->rows);
	return NULL;
}

static gboolean
sqlite_insert(struct driver *driver, const char *sql, const struct value *values, gsize n,
	gint64 *id, GError **error)
{
	sqlite3 *handle = ((struct sqlite *)driver)->handle;
	struct rows *rows = sqlite_query(driver, sql, values, n, error);

	if (!rows)
		return FALSE;
	sqlite_done(rows);
	*id = sqlite3_changes(handle) > 0 ? sqlite3_last_insert_rowid(handle) : 0;
	return TRUE;
}

static gint64
sqlite_integer(struct rows *rows, int column)
{
	return sqlite3_column_int64(((struct statement *)rows)->handle, column);
}

static const char *
sqlite_text(struct rows *rows, int column)
{
	sqlite3_stmt *handle = ((struct statement *)rows)->handle;

	return (const char *)sqlite3_column_text(handle, column);
}

static const void *
sqlite_bytes(struct rows *rows, int column, gsize *size)
{
	sqlite3_stmt *handle = ((struct statement *)rows)->handle;
	const void *bytes = sqlite3_column_blob(handle, column);

	*size = (gsize)sqlite3_column_bytes(handle, column);
	/* An empty blob has no address, yet is not NULL. */
	if (!bytes && sqlite3_column_type(handle, column) != SQLITE_NULL)
		return "";
	return bytes;
}

static void
sqlite_lean(struct driver *driver, gboolean on)
{
	sqlite_script(driver, on ? CACHE("8192") : CACHE("65536"), NULL);
}

static const char extra[] = "CREATE TRIGGER events_update BEFORE UPDATE ON events "
			    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
			    "CREATE TRIGGER events_delete BEFORE DELETE ON events "
			    "BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;";

const struct engine engine_sqlite = {
	.scheme = "sqlite:",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.script = sqlite_script,
	.version = sqlite_version,
	.set_version = sqlite_set_version,
	.query = sqlite_query,
	.insert = sqlite_insert,
	.next = sqlite_next,
	.integer = sqlite_integer,
	.text = sqlite_text,
	.bytes = sqlite_bytes,
	.done = sqlite_done,
	.lean = sqlite_lean,
	.id_type = "INTEGER PRIMARY KEY",
	.bytes_type = "BLOB",
	.clustered = "WITHOUT ROWID",
	.extra = extra,
};
