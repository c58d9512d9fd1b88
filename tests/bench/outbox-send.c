/* Fills a store with composed reports, or sends what is in it, and says how long it took.
 * Usage: outbox-send CONFIG fill N BYTES PROVIDERS | outbox-send CONFIG fill-http N URL PROVIDERS |
 * outbox-send CONFIG send. HTTP needs the plugin echoapi (tests/data/outbox) in [paths] plugins. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/config.h"
#include "base/reference.h"
#include "base/text.h"
#include "outbox/outbox.h"
#include "plugin/call.h"

static void
check(gboolean fine, GError **error)
{
	if (fine)
		return;
	fprintf(stderr, "outbox-send: %s\n", *error ? (*error)->message : "failed");
	exit(3);
}

struct filling {
	struct store *store;
	gint64 case_id, indicator_id;
	int bytes, providers;
	const char *url; /* NULL: mail */
};

static struct report *
report_number(const struct filling *filling, int i)
{
	struct report *report = report_new();

	report->case_id = filling->case_id;
	report->provider = g_strdup_printf("provider-%d", i % filling->providers);
	report->provider_name = g_strdup(report->provider);
	report->kind = g_strdup("registrar");
	report->plugin = g_strdup(filling->url ? "echoapi" : "registrar");
	report->channel = filling->url ? CHANNEL_HTTP : CHANNEL_MAIL;
	report->to = g_strdup_printf("abuse@p%d.example", i % filling->providers);
	report->state = REPORT_READY;
	report->reference = reference_new();
	report->message_id = g_strdup_printf("abate-%s@reporter.example", report->reference);
	g_array_append_val(report->indicators, filling->indicator_id);
	return report;
}

static GBytes *
mail_of(const struct report *report, int bytes)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text,
		"From: a@reporter.example\r\nTo: %s\r\nSubject: report [abate-%s]\r\n"
		"Message-ID: <%s>\r\nDate: Wed, 25 Nov 2026 00:00:00 +0000\r\n\r\n",
		report->to, report->reference, report->message_id);
	while (text->len < (gsize)bytes)
		g_string_append(text, "This line stands for the text of a report.\r\n");
	return g_string_free_to_bytes(g_steal_pointer(&text));
}

static GBytes *
request_of(const struct report *report, const char *url)
{
	g_autofree char *where = g_strdup_printf("%s?%s", url, report->message_id);
	g_autoptr(GPtrArray) headers = g_ptr_array_new();
	const struct plugin_request request = {
		.method = (char *)"POST", .url = where, .body = (char *)"{}", .headers = headers
	};
	char *json = plugin_request_to_json(&request);

	return g_bytes_new_take(json, strlen(json));
}

static void
add(const struct filling *filling, int i)
{
	g_autoptr(Report) report = report_number(filling, i);
	g_autoptr(GBytes) bytes =
		filling->url ? request_of(report, filling->url) : mail_of(report, filling->bytes);
	GError *error = NULL;

	check(store_report_add(filling->store, report, &error), &error);
	check(store_report_compose(filling->store, report,
		      filling->url ? "application/http" : "message/rfc822", bytes, &error),
		&error);
}

static void
fill(struct filling *filling, int n)
{
	g_autoptr(AbuseCase) abuse_case = abuse_case_new();
	g_autoptr(Indicator) indicator = indicator_new();
	struct store *store = filling->store;
	gboolean is_new;
	GError *error = NULL;

	abuse_case->title = g_strdup("benchmark");
	abuse_case->type = g_strdup("phishing");
	check(store_case_add(store, abuse_case, &error), &error);
	indicator->case_id = abuse_case->id;
	indicator->type = INDICATOR_DOMAIN;
	indicator->value = g_strdup("bad.example");
	indicator->host = g_strdup("bad.example");
	check(store_indicator_add(store, indicator, &is_new, &error), &error);
	filling->case_id = abuse_case->id;
	filling->indicator_id = indicator->id;
	for (int i = 0; i < n; i++) {
		if (i % 1000 == 0)
			check(store_begin(store, &error), &error);
		add(filling, i);
		if (i % 1000 == 999 || i == n - 1)
			check(store_commit(store, &error), &error);
	}
}

static volatile int stop;

static void
on_stop(int number G_GNUC_UNUSED)
{
	stop = 1;
}

static void
send_all(struct store *store, const struct config *config)
{
	const struct outbox_options options = { .stop = &stop };
	struct outbox_counts counts;
	struct rusage usage;
	GError *error = NULL;
	gint64 begun = g_get_monotonic_time();
	double seconds;

	g_autoptr(PluginHost) plugins = plugin_host_new(config, &error);
	check(plugins != NULL, &error);
	check(outbox_send(store, config, NULL, plugins, &options, &counts, &error), &error);
	seconds = (double)(g_get_monotonic_time() - begun) / 1e6;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"accepted\":%" G_GINT64_FORMAT ",\"refused\":%" G_GINT64_FORMAT
	       ",\"deferred\":%" G_GINT64_FORMAT ",\"in_doubt\":%" G_GINT64_FORMAT
	       ",\"seconds\":%.3f,\"per_second\":%.0f,\"peak_mib\":%ld}\n",
		counts.accepted, counts.refused, counts.deferred, counts.in_doubt, seconds,
		(double)counts.accepted / seconds, usage.ru_maxrss / 1024);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(Store) store = NULL;

	if (argc < 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_stop);
	config = config_load(argv[1], &error);
	check(config != NULL, &error);
	store = store_open(config_string(config, "store", "url"), TRUE, &error);
	check(store != NULL, &error);
	if (g_str_has_prefix(argv[2], "fill") && argc == 6) {
		struct filling filling = { .store = store,
			.bytes = atoi(argv[4]),
			.providers = atoi(argv[5]),
			.url = strcmp(argv[2], "fill-http") == 0 ? argv[4] : NULL };
		fill(&filling, atoi(argv[3]));
	} else
		send_all(store, config);
	return 0;
}
