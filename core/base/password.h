/* Secrets: from a command, a file or the environment; never from the command line. */
#pragma once

#include "base/config.h"

/* Where the configuration says that a secret is; the words are for errors. */
struct password_source {
	const char *section, *key; /* "mail", "password": then [mail] password_command … */
	const char *command, *file, *variable; /* NULL: not set */
};

/* How many of them are set: more than one is a fault. */
guint password_sources(const struct password_source *source);
/* The first line of what the one source gives. FALSE and CONFIG_ERROR when more than one is set,
 * when it is not to be had, empty, or a file that others may read. *password is NULL when none is
 * set. Free with g_free; never log it. */
gboolean password_from(const struct config *config, const struct password_source *source,
	char **password, GError **error);
/* The same from password_command, password_file and password_env of a section. */
gboolean
password_read(const struct config *config, const char *section, char **password, GError **error);
