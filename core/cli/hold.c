/* hold, release and cancel: what a person decides about reports before they go out. */
#include "base/log.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/records.h"

/* What one command does to one report; within a transaction. */
typedef gboolean (*hold_fn)(
	struct store *store, const struct report *report, const char *reason, GError **error);

static gboolean
set_hold(struct store *store, gint64 id, const char *reason, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, id);

	return store_mark_set(store, "hold", key, reason, error);
}

static gboolean
hold(struct store *store, const struct report *report, const char *reason, GError **error)
{
	g_autofree char *words = reason ? g_strdup_printf("held by a person: %s", reason)
					: g_strdup("held by a person");

	/* The ladder would let a report be held that is on its way. */
	if (report->state != REPORT_READY && report->state != REPORT_DRAFT &&
		report->state != REPORT_MANUAL && report->state != REPORT_HELD) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"R%" G_GINT64_FORMAT " is %s: it can be held no more", report->id,
			report_state_name(report->state));
		return FALSE;
	}
	if (!set_hold(store, report->id, words, error))
		return FALSE;
	return report->state == REPORT_HELD ||
	       store_report_set_state(store, report->id, REPORT_HELD, words, error);
}

static gboolean
release(struct store *store, const struct report *report, const char *reason G_GNUC_UNUSED,
	GError **error)
{
	if (report->state != REPORT_HELD) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
			"R%" G_GINT64_FORMAT " is %s, not held", report->id,
			report_state_name(report->state));
		return FALSE;
	}
	return set_hold(store, report->id, "", error);
}

static gboolean
cancel(struct store *store, const struct report *report, const char *reason, GError **error)
{
	return store_report_set_state(store, report->id, REPORT_CANCELLED,
		reason ? reason : "cancelled by a person", error);
}

static gboolean
do_one(struct store *store, gint64 id, hold_fn fn, const char *reason, GError **error)
{
	if (!store_begin(store, error))
		return FALSE;
	g_autoptr(Report) report = store_report_get(store, id, error);
	if (report && fn(store, report, reason, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

/* A released report is composed again: what else holds it still counts. */
static int
compose_released(const struct config *config, struct store *store, char **names, GError **error)
{
	int status = EXIT_DONE;

	if (!composing_run(config, store, 0, error))
		return EXIT_FAILED;
	for (; *names; names++) {
		gint64 id = 0;
		record_id_parse(*names, 'R', &id);
		g_autoptr(Report) report = store_report_get(store, id, NULL);
		if (!report || report->state != REPORT_HELD)
			continue;
		log_warning("%s is still held: %s", *names,
			report->reason ? report->reason : "no reason was kept");
		status = EXIT_PART;
	}
	return status;
}

static int
do_all(const struct global *global, char **names, hold_fn fn, const char *reason)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = command_config(global);
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	int status = EXIT_DONE;

	if (!config)
		return EXIT_USAGE;
	if (!store)
		return command_failed(error);
	for (char **name = names; *name; name++) {
		g_autoptr(GError) fault = NULL;
		gint64 id = 0;

		if (!record_id_parse(*name, 'R', &id)) {
			log_error("%s: it wants a report, as R1", *name);
			return EXIT_USAGE;
		}
		if (!do_one(store, id, fn, reason, &fault)) {
			log_error("%s", fault->message);
			status = EXIT_PART;
		}
	}
	if (fn == release)
		status = MAX(status, compose_released(config, store, names, &error));
	return error ? command_failed(error) : status;
}

static int
run(const struct command *command, struct global *global, int argc, char **argv, hold_fn fn)
{
	g_autofree char *reason = NULL;
	const GOptionEntry entries[] = {
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why, in words", "TEXT" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(command, global, entries, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("%s takes reports, as R12; see `abate %s --help`", command->name,
			command->name);
		return EXIT_USAGE;
	}
	return do_all(global, argv + 1, fn, reason);
}

static int
run_hold(struct global *global, int argc, char **argv)
{
	return run(&command_hold, global, argc, argv, hold);
}

static int
run_release(struct global *global, int argc, char **argv)
{
	return run(&command_release, global, argc, argv, release);
}

static int
run_cancel(struct global *global, int argc, char **argv)
{
	return run(&command_cancel, global, argc, argv, cancel);
}

const struct command command_hold = {
	.name = "hold",
	.usage = "R12…",
	.summary = "Keep reports from going out",
	.run = run_hold,
};
const struct command command_release = {
	.name = "release",
	.usage = "R12…",
	.summary = "Let reports go that were held",
	.run = run_release,
};
const struct command command_cancel = {
	.name = "cancel",
	.usage = "R12…",
	.summary = "Take reports back before they go out",
	.run = run_cancel,
};
