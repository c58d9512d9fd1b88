/* done: a person has submitted the form of a packet. */
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/records.h"
#include "inbox/early.h"

static gboolean
settle(struct store *store, gint64 id, const char *ticket, GError **error)
{
	return store_begin(store, error) &&
	       store_report_set_state(store, id, REPORT_ACCEPTED, "submitted by hand", error) &&
	       (!ticket || store_report_set_ticket(store, id, ticket, error)) &&
	       early_apply(store, error) && store_commit(store, error);
}

static int
done(const struct global *global, const char *name, const char *ticket)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = NULL;
	gint64 id;

	if (!config)
		return EXIT_USAGE;
	if (!record_id_parse(name, 'R', &id)) {
		log_error("done takes a report, as R12");
		return EXIT_USAGE;
	}
	store = records_open(config, FALSE, &error);
	if (!store)
		return command_failed(error);
	if (!settle(store, id, ticket, &error)) {
		store_rollback(store);
		return command_failed(error);
	}
	return EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *ticket = NULL;
	const GOptionEntry entries[] = {
		{ "ticket", 0, 0, G_OPTION_ARG_STRING, &ticket, "The provider's number", "TICKET" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_done, global, entries, &argc, &argv, &status))
		return status;
	if (argc != 2) {
		log_error("done takes one report; see `abate done --help`");
		return EXIT_USAGE;
	}
	return done(global, argv[1], ticket);
}

const struct command command_done = {
	.name = "done",
	.usage = "R12",
	.summary = "Say that the form of a report was submitted by hand",
	.run = run,
};
