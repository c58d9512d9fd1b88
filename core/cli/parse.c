/* abate parse FILE…: what import would read. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/table.h"
#include "intake/intake.h"

struct parse {
	gboolean json;
	struct table *table; /* NULL with --json */
	gint64 line;
	gint64 good, bad;
};

static void
print_json(const struct parse *parse, const struct indicator *indicator)
{
	json_t *object = json_object();

	json_object_set_new(object, "value", json_text(indicator->value));
	json_object_set_new(object, "type", json_text(indicator_type_name(indicator->type)));
	json_object_set_new(object, "host", json_text(indicator->host));
	json_object_set_new(object, "domain", json_text(indicator->domain));
	json_object_set_new(object, "original", json_text(indicator->original));
	json_object_set_new(object, "line", json_integer(parse->line));
	json_line(object);
}

static gboolean
print_indicator(const struct indicator *indicator, void *user)
{
	struct parse *parse = user;
	g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, parse->line);
	g_autofree char *shown = indicator_unicode(indicator->value);
	g_autofree char *both = shown ? g_strdup_printf("%s (%s)", indicator->value, shown) : NULL;
	const char *cells[] = { line, indicator_type_name(indicator->type), indicator->domain,
		both ? both : indicator->value };

	parse->good++;
	if (parse->json)
		print_json(parse, indicator);
	else
		table_row(parse->table, cells);
	return TRUE;
}

static gboolean
print_fault(const char *file, gint64 line, gint64 column, const char *reason, void *user)
{
	struct parse *parse = user;
	g_autofree char *safe = text_for_terminal(reason);
	g_autofree char *place =
		column > 0 ? g_strdup_printf(":%" G_GINT64_FORMAT, column) : g_strdup("");

	parse->bad++;
	if (parse->json) {
		json_t *object = json_object();

		json_object_set_new(object, "error", json_text(reason));
		json_object_set_new(object, "line", json_integer(line));
		json_line(object);
	}
	log_warning("%s:%" G_GINT64_FORMAT "%s: %s", file, line, place, safe);
	return TRUE;
}

/* Every file is tried; the worst of what happened is the exit status. */
static int
parse_files(struct parse *parse, const struct intake_options *options, char **files)
{
	const struct intake_sink sink = { .indicator = print_indicator,
		.fault = print_fault,
		.user = parse,
		.line = &parse->line };
	int status = EXIT_DONE;

	for (; *files; files++) {
		g_autoptr(GError) error = NULL;

		if (!intake_read(*files, options, &sink, &error))
			status = command_failed(error);
	}
	if (parse->table)
		table_print(parse->table);
	fprintf(stderr, "indicators: %" G_GINT64_FORMAT ", bad lines: %" G_GINT64_FORMAT "\n",
		parse->good, parse->bad);
	return status == EXIT_DONE && parse->bad > 0 ? EXIT_PART : status;
}

static int
run(struct global *global, int argc, char **argv)
{
	static const char *const columns[] = { ">LINE", "TYPE", "DOMAIN", "INDICATOR", NULL };
	g_autofree char *format = NULL;
	g_autofree char *column = NULL;
	const GOptionEntry entries[] = {
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format,
			"csv, jsonl, xarf, text or auto (the default)", "FORMAT" },
		{ "column", 0, 0, G_OPTION_ARG_STRING, &column,
			"The column (name or number) or JSON field with the indicator", "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	struct intake_options options = { .format = INTAKE_DETECT };
	struct parse parse = { 0 };
	g_autoptr(Table) table = NULL;
	int status;

	if (!command_options(&command_parse, global, entries, &argc, &argv, &status))
		return status;
	options.column = column;
	if (format && !intake_format_parse(format, &options.format)) {
		log_error("there is no format \"%s\"; known are csv, jsonl, xarf, text and auto",
			format);
		return EXIT_USAGE;
	}
	if (argc < 2) {
		log_error("name at least one file, or - for standard input");
		return EXIT_USAGE;
	}
	parse.json = global->json;
	if (!global->json)
		table = table_new(columns);
	parse.table = table;
	return parse_files(&parse, &options, argv + 1);
}

const struct command command_parse = { "parse", "FILE…",
	"Show what import would read, without storing it", run };
