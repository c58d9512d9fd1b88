/* init: a commented abate.conf and an empty store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/paths.h"
#include "cli/command.h"
#include "cli/records.h"

/* Copies the shipped file; never over one that is there. */
static gboolean
write_configuration(const char *file, gboolean *is_new, GError **error)
{
	g_autofree char *shipped = g_build_filename(paths_data(), "abate.conf", NULL);
	g_autofree char *text = NULL;
	gsize length;
	int fd;
	gboolean written;

	if (!g_file_get_contents(shipped, &text, &length, error))
		return FALSE;
	/* It will name a password command and a key: for its owner's eyes. */
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	*is_new = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		return TRUE;
	written = fd >= 0 && write(fd, text, length) == (gssize)length && fsync(fd) == 0;
	if (!written)
		g_set_error(
			error, G_FILE_ERROR, G_FILE_ERROR_IO, "%s: %s", file, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return written;
}

/* A configuration that is there already is kept, and the store that it names is made. */
static int
init(const char *file)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(Store) store = NULL;
	gboolean is_new;

	if (!write_configuration(file, &is_new, &error))
		return command_failed(error);
	config = config_load(file, &error);
	store = config ? records_open(config, TRUE, &error) : NULL;
	if (!store)
		return command_failed(error);
	if (is_new)
		printf("Wrote %s and the store.\nNext: fill in [reporter] and [mail] there, then "
		       "`abate dispatch FILE`.\n",
			file);
	else
		printf("Kept %s as it was; the store that it names is ready.\n", file);
	return EXIT_DONE;
}

static int
init_folder(const char *folder)
{
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);

	if (g_mkdir_with_parents(folder, 0700) != 0) {
		log_error("%s: %s", folder, g_strerror(errno));
		return EXIT_FAILED;
	}
	return init(file);
}

static int
run(struct global *global, int argc, char **argv)
{
	int status;

	if (!command_options(&command_init, global, NULL, &argc, &argv, &status))
		return status;
	if (argc > 2 || global->config_file) {
		log_error("init takes one folder and no -c: it writes abate.conf there");
		return EXIT_USAGE;
	}
	return init_folder(argc == 2 ? argv[1] : ".");
}

const struct command command_init = {
	.name = "init",
	.usage = "[DIR]",
	.summary = "Write a commented abate.conf and the store",
	.run = run,
};
