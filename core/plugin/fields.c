/* What plugins may read of a report: the names of abate/plugin.h. */
#include "plugin/session.h"

/* idn2.h defines a macro of GLib's when it comes first. */
#include <idn2.h>
#include <string.h>

#include "base/text.h"
#include "model/indicator.h"

static const struct route *
first_route(const struct plugin_target *target)
{
	return target->routes && target->routes->len ? target->routes->pdata[0] : NULL;
}

static char *
case_field(const struct abuse_case *abuse_case, const char *name)
{
	if (!abuse_case)
		return NULL;
	if (strcmp(name, "title") == 0)
		return g_strdup(abuse_case->title);
	if (strcmp(name, "type") == 0)
		return g_strdup(abuse_case->type);
	if (strcmp(name, "category") == 0)
		return abuse_case->type ? g_strdup(xarf_category(abuse_case->type)) : NULL;
	if (strcmp(name, "nature") == 0)
		return g_strdup(nature_name(abuse_case->nature));
	if (strcmp(name, "tlp") == 0)
		return g_strdup(tlp_name(abuse_case->tlp));
	if (strcmp(name, "description") == 0 && abuse_case->description && *abuse_case->description)
		return g_strdup(abuse_case->description);
	return NULL;
}

static char *
report_field(const struct plugin_target *target, const char *name)
{
	const struct report *report = target->report;
	const struct route *route = first_route(target);

	if (strcmp(name, "channel") == 0 && (report || route))
		return g_strdup(channel_name(report ? report->channel : route->channel));
	if (strcmp(name, "to") == 0 && (report || route))
		return g_strdup(report ? report->to : route->to);
	if (strcmp(name, "rung") == 0 && (report || route))
		return g_strdup(rung_name(report ? report->rung : route->rung));
	if (!report)
		return NULL;
	if (strcmp(name, "reference") == 0)
		return g_strdup(report->reference);
	if (strcmp(name, "ticket") == 0)
		return g_strdup(report->ticket);
	if (strcmp(name, "follow_up") == 0 && report->follow_up_of)
		return g_strdup_printf("R%" G_GINT64_FORMAT, report->follow_up_of);
	return NULL;
}

static char *
reporter_field(const struct config *config, const char *name)
{
	static const char *const names[] = { "name", "organisation", "email", "phone", NULL };

	return config && g_strv_contains(names, name)
		       ? g_strdup(config_string(config, "reporter", name))
		       : NULL;
}

/* The address of the profile's channel of that type, or where the report goes when that is it. */
static char *
channel_address(const struct plugin_target *target, enum channel type)
{
	const struct profile *profile = target->profile;

	if (target->report && target->report->channel == type && target->report->to)
		return g_strdup(target->report->to);
	for (guint i = 0; profile && i < profile->channels->len; i++) {
		const struct profile_channel *channel = profile->channels->pdata[i];

		if (channel->type == type)
			return g_strdup(channel->address);
	}
	return NULL;
}

/* The report knows best, then the profile, then the route. */
static const char *
known(const char *reported, const char *profiled, const char *routed)
{
	return reported ? reported : profiled ? profiled : routed;
}

static char *
provider_field(const struct plugin_target *target, const char *name)
{
	const struct report *report = target->report;
	const struct profile *profile = target->profile;
	const struct route *route = first_route(target);

	if (strcmp(name, "id") == 0)
		return g_strdup(known(report ? report->provider : NULL,
			profile ? profile->id : NULL, route ? route->provider : NULL));
	if (strcmp(name, "name") == 0)
		return g_strdup(known(report ? report->provider_name : NULL,
			profile ? profile->name : NULL, route ? route->provider_name : NULL));
	if (strcmp(name, "kind") == 0)
		return g_strdup(known(report ? report->kind : NULL, profile ? profile->kind : NULL,
			route ? route->kind : NULL));
	if (strcmp(name, "language") == 0)
		return g_strdup(profile && profile->language ? profile->language : "en");
	if (strcmp(name, "form") == 0)
		return channel_address(target, CHANNEL_PACKET);
	if (strcmp(name, "api") == 0)
		return channel_address(target, CHANNEL_HTTP);
	return NULL;
}

char *
fields_value(const struct plugin_target *target, const char *name)
{
	if (g_str_has_prefix(name, "case."))
		return case_field(target->abuse_case, name + strlen("case."));
	if (g_str_has_prefix(name, "report."))
		return report_field(target, name + strlen("report."));
	if (g_str_has_prefix(name, "reporter."))
		return reporter_field(target->config, name + strlen("reporter."));
	if (g_str_has_prefix(name, "provider."))
		return provider_field(target, name + strlen("provider."));
	return NULL;
}

static char *
unicode_host(const struct indicator *indicator)
{
	char *shown = NULL;
	char *copy = NULL;

	if (indicator->host && idn2_to_unicode_8z8z(indicator->host, &shown, 0) == IDN2_OK)
		copy = g_strdup(shown);
	idn2_free(shown);
	return copy;
}

char *
fields_indicator(const struct plugin_target *target, gsize i, const char *name)
{
	if (!target->indicators || i >= target->indicators->len)
		return NULL;
	const struct indicator *indicator = target->indicators->pdata[i];
	const struct route *route =
		target->routes && i < target->routes->len ? target->routes->pdata[i] : NULL;

	if (strcmp(name, "value") == 0)
		return g_strdup(indicator->value);
	if (strcmp(name, "defanged") == 0)
		return text_defang(indicator->value);
	if (strcmp(name, "unicode") == 0)
		return unicode_host(indicator);
	if (strcmp(name, "type") == 0)
		return g_strdup(indicator_type_name(indicator->type));
	if (strcmp(name, "host") == 0)
		return g_strdup(indicator->host);
	if (strcmp(name, "domain") == 0)
		return g_strdup(indicator->domain);
	if (strcmp(name, "suffix") == 0)
		return g_strdup(indicator->suffix);
	if (strcmp(name, "address") == 0)
		return indicator->host_is_address ? g_strdup(indicator->host) : NULL;
	if (strcmp(name, "first_seen") == 0)
		return text_time(indicator->first_seen);
	if (strcmp(name, "registrar") == 0 && route && g_strcmp0(route->kind, "registrar") == 0)
		return g_strdup(route->provider_name);
	if (strcmp(name, "source") == 0 && route)
		return g_strdup(route->source);
	return NULL;
}

char *
fields_evidence(const struct plugin_target *target, gsize i, const char *name)
{
	if (!target->evidence || i >= target->evidence->len)
		return NULL;
	const struct evidence *evidence = target->evidence->pdata[i];

	if (strcmp(name, "name") == 0)
		return g_strdup(evidence->name);
	if (strcmp(name, "media_type") == 0)
		return g_strdup(evidence->media_type);
	if (strcmp(name, "sha256") == 0)
		return g_strdup(evidence->sha256);
	if (strcmp(name, "size") == 0 && evidence->content)
		return g_strdup_printf("%" G_GSIZE_FORMAT, g_bytes_get_size(evidence->content));
	return NULL;
}
