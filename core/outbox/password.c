#include "outbox/password.h"

#include <string.h>

gboolean
password_read(const struct config *config, const char *section, char **password, GError **error)
{
	const char *command = config_string(config, section, "password_command");
	g_auto(GStrv) arguments = NULL;
	g_autoptr(GError) cause = NULL;
	g_autofree char *output = NULL;
	int status = 0;

	*password = NULL;
	if (!command)
		return TRUE;
	if (!g_shell_parse_argv(command, NULL, &arguments, &cause) ||
		!g_spawn_sync(NULL, arguments, NULL,
			G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &output,
			NULL, &status, &cause) ||
		!g_spawn_check_wait_status(status, &cause)) {
		g_set_error(error, CONFIG_ERROR, 0, "[%s] password_command: %s", section,
			cause->message);
		return FALSE;
	}
	output[strcspn(output, "\r\n")] = '\0';
	if (!*output) {
		g_set_error(
			error, CONFIG_ERROR, 0, "[%s] password_command printed nothing", section);
		return FALSE;
	}
	*password = g_steal_pointer(&output);
	return TRUE;
}
