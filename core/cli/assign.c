/* abate assign A12 R7|none: a person says which report a reply belongs to. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/record-json.h"
#include "cli/records.h"
#include "cli/table.h"
#include "inbox/advance.h"

/* What the reply says moves the report on, as if it had been matched at once. */
static gboolean
assign(struct store *store, gint64 reply_id, gint64 report_id, gboolean *bounced, GError **error)
{
	g_autoptr(Report) report = report_id ? store_report_get(store, report_id, error) : NULL;
	g_autoptr(Reply) reply = NULL;

	if (report_id && !report)
		return FALSE;
	if (!store_reply_assign(store, reply_id, report_id, report_id ? "assigned" : NULL, error))
		return FALSE;
	reply = report_id ? store_reply_get(store, reply_id, error) : NULL;
	if (!report_id)
		return TRUE;
	return reply && advance_known(store, report, reply, bounced, error);
}

/* Where it belonged to another report before, that one is not moved back: what it made of it is in
 * the chain of events. */
static gboolean
read_before(struct store *store, gint64 reply_id, gint64 *report_id, GError **error)
{
	g_autoptr(Reply) reply = store_reply_get(store, reply_id, error);

	*report_id = reply && reply->counts ? reply->report_id : 0;
	return reply != NULL;
}

static void
print_outcome(struct store *store, gint64 reply_id, gint64 report_id, gint64 before)
{
	g_autoptr(Report) report = report_id ? store_report_get(store, report_id, NULL) : NULL;

	if (report)
		printf("A%" G_GINT64_FORMAT " belongs to R%" G_GINT64_FORMAT " (%s), which is %s\n",
			reply_id, report_id,
			report->provider_name ? report->provider_name : report->provider,
			report_state_name(report->state));
	else
		printf("A%" G_GINT64_FORMAT " belongs to no report\n", reply_id);
	if (before && before != report_id)
		printf("R%" G_GINT64_FORMAT
		       " stays as the reply had left it: see `abate show R%" G_GINT64_FORMAT "`\n",
			before, before);
}

static int
run_assign(const struct global *global, gint64 reply_id, gint64 report_id)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = NULL;
	gboolean bounced;
	gint64 before;

	if (!config)
		return EXIT_USAGE;
	store = records_open(config, FALSE, &error);
	if (!store)
		return command_failed(error);
	if (!store_begin(store, &error) || !read_before(store, reply_id, &before, &error) ||
		!assign(store, reply_id, report_id, &bounced, &error) ||
		!store_commit(store, &error)) {
		store_rollback(store);
		return command_failed(error);
	}
	if (!global->json) {
		print_outcome(store, reply_id, report_id, before);
		return EXIT_DONE;
	}
	g_autoptr(Reply) reply = store_reply_get(store, reply_id, &error);
	if (!reply)
		return command_failed(error);
	json_line(reply_json(reply));
	return EXIT_DONE;
}

static int
run(struct global *global, int argc, char **argv)
{
	gint64 reply_id = 0, report_id = 0;
	int status;

	if (!command_options(&command_assign, global, NULL, &argc, &argv, &status))
		return status;
	if (argc != 3 || !record_id_parse(argv[1], 'A', &reply_id) ||
		(strcmp(argv[2], "none") != 0 && !record_id_parse(argv[2], 'R', &report_id))) {
		log_error("assign takes a reply and a report, as A12 R7, or A12 none");
		return EXIT_USAGE;
	}
	return run_assign(global, reply_id, report_id);
}

const struct command command_assign = {
	.name = "assign",
	.usage = "A12 R7|none",
	.summary = "Say which report a reply belongs to",
	.run = run,
};
