#include "cli/command.h"

#include "base/log.h"

gboolean
command_options(const struct command *command, struct global *global, const GOptionEntry *entries,
	int *argc, char ***argv, int *status)
{
	/* --json and -v are taken behind the command too: people type them there. */
	const GOptionEntry everywhere[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &global->json, "Print JSON", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &global->verbose, "Tell more", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(command->usage);
	g_autoptr(GError) error = NULL;
	g_autofree char *program = g_strdup_printf("abate %s", command->name);

	g_set_prgname(program);
	g_option_context_set_summary(context, command->summary);
	if (entries)
		g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, everywhere, NULL);
	*status = EXIT_DONE;
	if (!g_option_context_parse(context, argc, argv, &error)) {
		log_error("%s; see `abate %s --help`", error->message, command->name);
		*status = EXIT_USAGE;
		return FALSE;
	}
	log_set_verbose(global->verbose);
	return TRUE;
}

GOptionEntry *
command_join_entries(const GOptionEntry *first, const GOptionEntry *second)
{
	g_autoptr(GArray) joined = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

	for (; first->long_name; first++)
		g_array_append_val(joined, *first);
	for (; second->long_name; second++)
		g_array_append_val(joined, *second);
	return g_array_steal(joined, NULL);
}

struct config *
command_config(const struct global *global)
{
	g_autoptr(GError) error = NULL;
	struct config *config = config_load(global->config_file, &error);

	if (!config)
		log_error("%s", error->message);
	return config;
}

int
command_failed(const GError *error)
{
	log_error("%s", error->message);
	if (error->domain == CONFIG_ERROR || error->domain == G_OPTION_ERROR ||
		error->domain == G_KEY_FILE_ERROR)
		return EXIT_USAGE;
	return EXIT_FAILED;
}
