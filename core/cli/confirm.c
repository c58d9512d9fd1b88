/* confirm: an analyst vouches for a contact that the profiles know only from memory. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/records.h"

static int
confirm(const struct global *global, char **contacts)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;

	if (!config)
		return EXIT_USAGE;
	if (!store)
		return command_failed(error);
	for (int i = 0; contacts[i]; i++) {
		g_autofree char *safe = text_for_terminal(contacts[i]);

		if (!store_mark_set(store, "contact", contacts[i], "confirmed", &error))
			return command_failed(error);
		if (!global->json)
			printf("%s: confirmed\n", safe);
	}
	/* What was held for these contacts alone is ready now. */
	return composing_run(config, store, 0, &error) ? EXIT_DONE : command_failed(error);
}

static int
run(struct global *global, int argc, char **argv)
{
	int status;

	if (!command_options(&command_confirm, global, NULL, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("confirm takes at least one contact: a mail address or a form's URL");
		return EXIT_USAGE;
	}
	return confirm(global, argv + 1);
}

const struct command command_confirm = {
	.name = "confirm",
	.usage = "CONTACT…",
	.summary = "Vouch for contacts that are known from memory only",
	.run = run,
};
