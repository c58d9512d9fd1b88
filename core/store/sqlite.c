/* The SQLite engine: WAL, every commit on disk, one writer at a time. */
#include "store/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

#define APPLICATION_ID 0x61626174 /* "abat" */
#define BUSY_MS 30000
#define PARAMETERS_MAX 32

struct sqlite {
	struct driver driver;
	sqlite3 *handle;
	char *where;
	GHashTable *statements; /* SQL by address -> struct statement */
};

struct statement {
	sqlite3_stmt *handle;
	/* $n is a name to SQLite: where it put it. */
	int index[PARAMETERS_MAX];
	int parameters;
};

struct sqlite_rows {
	struct rows rows;
	struct sqlite *sqlite;
	struct statement *statement;
	const char *sql;
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
	else if (code == SQLITE_READONLY)
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

static gboolean
set_up(struct sqlite *sqlite, gboolean create, GError **error)
{
	sqlite3_extended_result_codes(sqlite->handle, 1);
	sqlite3_busy_timeout(sqlite->handle, BUSY_MS);
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
		"PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536; "
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
	struct sqlite *sqlite;

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
	statement->parameters = sqlite3_bind_parameter_count(statement->handle);
	g_assert(statement->parameters <= PARAMETERS_MAX);
	for (int i = 0; i < statement->parameters; i++) {
		g_snprintf(name, sizeof name, "$%d", i + 1);
		statement->index[i] = sqlite3_bind_parameter_index(statement->handle, name);
	}
	return statement;
}

/* Takes the statement out of the cache while it runs: the same SQL may run in a callback. */
static struct statement *
statement_take(struct sqlite *sqlite, const char *sql, GError **error)
{
	struct statement *statement = g_hash_table_lookup(sqlite->statements, sql);

	if (!statement)
		return statement_new(sqlite, sql, error);
	g_hash_table_steal(sqlite->statements, sql);
	return statement;
}

static void
statement_give_back(struct sqlite *sqlite, const char *sql, struct statement *statement)
{
	sqlite3_reset(statement->handle);
	sqlite3_clear_bindings(statement->handle);
	g_hash_table_replace(sqlite->statements, (void *)sql, statement);
}

static int
bind(sqlite3_stmt *handle, int index, const struct value *value)
{
	switch (value->type) {
	case VALUE_INTEGER:
		return sqlite3_bind_int64(handle, index, value->integer);
	case VALUE_TEXT:
		return sqlite3_bind_text(handle, index, value->text, -1, SQLITE_TRANSIENT);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(
			handle, index, value->bytes, value->size, SQLITE_TRANSIENT);
	case VALUE_NULL:
		break;
	}
	return sqlite3_bind_null(handle, index);
}

static enum next
sqlite_next(struct rows *rows, GError **error)
{
	struct sqlite_rows *mine = (struct sqlite_rows *)rows;
	int code;

	if (mine->first) {
		mine->first = FALSE;
		return NEXT_ROW;
	}
	if (mine->ended)
		return NEXT_DONE;
	code = sqlite3_step(mine->statement->handle);
	if (code == SQLITE_ROW)
		return NEXT_ROW;
	mine->ended = TRUE;
	if (code == SQLITE_DONE)
		return NEXT_DONE;
	sqlite_failed(mine->sqlite, error);
	return NEXT_ERROR;
}

static void
sqlite_done(struct rows *rows)
{
	struct sqlite_rows *mine = (struct sqlite_rows *)rows;

	statement_give_back(mine->sqlite, mine->sql, mine->statement);
	g_free(mine);
}

static struct rows *
sqlite_query(
	struct driver *driver, const char *sql, const struct value *values, gsize n, GError **error)
{
	struct sqlite *sqlite = (struct sqlite *)driver;
	struct statement *statement = statement_take(sqlite, sql, error);
	struct sqlite_rows *rows;
	enum next next;
	int code = SQLITE_OK;

	if (!statement)
		return NULL;
	g_assert(n == (gsize)statement->parameters);
	rows = g_new0(struct sqlite_rows, 1);
	rows->rows.engine = &engine_sqlite;
	rows->sqlite = sqlite;
	rows->statement = statement;
	rows->sql = sql;
	for (gsize i = 0; i < n && code == SQLITE_OK; i++)
		code = bind(statement->handle, statement->index[i], &values[i]);
	if (code != SQLITE_OK) {
		sqlite_failed(sqlite, error);
		next = NEXT_ERROR;
	} else {
		/* The first step here, so that a change is made without asking for rows. */
		next = sqlite_next(&rows->rows, error);
	}
	rows->first = next == NEXT_ROW;
	if (next != NEXT_ERROR)
		return &rows->rows;
	sqlite_done(&rows->rows);
	return NULL;
}

static gint64
sqlite_integer(struct rows *rows, int column)
{
	return sqlite3_column_int64(((struct sqlite_rows *)rows)->statement->handle, column);
}

static const char *
sqlite_text(struct rows *rows, int column)
{
	sqlite3_stmt *handle = ((struct sqlite_rows *)rows)->statement->handle;

	return (const char *)sqlite3_column_text(handle, column);
}

static const void *
sqlite_bytes(struct rows *rows, int column, gsize *size)
{
	sqlite3_stmt *handle = ((struct sqlite_rows *)rows)->statement->handle;
	const void *bytes = sqlite3_column_blob(handle, column);

	*size = (gsize)sqlite3_column_bytes(handle, column);
	/* An empty blob has no address, yet is not NULL. */
	if (!bytes && sqlite3_column_type(handle, column) != SQLITE_NULL)
		return "";
	return bytes;
}

static const char *const extra[] = {
	"CREATE TRIGGER events_update BEFORE UPDATE ON events "
	"BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;"
	"CREATE TRIGGER events_delete BEFORE DELETE ON events "
	"BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;",
	NULL,
};

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
	.next = sqlite_next,
	.integer = sqlite_integer,
	.text = sqlite_text,
	.bytes = sqlite_bytes,
	.done = sqlite_done,
	.id_type = "INTEGER PRIMARY KEY",
	.bytes_type = "BLOB",
	.clustered = "WITHOUT ROWID",
	.extra = extra,
};
