#include "base/paths.h"

#include <string.h>

/* The folder that holds the running program; NULL when /proc tells nothing. */
static char *
program_folder(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

	return program ? g_path_get_dirname(program) : NULL;
}

/* In the build tree the program is <tree>/build…/abate (or a test below it), with <tree>/config
 * near. */
static char *
find_in_tree(const char *suffix, const char *witness)
{
	g_autofree char *folder = program_folder();

	for (int up = 0; folder && up < 5; up++) {
		g_autofree char *path = g_build_filename(folder, suffix, NULL);
		g_autofree char *test = g_build_filename(path, witness, NULL);
		char *parent;

		if (g_file_test(test, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&path);
		parent = g_path_get_dirname(folder);
		g_free(folder);
		folder = parent;
	}
	return NULL;
}

/* An installed program is <prefix>/bin/abate, with its files beside it: it works where it was moved
 * or staged to, whatever PREFIX it was built with. */
static char *
find_installed(const char *suffix)
{
	g_autofree char *folder = program_folder();
	g_autofree char *name = folder ? g_path_get_basename(folder) : NULL;
	g_autofree char *prefix = folder ? g_path_get_dirname(folder) : NULL;
	g_autofree char *path = prefix ? g_build_filename(prefix, suffix, NULL) : NULL;

	return path && strcmp(name, "bin") == 0 && g_file_test(path, G_FILE_TEST_IS_DIR)
		       ? g_steal_pointer(&path)
		       : NULL;
}

const char *
paths_data(void)
{
	static char *path;

	if (g_once_init_enter(&path)) {
		char *found = find_installed("share/abate");

		if (!found)
			found = find_in_tree("config", "build.mk");
		g_once_init_leave(&path, found ? found : g_strdup(ABATE_PREFIX "/share/abate"));
	}
	return path;
}

const char *
paths_plugins(void)
{
	static char *path;

	if (g_once_init_enter(&path)) {
		char *found = find_installed("lib/abate/plugins");
		g_autofree char *tree = found ? NULL : find_in_tree("config", "build.mk");

		if (tree)
			found = find_in_tree("plugins", "registrar.so");
		g_once_init_leave(
			&path, found ? found : g_strdup(ABATE_PREFIX "/lib/abate/plugins"));
	}
	return path;
}
