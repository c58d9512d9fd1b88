/* abate classify FILE.eml…: what fetch would make of a mail. */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/records.h"
#include "cli/table.h"
#include "inbox/classify.h"

struct classifying {
	const struct rules *rules;
	struct store *store; /* NULL: there is none */
	struct table *table; /* NULL with --json */
	const struct profiles *profiles;
	struct tickets *tickets;
};

/* "R7" of the report that the reference belongs to; NULL when the store knows none. */
static char *
report_of(struct store *store, const char *reference)
{
	struct report *report;
	char *id;

	if (!store || !reference)
		return NULL;
	report = store_report_find(store, "reference", reference, NULL);
	if (!report)
		return NULL;
	id = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	report_free(report);
	return id;
}

static void
print_json(const struct verdict *verdict, const char *report, const char *file)
{
	json_t *object = json_object();

	json_object_set_new(object, "class", json_text(verdict->class));
	json_object_set_new(object, "ticket", json_text(verdict->ticket));
	json_object_set_new(object, "report", json_text(report));
	json_object_set_new(object, "recipient", json_text(verdict->recipient));
	json_object_set_new(object, "status", json_text(verdict->status));
	json_object_set_new(object, "diagnostic", json_text(verdict->diagnostic));
	json_object_set_new(object, "reason", json_text(verdict->reason));
	json_object_set_new(object, "rule", json_text(verdict->rule));
	json_object_set_new(object, "file", json_text(file));
	json_line(object);
}

static void
print_verdict(
	const struct classifying *classifying, const struct verdict *verdict, const char *file)
{
	g_autofree char *report = report_of(classifying->store, verdict->reference);
	const char *cells[] = { file, verdict->class, verdict->rule, report, verdict->ticket,
		verdict->recipient, verdict->status, verdict->reason };

	if (classifying->table)
		table_row(classifying->table, cells);
	else
		print_json(verdict, report, file);
}

/* Every file is tried; one that cannot be read makes it "done in part", all of them not done. */
static int
classify_files(const struct classifying *classifying, char **files)
{
	guint done = 0, left_out = 0;

	for (; *files; files++) {
		const gboolean is_input = strcmp(*files, "-") == 0;
		g_autoptr(GError) error = NULL;
		g_autoptr(Mail) mail = mail_read(is_input ? "/dev/stdin" : *files, &error);

		done += mail != NULL;
		left_out += mail == NULL;
		if (!mail) {
			log_error("%s", error->message);
			continue;
		}
		g_autoptr(Verdict) verdict = classify(mail, classifying->rules);
		classify_ticket(verdict, mail, classifying->tickets,
			tickets_profile(classifying->profiles, mail));
		print_verdict(classifying, verdict, *files);
	}
	if (classifying->table)
		table_print(classifying->table);
	return left_out == 0 ? EXIT_DONE : done > 0 ? EXIT_PART : EXIT_FAILED;
}

static int
run(struct global *global, int argc, char **argv)
{
	static const char *const columns[] = { "FILE", "CLASS", "RULE", "REPORT", "TICKET",
		"RECIPIENT", "STATUS", "REASON", NULL };
	struct classifying classifying = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(Rules) rules = NULL;
	g_autoptr(Store) store = NULL;
	g_autoptr(Table) table = NULL;
	g_autoptr(Tickets) tickets = tickets_new();
	g_autoptr(Profiles) profiles = NULL;
	int status;

	if (!command_options(&command_classify, global, NULL, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("name at least one file with a mail in it");
		return EXIT_USAGE;
	}
	config = command_config(global);
	if (!config)
		return EXIT_USAGE;
	rules = rules_load(NULL, &error);
	if (!rules)
		return command_failed(error);
	profiles = profiles_load_configured(config, NULL, &error);
	if (!profiles)
		return command_failed(error);
	/* A mail can be judged without a store; only its report is not known then. */
	store = records_open(config, FALSE, NULL);
	if (!global->json)
		table = table_new(columns);
	classifying.rules = rules;
	classifying.store = store;
	classifying.profiles = profiles;
	classifying.tickets = tickets;
	classifying.table = table;
	return classify_files(&classifying, argv + 1);
}

const struct command command_classify = { "classify", "FILE.eml…",
	"Shows what fetch would make of a mail, with the rule that decided; - is standard input.",
	run };
