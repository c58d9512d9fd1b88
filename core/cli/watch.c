/* abate watch: looks whether what was reported is still up. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/table.h"
#include "watch/watch.h"

static volatile int stop;

static void
on_stop(int number G_GNUC_UNUSED)
{
	stop = 1;
}

/* What the callback needs: rows are printed at the end, JSON as it comes. */
struct output {
	gboolean json;
	struct table *table;
	GPtrArray *proposals; /* of char * */
	gint64 names_only;    /* pages of which only the name was seen to be up */
	struct watch_counts counts;
	struct progress bar;
};

static json_t *
json_sightings(const GPtrArray *sightings)
{
	json_t *list = json_array();

	for (guint i = 0; i < sightings->len; i++) {
		const struct sighting *sighting = sightings->pdata[i];

		json_array_append_new(
			list, json_pack("{s:o,s:o,s:o,s:o}", "method", json_text(sighting->method),
				      "vantage", json_text(sighting->vantage), "verdict",
				      json_text(sighting->verdict), "detail",
				      json_text(sighting->detail)));
	}
	return list;
}

static void
print_json(const struct watch_result *result)
{
	json_line(json_pack("{s:o,s:o,s:s,s:s,s:o,s:b,s:o,s:o,s:o,s:o}", "id",
		json_id('I', result->indicator->id), "value", json_text(result->indicator->value),
		"before", watch_state_name(result->before), "state",
		watch_state_name(result->after), "since", json_time(result->since), "changing",
		result->is_changing, "next", json_time(result->next), "sightings",
		json_sightings(result->sightings), "follow_up", json_id('R', result->report_id),
		"ticket", json_text(result->ticket)));
}

static const char *
seen_words(const struct watch_result *result)
{
	if (result->telling)
		return result->telling->detail;
	return result->indicator->host_is_address ? "an address: only HTTP could tell"
						  : "no look tells";
}

static void
count_names_only(struct output *output, const struct watch_result *result)
{
	for (guint i = 0; i < result->sightings->len; i++) {
		const struct sighting *sighting = result->sightings->pdata[i];

		if (strcmp(sighting->method, "http") == 0)
			return;
	}
	output->names_only += result->indicator->type == INDICATOR_URL && result->after == WATCH_UP;
}

static void
add_row(struct output *output, const struct watch_result *result, const char *id)
{
	g_autofree char *state = g_strdup_printf(
		"%s%s", watch_state_name(result->after), result->is_changing ? " (changing?)" : "");
	g_autofree char *next = text_time(result->next);
	const char *cells[] = { id, result->indicator->value, watch_state_name(result->before),
		state, seen_words(result), next };

	table_row(output->table, cells);
}

static void
note_proposal(struct output *output, const struct watch_result *result, const char *id)
{
	g_autofree char *ticket =
		result->ticket ? g_strdup_printf(", ticket %s", result->ticket) : NULL;
	g_autofree char *text = NULL;

	if (result->after != WATCH_UP || result->before != WATCH_DOWN)
		return;
	if (result->report_id)
		text = g_strdup_printf("%s is back up: follow up R%" G_GINT64_FORMAT
				       "%s: `abate escalate` proposes it",
			id, result->report_id, ticket ? ticket : "");
	else
		text = g_strdup_printf("%s is back up", id);
	g_ptr_array_add(output->proposals, text_for_terminal(text));
}

static void
on_seen(const struct watch_result *result, void *user)
{
	struct output *output = user;
	g_autofree char *id = g_strdup_printf("I%" G_GINT64_FORMAT, result->indicator->id);

	progress_end(&output->bar);
	if (output->json)
		print_json(result);
	else
		add_row(output, result, id);
	note_proposal(output, result, id);
	count_names_only(output, result);
	output->bar.total = output->counts.due;
	progress_show(&output->bar, output->counts.looked);
}

static void
print_counts(const struct watch_counts *counts)
{
	g_autofree char *blind =
		g_strdup_printf(", %" G_GINT64_FORMAT " in vain", counts->looked - counts->told);

	printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " looked at%s: %" G_GINT64_FORMAT
	       " up, %" G_GINT64_FORMAT " down, %" G_GINT64_FORMAT
	       " unknown; went down: %" G_GINT64_FORMAT ", came back: %" G_GINT64_FORMAT "\n",
		counts->looked, counts->watched, counts->blind ? blind : "", counts->up,
		counts->down, counts->unknown, counts->went_down, counts->came_back);
	if (counts->elsewhere)
		printf("another run is looking at %" G_GINT64_FORMAT
		       " more; if it was killed, they are due again within 15 minutes\n",
			counts->elsewhere);
}

static void
print_summary(struct output *output)
{
	const struct watch_counts *counts = &output->counts;

	if (output->json)
		return;
	if (counts->looked)
		table_print(output->table);
	print_counts(counts);
	if (output->names_only)
		printf("%" G_GINT64_FORMAT " of those up are URLs whose name resolves: whether the "
		       "page is still there, only HTTP could tell ([watch] http)\n",
			output->names_only);
	for (guint i = 0; i < output->proposals->len; i++)
		printf("%s\n", (char *)output->proposals->pdata[i]);
	if (stop)
		printf("interrupted: what was seen until then is kept, the rest is still due\n");
}

/* Looks that tell nothing must not pass for a watch. */
static int
status_of(const struct watch_counts *counts)
{
	if (counts->blind)
		log_error("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
			  " looks told nothing, as no resolver works (see the warnings): is the "
			  "network there, are [watch] resolvers and control right? Their states "
			  "are those from before",
			counts->looked - counts->told, counts->looked);
	if (counts->blind && !counts->told)
		return EXIT_FAILED;
	return counts->blind || stop ? EXIT_PART : EXIT_DONE;
}

static gboolean
has_case(struct store *store, gint64 id, GError **error)
{
	g_autoptr(AbuseCase) found = id ? store_case_get(store, id, error) : NULL;

	return id == 0 || found;
}

static int
watch(const struct global *global, gint64 case_id, gboolean all_now)
{
	static const char *const columns[] = { "ID", "~INDICATOR", "BEFORE", "NOW", "~SEEN",
		"NEXT LOOK", NULL };
	const struct sigaction action = { .sa_handler = on_stop };
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	g_autoptr(GPtrArray) proposals = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Table) table = table_new(columns);
	struct output output = { .json = global->json, .table = table, .proposals = proposals };
	const struct watch_wish wish = { case_id, all_now, &stop, on_seen, &output };
	gboolean fine;

	if (!config)
		return EXIT_USAGE;
	if (!store || !has_case(store, case_id, &error))
		return command_failed(error);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	progress_start(&output.bar, "indicators looked at", 0);
	progress_show(&output.bar, 0);
	fine = watch_run(config, store, &wish, &output.counts, &error);
	progress_end(&output.bar);
	if (!fine)
		return command_failed(error);
	print_summary(&output);
	return status_of(&output.counts);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *case_name = NULL;
	gboolean all_now = FALSE;
	gint64 case_id = 0;
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &case_name, "Only what is of this case",
			"C1" },
		{ "now", 0, 0, G_OPTION_ARG_NONE, &all_now,
			"Look at everything, also where it is not time yet", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_watch, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 1 || (case_name && !record_id_parse(case_name, 'C', &case_id))) {
		log_error("watch takes no arguments but --case C1; see `abate watch --help`");
		return EXIT_USAGE;
	}
	return watch(global, case_id, all_now);
}

const struct command command_watch = {
	"watch",
	"[--case C1] [--now]",
	"Look whether what was reported is still up",
	run,
};
