#include "cli/polling.h"

#include <stdio.h>

#include "cli/progress.h"

static void
show_progress(const struct polls_counts *counts, void *user)
{
	struct progress *bar = user;

	bar->total = counts->due;
	progress_show(bar, counts->told + counts->faults);
}

int
polling_run(const struct polling *polling, struct polls_counts *counts)
{
	g_autoptr(GError) error = NULL;
	struct progress bar;
	const struct polls_options options = { .progress = show_progress,
		.user = &bar,
		.stop = polling->stop,
		.dry_run = polling->dry_run };
	gboolean fine;

	*counts = (struct polls_counts){ 0 };
	progress_start(&bar, "reports asked about", 0);
	fine = polls_run(polling->store, polling->config, polling->profiles, polling->plugins,
		&options, counts, &error);
	progress_end(&bar);
	if (!fine)
		return command_failed(error);
	return !polling->dry_run && (counts->faults || counts->waiting) ? EXIT_PART : EXIT_DONE;
}

void
polling_print(const struct polls_counts *counts, gboolean dry_run)
{
	if (!counts->due)
		return;
	if (dry_run) {
		printf("reports by API to ask about: %" G_GINT64_FORMAT
		       ", of which for a later fetch: %" G_GINT64_FORMAT "\n",
			counts->due, counts->waiting);
		return;
	}
	printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
	       " reports by API asked about: %" G_GINT64_FORMAT " with news, %" G_GINT64_FORMAT
	       " as before",
		counts->told + counts->faults, counts->due, counts->news,
		counts->told - counts->news);
	if (counts->faults)
		printf(", %" G_GINT64_FORMAT " without an answer that tells", counts->faults);
	if (counts->waiting)
		printf("; %" G_GINT64_FORMAT " wait for a later fetch", counts->waiting);
	printf("\n");
}

json_t *
polling_json(const struct polls_counts *counts)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "due", (json_int_t)counts->due, "told",
		(json_int_t)counts->told, "news", (json_int_t)counts->news, "finished",
		(json_int_t)counts->finished, "faults", (json_int_t)counts->faults, "waiting",
		(json_int_t)counts->waiting);
}
