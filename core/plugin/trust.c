#include "plugin/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/error.h"

enum place { PLACE_FILE, PLACE_FOLDER, PLACE_ABOVE };

static gboolean
check_mode(const char *path, const struct stat *status, enum place place, GError **error)
{
	gboolean sticky = status->st_uid == 0 && (status->st_mode & S_ISVTX);

	if (status->st_uid != 0 && status->st_uid != geteuid()) {
		g_set_error(error, PLUGIN_ERROR, 0,
			"%s belongs to user %u: plugins are loaded only from files and folders of "
			"root or of user %u, who runs abate (chown)",
			path, (guint)status->st_uid, (guint)geteuid());
		return FALSE;
	}
	if (!(status->st_mode & (S_IWGRP | S_IWOTH)) || (place == PLACE_ABOVE && sticky))
		return TRUE;
	g_set_error(error, PLUGIN_ERROR, 0,
		"%s is writable by %s: anybody of them could change the plugins that abate runs "
		"(chmod %s)",
		path, status->st_mode & S_IWOTH ? "others" : "its group",
		status->st_mode & S_IWOTH ? "go-w" : "g-w");
	return FALSE;
}

static gboolean
check_place(const char *path, enum place place, GError **error)
{
	struct stat status;

	if (lstat(path, &status) != 0) {
		g_set_error(error, PLUGIN_ERROR, 0, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	if (place == PLACE_FILE && !S_ISREG(status.st_mode)) {
		g_set_error(error, PLUGIN_ERROR, 0, "%s is not a regular file", path);
		return FALSE;
	}
	return check_mode(path, &status, place, error);
}

/* The folders are what closes the gap between this check and the opening. */
static gboolean
check_folders(const char *file, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(file);
	enum place place = PLACE_FOLDER;

	for (;;) {
		if (!check_place(folder, place, error))
			return FALSE;
		if (strcmp(folder, "/") == 0)
			return TRUE;
		char *above = g_path_get_dirname(folder);

		g_free(folder);
		folder = above;
		place = PLACE_ABOVE;
	}
}

char *
trust_file(const char *file, GError **error)
{
	char *resolved = realpath(file, NULL);
	g_autofree char *real = g_strdup(resolved);

	free(resolved);
	if (!real) {
		g_set_error(error, PLUGIN_ERROR, 0, "%s: %s", file, g_strerror(errno));
		return NULL;
	}
	if (!check_place(real, PLACE_FILE, error) || !check_folders(real, error))
		return NULL;
	return g_steal_pointer(&real);
}
