/* confirm: an analyst vouches for a contact that the profiles know only from memory, or says that
 * one is no good. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/next-contact.h"
#include "cli/records.h"

static gboolean
mark_all(const struct global *global, struct store *store, char **contacts, gboolean bad,
	GError **error)
{
	for (; *contacts; contacts++) {
		g_autofree char *safe = text_for_terminal(*contacts);

		if (!store_mark_set(store, "contact", *contacts, bad ? "bad" : "confirmed", error))
			return FALSE;
		if (!global->json)
			printf("%s: %s\n", safe, bad ? "not used any more" : "confirmed");
	}
	return TRUE;
}

static int
confirm(const struct global *global, char **contacts, gboolean bad)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;

	if (!config)
		return EXIT_USAGE;
	if (!store || !mark_all(global, store, contacts, bad, &error))
		return command_failed(error);
	/* What was held for these contacts alone is ready now, or goes elsewhere. */
	if (bad ? !next_contact_run(global, config, store, 0, &error)
		: !composing_run(config, store, 0, &error))
		return command_failed(error);
	return EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	gboolean bad = FALSE;
	const GOptionEntry entries[] = {
		{ "bad", 0, 0, G_OPTION_ARG_NONE, &bad,
			"They are no good: what they did not get goes to the next contact", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_confirm, global, entries, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("confirm takes at least one contact: a mail address or a form's URL");
		return EXIT_USAGE;
	}
	return confirm(global, argv + 1, bad);
}

const struct command command_confirm = {
	.name = "confirm",
	.usage = "[--bad] CONTACT…",
	.summary = "Vouch for contacts, or say that they are no good",
	.run = run,
};
