#include "base/password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/command-output.h"

/* No password is longer, access tokens included. */
#define LONGEST 16384
/* A person may have to type something first. */
#define COMMAND_S 60

static void G_GNUC_PRINTF(4, 5) fail(const struct password_source *source, const char *ending,
	GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *why = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, CONFIG_ERROR, 0, "[%s] %s_%s: %s", source->section, source->key, ending,
		why);
}

static char *
from_command(const struct password_source *source, GError **error)
{
	g_autofree char *name = g_strdup_printf("[%s] %s_command", source->section, source->key);
	g_autoptr(GError) cause = NULL;
	char *output = command_output(name, source->command, LONGEST, COMMAND_S, &cause);

	if (!output)
		fail(source, "command", error, "%s", cause->message);
	return output;
}

static gboolean
is_safe(int file, const char *path, const struct password_source *source, GError **error)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		fail(source, "file", error, "%s: %s", path, g_strerror(errno));
	else if (!S_ISREG(status.st_mode))
		fail(source, "file", error, "%s is not a regular file", path);
	else if (status.st_uid != 0 && status.st_uid != geteuid())
		fail(source, "file", error,
			"%s belongs to user %u; it must belong to user %u, who runs abate, or to "
			"root",
			path, (guint)status.st_uid, (guint)geteuid());
	else if (status.st_mode & (S_IRWXG | S_IRWXO))
		fail(source, "file", error,
			"%s has mode %04o: others than its owner have access; set 0600 (chmod 600 "
			"%s) and change the password if they may have read it",
			path, (guint)status.st_mode & 07777, path);
	else
		return TRUE;
	return FALSE;
}

static char *
read_all(int file, const char *path, const struct password_source *source, GError **error)
{
	g_autofree char *text = g_malloc0(LONGEST + 1);
	gsize length = 0;

	while (length < LONGEST) {
		ssize_t got = read(file, text + length, LONGEST - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			fail(source, "file", error, "%s: %s", path, g_strerror(errno));
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		length += (gsize)got;
	}
	return g_steal_pointer(&text);
}

/* Checked and read through one descriptor, so that both are of the same file. */
static char *
from_file(const struct config *config, const struct password_source *source, GError **error)
{
	g_autofree char *path = config_relative(config, source->file);
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = NULL;

	if (file < 0) {
		fail(source, "file", error, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	if (is_safe(file, path, source, error))
		text = read_all(file, path, source, error);
	close(file);
	return text;
}

static char *
from_environment(const struct password_source *source, GError **error)
{
	const char *value = g_getenv(source->variable);

	if (!value)
		fail(source, "env", error, "the environment has no variable %s", source->variable);
	return g_strdup(value);
}

guint
password_sources(const struct password_source *source)
{
	return (source->command ? 1u : 0u) + (source->file ? 1u : 0u) +
	       (source->variable ? 1u : 0u);
}

static gboolean
is_usable(const char *secret)
{
	for (const char *c = secret; *c; c++)
		if (g_ascii_iscntrl(*c))
			return FALSE;
	return *secret != '\0';
}

gboolean
password_from(const struct config *config, const struct password_source *source, char **password,
	GError **error)
{
	const char *ending = source->command ? "command" : source->file ? "file" : "env";
	g_autofree char *text = NULL;

	*password = NULL;
	if (password_sources(source) == 0)
		return TRUE;
	if (password_sources(source) > 1) {
		g_set_error(error, CONFIG_ERROR, 0,
			"[%s] only one of %s_command, %s_file and %s_env may be set",
			source->section, source->key, source->key, source->key);
		return FALSE;
	}
	text = source->command ? from_command(source, error)
	       : source->file  ? from_file(config, source, error)
			       : from_environment(source, error);
	if (!text)
		return FALSE;
	text[strcspn(text, "\r\n")] = '\0';
	if (!is_usable(text)) {
		fail(source, ending, error, "what it gives is empty or holds a control character");
		return FALSE;
	}
	*password = g_steal_pointer(&text);
	return TRUE;
}

gboolean
password_read(const struct config *config, const char *section, char **password, GError **error)
{
	const struct password_source source = {
		.section = section,
		.key = "password",
		.command = config_string(config, section, "password_command"),
		.file = config_string(config, section, "password_file"),
		.variable = config_string(config, section, "password_env"),
	};

	return password_from(config, &source, password, error);
}
