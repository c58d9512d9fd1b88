/* dispatch: the main job. Import, route, compose, show, ask, send. */
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/importing.h"
#include "cli/next-contact.h"
#include "cli/previewing.h"
#include "cli/recheck.h"
#include "cli/records.h"
#include "cli/routing.h"
#include "cli/approval.h"
#include "cli/sending.h"

struct dispatch {
	const struct global *global;
	struct config *config;
	struct store *store;
	struct import_counts imported;
	gint64 case_id;
};

static int
dispatch_files(struct dispatch *dispatch, const struct import_options *options, char **files,
	gboolean yes, gboolean dry_run)
{
	g_autoptr(GError) error = NULL;
	gint64 ready, held, manual;
	int status, sent;

	/* The store is made when it is not there: the main job wants one command, not two. */
	dispatch->store = records_open(dispatch->config, TRUE, &error);
	if (!dispatch->store || !import_files(dispatch->store, options, files, &dispatch->case_id,
					&dispatch->imported, &error))
		return command_failed(error);
	status = routing_run(NULL, dispatch->config, dispatch->store, dispatch->case_id, FALSE);
	if (status > EXIT_PART)
		return status;
	if (!composing_run(dispatch->config, dispatch->store, dispatch->case_id, &error) ||
		!next_contact_run(dispatch->global, dispatch->config, dispatch->store,
			dispatch->case_id, &error) ||
		!recheck_run(dispatch->config, dispatch->store, dispatch->case_id, 0, &error))
		return command_failed(error);
	if (!dispatch->global->json)
		printf("Case C%" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
		       " indicators read, %" G_GINT64_FORMAT " new\n\n",
			dispatch->case_id, dispatch->imported.read, dispatch->imported.added);
	if (!sending_summary(dispatch->store, dispatch->case_id, dispatch->global->json, &ready,
		    &held, &manual, &error))
		return command_failed(error);
	if (held || dispatch->imported.faults)
		status = EXIT_PART;
	if (status == EXIT_PART)
		log_warning("some indicators have nobody to ask, or reports are held: `abate list "
			    "routes --case C%" G_GINT64_FORMAT "`",
			dispatch->case_id);
	if (dry_run) {
		int shown = previewing_run(dispatch->global, dispatch->store, dispatch->case_id);

		log_warning("dry run: nothing was sent; `abate send --case C%" G_GINT64_FORMAT
			    "` sends",
			dispatch->case_id);
		return MAX(status, shown);
	}
	if (!approval_ask(
		    dispatch->config, dispatch->store, dispatch->case_id, 0, yes, &held, &error))
		return error ? command_failed(error) : EXIT_PART;
	if (held)
		status = EXIT_PART;
	sent = sending_run(
		dispatch->global, dispatch->store, dispatch->config, dispatch->case_id, 0);
	return MAX(status, sent);
}

static int
run(struct global *global, int argc, char **argv)
{
	struct import_options options = { 0 };
	struct dispatch dispatch = { .global = global };
	gboolean yes = FALSE, dry_run = FALSE;
	const GOptionEntry own[] = {
		{ "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, "Ask nothing", NULL },
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "Send nothing", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autofree GOptionEntry *importing = import_option_entries(&options);
	g_autofree GOptionEntry *entries = command_join_entries(own, importing);
	int status;

	if (!command_options(&command_dispatch, global, entries, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("dispatch takes at least one file (- is standard input)");
		status = EXIT_USAGE;
	} else if (!(dispatch.config = command_config(global))) {
		status = EXIT_USAGE;
	} else {
		yes |= g_str_equal(config_string(dispatch.config, "send", "approval"), "none");
		status = dispatch_files(&dispatch, &options, argv + 1, yes, dry_run);
	}
	if (dispatch.store)
		store_close(dispatch.store);
	config_free(dispatch.config);
	import_options_clear(&options);
	return status;
}

const struct command command_dispatch = {
	.name = "dispatch",
	.usage = "FILE…",
	.summary = "The main job: import, route, show, ask, send",
	.run = run,
};
