/* abate stats: how many reports, and how long it took after them. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/page-file.h"
#include "cli/records.h"
#include "cli/stats-html.h"
#include "cli/table.h"
#include "ledger/stats.h"

/* With so many columns a name is still to be read. */
#define COUNTS_WIDTH 136
#define TIMES_WIDTH 112

static json_t *
seconds_json(double seconds)
{
	return seconds < 0 ? json_null() : json_real(seconds);
}

static json_t *
survival_json(const struct survival *survival)
{
	json_t *share = json_object(), *watched = json_object(), *few = json_object();

	for (int i = 0; i < SURVIVAL_MARKS; i++) {
		g_autofree char *name = g_strdup_printf("%d", survival_mark_days(i));

		json_object_set_new(share, name, seconds_json(survival->share[i]));
		json_object_set_new(watched, name, json_integer(survival->watched[i]));
		json_object_set_new(few, name, json_boolean(stats_share_is_few(survival, i)));
	}
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:b, s:o}", "n",
		(json_int_t)survival->n, "events", (json_int_t)survival->events, "censored",
		(json_int_t)survival->censored, "median_s", seconds_json(survival->median_s),
		"p90_s", seconds_json(survival->p90_s), "share_after_days", share,
		"watched_after_days", watched, "few", survival->n < STATS_FEW, "few_after_days",
		few);
}

static void
print_json(const char *by, const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);

		json_line(json_pack("{s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
				    "s:I, s:I, s:I, "
				    "s:I, s:o, s:o, s:o}",
			"by", by, "key", json_text(row->key), "name", json_text(row->name),
			"reports", (json_int_t)row->reports, "unsent", (json_int_t)row->unsent,
			"accepted", (json_int_t)row->accepted, "bounced", (json_int_t)row->bounced,
			"acknowledged", (json_int_t)row->acknowledged, "refused",
			(json_int_t)row->refused, "actioned", (json_int_t)row->actioned,
			"follow_ups", (json_int_t)row->follow_ups, "overdue",
			(json_int_t)row->overdue, "came_back", (json_int_t)row->came_back,
			"down_before", (json_int_t)row->down_before, "never_up",
			(json_int_t)row->never_up, "not_seen", (json_int_t)row->not_seen,
			"first_reply", survival_json(&row->times[STATS_FIRST_REPLY]), "first_human",
			survival_json(&row->times[STATS_FIRST_HUMAN]), "takedown",
			survival_json(&row->times[STATS_TAKEDOWN])));
	}
}

static void
print_counts(const char *by, const GPtrArray *rows)
{
	g_autofree char *first = g_strconcat("|", by, NULL);
	const char *const columns[] = { first, ">reports", ">not sent", ">accepted", ">bounced",
		">acknowledged", ">refused", ">say they acted", ">follow-ups", ">overdue",
		">came back", ">already down", NULL };
	g_autoptr(Table) table = table_new(columns);

	table_least_width(table, COUNTS_WIDTH);
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		const gint64 values[] = { row->reports, row->unsent, row->accepted, row->bounced,
			row->acknowledged, row->refused, row->actioned, row->follow_ups,
			row->overdue, row->came_back, row->down_before + row->never_up };
		char texts[G_N_ELEMENTS(values)][24];
		g_autofree char *label = stats_label(row);
		const char *cells[G_N_ELEMENTS(values) + 1] = { label };

		for (gsize j = 0; j < G_N_ELEMENTS(values); j++) {
			g_snprintf(texts[j], sizeof(texts[j]), "%" G_GINT64_FORMAT, values[j]);
			cells[j + 1] = texts[j];
		}
		table_row(table, cells);
	}
	table_print(table);
}

/* What to beware of in a row; free with g_free. */
static char *
note(const struct survival *survival)
{
	if (survival->n < STATS_FEW)
		return g_strdup_printf("few: n < %d", STATS_FEW);
	for (int i = 0; i < SURVIVAL_MARKS; i++)
		if (stats_share_is_few(survival, i))
			return g_strdup_printf("few watched for %d d", survival_mark_days(i));
	return g_strdup("");
}

static void
add_number(GPtrArray *cells, gint64 number)
{
	g_ptr_array_add(cells, g_strdup_printf("%" G_GINT64_FORMAT, number));
}

static void
survival_row(struct table *table, const struct stats_row *row, enum stats_time which)
{
	const struct survival *survival = &row->times[which];
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(cells, stats_label(row));
	add_number(cells, survival->n);
	add_number(cells, survival->events);
	add_number(cells, survival->censored);
	if (which == STATS_TAKEDOWN)
		add_number(cells, row->not_seen);
	g_ptr_array_add(cells, stats_duration(survival->median_s));
	g_ptr_array_add(cells, stats_duration(survival->p90_s));
	for (int i = 0; i < SURVIVAL_MARKS; i++)
		g_ptr_array_add(cells, survival->share[i] < 0 ? g_strdup("-")
							      : g_strdup_printf("%.0f %%",
									survival->share[i] * 100));
	g_ptr_array_add(cells, note(survival));
	table_row(table, (const char *const *)cells->pdata);
}

static void
print_times(const char *by, const char *title, const GPtrArray *rows, enum stats_time which)
{
	g_autofree char *first = g_strconcat("|", by, NULL);
	const char *const replies[] = { first, ">n", ">replied", ">no reply", ">median", ">90 %",
		">1 d", ">3 d", ">7 d", ">30 d", "note", NULL };
	const char *const takedowns[] = { first, ">n", ">down", ">last seen up", ">not seen",
		">median", ">90 %", ">1 d", ">3 d", ">7 d", ">30 d", "note", NULL };
	g_autoptr(Table) table = table_new(which == STATS_TAKEDOWN ? takedowns : replies);

	table_least_width(table, TIMES_WIDTH);
	printf("\n%s\n", title);
	for (guint i = 0; i < rows->len; i++)
		survival_row(table, g_ptr_array_index(rows, i), which);
	table_print(table);
}

static void
print_tables(const char *by, const GPtrArray *rows, gboolean human)
{
	if (rows->len == 0) {
		printf("There are no reports yet.\n");
		return;
	}
	print_counts(by, rows);
	print_times(by, "First reply after the report was sent", rows, STATS_FIRST_REPLY);
	if (human)
		print_times(by, "First answer of a person after the report was sent", rows,
			STATS_FIRST_HUMAN);
	print_times(by, "Seen down after the report was sent", rows, STATS_TAKEDOWN);
}

struct request {
	struct stats_wish wish;
	const struct abuse_case *of_case; /* NULL: all */
	const char *file;		  /* NULL: print */
	gboolean human;			  /* the table of persons' answers too */
};

static int
write_page(const struct request *request, const GPtrArray *rows)
{
	g_autofree char *page = stats_html(&request->wish, request->of_case, rows);
	g_autoptr(GError) error = NULL;

	if (page_file_write(request->file, page, &error))
		return EXIT_DONE;
	log_error("--html: %s", error->message);
	return EXIT_FAILED;
}

static int
print_rows(const struct global *global, const struct request *request, GPtrArray *rows)
{
	const char *by = request->wish.filter.by;

	if (request->file || !global->json)
		g_ptr_array_sort(rows, stats_by_label);
	if (request->file)
		return write_page(request, rows);
	if (global->json)
		print_json(by, rows);
	else
		print_tables(by, rows, request->human);
	return EXIT_DONE;
}

static int
print_stats(const struct global *global, struct request *request)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	g_autoptr(Profiles) profiles =
		store ? profiles_load_configured(config, NULL, &error) : NULL;
	const gint64 case_id = request->wish.filter.case_id;
	g_autoptr(AbuseCase) of_case =
		profiles && case_id ? store_case_get(store, case_id, &error) : NULL;
	g_autoptr(GPtrArray) rows = NULL;

	if (!config)
		return EXIT_USAGE;
	request->of_case = of_case;
	request->wish.config = config;
	request->wish.profiles = profiles;
	request->wish.now = text_now();
	request->wish.with_curves = request->file != NULL;
	if (profiles && (of_case || !case_id))
		rows = stats_make(store, &request->wish, &error);
	return rows ? print_rows(global, request, rows) : command_failed(error);
}

static int
check_and_print(const struct global *global, struct request *request, const char *of_case)
{
	struct stats_filter *filter = &request->wish.filter;

	if (!g_strv_contains(store_stats_keys(), filter->by)) {
		g_autofree char *known = g_strjoinv(", ", (char **)store_stats_keys());

		log_error("--by: there are no figures by '%s'; there are by %s", filter->by, known);
		return EXIT_USAGE;
	}
	if (of_case && !record_id_parse(of_case, 'C', &filter->case_id)) {
		log_error("--case: '%s' is no case; cases are C1, C2 …", of_case);
		return EXIT_USAGE;
	}
	return print_stats(global, request);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *by = NULL, *of_case = NULL, *file = NULL;
	struct request request = { .wish.filter.by = "provider" };
	const GOptionEntry entries[] = {
		{ "by", 0, 0, G_OPTION_ARG_STRING, &by,
			"provider (default), kind, registrar, registry, network, tld, channel, "
			"type, month, rung or all",
			"KEY" },
		{ "case", 0, 0, G_OPTION_ARG_STRING, &of_case, "Only of this case", "C1" },
		{ "html", 0, 0, G_OPTION_ARG_FILENAME, &file,
			"Write a page with curves instead of printing; - is standard output",
			"FILE" },
		{ "human", 0, 0, G_OPTION_ARG_NONE, &request.human,
			"Also a table of the times until a person answered", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_stats, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		log_error("stats takes options only, not '%s'", argv[1]);
		return EXIT_USAGE;
	}
	if (by)
		request.wish.filter.by = by;
	request.file = file;
	return check_and_print(global, &request, of_case);
}

const struct command command_stats = {
	.name = "stats",
	.usage = "[--by KEY] [--case C1] [--human] [--html FILE]",
	.summary = "How many reports, and how long it took after them",
	.run = run,
};
