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
	const struct rules *rules;
	const struct profiles *profiles;
	GArray *replies;  /* of gint64 */
	gint64 report_id; /* 0: none */
};

static gboolean
tell(const struct global *global, const struct assigning *assigning, GError **error)
{
	if (!global->json)
		return assigning_print(assigning, error);
	g_autoptr(Reply) reply = store_reply_get(assigning->store, assigning->reply->id, error);
	if (!reply)
		return FALSE;
	json_t *object = reply_json(reply);
	json_object_set_new(object, "changed", assigning_json(assigning));
	json_line(object);
	return TRUE;
}

static gboolean
assign_one(const struct global *global, struct store *store, const struct wish *wish,
	gint64 reply_id, gboolean *bounced, GError **error)
{
	struct assigning assigning = {
		.store = store, .rules = wish->rules, .profiles = wish->profiles
	};
	const gboolean fine = assigning_run(&assigning, reply_id, wish->report_id, error) &&
			      tell(global, &assigning, error);

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

		if (assign_one(global, store, wish, g_array_index(wish->replies, gint64, i),
			    bounced, &error))
			continue;
		status = command_failed(error);
		if (wish->replies->len > 1)
			status = EXIT_PART;
	}
	return status;
}

static int
assign(const struct global *global, struct wish *wish)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = config ? records_open(config, FALSE, &error) : NULL;
	g_autoptr(Rules) rules = store ? rules_load(NULL, &error) : NULL;
	g_autoptr(Profiles) profiles =
		rules ? profiles_load_configured(config, NULL, &error) : NULL;
	gboolean bounced = FALSE;
	int status;

	if (!config)
		return EXIT_USAGE;
	if (!profiles)
		return command_failed(error);
	wish->rules = rules;
	wish->profiles = profiles;
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
	struct wish wish = { .replies = replies };
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
