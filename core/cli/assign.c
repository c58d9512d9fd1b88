/* abate assign A12… R7|none: a person says which report replies belong to. */
#include <string.h>

#include "base/log.h"
#include "cli/assigning.h"
#include "cli/command.h"
#include "cli/next-contact.h"
#include "cli/record-json.h"
#include "cli/records.h"
#include "cli/table.h"

struct wish {
	GArray *replies;  /* of gint64 */
	gint64 report_id; /* 0: none */
};

static gboolean
tell(const struct global *global, const struct assigning *assigning, struct store *store,
	GError **error)
{
	if (!global->json)
		return assigning_print(assigning, store, error);
	g_autoptr(Reply) reply = store_reply_get(store, assigning->reply->id, error);
	if (!reply)
		return FALSE;
	json_t *object = reply_json(reply);
	json_object_set_new(object, "changed", assigning_json(assigning));
	json_line(object);
	return TRUE;
}

static gboolean
assign_one(const struct global *global, struct store *store, gint64 reply_id, gint64 report_id,
	gboolean *bounced, GError **error)
{
	struct assigning assigning = { 0 };
	const gboolean fine = assigning_run(&assigning, store, reply_id, report_id, error) &&
			      tell(global, &assigning, store, error);

	*bounced = *bounced || assigning.bounced;
	assigning_clear(&assigning);
	return fine;
}

/* One that is not there or not possible does not stop the others. */
static int
assign_all(const struct global *global, struct store *store, const struct wish *wish,
	gboolean *bounced)
{
	int status = EXIT_DONE;

	for (guint i = 0; i < wish->replies->len; i++) {
		g_autoptr(GError) error = NULL;

		if (assign_one(global, store, g_array_index(wish->replies, gint64, i),
			    wish->report_id, bounced, &error))
			continue;
		status = command_failed(error);
		if (wish->replies->len > 1)
			status = EXIT_PART;
	}
	return status;
}

static int
assign(const struct global *global, const struct wish *wish)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	gboolean bounced = FALSE;
	int status;

	if (!config)
		return EXIT_USAGE;
	if (!store)
		return command_failed(error);
	status = assign_all(global, store, wish, &bounced);
	if (bounced && !next_contact_run(global, config, store, 0, &error))
		return command_failed(error);
	return status;
}

static gboolean
read_wish(int argc, char **argv, struct wish *wish)
{
	for (int i = 1; i < argc - 1; i++) {
		gint64 id = 0;

		if (!record_id_parse(argv[i], 'A', &id))
			return FALSE;
		g_array_append_val(wish->replies, id);
	}
	return argc > 2 && (strcmp(argv[argc - 1], "none") == 0 ||
				   record_id_parse(argv[argc - 1], 'R', &wish->report_id));
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autoptr(GArray) replies = g_array_new(FALSE, FALSE, sizeof(gint64));
	struct wish wish = { replies, 0 };
	int status;

	if (!command_options(&command_assign, global, NULL, &argc, &argv, &status))
		return status;
	if (!read_wish(argc, argv, &wish)) {
		log_error("assign takes replies and a report, as A12 R7, or A12 none");
		return EXIT_USAGE;
	}
	return assign(global, &wish);
}

const struct command command_assign = {
	.name = "assign",
	.usage = "A12… R7|none",
	.summary = "Say which report replies belong to",
	.run = run,
};
