/* abate watch: looks whether what was reported is still up. */
#include <jansson.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "watch/watch.h"

/* What the callback needs: rows are printed at the end, JSON as it comes. */
struct output {
	gboolean json;
	struct libscols_table *table; /* NULL with JSON */
	GPtrArray *proposals;	      /* of char * */
};

static json_t *
json_sightings(const GPtrArray *sightings)
{
	json_t *list = json_array();

	for (guint i = 0; i < sightings->len; i++) {
		const struct sighting *sighting = sightings->pdata[i];

		json_array_append_new(
			list, json_pack("{s:s,s:s,s:s,s:s}", "method", sighting->method, "vantage",
				      sighting->vantage, "verdict", sighting->verdict, "detail",
				      sighting->detail));
	}
	return list;
}

static void
print_json(const struct watch_result *result, const char *id)
{
	const struct indicator *indicator = result->indicator;
	g_autofree char *since = text_time(result->since);
	g_autofree char *next = text_time(result->next);
	g_autofree char *report =
		result->report_id ? g_strdup_printf("R%" G_GINT64_FORMAT, result->report_id) : NULL;
	json_t *object = json_pack("{s:s,s:s,s:s,s:s,s:s?,s:b,s:s?,s:o,s:s?,s:s?}", "id", id,
		"value", indicator->value, "before", watch_state_name(result->before), "state",
		watch_state_name(result->after), "since", since, "changing", result->is_changing,
		"next", next, "sightings", json_sightings(result->sightings), "follow_up", report,
		"ticket", result->ticket);

	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

/* The look that tells most: the first that is not unknown. */
static const struct sighting *
telling(const GPtrArray *sightings)
{
	for (guint i = 0; i < sightings->len; i++) {
		const struct sighting *sighting = sightings->pdata[i];

		if (strcmp(sighting->verdict, "unknown") != 0)
			return sighting;
	}
	return sightings->len ? sightings->pdata[0] : NULL;
}

static void
add_row(struct output *output, const struct watch_result *result, const char *id)
{
	struct libscols_line *line = scols_table_new_line(output->table, NULL);
	const struct sighting *sighting = telling(result->sightings);
	g_autofree char *value = text_for_terminal(result->indicator->value);
	g_autofree char *detail = text_for_terminal(sighting ? sighting->detail : "no look tells");
	g_autofree char *state = g_strdup_printf(
		"%s%s", watch_state_name(result->after), result->is_changing ? " (changing?)" : "");
	g_autofree char *next = text_time(result->next);

	scols_line_set_data(line, 0, id);
	scols_line_set_data(line, 1, value);
	scols_line_set_data(line, 2, watch_state_name(result->before));
	scols_line_set_data(line, 3, state);
	scols_line_set_data(line, 4, detail);
	scols_line_set_data(line, 5, next ? next : "");
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
		text = g_strdup_printf("%s is back up: follow up R%" G_GINT64_FORMAT "%s", id,
			result->report_id, ticket ? ticket : "");
	else
		text = g_strdup_printf("%s is back up", id);
	g_ptr_array_add(output->proposals, text_for_terminal(text));
}

static void
on_seen(const struct watch_result *result, void *user)
{
	struct output *output = user;
	g_autofree char *id = g_strdup_printf("I%" G_GINT64_FORMAT, result->indicator->id);

	if (output->json)
		print_json(result, id);
	else
		add_row(output, result, id);
	note_proposal(output, result, id);
}

static struct libscols_table *
new_table(void)
{
	static const char *const columns[] = { "ID", "INDICATOR", "BEFORE", "NOW", "SEEN",
		"NEXT LOOK" };
	struct libscols_table *table = scols_new_table();

	for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
		scols_table_new_column(table, columns[i], 0, i == 1 || i == 4 ? SCOLS_FL_TRUNC : 0);
	return table;
}

static void
print_summary(struct output *output, const struct watch_counts *counts)
{
	if (output->json)
		return;
	if (counts->looked)
		scols_print_table(output->table);
	printf("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " looked at: %" G_GINT64_FORMAT
	       " up, %" G_GINT64_FORMAT " down, %" G_GINT64_FORMAT
	       " unknown; went down: %" G_GINT64_FORMAT ", came back: %" G_GINT64_FORMAT "\n",
		counts->looked, counts->watched, counts->up, counts->down, counts->unknown,
		counts->went_down, counts->came_back);
	for (guint i = 0; i < output->proposals->len; i++)
		printf("%s\n", (char *)output->proposals->pdata[i]);
}

static struct store *
open_store(const struct config *config, GError **error)
{
	const char *url = config_string(config, "store", "url");
	g_autofree char *file = NULL;
	g_autofree char *absolute = NULL;

	/* A relative file of the store is relative to the configuration's. */
	if (g_str_has_prefix(url, "sqlite:") && url[7] != '/' && url[7] != ':') {
		g_autofree char *base = config_file(config)
						? g_path_get_dirname(config_file(config))
						: g_strdup(".");
		g_autofree char *top = g_canonicalize_filename(base, NULL);

		file = g_canonicalize_filename(url + 7, top);
		absolute = g_strdup_printf("sqlite:%s", file);
	}
	return store_open(absolute ? absolute : url, FALSE, error);
}

static gboolean
parse_case(const char *text, gint64 *id)
{
	guint64 number;

	*id = 0;
	if (!text)
		return TRUE;
	text += *text == 'C' || *text == 'c';
	if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL))
		return FALSE;
	*id = (gint64)number;
	return TRUE;
}

static int
watch(const struct global *global, gint64 case_id, gboolean all_now)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = config ? open_store(config, &error) : NULL;
	g_autoptr(GPtrArray) proposals = g_ptr_array_new_with_free_func(g_free);
	struct output output = { global->json, global->json ? NULL : new_table(), proposals };
	struct watch_counts counts;
	int status = EXIT_DONE;

	if (!config)
		status = EXIT_USAGE;
	else if (!store ||
		 !watch_run(config, store, case_id, all_now, on_seen, &output, &counts, &error))
		status = command_failed(error);
	else
		print_summary(&output, &counts);
	scols_unref_table(output.table);
	return status;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *case_name = NULL;
	gboolean all_now = FALSE;
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &case_name, "Only what is of this case",
			"C1" },
		{ "now", 0, 0, G_OPTION_ARG_NONE, &all_now,
			"Look at everything, also where it is not time yet", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	gint64 case_id;
	int status;

	if (!command_options(&command_watch, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 1 || !parse_case(case_name, &case_id)) {
		log_error("watch takes no arguments but --case C1; see `abate watch --help`");
		return EXIT_USAGE;
	}
	return watch(global, case_id, all_now);
}

const struct command command_watch = {
	"watch",
	"[--case C1] [--now]",
	"looks whether what was reported is still up",
	run,
};
