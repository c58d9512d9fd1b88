/* abate escalate: what to do about reports without effect. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/escalate-json.h"
#include "cli/escalate-prepare.h"
#include "cli/escalate-print.h"
#include "cli/records.h"
#include "cli/table.h"
#include "ledger/escalation.h"

static json_t *
ids_json(const GArray *ids)
{
	json_t *list = json_array();

	for (guint i = 0; i < ids->len; i++)
		json_array_append_new(list, json_id('I', g_array_index(ids, gint64, i)));
	return list;
}

json_t *
escalate_json(const struct proposal *proposal)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "action",
		escalation_action_name(proposal->action), "case", json_id('C', proposal->case_id),
		"report", json_id('R', proposal->report_id), "indicators",
		ids_json(proposal->indicators), "provider", json_text(proposal->provider),
		"channel", proposal->to ? json_text(channel_name(proposal->channel)) : json_null(),
		"to", json_text(proposal->to), "ticket", json_text(proposal->ticket), "since",
		json_time(proposal->since), "reason", json_text(proposal->reason));
}

/* So many that are marked for the court are named. */
#define SHOWN 5

/* Printed as they come: there can be many. */
struct printing {
	const struct prepare_needs *needs;
	gint64 case_id; /* 0: all */
	gint64 printed;
	gboolean narrowed; /* to those that are named: no word on the others */
	struct escalation_waits waits;
	GError *error; /* why no more is printed; NULL: all is well */
};

static void
print_proposal(struct printing *printing, const struct proposal *proposal)
{
	if (printing->error)
		return;
	if (printing->needs->global->json)
		json_line(escalate_json(proposal));
	else
		escalate_print(proposal, printing->needs->store, &printing->error);
	printing->printed++;
}

static void
take_proposal(struct proposal *proposal, void *user)
{
	print_proposal(user, proposal);
	proposal_free(proposal);
}

struct marked {
	GString *text;
	guint count;
};

static void
take_mark(const char *key, const char *value G_GNUC_UNUSED, gint64 at G_GNUC_UNUSED, void *user)
{
	struct marked *marked = user;

	if (marked->count++ < SHOWN)
		g_string_append_printf(marked->text, " %s", key);
}

static gboolean
print_marked(struct store *store, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct marked marked = { text, 0 };
	g_autofree char *safe = NULL;

	if (!store_marks_each(store, "court", take_mark, &marked, error))
		return FALSE;
	safe = text_for_terminal(text->str);
	if (marked.count > SHOWN)
		printf("marked for the court:%s and %u more\n", safe, marked.count - SHOWN);
	else if (marked.count)
		printf("marked for the court:%s\n", safe);
	return TRUE;
}

static gboolean
print_count(
	struct store *store, gint64 case_id, const char *state, const char *words, GError **error)
{
	const struct report_filter filter = { .case_id = case_id, .state = state };
	gint64 count = 0;

	if (!store_reports_count(store, &filter, &count, error))
		return FALSE;
	if (count)
		printf("%s: %" G_GINT64_FORMAT "\n", words, count);
	return TRUE;
}

/* What stands between a proposal and its effect. */
static gboolean
print_waiting(struct store *store, gint64 case_id, GError **error)
{
	g_autoptr(GArray) astray = store_reports_astray(store, case_id, error);

	if (!astray)
		return FALSE;
	if (astray->len)
		printf("reports that nobody got (`abate send` looks who else can act): %u\n",
			astray->len);
	return print_count(store, case_id, "ready", "ready to go out (`abate send`)", error) &&
	       print_count(store, case_id, "held",
		       "held (`abate list reports --state held` says why)", error) &&
	       print_count(store, case_id, "in_doubt",
		       "in doubt (`abate send --in-doubt` resend or drop)", error) &&
	       print_count(store, case_id, "manual",
		       "forms that wait for a person (`abate list reports --state manual`)", error);
}

/* What stands below them. */
static int
end_list(const struct printing *printing)
{
	struct store *store = printing->needs->store;
	g_autoptr(GError) error = printing->error;

	if (error)
		return command_failed(error);
	if (printing->needs->global->json)
		return EXIT_DONE;
	if (printing->printed)
		printf("\n");
	if (!printing->narrowed && !escalate_print_waits(&printing->waits) && !printing->printed)
		printf(printing->waits.count[ESCALATION_PROPOSED] ? "nothing to propose now\n"
								  : "nothing is overdue\n");
	if (!print_marked(store, &error) || !print_waiting(store, printing->case_id, &error))
		return command_failed(error);
	if (printing->printed)
		printf("`abate escalate --prepare` makes these; nothing goes out before `abate "
		       "send`\n");
	return EXIT_DONE;
}

static gboolean
is_case(struct store *store, gint64 id, GError **error)
{
	g_autoptr(AbuseCase) found = id ? store_case_get(store, id, error) : NULL;

	return !id || found;
}

static int
list_all(const struct prepare_needs *needs, gint64 case_id)
{
	struct printing printing = { .needs = needs, .case_id = case_id };
	g_autoptr(GError) error = NULL;

	if (!escalation_each(needs->config, needs->profiles, needs->store, case_id, text_now(),
		    take_proposal, &printing, &printing.waits, &error)) {
		g_clear_error(&printing.error);
		return command_failed(error);
	}
	return end_list(&printing);
}

/* Those that are named, or all of them to make them. */
static int
list_or_prepare(const struct prepare_needs *needs, gint64 case_id, gboolean prepare, char **names)
{
	g_autoptr(GError) error = NULL;
	struct escalation_waits waits;
	g_autoptr(GPtrArray) proposals = escalation_find(
		needs->config, needs->profiles, needs->store, case_id, text_now(), &waits, &error);
	struct printing printing = {
		.needs = needs, .case_id = case_id, .narrowed = *names != NULL, .waits = waits
	};
	int status = EXIT_DONE;

	if (!proposals)
		return command_failed(error);
	if (!prepare_select(needs->store, proposals, names, &status))
		return status;
	for (guint i = 0; !prepare && i < proposals->len; i++)
		print_proposal(&printing, g_ptr_array_index(proposals, i));
	const int done =
		prepare && proposals->len ? prepare_run(needs, proposals) : end_list(&printing);
	return MAX(status, done);
}

static int
escalate(const struct global *global, gint64 case_id, gboolean prepare, char **names)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	g_autoptr(Profiles) profiles = store && is_case(store, case_id, &error)
					       ? profiles_load_configured(config, NULL, &error)
					       : NULL;
	struct prepare_needs needs = { global, config, profiles, store, 0 };

	if (!config)
		return EXIT_USAGE;
	/* Read before the proposals: another run may make some meanwhile. */
	if (!profiles || !store_reports_newest(store, &needs.newest, &error))
		return command_failed(error);
	return prepare || *names ? list_or_prepare(&needs, case_id, prepare, names)
				 : list_all(&needs, case_id);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *case_name = NULL;
	gboolean prepare = FALSE;
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &case_name, "Only what is of this case",
			"C1" },
		{ "prepare", 0, 0, G_OPTION_ARG_NONE, &prepare,
			"Make these follow-ups, reports and marks, or those of the named reports "
			"and "
			"indicators; `abate send` asks and sends",
			NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	gint64 case_id = 0;
	int status;

	if (!command_options(&command_escalate, global, entries, &argc, &argv, &status))
		return status;
	if (case_name && !record_id_parse(case_name, 'C', &case_id)) {
		log_error("--case wants a case, as C1");
		return EXIT_USAGE;
	}
	return escalate(global, case_id, prepare, argv + 1);
}

const struct command command_escalate = {
	.name = "escalate",
	.usage = "[R12|I5…]",
	.summary = "Propose what to do about reports without effect",
	.run = run,
};
