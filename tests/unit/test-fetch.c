/* Fetching from a Maildir: what is handed over, once, in order, and nothing that is no mail. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "inbox/fetch-group.h"
#include "test-store.h"

struct world {
	struct fixture base;
	struct config *config;
	char *folder;
	GPtrArray *sources;
	gint64 received, size, done, total;
	int stop;
	gint64 stop_after; /* mails */
	gboolean refuse;
	struct fetch_options options;
};

static gboolean
take(const char *source, gint64 received, GBytes *mail, void *user, GError **error)
{
	struct world *world = user;
	g_autoptr(Reply) reply = reply_new();

	if (world->refuse) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_FULL, "full");
		return FALSE;
	}
	g_ptr_array_add(world->sources, g_strdup(source));
	world->received = received;
	world->size = (gint64)g_bytes_get_size(mail);
	reply->source = g_strdup(source);
	reply->received = received;
	reply->content = g_bytes_ref(mail);
	reply->class_name = g_strdup("unclassified");
	world->stop = world->stop_after && world->sources->len >= world->stop_after;
	return store_reply_add(world->base.store, reply, NULL, error);
}

static void
progress(gint64 done, gint64 total, void *user)
{
	struct world *world = user;

	g_assert_cmpint(done, <=, total);
	world->done = done;
	world->total = total;
}

static void
write_file(const char *folder, const char *name, const char *text, gssize length)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, length, NULL));
}

static void
set_up(struct world *world, gconstpointer data)
{
	static const char *const parts[] = { "box", "box/new", "box/cur", "box/tmp" };
	g_autofree char *file = NULL;

	fixture_set_up(&world->base, data);
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *path = g_build_filename(world->base.folder, parts[i], NULL);

		g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	}
	world->folder = g_build_filename(world->base.folder, "box", NULL);
	write_file(world->base.folder, "abate.conf", "[inbox]\nmaildir = box\n", -1);
	file = g_build_filename(world->base.folder, "abate.conf", NULL);
	world->config = config_load(file, NULL);
	world->sources = g_ptr_array_new_with_free_func(g_free);
	world->options = (struct fetch_options){
		.take = take, .progress = progress, .stop = &world->stop, .user = world
	};
}

static void
remove_all(const char *path)
{
	GDir *folder = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (folder && (name = g_dir_read_name(folder))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_all(inner);
	}
	g_clear_pointer(&folder, g_dir_close);
	g_remove(path);
}

static void
tear_down(struct world *world, gconstpointer data)
{
	g_autofree char *file = g_build_filename(world->base.folder, "abate.conf", NULL);

	remove_all(world->folder);
	g_remove(file);
	g_free(world->folder);
	g_ptr_array_unref(world->sources);
	config_free(world->config);
	fixture_tear_down(&world->base, data);
}

static void
fetch(struct world *world)
{
	GError *error = NULL;

	g_ptr_array_set_size(world->sources, 0);
	maildir_fetch(world->config, world->base.store, &world->options, &error);
	g_assert_no_error(error);
}

static void
assert_source(const struct world *world, guint index, const char *base)
{
	g_autofree char *source = g_strdup_printf("maildir:%s/%s", world->folder, base);

	g_assert_cmpstr(g_ptr_array_index(world->sources, index), ==, source);
}

static void
test_order(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *path = g_build_filename(world->folder, "cur/1.b.host:2,S", NULL);
	const struct timeval times[2] = { { 1700000000, 250000 }, { 1700000000, 250000 } };

	write_file(world->folder, "new/2.c.host", "Subject: c\n\nc\n", -1);
	write_file(world->folder, "cur/1.b.host:2,S", "", 0);
	write_file(world->folder, "new/1.a.host", "\0\xff\r\n", 4);
	write_file(world->folder, "new/.hidden", "no mail", -1);
	write_file(world->folder, "tmp/0.half", "half", -1);
	g_assert_cmpint(utimes(path, times), ==, 0);
	fetch(world);
	g_assert_cmpuint(world->sources->len, ==, 3);
	assert_source(world, 0, "1.a.host");
	assert_source(world, 1, "1.b.host");
	assert_source(world, 2, "2.c.host");
	g_assert_cmpint(world->done, ==, 3);
	g_assert_cmpint(world->total, ==, 3);
	/* Read by somebody: it has moved and has other flags. */
	{
		g_autofree char *from = g_build_filename(world->folder, "new/2.c.host", NULL);
		g_autofree char *to = g_build_filename(world->folder, "cur/2.c.host:2,RS", NULL);

		g_assert_cmpint(g_rename(from, to), ==, 0);
	}
	fetch(world);
	g_assert_cmpuint(world->sources->len, ==, 0);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
test_received(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *path = g_build_filename(world->folder, "new/1", NULL);
	const struct timeval times[2] = { { 1700000000, 250000 }, { 1700000000, 250000 } };

	write_file(world->folder, "new/1", "Subject: a\n\n", -1);
	g_assert_cmpint(utimes(path, times), ==, 0);
	fetch(world);
	g_assert_cmpint(world->received, ==, G_GINT64_CONSTANT(1700000000250000));
	g_assert_cmpint(world->size, ==, 12);
}

/* What somebody put there to be read through, or to hang on. */
static void
test_no_mail(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *fifo = g_build_filename(world->folder, "new/2.fifo", NULL);
	g_autofree char *link = g_build_filename(world->folder, "new/3.link", NULL);
	g_autofree char *folder = g_build_filename(world->folder, "cur/4.folder", NULL);

	write_file(world->folder, "new/1.mail", "a", -1);
	write_file(world->folder, "new/9.mail", "a", -1);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	fetch(world);
	g_assert_cmpuint(world->sources->len, ==, 2);
	assert_source(world, 1, "9.mail");
}

/* 50 MB is kept whole; of more, what the limit allows. */
static void
test_large(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *large = g_build_filename(world->folder, "new/1", NULL);
	g_autofree char *huge = g_build_filename(world->folder, "new/2", NULL);

	write_file(world->folder, "new/1", "Subject: a\n\n", -1);
	g_assert_cmpint(truncate(large, 50 * 1024 * 1024), ==, 0);
	fetch(world);
	g_assert_cmpint(world->size, ==, 50 * 1024 * 1024);
	write_file(world->folder, "new/2", "Subject: a\n\n", -1);
	g_assert_cmpint(truncate(huge, 65 * 1024 * 1024), ==, 0);
	fetch(world);
	g_assert_cmpint(world->size, ==, 64 * 1024 * 1024);
}

/* Stopped in the middle: what is under way is kept, the rest comes later. */
static void
test_stop(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	const guint all = FETCH_GROUP_MAILS + 200;
	guint first;

	for (guint i = 0; i < all; i++) {
		g_autofree char *name = g_strdup_printf("new/%04u", i);

		write_file(world->folder, name, name, -1);
	}
	world->stop_after = 250;
	fetch(world);
	first = world->sources->len;
	g_assert_cmpuint(first, >=, 250);
	g_assert_cmpuint(first, <, all);
	g_assert_cmpint(world->done, ==, first);
	world->stop = 0;
	world->stop_after = 0;
	fetch(world);
	g_assert_cmpuint(first + world->sources->len, ==, all);
}

static void
test_refused(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;

	write_file(world->folder, "new/1", "a", -1);
	world->refuse = TRUE;
	g_assert_false(maildir_fetch(world->config, world->base.store, &world->options, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FULL);
	g_clear_error(&error);
	world->refuse = FALSE;
	fetch(world);
	g_assert_cmpuint(world->sources->len, ==, 1);
}

static void
test_missing(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Config) none = NULL;
	GError *error = NULL;

	remove_all(world->folder);
	g_assert_false(maildir_fetch(world->config, world->base.store, &world->options, &error));
	g_assert_error(error, CONFIG_ERROR, 0);
	g_assert_nonnull(strstr(error->message, "box/new"));
	g_clear_error(&error);
	write_file(world->base.folder, "abate.conf", "", 0);
	none = config_load(config_file(world->config), NULL);
	g_assert_true(maildir_fetch(none, world->base.store, &world->options, &error));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/maildir/order", struct world, NULL, set_up, test_order, tear_down);
	g_test_add("/maildir/received", struct world, NULL, set_up, test_received, tear_down);
	g_test_add("/maildir/no-mail", struct world, NULL, set_up, test_no_mail, tear_down);
	g_test_add("/maildir/large", struct world, NULL, set_up, test_large, tear_down);
	g_test_add("/maildir/stop", struct world, NULL, set_up, test_stop, tear_down);
	g_test_add("/maildir/refused", struct world, NULL, set_up, test_refused, tear_down);
	g_test_add("/maildir/missing", struct world, NULL, set_up, test_missing, tear_down);
	return g_test_run();
}
