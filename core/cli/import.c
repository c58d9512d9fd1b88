/* import: a list of indicators into a case. */
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/records.h"
#include "cli/records.h"
#include "cli/importing.h"

static void
print_counts(const struct global *global, gint64 case_id, const struct import_counts *counts)
{
	if (global->json)
		printf("{\"case\":\"C%" G_GINT64_FORMAT "\",\"read\":%" G_GINT64_FORMAT
		       ",\"added\":%" G_GINT64_FORMAT ",\"doubles\":%" G_GINT64_FORMAT
		       ",\"faults\":%" G_GINT64_FORMAT "}\n",
			case_id, counts->read, counts->added, counts->doubles, counts->faults);
	else
		printf("C%" G_GINT64_FORMAT ": %" G_GINT64_FORMAT
		       " indicators read, %" G_GINT64_FORMAT " new, %" G_GINT64_FORMAT
		       " there already, %" G_GINT64_FORMAT " bad lines\n",
			case_id, counts->read, counts->added, counts->doubles, counts->faults);
}

static int
import(struct global *global, const struct import_options *options, char **files)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = NULL;
	struct import_counts counts;
	gint64 case_id;

	if (!config)
		return EXIT_USAGE;
	store = records_open(config, TRUE, &error);
	if (!store || !import_files(store, options, files, &case_id, &counts, &error))
		return command_failed(error);
	print_counts(global, case_id, &counts);
	return counts.faults ? EXIT_PART : EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	struct import_options options = { 0 };
	g_autofree GOptionEntry *entries = import_option_entries(&options);
	int status;

	if (!command_options(&command_import, global, entries, &argc, &argv, &status))
		return status;
	if (argc < 2 && !options.title) {
		log_error(
			"import takes at least one file (- is standard input), or --case and what "
			"to change of it");
		status = EXIT_USAGE;
	} else {
		status = import(global, &options, argv + 1);
	}
	import_options_clear(&options);
	return status;
}

const struct command command_import = {
	.name = "import",
	.usage = "FILE…",
	.summary = "Read indicators into a case of the store",
	.run = run,
};
