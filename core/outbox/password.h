/* The password of the mail server, from the command that the configuration names. */
#pragma once

#include "base/config.h"

/* The first line that the command prints. *password is NULL when no command is set. Free with
 * g_free; never log it. FALSE and CONFIG_ERROR when the command fails or prints nothing. */
gboolean
password_read(const struct config *config, const char *section, char **password, GError **error);
