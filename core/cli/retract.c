/* retract: tells those who got a report that it was a mistake. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/records.h"
#include "compose/compose.h"

static struct composer *
open_composer(const struct config *config, struct store *store, struct profiles **profiles,
	struct plugin_host **plugins, GError **error)
{
	*profiles = profiles_load_configured(config, NULL, error);
	*plugins = *profiles ? plugin_host_new(config, error) : NULL;
	return *plugins ? composer_new(config, *profiles, *plugins, store, error) : NULL;
}

static gboolean
tell(struct store *store, gint64 id, gint64 retraction, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, retraction, error);
	g_autofree char *to = report ? text_for_terminal(report->to) : NULL;
	const gboolean by_hand = report && report->channel == CHANNEL_PACKET;

	if (!report)
		return FALSE;
	printf("R%" G_GINT64_FORMAT " withdraws R%" G_GINT64_FORMAT " and is %s: ", retraction, id,
		report_state_name(report->state));
	if (by_hand)
		printf("no mail reaches this provider, a person must tell it (%s): `abate preview "
		       "R%" G_GINT64_FORMAT "`, then `abate done R%" G_GINT64_FORMAT "`\n",
			to, retraction, retraction);
	else
		printf("a mail to %s: `abate send R%" G_GINT64_FORMAT "`\n", to, retraction);
	return TRUE;
}

static int
retract_all(struct composer *composer, struct store *store, char **names)
{
	int status = EXIT_DONE;

	for (; *names; names++) {
		g_autoptr(GError) error = NULL;
		gint64 id, retraction = 0;

		if (!record_id_parse(*names, 'R', &id)) {
			log_error("%s: it wants a report, as R1", *names);
			return EXIT_USAGE;
		}
		if (!composer_retract(composer, id, &retraction, &error)) {
			log_error("%s", error->message);
			status = EXIT_PART;
			continue;
		}
		if (!tell(store, id, retraction, &error))
			return command_failed(error);
	}
	return status;
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autoptr(Profiles) profiles = NULL;
	g_autoptr(PluginHost) plugins = NULL;
	g_autoptr(GError) error = NULL;
	int status;

	if (!command_options(&command_retract, global, NULL, &argc, &argv, &status))
		return status;
	if (argc < 2) {
		log_error("retract takes reports, as R12; see `abate retract --help`");
		return EXIT_USAGE;
	}
	g_autoptr(Config) config = command_config(global);
	if (!config)
		return EXIT_USAGE;
	g_autoptr(Store) store = records_open(config, FALSE, &error);
	g_autoptr(Composer) composer =
		store ? open_composer(config, store, &profiles, &plugins, &error) : NULL;
	return composer ? retract_all(composer, store, argv + 1) : command_failed(error);
}

const struct command command_retract = {
	.name = "retract",
	.usage = "R12…",
	.summary = "Withdraw reports that were a mistake",
	.run = run,
};
