/* confirm: an analyst vouches for a contact that the profiles know only from memory, or says that
 * one is no good. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/next-contact.h"
#include "cli/records.h"

/* What a confirmation overrides, ": … before"; NULL: nothing. FALSE with error set too. */
static gboolean
read_fault(struct store *store, const char *contact, char **before, GError **error)
{
	GError *failure = NULL;
	gint64 at = 0;
	g_autofree char *value = store_mark_when(store, "contact", contact, &at, &failure);
	g_autofree char *by = failure ? NULL : store_mark_get(store, "bad_by", contact, &failure);
	g_autofree char *time = text_time(at);

	if (failure)
		g_propagate_error(error, failure);
	else if (g_strcmp0(value, "bad") == 0)
		*before = g_strdup_printf(", though it %s on %s", contact_bad_words(by), time);
	return !failure;
}

static gboolean
mark(struct store *store, const char *contact, gboolean bad, char **before, GError **error)
{
	if (bad)
		return store_contact_bad(store, contact, CONTACT_BY_PERSON, error);
	return read_fault(store, contact, before, error) &&
	       store_mark_set(store, "contact", contact, "confirmed", error);
}

static gboolean
mark_all(const struct global *global, struct store *store, char **contacts, gboolean bad,
	GError **error)
{
	for (; *contacts; contacts++) {
		g_autofree char *safe = text_for_terminal(*contacts), *before = NULL;

		if (!mark(store, *contacts, bad, &before, error))
			return FALSE;
		if (!global->json)
			printf("%s: %s%s\n", safe, bad ? "not used any more" : "confirmed",
				before ? before : "");
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
	if ((!bad && !composing_run(config, store, 0, &error)) ||
		!next_contact_run(global, config, store, 0, &error))
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
