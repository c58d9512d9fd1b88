/* The command table. */
#include <curl/curl.h>
#include <errno.h>
#include <gmime/gmime.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"

/* The order in which people meet them. One row a command. */
/* clang-format off */
static const struct command *const commands[] = {
	&command_init,
	&command_dispatch,
	&command_import,
	&command_route,
	&command_preview,
	&command_send,
	&command_hold,
	&command_release,
	&command_cancel,
	&command_retract,
	&command_lookup,
	&command_parse,
	&command_list,
	&command_show,
	&command_done,
	&command_confirm,
	&command_fetch,
	&command_assign,
	&command_classify,
	&command_watch,
	&command_escalate,
	&command_stats,
	&command_provider,
	&command_plugin,
	NULL, /* ends the table */
};
/* clang-format on */

static void
print_usage(FILE *out)
{
	fprintf(out, "Usage: abate [-c FILE] [--json] [--verbose] COMMAND …\n\n"
		     "Reports abuse to those who can act on it, and follows what they "
		     "do.\n\nCommands:\n");
	for (gsize i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(out, "\n`abate COMMAND --help` tells a command's options; abate(1) and "
		     "abate.conf(5) the rest.\n");
}

static const struct command *
find_command(const char *name)
{
	for (gsize i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* Reads the options before the command; leaves argv at the command. */
static gboolean
global_options(struct global *global, int *argc, char ***argv, int *status)
{
	gboolean version = FALSE;
	gboolean help = FALSE;
	const GOptionEntry entries[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &global->config_file, "", "FILE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &global->json, "", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &global->verbose, "", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "", NULL },
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_strict_posix(context, TRUE);
	g_option_context_add_main_entries(context, entries, NULL);
	*status = EXIT_DONE;
	if (!g_option_context_parse(context, argc, argv, &error)) {
		log_error("%s", error->message);
		*status = EXIT_USAGE;
		return FALSE;
	}
	if (version)
		printf("abate %s\n", ABATE_VERSION);
	else if (help)
		print_usage(stdout);
	return !version && !help;
}

static int
run_command(struct global *global, int argc, char **argv)
{
	const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;

	log_set_verbose(global->verbose);
	if (command)
		return command->run(global, argc - 1, argv + 1);
	if (argc > 1)
		log_error("there is no command \"%s\"; `abate --help` lists them", argv[1]);
	else
		print_usage(stderr);
	return EXIT_USAGE;
}

static int
run(int argc, char **argv)
{
	struct global global = { 0 };
	int status;

	if (global_options(&global, &argc, &argv, &status))
		status = run_command(&global, argc, argv);
	g_free(global.config_file);
	return status;
}

int
main(int argc, char **argv)
{
	int status;

	setlocale(LC_ALL, "");
	/* A peer that closes its end must not end the program (libesmtp writes without
	 * MSG_NOSIGNAL). */
	signal(SIGPIPE, SIG_IGN);
	/* Nor must a file that may grow no more: the write fails, and is told. */
	signal(SIGXFSZ, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	g_mime_init();
	status = run(argc, argv);
	if (fflush(stdout) != 0) {
		log_error("standard output: %s", g_strerror(errno));
		status = EXIT_FAILED;
	}
	g_mime_shutdown();
	curl_global_cleanup();
	return status;
}
