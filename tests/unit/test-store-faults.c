/* What can go wrong with a store, and what must hold then. */
#include "test-store.h"

#include <sqlite3.h>
#include <string.h>

/* SQL behind the store's back. */
static int
meddle(struct fixture *fixture, const char *sql)
{
	sqlite3 *handle = NULL;
	int code;

	g_assert_cmpint(sqlite3_open(fixture->file, &handle), ==, SQLITE_OK);
	code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
	sqlite3_close(handle);
	return code;
}

static void
assert_open_fails(struct fixture *fixture, int code, const char *words)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(store_open(fixture->url, FALSE, &error));
	g_assert_error(error, STORE_ERROR, code);
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
	g_assert_nonnull(strstr(error->message, fixture->file));
}

static void
close_store(struct fixture *fixture)
{
	store_close(fixture->store);
	fixture->store = NULL;
}

static void
test_missing(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	close_store(fixture);
	g_unlink(fixture->file);
	assert_open_fails(fixture, STORE_ERROR_MISSING, "abate init");
	g_assert_true(g_file_set_contents(fixture->file, "", 0, NULL));
	assert_open_fails(fixture, STORE_ERROR_MISSING, "abate init");
}

static void
test_newer(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	close_store(fixture);
	g_assert_cmpint(meddle(fixture, "PRAGMA user_version = 4711"), ==, SQLITE_OK);
	assert_open_fails(fixture, STORE_ERROR_NEWER, "version 4711");
}

static void
test_no_store(struct fixture *fixture, gconstpointer data)
{
	g_autofree char *noise = g_strnfill(8192, 'x');

	(void)data;
	close_store(fixture);
	g_assert_cmpint(meddle(fixture, "PRAGMA application_id = 1"), ==, SQLITE_OK);
	assert_open_fails(fixture, STORE_ERROR_FAILED, "another program");
	g_assert_true(g_file_set_contents(fixture->file, noise, 8192, NULL));
	assert_open_fails(fixture, STORE_ERROR_FAILED, "damaged");
}

static void
test_url(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(store_open("mysql:x", TRUE, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
	g_clear_error(&error);
	g_assert_null(store_open("sqlite:/no/such/folder/abate.db", TRUE, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "/no/such/folder"));
}

static void
test_mode(struct fixture *fixture, gconstpointer data)
{
	GStatBuf status;

	(void)data;
	g_assert_cmpint(g_stat(fixture->file, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void
assert_verify(struct fixture *fixture, gint64 wanted_checked, gint64 wanted_broken)
{
	g_autoptr(GError) error = NULL;
	gint64 checked = -1, broken = -1;

	g_assert_true(store_events_verify(fixture->store, &checked, &broken, &error));
	g_assert_cmpint(checked, ==, wanted_checked);
	g_assert_cmpint(broken, ==, wanted_broken);
}

static void
test_chain(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	assert_verify(fixture, 0, 0);
	for (int i = 0; i < 600; i++)
		g_assert_true(
			store_event_add(fixture->store, "-", "test", "{\"a\":\"\xff\"}", &error));
	assert_verify(fixture, 600, 0);
	g_assert_cmpint(
		meddle(fixture, "UPDATE events SET detail = '{}' WHERE id = 1"), !=, SQLITE_OK);
	g_assert_cmpint(meddle(fixture, "DELETE FROM events"), !=, SQLITE_OK);
	g_assert_cmpint(meddle(fixture, "DROP TRIGGER events_update; UPDATE events "
					"SET detail = '{}' WHERE id = 400"),
		==, SQLITE_OK);
	assert_verify(fixture, 399, 400);
}

static void
test_chain_gap(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	for (int i = 0; i < 5; i++)
		g_assert_true(store_event_add(fixture->store, "-", "test", NULL, &error));
	g_assert_cmpint(meddle(fixture, "DROP TRIGGER events_delete; "
					"DELETE FROM events WHERE id = 3"),
		==, SQLITE_OK);
	assert_verify(fixture, 2, 3);
}

/* Two writers of one chain. */
static void
test_chain_of_two(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) second = store_open(fixture->url, FALSE, &error);

	(void)data;
	for (int i = 0; i < 20; i++)
		g_assert_true(store_event_add(
			i % 2 ? second : fixture->store, "-", "test", NULL, &error));
	assert_verify(fixture, 20, 0);
}

static void
test_nesting(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_true(store_begin(fixture->store, &error));
	g_assert_true(store_begin(fixture->store, &error));
	g_assert_cmpint(add_case(fixture->store, "kept"), ==, 1);
	g_assert_true(store_commit(fixture->store, &error));
	store_rollback(fixture->store);
	g_assert_null(store_case_get(fixture->store, 1, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
	assert_verify(fixture, 0, 0);
}

/* A step that was refused leaves the transaction good, one that broke off does not. */
static void
test_failure_inside(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Indicator) orphan = make_url(99, "http://x/");

	(void)data;
	g_assert_true(store_begin(fixture->store, &error));
	add_case(fixture->store, "kept");
	g_assert_false(store_report_set_state(fixture->store, 9, REPORT_READY, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_true(store_commit(fixture->store, &error));
	g_assert_true(store_begin(fixture->store, &error));
	add_case(fixture->store, "lost");
	g_assert_false(store_indicator_add(fixture->store, orphan, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
	g_clear_error(&error);
	g_assert_false(store_commit(fixture->store, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
	g_clear_error(&error);
	g_assert_null(store_case_get(fixture->store, 2, &error));
	assert_verify(fixture, 1, 0);
}

static void
limit_pages(struct fixture *fixture, gint64 *added, GError **error)
{
	g_autofree char *filler = g_strnfill(4000, 'x');

	for (*added = 0; *added < 10000; (*added)++)
		if (!store_event_add(fixture->store, "-", "test", filler, error))
			return;
}

/* The folder is on a file system of its own that has no room: only where that can be mounted. */
static void
test_full(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("abate-full-XXXXXX", NULL);
	g_autofree char *mount = g_strdup_printf("size=1m");
	const char *const up[] = { "mount", "-t", "tmpfs", "-o", mount, "none", folder, NULL };
	const char *const down[] = { "umount", folder, NULL };
	struct fixture fixture = { 0 };
	gint64 added = 0;
	int status = 1;

	if (!g_spawn_sync(NULL, (char **)up, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
		    NULL, NULL, NULL, NULL, &status, NULL) ||
		status != 0) {
		g_rmdir(folder);
		g_test_skip("cannot mount a small file system here");
		return;
	}
	fixture.file = g_build_filename(folder, "abate.db", NULL);
	fixture.url = g_strconcat("sqlite:", fixture.file, NULL);
	fixture.store = store_open(fixture.url, TRUE, &error);
	g_assert_no_error(error);
	limit_pages(&fixture, &added, &error);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
	g_assert_nonnull(strstr(error->message, "full"));
	g_assert_cmpint(added, >, 0);
	/* Nothing half-written: what was told as stored is there, and the chain is whole. */
	assert_verify(&fixture, added, 0);
	store_close(fixture.store);
	g_spawn_sync(
		NULL, (char **)down, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	g_rmdir(folder);
	g_free(fixture.file);
	g_free(fixture.url);
}

#define TEST(name, function)                                                                       \
	g_test_add("/store/faults/" name, struct fixture, NULL, fixture_set_up, function,          \
		fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("missing", test_missing);
	TEST("newer", test_newer);
	TEST("no store", test_no_store);
	g_test_add_func("/store/faults/url", test_url);
	TEST("mode", test_mode);
	TEST("chain", test_chain);
	TEST("chain with a gap", test_chain_gap);
	TEST("chain of two", test_chain_of_two);
	TEST("nesting", test_nesting);
	TEST("failure inside", test_failure_inside);
	g_test_add_func("/store/faults/full", test_full);
	return g_test_run();
}
