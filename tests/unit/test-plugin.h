/* Plugins built within a test, in a folder of its own. */
#pragma once

#include "plugin/host.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static char *folder;

static char *
path_of(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static void
write_text(const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = path_of(name);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, 0644), ==, 0);
}

/* Builds <folder>/<name>.so; gives its path. */
G_GNUC_UNUSED static char *
build(const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *base = g_strconcat(name, ".c", NULL);
	g_autofree char *so = g_strconcat(name, ".so", NULL);
	g_autofree char *source = path_of(base);
	g_autofree char *include = g_strconcat("-I", SOURCE_DIR, "/include", NULL);
	char *target = path_of(so);
	int status;
	write_text(base, text);
	const char *argv[] = { "gcc", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden",
		include, "-o", target, source, NULL };
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
		&status, &error);
	g_assert_no_error(error);
	g_assert_true(g_spawn_check_wait_status(status, NULL));
	g_assert_cmpint(g_chmod(target, 0755), ==, 0);
	return target;
}

static struct config *
config_with(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = path_of("abate.conf");
	write_text("abate.conf", text);
	struct config *config = config_load(path, &error);
	g_assert_no_error(error);
	return config;
}

static void
make_folder(void)
{
	g_autofree char *made = g_dir_make_tmp("abate-plugin-XXXXXX", NULL);
	g_assert_nonnull(made);
	folder = realpath(made, NULL);
}

static void
remove_folder(void)
{
	const char *argv[] = { "rm", "-r", "--", folder, NULL };
	g_spawn_sync(
		NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
	free(folder);
}
