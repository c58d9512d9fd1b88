/* abate preview: exactly the bytes that would go out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/composing.h"
#include "cli/previewing.h"
#include "cli/records.h"
#include "cli/table.h"
#include "plugin/call.h"

struct preview {
	struct store *store;
	gboolean json, headed; /* headed: a line before each report, as there may be several */
	gboolean held;	       /* one of them is held */
	GError *error;
};

/* The request as it goes out; secrets are still placeholders. */
static GBytes *
request_text(GBytes *json, GError **error)
{
	gsize size;
	const char *text = g_bytes_get_data(json, &size);
	struct plugin_request *request = plugin_request_from_json(text, size, error);
	if (!request)
		return NULL;
	GString *out = g_string_new(NULL);
	g_string_append_printf(out, "%s %s\n", request->method, request->url);
	for (guint i = 0; i < request->headers->len; i++)
		g_string_append_printf(
			out, "%s\n", (const char *)g_ptr_array_index(request->headers, i));
	if (request->aws_sigv4)
		g_string_append_printf(out, "(signed by %s)\n", request->aws_sigv4);
	g_string_append_c(out, '\n');
	if (request->body)
		g_string_append_printf(out, "%s\n", request->body);
	plugin_request_free(request);
	return g_string_free_to_bytes(out);
}

/* What goes out, or what a person is to do. NULL without error: nothing was composed. */
static GBytes *
bytes_of(struct store *store, const struct report *report, GError **error)
{
	static const char *const kinds[] = { [CHANNEL_MAIL] = "message/rfc822",
		[CHANNEL_HTTP] = "application/http",
		[CHANNEL_PACKET] = "text/plain" };
	g_autoptr(GError) fault = NULL;
	g_autoptr(GBytes) bytes =
		store_report_bytes(store, report->id, kinds[report->channel], &fault);
	if (!bytes) {
		if (!g_error_matches(fault, STORE_ERROR, STORE_ERROR_NOT_FOUND))
			g_propagate_error(error, g_steal_pointer(&fault));
		return NULL;
	}
	return report->channel == CHANNEL_HTTP ? request_text(bytes, error)
					       : g_steal_pointer(&bytes);
}

/* Byte for byte into a file or pipe; on a terminal each line is made safe. */
static void
print_bytes(GBytes *bytes)
{
	gsize size;
	const char *text = g_bytes_get_data(bytes, &size);
	if (!isatty(STDOUT_FILENO)) {
		fwrite(text, 1, size, stdout);
		return;
	}
	g_autofree char *whole = g_strndup(text, size);
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_autofree char *safe = text_for_terminal(g_strchomp(*line));
		printf("%s%s", safe, line[1] ? "\n" : "");
	}
}

static void
print_json(const struct report *report, GBytes *bytes)
{
	g_autofree char *text =
		bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
	json_t *object = json_object();
	json_object_set_new(object, "id", json_id('R', report->id));
	json_object_set_new(object, "case", json_id('C', report->case_id));
	json_object_set_new(object, "state", json_text(report_state_name(report->state)));
	json_object_set_new(object, "reason", json_text(report->reason));
	json_object_set_new(object, "channel", json_text(channel_name(report->channel)));
	json_object_set_new(object, "to", json_text(report->to));
	json_object_set_new(object, "message", json_text(text));
	json_line(object);
}

static void
print_head(const struct report *report)
{
	g_autofree char *to = text_for_terminal(report->to);
	printf("==== R%" G_GINT64_FORMAT " %s, %s to %s\n", report->id,
		report_state_name(report->state), channel_name(report->channel), to);
}

static gboolean
show(const struct report *report, void *user)
{
	struct preview *preview = user;
	g_autoptr(GBytes) bytes = bytes_of(preview->store, report, &preview->error);
	if (preview->error)
		return FALSE;
	if (preview->json) {
		print_json(report, bytes);
	} else {
		if (preview->headed)
			print_head(report);
		if (bytes)
			print_bytes(bytes);
	}
	if (report->state == REPORT_HELD) {
		preview->held = TRUE;
		log_warning("R%" G_GINT64_FORMAT " is held: %s", report->id,
			report->reason ? report->reason : "no reason was kept");
	}
	return TRUE;
}

static gboolean
show_open(const struct report *report, void *user)
{
	gboolean is_open = report->state == REPORT_DRAFT || report->state == REPORT_HELD ||
			   report->state == REPORT_READY || report->state == REPORT_MANUAL;
	return !is_open || show(report, user);
}

static gboolean
preview_one(struct preview *preview, gint64 id, GError **error)
{
	g_autoptr(Report) report = store_report_get(preview->store, id, error);
	if (!report)
		return FALSE;
	show(report, preview);
	return TRUE;
}

static gboolean
preview_all(struct preview *preview, gint64 case_id, GError **error)
{
	const struct report_filter filter = { .case_id = case_id };
	preview->headed = TRUE;
	return store_reports_each(preview->store, &filter, show_open, preview, error);
}

static int
conclude(const struct preview *preview, gboolean good, GError *error)
{
	if (!good || preview->error) {
		int status = command_failed(error ? error : preview->error);
		g_clear_error(&error);
		return status;
	}
	if (fflush(stdout) != 0) {
		log_error("cannot write to standard output: %s", g_strerror(errno));
		return EXIT_FAILED;
	}
	return preview->held ? EXIT_PART : EXIT_DONE;
}

int
previewing_run(const struct global *global, struct store *store, gint64 case_id)
{
	struct preview preview = { .store = store, .json = global->json };
	GError *error = NULL;
	gboolean good = preview_all(&preview, case_id, &error);
	int status = conclude(&preview, good, error);
	g_clear_error(&preview.error);
	return status;
}

static int
preview_run(
	const struct global *global, const struct config *config, gint64 report_id, gint64 case_id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = records_open(config, FALSE, &error);
	struct preview preview = { .store = store, .json = global->json };
	if (!store)
		return command_failed(error);
	if (report_id) {
		gboolean good = preview_one(&preview, report_id, &error);
		int status = conclude(&preview, good, g_steal_pointer(&error));
		g_clear_error(&preview.error);
		return status;
	}
	/* Routes that no report covers yet become reports first. */
	if (!composing_run(config, store, case_id, &error))
		return command_failed(error);
	return previewing_run(global, store, case_id);
}

static int
run(struct global *global, int argc, char **argv)
{
	g_autofree char *case_text = NULL;
	const GOptionEntry entries[] = {
		{ "case", 0, 0, G_OPTION_ARG_STRING, &case_text, "Reports of this case only",
			"C1" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;
	gint64 report_id = 0, case_id = 0;
	if (!command_options(&command_preview, global, entries, &argc, &argv, &status))
		return status;
	if (argc > 2 || (argc == 2 && !record_id_parse(argv[1], 'R', &report_id)) ||
		(case_text && !record_id_parse(case_text, 'C', &case_id))) {
		log_error("say one report as R1, or --case C1; see `abate preview --help`");
		return EXIT_USAGE;
	}
	g_autoptr(Config) config = command_config(global);
	return config ? preview_run(global, config, report_id, case_id) : EXIT_USAGE;
}

const struct command command_preview = {
	.name = "preview",
	.usage = "[R1] [--case C1]",
	.summary = "Print exactly the bytes that would go out",
	.run = run,
};
