#include "cli/list-rows.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/record-json.h"
#include "inbox/receive.h"

/* "I7", in a buffer of the caller. */
struct id_text {
	char text[24];
};

static const char *
id_text(struct id_text *buffer, char letter, gint64 id)
{
	if (id == 0)
		return NULL;
	g_snprintf(buffer->text, sizeof buffer->text, "%c%" G_GINT64_FORMAT, letter, id);
	return buffer->text;
}

static gboolean
differs(const char *wanted, const char *is)
{
	return wanted && g_strcmp0(wanted, is) != 0;
}

/* --- cases --- */

static const char *const case_columns[] = { "ID", "~TITLE", "TYPE", "NATURE", "TLP", "SEALED",
	"CREATED", NULL };

static gboolean
case_row(const struct abuse_case *abuse_case, void *user)
{
	struct list *list = user;
	struct id_text id;
	g_autofree char *created = text_time(abuse_case->created);
	const char *const cells[] = { id_text(&id, 'C', abuse_case->id), abuse_case->title,
		abuse_case->type, nature_name(abuse_case->nature), tlp_name(abuse_case->tlp),
		abuse_case->sealed ? "yes" : "no", created };

	if (list->table)
		table_row(list->table, cells);
	else
		json_line(case_json(abuse_case));
	return TRUE;
}

static gboolean
each_case(struct list *list, GError **error)
{
	return store_cases_each(list->store, case_row, list, error);
}

/* --- indicators --- */

static const char *const indicator_columns[] = { "ID", "CASE", "TYPE", "~VALUE", "STATE",
	"FIRST SEEN", "REPORTED", "DOWN", "COURT", NULL };

/* Marks: kind "court", key the indicator. */
static void
take_court(const char *key, const char *value, gint64 at, void *user)
{
	(void)value;
	g_hash_table_insert(user, g_strdup(key), g_memdup2(&at, sizeof at));
}

static gint64
court_since(const struct list *list, const char *id)
{
	const gint64 *at =
		g_hash_table_size(list->court) ? g_hash_table_lookup(list->court, id) : NULL;

	return at ? *at : 0;
}

static gboolean
indicator_row(const struct indicator *indicator, void *user)
{
	struct list *list = user;
	struct id_text id, of_case;
	g_autofree char *seen = NULL, *reported = NULL, *down = NULL, *court = NULL;
	const gint64 since = court_since(list, id_text(&id, 'I', indicator->id));

	if (!list->table) {
		json_t *object = indicator_json(indicator);

		if (since)
			json_object_set_new(object, "court", json_time(since));
		json_line(object);
		return TRUE;
	}
	court = text_time(since);
	seen = text_time(indicator->first_seen);
	reported = text_time(indicator->reported);
	down = text_time(indicator->down);
	table_row(list->table, (const char *const[]){ id_text(&id, 'I', indicator->id),
				       id_text(&of_case, 'C', indicator->case_id),
				       indicator_type_name(indicator->type), indicator->value,
				       indicator->state, seen, reported, down, court });
	return TRUE;
}

static gboolean
each_indicator(struct list *list, GError **error)
{
	const struct indicator_filter filter = { .case_id = list->case_id, .state = list->state };

	if (list->state && strcmp(list->state, "up") != 0 && strcmp(list->state, "down") != 0 &&
		strcmp(list->state, "unknown") != 0) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"--state: an indicator is up, down or unknown, never '%s'", list->state);
		return FALSE;
	}
	g_autoptr(GHashTable) court =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	list->court = court;
	return store_marks_each(list->store, "court", take_court, court, error) &&
	       store_indicators_each(list->store, &filter, indicator_row, list, error);
}

/* --- routes --- */

static const char *const route_columns[] = { "INDICATOR", "~VALUE", "RUNG", "PROVIDER", "CHANNEL",
	"TO", "ASK", "~SOURCE", "~REASON", NULL };

static gboolean
route_row(const struct route *route, const struct indicator *indicator, void *user)
{
	struct list *list = user;
	struct id_text id;
	const char *const cells[] = { id_text(&id, 'I', indicator->id), indicator->value,
		rung_name(route->rung), route->provider, channel_name(route->channel), route->to,
		route->ask ? "yes" : "no", route->source, route->reason };

	if (differs(list->provider, route->provider))
		return TRUE;
	if (list->table)
		table_row(list->table, cells);
	else
		json_line(route_json(route, indicator));
	return TRUE;
}

static gboolean
each_route(struct list *list, GError **error)
{
	return store_routes_each(list->store, list->case_id, FALSE, route_row, list, error);
}

/* --- reports --- */

static const char *const report_columns[] = { "ID", "CASE", "PROVIDER", "CHANNEL", "TO", "RUNG",
	"STATE", ">INDICATORS", "TICKET", "SENT", "~REASON", NULL };

static gboolean
report_row(const struct report *report, void *user)
{
	struct list *list = user;
	struct id_text id, of_case;
	char indicators[16];
	g_autofree char *sent = text_time(report->sent);

	if (!list->table) {
		json_line(report_json(report));
		return TRUE;
	}
	g_snprintf(indicators, sizeof indicators, "%u", report->indicators->len);
	table_row(list->table, (const char *const[]){ id_text(&id, 'R', report->id),
				       id_text(&of_case, 'C', report->case_id), report->provider,
				       channel_name(report->channel), report->to,
				       rung_name(report->rung), report_state_name(report->state),
				       indicators, report->ticket, sent, report->reason });
	return TRUE;
}

static gboolean
each_report(struct list *list, GError **error)
{
	const struct report_filter filter = {
		.case_id = list->case_id, .state = list->state, .provider = list->provider
	};
	enum report_state state;

	if (list->state && !report_state_parse(list->state, &state)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			"--state: a report is never '%s'", list->state);
		return FALSE;
	}
	return store_reports_each(list->store, &filter, report_row, list, error);
}

/* --- replies --- */

static const char *const reply_columns[] = { "ID", "RECEIVED", "REPORT", "CLASS", "MATCH", "COUNTS",
	"TICKET", "FROM", "~SUBJECT", "~NOTE", NULL };

/* Whether the reply's report is of the case and provider asked for. FALSE with list->error set
 * when that could not be read. */
static gboolean
reply_fits(struct list *list, const struct reply *reply)
{
	g_autoptr(Report) report = NULL;

	if (list->case_id == 0 && !list->provider)
		return TRUE;
	if (reply->report_id == 0)
		return FALSE;
	report = store_report_get(list->store, reply->report_id, &list->error);
	return report && (list->case_id == 0 || report->case_id == list->case_id) &&
	       !differs(list->provider, report->provider);
}

static gboolean
reply_row(const struct reply *reply, void *user)
{
	struct list *list = user;
	struct id_text id, report;
	g_autofree char *received = NULL, *match = NULL;

	if (!reply_fits(list, reply))
		return !list->error;
	if (!list->table) {
		json_line(reply_json(reply));
		return TRUE;
	}
	received = text_time(reply->received);
	match = reply->weak ? g_strconcat(reply->match, " (weak)", NULL) : g_strdup(reply->match);
	table_row(list->table, (const char *const[]){ id_text(&id, 'A', reply->id), received,
				       id_text(&report, 'R', reply->report_id), reply->class_name,
				       match, reply->counts ? "yes" : "no", reply->ticket,
				       reply->from, reply->subject, reply->note });
	return TRUE;
}

static gboolean
each_reply(struct list *list, GError **error)
{
	const char *const class = list->replies.class_name;

	for (gsize i = 0; class && g_strcmp0(received_classes[i], class) != 0; i++)
		if (!received_classes[i]) {
			g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
				"--class: a reply is never '%s'; abate(1) lists the classes",
				class);
			return FALSE;
		}
	return store_replies_find(list->store, &list->replies, reply_row, list, error);
}

/* --- sightings --- */

static const char *const sighting_columns[] = { "INDICATOR", "AT", "METHOD", "VERDICT", "VANTAGE",
	"~DETAIL", NULL };

static gboolean
sighting_row(const struct sighting *sighting, void *user)
{
	struct list *list = user;
	struct id_text id;
	g_autofree char *at = text_time(sighting->at);
	const char *const cells[] = { id_text(&id, 'I', sighting->indicator_id), at,
		sighting->method, sighting->verdict, sighting->vantage, sighting->detail };

	if (list->case_id) {
		g_autoptr(Indicator) indicator =
			store_indicator_get(list->store, sighting->indicator_id, &list->error);

		if (!indicator || indicator->case_id != list->case_id)
			return !list->error;
	}
	if (differs(list->state, sighting->verdict))
		return TRUE;
	if (list->table)
		table_row(list->table, cells);
	else
		json_line(sighting_json(sighting));
	return TRUE;
}

static gboolean
each_sighting(struct list *list, GError **error)
{
	return store_sightings_each(list->store, list->indicator_id, sighting_row, list, error);
}

/* --- events --- */

static const char *const event_columns[] = { ">ID", "AT", "SUBJECT", "KIND", "~DETAIL", NULL };

static gboolean
event_row(const struct event *event, void *user)
{
	struct list *list = user;
	char id[24];
	g_autofree char *at = text_time(event->at);
	const char *const cells[] = { id, at, event->subject, event->kind, event->detail };

	g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, event->id);
	if (list->table)
		table_row(list->table, cells);
	else
		json_line(event_json(event));
	return TRUE;
}

static gboolean
each_event(struct list *list, GError **error)
{
	return store_events_each(list->store, list->subject, event_row, list, error);
}

/* --- providers and plugins --- */

static const char *const provider_columns[] = { "ID", "~NAME", "KIND", "CHANNEL", "TO", "EVIDENCE",
	NULL };

static void
provider_row(struct list *list, const struct profile *profile)
{
	const struct profile_channel *best =
		profile->channels->len > 0 ? g_ptr_array_index(profile->channels, 0) : NULL;
	const char *const cells[] = { profile->id, profile->name, profile->kind,
		best ? channel_name(best->type) : NULL, best ? best->address : NULL,
		best ? best->evidence : NULL };

	if (list->table)
		table_row(list->table, cells);
	else
		json_line(profile_json(profile));
}

static gboolean
each_provider(struct list *list, GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Profiles) profiles = profiles_load_configured(list->config, faults, error);
	g_autoptr(GPtrArray) all = profiles ? profiles_all(profiles) : NULL;

	for (guint i = 0; i < faults->len; i++)
		log_warning("%s", (const char *)g_ptr_array_index(faults, i));
	if (!all)
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		const struct profile *profile = g_ptr_array_index(all, i);

		if (!differs(list->provider, profile->id))
			provider_row(list, profile);
	}
	return TRUE;
}

static const char *const plugin_columns[] = { "NAME", "KIND", "VERSION", "~FILE", "~ERROR", NULL };

static void
plugin_row(struct list *list, const struct plugin *plugin)
{
	const char *const cells[] = { plugin->name,
		plugin->error ? NULL : plugin_kind_name(plugin->api.kind),
		plugin->error ? NULL : plugin->api.version, plugin->file, plugin->error };

	if (list->table)
		table_row(list->table, cells);
	else
		json_line(plugin_json(plugin));
}

static gboolean
each_plugin(struct list *list, GError **error)
{
	g_autoptr(PluginHost) host = plugin_host_new(list->config, error);
	const GPtrArray *all = host ? plugin_host_list(host) : NULL;

	for (guint i = 0; all && i < all->len; i++)
		plugin_row(list, g_ptr_array_index(all, i));
	return all != NULL;
}

static const struct list_kind kinds[] = {
	{ "cases", 0, TRUE, case_columns, each_case },
	{ "indicators", FILTER_CASE | FILTER_STATE, TRUE, indicator_columns, each_indicator },
	{ "routes", FILTER_CASE | FILTER_PROVIDER, TRUE, route_columns, each_route },
	{ "reports", FILTER_CASE | FILTER_STATE | FILTER_PROVIDER, TRUE, report_columns,
		each_report },
	{ "replies", FILTER_CASE | FILTER_PROVIDER | FILTER_REPLY, TRUE, reply_columns,
		each_reply },
	{ "sightings", FILTER_CASE | FILTER_STATE | FILTER_INDICATOR, TRUE, sighting_columns,
		each_sighting },
	{ "events", FILTER_SUBJECT, TRUE, event_columns, each_event },
	{ "providers", FILTER_PROVIDER, FALSE, provider_columns, each_provider },
	{ "plugins", 0, FALSE, plugin_columns, each_plugin },
};

const struct list_kind *
list_kind_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}
