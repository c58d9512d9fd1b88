/* The command line: one file a command, one table in main.c. */
#pragma once

#include <glib.h>

#include "base/config.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_PART = 1,	 /* some reports refused, held or in doubt; some lines bad */
	EXIT_USAGE = 2,	 /* usage or configuration */
	EXIT_FAILED = 3, /* store, network */
};

struct global {
	char *config_file; /* -c FILE; NULL: looked for */
	gboolean json;
	gboolean verbose;
};

struct command {
	const char *name, *usage, *summary;
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(struct global *global, int argc, char **argv);
};

#define COMMAND(name) extern const struct command command_##name;
COMMAND(init)
COMMAND(confirm)
COMMAND(done)
COMMAND(dispatch)
COMMAND(import)
COMMAND(route)
COMMAND(preview)
COMMAND(send)
COMMAND(lookup)
COMMAND(parse)
COMMAND(classify)
COMMAND(fetch)
COMMAND(assign)
COMMAND(list)
COMMAND(show)
COMMAND(plugin)
COMMAND(provider)
COMMAND(watch)
COMMAND(escalate)
COMMAND(stats)
COMMAND(hold)
COMMAND(release)
COMMAND(cancel)
COMMAND(retract)
#undef COMMAND

/* Parses options with GOption (adds --help, --json, --verbose); on failure prints the reason, FALSE
 * with *status set. entries may be NULL. */
gboolean command_options(const struct command *command, struct global *global,
	const GOptionEntry *entries, int *argc, char ***argv, int *status);
/* Two tables of options as one; free with g_free. */
GOptionEntry *command_join_entries(const GOptionEntry *first, const GOptionEntry *second);
/* Loads the configuration; NULL after saying why (exit EXIT_USAGE). Free with config_free(). */
struct config *command_config(const struct global *global);
/* Prints the error as "abate: …" and gives the exit status that fits its domain. */
int command_failed(const GError *error);
