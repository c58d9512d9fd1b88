/* send: what is ready goes out. */
#include <string.h>

#include "base/log.h"
#include "cli/approval.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/next-contact.h"
#include "cli/recheck.h"
#include "cli/records.h"
#include "cli/sending.h"
#include "outbox/outbox.h"

struct send_options {
	gboolean yes;
	char *in_doubt, *case_id;
};

static gboolean
settle(const struct report *report, void *user)
{
	GArray *ids = user;

	g_array_append_val(ids, report->id);
	return TRUE;
}

/* Resend: with the same Message-ID, so that the desk's system can tell. Drop: closed as cancelled.
 */
static gboolean
settle_in_doubt(struct store *store, const char *policy, GError **error)
{
	const struct report_filter filter = { .state = "in_doubt" };
	enum report_state to = strcmp(policy, "resend") == 0 ? REPORT_READY : REPORT_CANCELLED;
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (!store_reports_each(store, &filter, settle, ids, error) || !store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!store_report_set_state(store, g_array_index(ids, gint64, i), to,
			    to == REPORT_READY ? REPORT_RESENT : REPORT_DROPPED, error)) {
			store_rollback(store);
			return FALSE;
		}
	return store_commit(store, error);
}

static int
send_approved(const struct global *global, const struct config *config, struct store *store,
	gint64 case_id, gint64 report_id, gboolean yes)
{
	g_autoptr(GError) error = NULL;
	gint64 held;
	int status;

	if (!approval_ask(config, store, case_id, report_id, yes, &held, &error))
		return error ? command_failed(error) : EXIT_PART;
	status = sending_run(global, store, config, case_id, report_id);
	return held ? MAX(status, EXIT_PART) : status;
}

/* What waited long is looked up again; names that are no reports are told of later. */
static gboolean
recheck_named(const struct config *config, struct store *store, gint64 case_id, char **names,
	GError **error)
{
	gint64 id;

	if (!names[0])
		return recheck_run(config, store, case_id, 0, error);
	for (; *names; names++)
		if (record_id_parse(*names, 'R', &id) && !recheck_run(config, store, 0, id, error))
			return FALSE;
	return TRUE;
}

static gboolean
count_one(const struct indicator *indicator G_GNUC_UNUSED, void *user)
{
	gint64 *count = user;

	(*count)++;
	return TRUE;
}

/* Who comes here straight from `import` would wait for ever. */
static gboolean
tell_unrouted(struct store *store, gint64 case_id, GError **error)
{
	const struct indicator_filter filter = { .case_id = case_id, .unrouted = TRUE };
	gint64 count = 0;

	if (!store_indicators_each(store, &filter, count_one, &count, error))
		return FALSE;
	if (count)
		log_warning("nobody is asked about %" G_GINT64_FORMAT
			    " indicators yet, as who can act is not looked up: `abate route`",
			count);
	return TRUE;
}

/* Everything that is ready, of a case (0: of all). */
static int
send_all(const struct global *global, const struct config *config, struct store *store,
	gint64 case_id, gboolean yes)
{
	g_autoptr(GError) error = NULL;
	gint64 ready, held, manual;
	int status = EXIT_DONE, sent;

	if (!sending_summary(store, case_id, global->json, &ready, &held, &manual, &error) ||
		!tell_unrouted(store, case_id, &error))
		return command_failed(error);
	if (held)
		status = EXIT_PART;
	sent = send_approved(global, config, store, case_id, 0, yes);
	return MAX(status, sent);
}

static int
send_named(const struct global *global, const struct config *config, struct store *store,
	const char *name, gboolean yes)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Report) report = NULL;
	gint64 id;
	int sent;

	if (!record_id_parse(name, 'R', &id)) {
		log_error("%s: it wants a report, as R1", name);
		return EXIT_USAGE;
	}
	report = store_report_get(store, id, &error);
	if (!report)
		return command_failed(error);
	if (report->state == REPORT_HELD)
		log_warning("R%" G_GINT64_FORMAT " is held: %s", id,
			report->reason ? report->reason : "no reason was kept");
	sent = send_approved(global, config, store, 0, id, yes);
	return report->state == REPORT_HELD ? MAX(sent, EXIT_PART) : sent;
}

/* What a run that was killed left behind is found before it is settled, and who goes step by step
 * may come straight from `route`. The next contact is found before the question: what gets the yes
 * is what goes. */
static gboolean
make_ready(const struct global *global, const struct config *config, struct store *store,
	const char *policy, gint64 case_id, char **names, GError **error)
{
	return outbox_recover(store, error) &&
	       (strcmp(policy, "ask") == 0 || settle_in_doubt(store, policy, error)) &&
	       (names[0] || composing_run(config, store, case_id, error)) &&
	       next_contact_run(global, config, store, case_id, error) &&
	       recheck_named(config, store, case_id, names, error);
}

static int
send_reports(struct global *global, const struct send_options *options, char **names)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	const char *policy = options->in_doubt;
	gint64 case_id = 0, ready, held, manual;
	int status = EXIT_DONE;

	if (!config)
		return EXIT_USAGE;
	if (options->case_id && !record_id_parse(options->case_id, 'C', &case_id)) {
		log_error("--case %s: it wants a case, as C1", options->case_id);
		return EXIT_USAGE;
	}
	if (!store)
		return command_failed(error);
	if (!policy)
		policy = config_string(config, "send", "in_doubt");
	if (!make_ready(global, config, store, policy, case_id, names, &error))
		return command_failed(error);
	if (!names[0])
		return send_all(global, config, store, case_id, options->yes);
	if (!sending_summary(store, case_id, global->json, &ready, &held, &manual, &error))
		return command_failed(error);
	for (int i = 0; names[i]; i++) {
		const int one = send_named(global, config, store, names[i], options->yes);

		status = MAX(status, one);
	}
	return status;
}

static int
run(struct global *global, int argc, char **argv)
{
	struct send_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "yes", 'y', 0, G_OPTION_ARG_NONE, &options.yes, "Ask nothing", NULL },
		{ "case", 0, 0, G_OPTION_ARG_STRING, &options.case_id, "Only this case", "C1" },
		{ "in-doubt", 0, 0, G_OPTION_ARG_STRING, &options.in_doubt,
			"Reports in doubt: ask (they wait), resend (same Message-ID) or drop",
			"POLICY" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_send, global, entries, &argc, &argv, &status))
		return status;
	if (options.in_doubt && strcmp(options.in_doubt, "ask") != 0 &&
		strcmp(options.in_doubt, "resend") != 0 && strcmp(options.in_doubt, "drop") != 0) {
		log_error("--in-doubt %s: it wants ask, resend or drop", options.in_doubt);
		status = EXIT_USAGE;
	} else {
		status = send_reports(global, &options, argv + 1);
	}
	g_free(options.in_doubt);
	g_free(options.case_id);
	return status;
}

const struct command command_send = {
	.name = "send",
	.usage = "[REPORT…]",
	.summary = "Send what is ready",
	.run = run,
};
