/* abate show: one case, indicator, report or reply with all that belongs to it. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/record-json.h"
#include "cli/records.h"
#include "cli/report-times.h"
#include "cli/show-course.h"
#include "cli/show-print.h"
#include "cli/show-reply.h"
#include "cli/table.h"

/* Arrays that the callbacks fill. */
static gboolean
add_event(const struct event *event, void *user)
{
	json_array_append_new(user, event_json(event));
	return TRUE;
}

static gboolean
add_sighting(const struct sighting *sighting, void *user)
{
	json_array_append_new(user, sighting_json(sighting));
	return TRUE;
}

static gboolean
add_reply(const struct reply *reply, void *user)
{
	json_array_append_new(user, reply_json(reply));
	return TRUE;
}

static gboolean
add_report(const struct report *report, void *user)
{
	json_array_append_new(user, report_json(report));
	return TRUE;
}

/* Takes object; sets its events and returns it, or NULL and error. */
static json_t *
with_events(struct store *store, json_t *object, char letter, gint64 id, GError **error)
{
	g_autofree char *subject = g_strdup_printf("%c%" G_GINT64_FORMAT, letter, id);
	json_t *events = json_array();

	json_object_set_new(object, "events", events);
	if (store_events_each(store, subject, add_event, events, error))
		return object;
	json_decref(object);
	return NULL;
}

static gboolean
set_evidence(struct store *store, json_t *object, gint64 case_id, GError **error)
{
	g_autoptr(GPtrArray) list = store_evidence_list(store, case_id, error);
	json_t *array = json_array();

	json_object_set_new(object, "evidence", array);
	for (guint i = 0; list && i < list->len; i++) {
		const struct evidence *evidence = g_ptr_array_index(list, i);

		json_array_append_new(
			array, json_pack("{s:o, s:o, s:o, s:I}", "name", json_text(evidence->name),
				       "media_type", json_text(evidence->media_type), "sha256",
				       json_text(evidence->sha256), "size",
				       (json_int_t)g_bytes_get_size(evidence->content)));
	}
	return list != NULL;
}

static json_t *
show_case(struct store *store, gint64 id, GError **error)
{
	g_autoptr(AbuseCase) abuse_case = store_case_get(store, id, error);
	const struct report_filter filter = { .case_id = id };
	json_t *object, *reports = json_array();

	if (!abuse_case) {
		json_decref(reports);
		return NULL;
	}
	object = case_json(abuse_case);
	json_object_set_new(object, "reports", reports);
	if (set_evidence(store, object, id, error) &&
		store_reports_each(store, &filter, add_report, reports, error))
		return with_events(store, object, 'C', id, error);
	json_decref(object);
	return NULL;
}

static gboolean
set_routes(struct store *store, json_t *object, const struct indicator *indicator, GError **error)
{
	g_autoptr(GPtrArray) routes = store_routes_list(store, indicator->id, error);
	json_t *array = json_array();

	json_object_set_new(object, "routes", array);
	for (guint i = 0; routes && i < routes->len; i++)
		json_array_append_new(array, route_json(g_ptr_array_index(routes, i), indicator));
	return routes != NULL;
}

static json_t *
show_indicator(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Indicator) indicator = store_indicator_get(store, id, error);
	json_t *object, *sightings;

	if (!indicator)
		return NULL;
	object = indicator_json(indicator);
	json_object_set_new(object, "original", json_text(indicator->original));
	json_object_set_new(object, "suffix", json_text(indicator->suffix));
	json_object_set_new(object, "note", json_text(indicator->note));
	sightings = json_array();
	json_object_set_new(object, "sightings", sightings);
	if (set_routes(store, object, indicator, error) &&
		show_course_indicator(store, id, object, error) &&
		store_sightings_each(store, id, add_sighting, sightings, error))
		return with_events(store, object, 'I', id, error);
	json_decref(object);
	return NULL;
}

/* The indicators themselves in place of their ids. */
static gboolean
set_indicators(struct store *store, json_t *object, const struct report *report, GError **error)
{
	json_t *array = json_array();

	json_object_set_new(object, "indicators", array);
	for (guint i = 0; i < report->indicators->len; i++) {
		g_autoptr(Indicator) indicator = store_indicator_get(
			store, g_array_index(report->indicators, gint64, i), error);

		if (!indicator)
			return FALSE;
		json_array_append_new(array, indicator_json(indicator));
	}
	return TRUE;
}

static json_t *
show_report(const struct config *config, struct store *store, gint64 id, GError **error)
{
	g_autoptr(Report) report = store_report_get(store, id, error);
	json_t *object, *replies;

	if (!report)
		return NULL;
	object = report_json(report);
	json_object_set_new(object, "provider_name", json_text(report->provider_name));
	json_object_set_new(object, "reason", json_text(report->reason));
	json_object_set_new(object, "subject", json_text(report->subject));
	json_object_set_new(object, "reference", json_text(report->reference));
	json_object_set_new(object, "server", json_text(report->server));
	json_object_set_new(object, "follow_up_of", json_id('R', report->follow_up_of));
	json_object_set_new(object, "next_try", json_time(report->next_try));
	json_object_set_new(object, "tries", json_integer(report->tries));
	replies = json_array();
	json_object_set_new(object, "replies", replies);
	if (set_indicators(store, object, report, error) &&
		report_times_set(store, object, report, error) &&
		show_course_report(config, store, report, object, error) &&
		store_replies_each(store, id, add_reply, replies, error))
		return with_events(store, object, 'R', id, error);
	json_decref(object);
	return NULL;
}

static json_t *
show_reply(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Reply) reply = store_reply_get(store, id, error);
	json_t *object;

	if (!reply)
		return NULL;
	object = reply_json(reply);
	show_reply_content(object, reply);
	return with_events(store, object, 'A', id, error);
}

static json_t *
find(const struct config *config, struct store *store, char letter, gint64 id, GError **error)
{
	switch (letter) {
	case 'C':
		return show_case(store, id, error);
	case 'I':
		return show_indicator(store, id, error);
	case 'R':
		return show_report(config, store, id, error);
	default:
		return show_reply(store, id, error);
	}
}

static GBytes *
report_bytes(struct store *store, gint64 id, GError **error)
{
	static const char *const kinds[] = { "message/rfc822", "application/http", "text/plain",
		"text/html" };
	GBytes *bytes = NULL;

	for (gsize i = 0; !bytes && i < G_N_ELEMENTS(kinds); i++) {
		g_clear_error(error);
		bytes = store_report_bytes(store, id, kinds[i], error);
		if (!bytes && !g_error_matches(*error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
			break;
	}
	return bytes;
}

static int
print_raw(struct store *store, char letter, gint64 id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(Reply) reply = NULL;

	if (letter == 'R') {
		bytes = report_bytes(store, id, &error);
	} else {
		reply = store_reply_get(store, id, &error);
		bytes = reply && reply->content ? g_bytes_ref(reply->content) : NULL;
	}
	if (error)
		return command_failed(error);
	if (bytes)
		fwrite(g_bytes_get_data(bytes, NULL), 1, g_bytes_get_size(bytes), stdout);
	return EXIT_DONE;
}

static int
show(const struct global *global, char letter, gint64 id, gboolean raw)
{
	g_autoptr(Config) config = command_config(global);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = NULL;
	json_t *object;

	if (!config)
		return EXIT_USAGE;
	store = records_open(config, FALSE, &error);
	if (!store)
		return command_failed(error);
	if (raw)
		return print_raw(store, letter, id);
	object = find(config, store, letter, id, &error);
	if (!object)
		return command_failed(error);
	if (global->json) {
		json_line(object);
	} else {
		show_print(object);
		json_decref(object);
	}
	return EXIT_DONE;
}

static int
check_and_show(const struct global *global, int argc, char **argv, gboolean raw)
{
	const char letter = argc == 2 ? g_ascii_toupper(*argv[1]) : '\0';
	gint64 id = 0;

	if (letter == '\0' || !strchr("CIRA", letter) || !record_id_parse(argv[1], letter, &id)) {
		log_error("say what to show: a case (C1), indicator (I1), report (R1) or reply "
			  "(A1)");
		return EXIT_USAGE;
	}
	if (raw && letter != 'R' && letter != 'A') {
		log_error("--raw is for reports and replies");
		return EXIT_USAGE;
	}
	return show(global, letter, id, raw);
}

static int
run(struct global *global, int argc, char **argv)
{
	gboolean raw = FALSE;
	const GOptionEntry entries[] = {
		{ "raw", 0, 0, G_OPTION_ARG_NONE, &raw,
			"Print exactly the bytes that were sent or came in", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	int status;

	if (!command_options(&command_show, global, entries, &argc, &argv, &status))
		return status;
	return check_and_show(global, argc, argv, raw);
}

const struct command command_show = {
	.name = "show",
	.usage = "C1|I1|R1|A1",
	.summary = "Show one case, indicator, report or reply with its history",
	.run = run,
};
