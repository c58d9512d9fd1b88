#include "cli/sending.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/next-contact.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "outbox/carrier.h"
#include "outbox/outbox.h"
#include "outbox/packets.h"

#define SHOWN 40

struct summary {
	struct table *table;
	gint64 rows, ready, held, manual;
};

static gboolean
summarise(const struct report *report, void *user)
{
	struct summary *summary = user;
	g_autofree char *id = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	g_autofree char *count = g_strdup_printf("%u", report->indicators->len);
	const char *cells[] = { id,
		report->provider_name ? report->provider_name : report->provider, report->kind,
		channel_name(report->channel), report->to, count, report_state_name(report->state),
		report->reason };

	switch (report->state) {
	case REPORT_READY:
		summary->ready++;
		break;
	case REPORT_HELD:
	case REPORT_DRAFT:
		summary->held++;
		break;
	case REPORT_MANUAL:
		summary->manual++;
		break;
	default:
		return TRUE;
	}
	if (summary->rows++ < SHOWN && summary->table)
		table_row(summary->table, cells);
	return TRUE;
}

gboolean
sending_summary(struct store *store, gint64 case_id, gboolean quiet, gint64 *ready, gint64 *held,
	gint64 *manual, GError **error)
{
	static const char *const columns[] = { "report", "~provider", "kind", "channel", "~to",
		">indicators", "state", "~reason", NULL };
	g_autoptr(Table) table = table_new(columns);
	struct summary summary = { .table = quiet ? NULL : table };
	const struct report_filter filter = { .case_id = case_id };

	if (!store_reports_each(store, &filter, summarise, &summary, error))
		return FALSE;
	if (summary.rows > 0 && !quiet)
		table_print(table);
	if (summary.rows > SHOWN && !quiet)
		printf("… and %" G_GINT64_FORMAT " more (`abate list reports` shows all)\n",
			summary.rows - SHOWN);
	*ready = summary.ready;
	*held = summary.held;
	*manual = summary.manual;
	return TRUE;
}

gboolean
sending_ask(const struct config *config, gint64 ready)
{
	g_autofree char *where = carrier_describe(config);
	char answer[16] = "";

	if (!isatty(STDIN_FILENO)) {
		log_error("nobody is there to say yes: nothing was sent; add --yes to send");
		return FALSE;
	}
	fprintf(stderr, "Send %" G_GINT64_FORMAT " reports through %s? [y/N] ", ready, where);
	fflush(stderr);
	if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y')) {
		log_error("not sent; the reports stay ready: `abate send`");
		return FALSE;
	}
	return TRUE;
}

static volatile int stop;

static void
on_stop(int number G_GNUC_UNUSED)
{
	stop = 1;
}

static void
show_progress(const struct outbox_counts *counts, gint64 total G_GNUC_UNUSED, void *user)
{
	progress_show(
		user, counts->accepted + counts->refused + counts->deferred + counts->in_doubt);
}

/* What stays in the queue until a later time: deferred now, or by a run before. */
struct waiting {
	gint64 now, report_id; /* 0: any */
	gint64 count, first;
};

static gboolean
count_waiting(const struct report *report, void *user)
{
	struct waiting *waiting = user;

	if (report->next_try <= waiting->now ||
		(waiting->report_id && report->id != waiting->report_id))
		return TRUE;
	if (!waiting->count++ || report->next_try < waiting->first)
		waiting->first = report->next_try;
	return TRUE;
}

static void
print_counts(const struct global *global, const struct config *config,
	const struct outbox_counts *counts, const struct waiting *waiting)
{
	g_autofree char *folder = packets_folder(config);

	if (global->json) {
		printf("{\"accepted\":%" G_GINT64_FORMAT ",\"refused\":%" G_GINT64_FORMAT
		       ",\"deferred\":%" G_GINT64_FORMAT ",\"in_doubt\":%" G_GINT64_FORMAT
		       ",\"manual\":%" G_GINT64_FORMAT ",\"waiting\":%" G_GINT64_FORMAT "}\n",
			counts->accepted, counts->refused, counts->deferred, counts->in_doubt,
			counts->manual, waiting->count);
		return;
	}
	printf("%" G_GINT64_FORMAT " accepted, %" G_GINT64_FORMAT " refused, %" G_GINT64_FORMAT
	       " deferred, %" G_GINT64_FORMAT " in doubt\n",
		counts->accepted, counts->refused, counts->deferred, counts->in_doubt);
	if (counts->held_back)
		printf("%" G_GINT64_FORMAT " held back: `abate list reports` says until when\n",
			counts->held_back);
	if (waiting->count) {
		g_autofree char *first = text_time(waiting->first);

		printf("%" G_GINT64_FORMAT
		       " wait for a later try, the first at %s: run `abate send` "
		       "then\n",
			waiting->count, first);
	}
	if (counts->manual)
		printf("%" G_GINT64_FORMAT " forms for a person to fill in: %s\n", counts->manual,
			folder);
}

int
sending_run(const struct global *global, struct store *store, const struct config *config,
	gint64 case_id, gint64 report_id)
{
	const struct sigaction action = { .sa_handler = on_stop };
	const struct report_filter filter = { .case_id = case_id, .state = "ready" };
	g_autoptr(GError) error = NULL;
	g_autoptr(Profiles) profiles = profiles_load_configured(config, NULL, &error);
	g_autoptr(PluginHost) plugins = profiles ? plugin_host_new(config, &error) : NULL;
	gint64 ready = 0, left;
	struct progress bar;
	struct outbox_options options = { .case_id = case_id,
		.report_id = report_id,
		.stop = &stop,
		.progress = show_progress,
		.user = &bar };
	struct outbox_counts counts;
	struct waiting waiting = { .report_id = report_id };
	gboolean fine;

	if (!plugins || !store_reports_count(store, &filter, &ready, &error))
		return command_failed(error);
	progress_start(&bar, "reports sent", ready);
	/* What is on the wire is finished, the rest stays in the queue. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	fine = outbox_send(store, config, profiles, plugins, &options, &counts, &error);
	progress_end(&bar);
	waiting.now = text_now();
	if (!fine || !store_reports_each(store, &filter, count_waiting, &waiting, &error))
		return command_failed(error);
	print_counts(global, config, &counts, &waiting);
	/* What is made anew waits for a yes of its own. */
	if (counts.refused && !next_contact_run(global, config, store, case_id, &error))
		return command_failed(error);
	left = counts.refused + counts.deferred + counts.in_doubt + counts.held_back +
	       waiting.count;
	return left > 0 || stop ? EXIT_PART : EXIT_DONE;
}
