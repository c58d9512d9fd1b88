#include "cli/page-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail(const char *path, GError **error)
{
	const int code = errno;
	g_autofree char *name = g_filename_display_name(path);

	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", name,
		g_strerror(code));
	return FALSE;
}

static gboolean
write_all(int file, const char *text)
{
	gsize left = strlen(text);

	while (left > 0) {
		const ssize_t n = write(file, text, left);

		if (n < 0 && errno != EINTR)
			return FALSE;
		text += MAX(n, 0);
		left -= (gsize)MAX(n, 0);
	}
	return TRUE;
}

/* What is no regular file cannot be replaced by one; what a link that leads nowhere names is made.
 */
static gboolean
write_into(const char *path, const char *text, GError **error)
{
	const int file = open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);
	gboolean ok;

	if (file < 0)
		return fail(path, error);
	ok = write_all(file, text) || fail(path, error);
	if (close(file) != 0 && ok)
		ok = fail(path, error);
	return ok;
}

/* What the links lead to is replaced at once, and stays as readable as it was. */
static gboolean
replace(const char *path, int mode, const char *text, GError **error)
{
	char *real = realpath(path, NULL);
	gboolean ok;

	if (!real)
		return fail(path, error);
	ok = g_file_set_contents_full(
		real, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode & 0777, error);
	free(real);
	return ok;
}

static gboolean
print(const char *text, GError **error)
{
	return (fputs(text, stdout) >= 0 && fflush(stdout) == 0) || fail("standard output", error);
}

gboolean
page_file_write(const char *path, const char *text, GError **error)
{
	struct stat there;

	if (strcmp(path, "-") == 0)
		return print(text, error);
	if (stat(path, &there) == 0)
		return S_ISREG(there.st_mode) ? replace(path, (int)there.st_mode, text, error)
					      : write_into(path, text, error);
	if (lstat(path, &there) == 0)
		return write_into(path, text, error);
	return g_file_set_contents(path, text, -1, error);
}
