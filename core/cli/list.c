/* abate list: what is known. */
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/list-rows.h"
#include "cli/records.h"

#define KINDS "cases|indicators|routes|reports|replies|sightings|providers|plugins|events"

struct options {
	char *of_case, *state, *provider, *subject, *report, *class, *indicator;
	gboolean verify, unmatched, weak, broken;
};

static void
options_clear(struct options *options)
{
	g_free(options->of_case);
	g_free(options->state);
	g_free(options->provider);
	g_free(options->subject);
	g_free(options->report);
	g_free(options->class);
	g_free(options->indicator);
}

/* A filter that a list does not know must not be taken as if it had no effect. */
static gboolean
filter_fits(
	const struct list_kind *kind, const char *value, enum list_filter filter, const char *name)
{
	if (!value || (kind->filters & filter))
		return TRUE;
	log_error("list %s has no filter --%s", kind->name, name);
	return FALSE;
}

/* What narrows the list of replies. */
static gboolean
read_reply_filters(const struct list_kind *kind, const struct options *options, struct list *list)
{
	if (!filter_fits(kind, options->unmatched ? "" : NULL, FILTER_REPLY, "unmatched") ||
		!filter_fits(kind, options->weak ? "" : NULL, FILTER_REPLY, "weak") ||
		!filter_fits(kind, options->broken ? "" : NULL, FILTER_REPLY, "broken") ||
		!filter_fits(kind, options->report, FILTER_REPLY, "report") ||
		!filter_fits(kind, options->class, FILTER_REPLY, "class"))
		return FALSE;
	if (options->report && !record_id_parse(options->report, 'R', &list->replies.report_id)) {
		log_error("--report: '%s' is no report; reports are R1, R2 …", options->report);
		return FALSE;
	}
	list->replies.unmatched = options->unmatched;
	list->replies.weak = options->weak;
	list->replies.broken = options->broken;
	list->replies.class_name = options->class;
	return TRUE;
}

static gboolean
read_filters(const struct list_kind *kind, const struct options *options, struct list *list)
{
	if (!filter_fits(kind, options->of_case, FILTER_CASE, "case") ||
		!filter_fits(kind, options->state, FILTER_STATE, "state") ||
		!filter_fits(kind, options->provider, FILTER_PROVIDER, "provider") ||
		!filter_fits(kind, options->subject, FILTER_SUBJECT, "subject") ||
		!filter_fits(kind, options->indicator, FILTER_INDICATOR, "indicator"))
		return FALSE;
	if (options->of_case && !record_id_parse(options->of_case, 'C', &list->case_id)) {
		log_error("--case: '%s' is no case; cases are C1, C2 …", options->of_case);
		return FALSE;
	}
	if (options->indicator && !record_id_parse(options->indicator, 'I', &list->indicator_id)) {
		log_error("'%s' is no indicator; indicators are I1, I2 …", options->indicator);
		return FALSE;
	}
	list->state = options->state;
	list->provider = options->provider;
	list->subject = options->subject;
	return read_reply_filters(kind, options, list);
}

static int
verify_events(const struct global *global, struct store *store)
{
	g_autoptr(GError) error = NULL;
	gint64 checked = 0, broken = 0;

	if (!store_events_verify(store, &checked, &broken, &error))
		return command_failed(error);
	if (global->json)
		json_line(json_pack("{s:I, s:o}", "checked", (json_int_t)checked, "broken",
			broken ? json_integer(broken) : json_null()));
	else if (!broken)
		printf("%" G_GINT64_FORMAT " events, the chain is whole\n", checked);
	if (!broken)
		return EXIT_DONE;
	log_error("the chain of events is broken at event %" G_GINT64_FORMAT
		  ": it or the one before was changed, put in or taken out",
		broken);
	return EXIT_FAILED;
}

static int
print_list(const struct global *global, const struct list_kind *kind, struct list *list)
{
	g_autoptr(Table) table = global->json ? NULL : table_new(kind->columns);
	g_autoptr(GError) error = NULL;
	gboolean ok;

	list->table = table;
	ok = kind->each(list, &error);
	if (table)
		table_print(table);
	if (list->error) {
		int status = command_failed(list->error);

		g_clear_error(&list->error);
		return status;
	}
	return ok ? EXIT_DONE : command_failed(error);
}

/* A list of what is not there is no empty one. */
static gboolean
are_there(const struct list *list, GError **error)
{
	const gint64 of_case = list->case_id, indicator = list->indicator_id;
	const gint64 report = list->replies.report_id;
	g_autoptr(AbuseCase) found_case =
		of_case ? store_case_get(list->store, of_case, error) : NULL;
	g_autoptr(Indicator) found_indicator = NULL;
	g_autoptr(Report) found_report = NULL;

	if (of_case && !found_case)
		return FALSE;
	found_indicator = indicator ? store_indicator_get(list->store, indicator, error) : NULL;
	if (indicator && !found_indicator)
		return FALSE;
	found_report = report ? store_report_get(list->store, report, error) : NULL;
	return !report || found_report;
}

static int
list_kind(const struct global *global, const struct list_kind *kind, const struct options *options)
{
	g_autoptr(Config) config = NULL;
	g_autoptr(Store) store = NULL;
	g_autoptr(GError) error = NULL;
	struct list list = { 0 };

	if (!read_filters(kind, options, &list))
		return EXIT_USAGE;
	config = command_config(global);
	if (!config)
		return EXIT_USAGE;
	list.config = config;
	if (kind->stored) {
		store = records_open(config, FALSE, &error);
		list.store = store;
		if (!store || !are_there(&list, &error))
			return command_failed(error);
	}
	return options->verify ? verify_events(global, store) : print_list(global, kind, &list);
}

static int
check_and_list(const struct global *global, int argc, char **argv, struct options *options)
{
	const struct list_kind *kind = argc == 2 || argc == 3 ? list_kind_find(argv[1]) : NULL;

	if (!kind) {
		log_error("say what to list, one of " KINDS);
		return EXIT_USAGE;
	}
	if (argc == 3 && (options->indicator || !(kind->filters & FILTER_INDICATOR))) {
		log_error("list %s takes no argument '%s'", kind->name, argv[2]);
		return EXIT_USAGE;
	}
	if (argc == 3)
		options->indicator = g_strdup(argv[2]);
	if (options->verify && !g_str_equal(kind->name, "events")) {
		log_error("--verify is for list events");
		return EXIT_USAGE;
	}
	return list_kind(global, kind, options);
}

static int
run(struct global *global, int argc, char **argv)
{
	struct options options = { 0 };
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &options.of_case, "Only of this case", "C1" },
		{ "state", 0, 0, G_OPTION_ARG_STRING, &options.state,
			"Only in this state (sightings: verdict)", "STATE" },
		{ "provider", 0, 0, G_OPTION_ARG_STRING, &options.provider, "Only of this provider",
			"ID" },
		{ "indicator", 0, 0, G_OPTION_ARG_STRING, &options.indicator,
			"Only sightings of this indicator", "I1" },
		{ "subject", 0, 0, G_OPTION_ARG_STRING, &options.subject,
			"Only events about this (C1, I1, R1, A1)", "ID" },
		{ "unmatched", 0, 0, G_OPTION_ARG_NONE, &options.unmatched,
			"Only replies of no report", NULL },
		{ "weak", 0, 0, G_OPTION_ARG_NONE, &options.weak,
			"Only replies matched by less than our reference", NULL },
		{ "broken", 0, 0, G_OPTION_ARG_NONE, &options.broken,
			"Only replies of which nobody can tell what they are", NULL },
		{ "report", 0, 0, G_OPTION_ARG_STRING, &options.report,
			"Only replies to this report", "R1" },
		{ "class", 0, 0, G_OPTION_ARG_STRING, &options.class, "Only replies of this class",
			"CLASS" },
		{ "verify", 0, 0, G_OPTION_ARG_NONE, &options.verify,
			"Check the chain of events instead of listing it", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (command_options(&command_list, global, entries, &argc, &argv, &status))
		status = check_and_list(global, argc, argv, &options);
	options_clear(&options);
	return status;
}

const struct command command_list = {
	.name = "list",
	.usage = KINDS,
	.summary = "List what is known",
	.run = run,
};
