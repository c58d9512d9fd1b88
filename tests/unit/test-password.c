/* base/password: where a secret comes from, and what is refused without telling it. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command-output.h"
#include "base/password.h"

static char *folder;

static char *
path_of(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static void
write_file(const char *name, const char *text, int mode)
{
	g_autofree char *path = path_of(name);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* keys: lines of [inbox]. */
static gboolean
read_with(const char *keys, char **password, GError **error)
{
	g_autofree char *text = g_strconcat("[inbox]\n", keys, NULL);
	g_autofree char *path = path_of("abate.conf");
	g_autoptr(Config) config = NULL;

	write_file("abate.conf", text, 0600);
	config = config_load(path, error);
	g_assert_nonnull(config);
	return password_read(config, "inbox", password, error);
}

static void
expect_password(const char *keys, const char *wanted)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *password = NULL;

	g_assert_true(read_with(keys, &password, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(password, ==, wanted);
}

static void
expect_refused(const char *keys, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *password = NULL;

	g_assert_false(read_with(keys, &password, &error));
	g_assert_null(password);
	g_assert_true(error->domain == CONFIG_ERROR);
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
	g_assert_null(strstr(error->message, "s3cret"));
}

static void
test_places(void)
{
	write_file("safe", "s3cret pass\nsecond line\n", 0600);
	write_file("safer", "s3cret", 0400);
	g_setenv("ABATE_TEST_SECRET", "s3cret of the environment", TRUE);
	expect_password("", NULL);
	expect_password("password_command = printf 's3cret\\nrest'\n", "s3cret");
	expect_password("password_file = safe\n", "s3cret pass");
	expect_password("password_file = safer\n", "s3cret");
	expect_password("password_env = ABATE_TEST_SECRET\n", "s3cret of the environment");
}

static void
test_not_to_be_had(void)
{
	write_file("empty", "\nsecond", 0600);
	write_file("control", "s3cret\x1b[31m", 0600);
	g_setenv("ABATE_TEST_EMPTY", "", TRUE);
	expect_refused("password_command = false\n", "[inbox] password_command: ");
	expect_refused("password_command = true\n", "is empty");
	expect_refused("password_file = nowhere\n", "nowhere: No such file");
	expect_refused("password_file = .\n", "is not a regular file");
	expect_refused("password_file = empty\n", "[inbox] password_file: what it gives is empty");
	expect_refused("password_file = control\n", "control character");
	expect_refused("password_env = ABATE_TEST_UNSET\n", "no variable ABATE_TEST_UNSET");
	expect_refused("password_env = ABATE_TEST_EMPTY\n", "is empty");
	expect_refused("password_env = A\npassword_file = safe\n",
		"only one of password_command, password_file and password_env");
}

static void
test_modes(void)
{
	static const int modes[] = { 0640, 0604, 0620, 0602, 0601, 0610, 0644, 0666 };

	for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_autofree char *words = g_strdup_printf("has mode %04o", (guint)modes[i]);

		write_file("open", "s3cret\n", modes[i]);
		expect_refused("password_file = open\n", words);
	}
	expect_refused("password_file = open\n", "set 0600 (chmod 600 ");
}

/* What hangs whoever opens it, and what is not ours. */
static void
test_strange_files(void)
{
	g_autofree char *fifo = path_of("fifo");
	g_autofree char *foreign = path_of("foreign");

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	expect_refused("password_file = fifo\n", "is not a regular file");
	g_unlink(fifo);
	if (geteuid() != 0) {
		g_test_skip("only root can give a file away");
		return;
	}
	write_file("foreign", "s3cret\n", 0600);
	g_assert_cmpint(chown(foreign, 65534, 65534), ==, 0);
	expect_refused("password_file = foreign\n", "belongs to user 65534");
}

static void
expect_ended(const char *line)
{
	const gint64 begun = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	g_assert_null(command_output("a command", line, 100, 1, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "has not ended within 1 s"));
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
}

static void
test_commands(void)
{
	g_autofree char *some = command_output("x", "printf 123456", 4, 5, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(some, ==, "1234");
	g_assert_null(command_output("x", "false", 4, 5, &error));
	g_assert_nonnull(error);
	expect_ended("sleep 30");
	/* One that closes its output and stays. */
	expect_ended("sh -c 'exec sleep 30 >&-'");
	/* One that never stops to talk. */
	expect_ended("yes");
}

int
main(int argc, char **argv)
{
	static const char *const left[] = { "abate.conf", "safe", "safer", "empty", "control",
		"open", "foreign" };

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("abate-password-XXXXXX", NULL);
	g_test_add_func("/password/places", test_places);
	g_test_add_func("/password/not-to-be-had", test_not_to_be_had);
	g_test_add_func("/password/modes", test_modes);
	g_test_add_func("/password/strange-files", test_strange_files);
	g_test_add_func("/password/commands", test_commands);
	int status = g_test_run();

	for (gsize i = 0; i < G_N_ELEMENTS(left); i++) {
		g_autofree char *path = path_of(left[i]);

		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
	return status;
}
