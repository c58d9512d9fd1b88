/* abate fetch: reads what came back, and asks APIs. */
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/next-contact.h"
#include "cli/polling.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/table.h"
#include "inbox/early.h"
#include "inbox/fetch.h"
#include "inbox/receive.h"

static volatile int stop;

static void
on_stop(int number G_GNUC_UNUSED)
{
	stop = 1;
}

struct fetching {
	const struct config *config;
	struct store *store;
	struct receiver *receiver;
	const struct profiles *profiles;
	struct plugin_host *plugins;
	struct received_counts counts;
	struct polls_counts polls;
	struct progress bar;
	gint64 missing; /* mails that the server did not give */
	gboolean dry_run;
	int status; /* the worst so far */
};

static void
prepare(const char *source, gint64 received, GBytes *mail, void *user)
{
	const struct fetching *fetching = user;

	receiver_prepare(fetching->receiver, source, received, mail);
}

static gboolean
settle(guint leave, void *user, GError **error)
{
	struct fetching *fetching = user;

	return receiver_settle(fetching->receiver, leave, &fetching->counts, error);
}

static void
forget(void *user)
{
	const struct fetching *fetching = user;

	receiver_forget(fetching->receiver);
}

static void
show_progress(gint64 done, gint64 total, void *user)
{
	struct fetching *fetching = user;

	fetching->bar.total = total;
	progress_show(&fetching->bar, done);
}

static void
note_status(struct fetching *fetching, int status)
{
	fetching->status = MAX(fetching->status, status);
}

/* Says what went wrong and remembers it: one mailbox that fails does not stop the others. */
static void
failed(struct fetching *fetching, const GError *error)
{
	note_status(fetching, command_failed(error));
}

/* maildir not NULL: only that one. */
static void
read_mailboxes(struct fetching *fetching, const char *maildir)
{
	const struct fetch_options options = { .prepare = prepare,
		.settle = settle,
		.forget = forget,
		.progress = show_progress,
		.stop = &stop,
		.dry_run = fetching->dry_run,
		.missing = &fetching->missing,
		.user = fetching };
	g_autoptr(GError) error = NULL;
	gboolean ok;

	progress_start(&fetching->bar, "mails read", 0);
	if (maildir)
		ok = maildir_fetch_from(maildir, fetching->store, &options, &error);
	else
		ok = maildir_fetch(fetching->config, fetching->store, &options, &error);
	progress_end(&fetching->bar);
	if (!ok)
		failed(fetching, error);
	if (maildir || stop)
		return;
	g_clear_error(&error);
	progress_start(&fetching->bar, "mails read", 0);
	ok = imap_fetch(fetching->config, fetching->store, &options, &error);
	progress_end(&fetching->bar);
	if (!ok)
		failed(fetching, error);
}

static void
print_json(const struct fetching *fetching)
{
	const struct received_counts *counts = &fetching->counts;
	json_t *classes = json_object();

	for (gsize i = 0; received_classes[i]; i++)
		json_object_set_new(classes, received_classes[i], json_integer(counts->classes[i]));
	json_line(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:b, s:b, s:o}", "read",
		(json_int_t)counts->read, "new", (json_int_t)(counts->read - counts->known),
		"broken", (json_int_t)counts->broken, "matched", (json_int_t)counts->matched,
		"weak", (json_int_t)counts->weak, "unmatched", (json_int_t)counts->unmatched,
		"bounced", (json_int_t)counts->bounced, "missing", (json_int_t)fetching->missing,
		"classes", classes, "interrupted", stop != 0, "dry_run", fetching->dry_run, "polls",
		polling_json(&fetching->polls)));
}

static void
print_classes(const struct received_counts *counts)
{
	const char *mark = " (";

	for (gsize i = 0; received_classes[i]; i++) {
		if (counts->classes[i] == 0)
			continue;
		printf("%s%" G_GINT64_FORMAT " %s", mark, counts->classes[i], received_classes[i]);
		mark = ", ";
	}
	printf(")\n");
}

static void
print_hint(const struct fetching *fetching, gint64 count, const char *what, const char *then)
{
	/* After a dry run there is nothing to do anything with. */
	if (count)
		printf("%" G_GINT64_FORMAT " %s%s\n", count, what, fetching->dry_run ? "" : then);
}

/* What a person is to look at. */
static void
print_hints(const struct fetching *fetching)
{
	print_hint(fetching, fetching->counts.broken, "broken",
		": kept as they came, see `abate list replies --broken`");
	print_hint(fetching, fetching->counts.weak, "matched by less than our reference",
		": `abate list replies --weak`, then `abate assign A1 R1` confirms");
	print_hint(fetching, fetching->counts.unmatched, "of no report that we know",
		": `abate list replies --unmatched`, then `abate assign A1 R1`");
}

static void
print_text(const struct fetching *fetching)
{
	const struct received_counts *counts = &fetching->counts;
	const gint64 fresh = counts->read - counts->known;

	if (fetching->dry_run)
		printf("dry run: nothing is kept, flagged, moved or asked\n");
	printf("new mails: %" G_GINT64_FORMAT, fresh);
	if (fresh) {
		print_classes(counts);
		printf("matched to their reports: %" G_GINT64_FORMAT ", weakly: %" G_GINT64_FORMAT
		       ", not: %" G_GINT64_FORMAT "; reports that bounced: %" G_GINT64_FORMAT "\n",
			counts->matched, counts->weak, counts->unmatched, counts->bounced);
		print_hints(fetching);
	} else {
		printf("\n");
	}
	if (fetching->missing)
		printf("not given by the server: %" G_GINT64_FORMAT " (see the warnings)\n",
			fetching->missing);
	polling_print(&fetching->polls, fetching->dry_run);
	if (stop)
		printf("interrupted%s\n", fetching->dry_run ? ""
							    : ": what was read is kept; the next "
							      "fetch goes on from there");
}

static void
poll_apis(struct fetching *fetching)
{
	const struct polling polling = { .config = fetching->config,
		.store = fetching->store,
		.profiles = fetching->profiles,
		.plugins = fetching->plugins,
		.stop = &stop,
		.dry_run = fetching->dry_run };

	note_status(fetching, polling_run(&polling, &fetching->polls));
}

static int
fetch_all(const struct global *global, struct fetching *fetching, const char *maildir)
{
	const struct sigaction action = { .sa_handler = on_stop };
	g_autoptr(GError) error = NULL;

	/* What is under way is finished and kept. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	read_mailboxes(fetching, maildir);
	if (!maildir && !stop)
		poll_apis(fetching);
	if (!fetching->dry_run && !early_apply(fetching->store, &error))
		failed(fetching, error);
	g_clear_error(&error);
	if (fetching->missing)
		note_status(fetching, EXIT_PART);
	if (global->json)
		print_json(fetching);
	else
		print_text(fetching);
	if (fetching->counts.bounced && !fetching->dry_run &&
		!next_contact_run(global, fetching->config, fetching->store, 0, &error))
		failed(fetching, error);
	return stop ? MAX(fetching->status, EXIT_PART) : fetching->status;
}

static int
fetch(const struct global *global, const char *maildir, gboolean dry_run)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Profiles) profiles = NULL;
	g_autoptr(PluginHost) plugins = NULL;
	g_autoptr(Store) store = NULL;
	g_autoptr(Receiver) receiver = NULL;
	struct fetching fetching = { .config = config, .dry_run = dry_run };

	if (!config)
		return EXIT_USAGE;
	store = records_open(config, FALSE, &error);
	profiles = store ? profiles_load_configured(config, NULL, &error) : NULL;
	/* What is wrong with the configuration is told before anything is read. */
	plugins = profiles ? plugin_host_new(config, &error) : NULL;
	receiver = plugins ? receiver_new(config, profiles, store, &error) : NULL;
	if (!receiver)
		return command_failed(error);
	if (!maildir && !config_string(config, "inbox", "maildir") &&
		!config_string(config, "inbox", "imap"))
		log_warning("no mailbox to read: set [inbox] maildir or imap in %s",
			config_file(config) ? config_file(config) : "abate.conf");
	fetching.store = store;
	fetching.receiver = receiver;
	fetching.profiles = profiles;
	fetching.plugins = plugins;
	return fetch_all(global, &fetching, maildir);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *maildir = NULL;
	gboolean dry_run = FALSE;
	const GOptionEntry entries[] = {
		{ "maildir", 0, 0, G_OPTION_ARG_FILENAME, &maildir,
			"Read only this Maildir, not what the configuration names", "DIR" },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run,
			"Say what would be read and asked, and change nothing", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_fetch, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		log_error("fetch takes no arguments but --maildir DIR and --dry-run; see `abate "
			  "fetch --help`");
		return EXIT_USAGE;
	}
	return fetch(global, maildir, dry_run);
}

const struct command command_fetch = {
	.name = "fetch",
	.usage = "[--maildir DIR] [--dry-run]",
	.summary = "Read what came back, and ask APIs what became of reports",
	.run = run,
};
