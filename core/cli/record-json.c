#include "cli/record-json.h"

#include "cli/table.h"

json_t *
case_json(const struct abuse_case *abuse_case)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:o}", "id",
		json_id('C', abuse_case->id), "title", json_text(abuse_case->title), "type",
		json_text(abuse_case->type), "description", json_text(abuse_case->description),
		"nature", nature_name(abuse_case->nature), "tlp", tlp_name(abuse_case->tlp),
		"sealed", abuse_case->sealed != 0, "created", json_time(abuse_case->created));
}

json_t *
indicator_json(const struct indicator *indicator)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id",
		json_id('I', indicator->id), "case", json_id('C', indicator->case_id), "value",
		json_text(indicator->value), "type", indicator_type_name(indicator->type), "host",
		json_text(indicator->host), "domain", json_text(indicator->domain), "state",
		json_text(indicator->state), "first_seen", json_time(indicator->first_seen),
		"reported", json_time(indicator->reported), "down", json_time(indicator->down));
}

json_t *
route_json(const struct route *route, const struct indicator *indicator)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:b, s:b, s:o, "
			 "s:o, s:o}",
		"indicator", json_id('I', indicator->id), "case", json_id('C', indicator->case_id),
		"value", json_text(indicator->value), "rung", rung_name(route->rung), "kind",
		json_text(route->kind), "provider", json_text(route->provider), "provider_name",
		json_text(route->provider_name), "plugin", json_text(route->plugin), "channel",
		channel_name(route->channel), "to", json_text(route->to), "ask", route->ask != 0,
		"unconfirmed", route->unconfirmed != 0, "reason", json_text(route->reason),
		"source", json_text(route->source), "as_of", json_time(route->as_of));
}

static json_t *
indicator_ids(const struct report *report)
{
	json_t *list = json_array();

	for (guint i = 0; i < report->indicators->len; i++)
		json_array_append_new(
			list, json_id('I', g_array_index(report->indicators, gint64, i)));
	return list;
}

json_t *
report_json(const struct report *report)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o}",
		"id", json_id('R', report->id), "case", json_id('C', report->case_id), "provider",
		json_text(report->provider), "kind", json_text(report->kind), "plugin",
		json_text(report->plugin), "channel", channel_name(report->channel), "to",
		json_text(report->to), "rung", rung_name(report->rung), "state",
		report_state_name(report->state), "indicators", indicator_ids(report), "message_id",
		json_text(report->message_id), "ticket", json_text(report->ticket), "created",
		json_time(report->created), "sent", json_time(report->sent), "acknowledged",
		json_time(report->acknowledged), "answered", json_time(report->answered));
}

json_t *
reply_json(const struct reply *reply)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o, s:o, s:o, s:o}",
		"id", json_id('A', reply->id), "report", json_id('R', reply->report_id), "class",
		json_text(reply->class_name), "match", json_text(reply->match), "weak",
		reply->weak != 0, "counts", reply->counts != 0, "note", json_text(reply->note),
		"broken", json_text(reply->broken), "ticket", json_text(reply->ticket), "from",
		json_text(reply->from), "subject", json_text(reply->subject), "status",
		json_text(reply->status), "recipient", json_text(reply->recipient), "reason",
		json_text(reply->reason), "diagnostic", json_text(reply->diagnostic), "rule",
		json_text(reply->rule), "source", json_text(reply->source), "received",
		json_time(reply->received));
}

json_t *
sighting_json(const struct sighting *sighting)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "indicator",
		json_id('I', sighting->indicator_id), "method", json_text(sighting->method),
		"verdict", json_text(sighting->verdict), "detail", json_text(sighting->detail),
		"vantage", json_text(sighting->vantage), "at", json_time(sighting->at));
}

json_t *
event_json(const struct event *event)
{
	json_t *detail = json_loads(event->detail, JSON_REJECT_DUPLICATES, NULL);

	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)event->id, "at",
		json_time(event->at), "subject", json_text(event->subject), "kind",
		json_text(event->kind), "detail", detail ? detail : json_text(event->detail),
		"hash", json_text(event->hash));
}

json_t *
profile_json(const struct profile *profile)
{
	json_t *channels = json_array();

	for (guint i = 0; i < profile->channels->len; i++) {
		const struct profile_channel *channel = g_ptr_array_index(profile->channels, i);

		json_array_append_new(
			channels, json_pack("{s:s, s:o, s:o}", "type", channel_name(channel->type),
					  "to", json_text(channel->address), "evidence",
					  json_text(channel->evidence)));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_text(profile->id), "name",
		json_text(profile->name), "kind", json_text(profile->kind), "language",
		json_text(profile->language), "plugin", json_text(profile->plugin), "channels",
		channels);
}

json_t *
plugin_json(const struct plugin *plugin)
{
	const char *kind = plugin->error ? NULL : plugin_kind_name(plugin->api.kind);

	return json_pack("{s:o, s:o, s:o, s:o}", "name", json_text(plugin->name), "kind",
		json_text(kind), "file", json_text(plugin->file), "error",
		json_text(plugin->error));
}
