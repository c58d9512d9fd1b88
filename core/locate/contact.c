/* The channel to a party: its profile's own, what the lookup found, the tables, and last memory. */
#include <string.h>

#include "base/text.h"
#include "locate/locator.h"
#include "plugin/call.h"

const char *
contact_mail(const char *text)
{
	return text && text_is_mail_address(text) ? text : NULL;
}

char *
contact_id(const char *prefix, const char *text)
{
	GString *id = g_string_new(prefix);

	for (const char *p = text; *p && id->len < 100; p++) {
		if (g_ascii_isalnum(*p) || *p == '.')
			g_string_append_c(id, g_ascii_tolower(*p));
		else if (id->str[id->len - 1] != '-')
			g_string_append_c(id, '-');
	}
	while (id->len && id->str[id->len - 1] == '-')
		g_string_truncate(id, id->len - 1);
	return g_string_free(id, FALSE);
}

/* An API can be used when its plugin is there with all that it requires. */
static gboolean
has_api(const struct locator *locator, const char *name)
{
	const struct plugin *plugin =
		locator->plugins ? plugin_host_find(locator->plugins, name) : NULL;

	if (!plugin)
		return FALSE;
	for (const struct abate_option *option = plugin->api.options; option && option->name;
		option++) {
		g_autofree char *command = g_strconcat(option->name, "_command", NULL);

		if (option->required &&
			!config_plugin_option(locator->config, name, option->name) &&
			!(option->secret && config_plugin_option(locator->config, name, command)))
			return FALSE;
	}
	return TRUE;
}

static gboolean
takes_type(const struct profile_channel *channel, const struct abuse_case *abuse_case)
{
	if (channel->types->len == 0)
		return TRUE;
	if (!abuse_case || !abuse_case->type)
		return FALSE;
	for (guint i = 0; i < channel->types->len; i++)
		if (strcmp(channel->types->pdata[i], abuse_case->type) == 0)
			return TRUE;
	return FALSE;
}

static gboolean
is_usable(const struct job *job, const struct profile_channel *channel)
{
	if (!channel->address || !takes_type(channel, job->abuse_case))
		return FALSE;
	if (channel->type == CHANNEL_HTTP)
		return has_api(job->locator, channel->address);
	return channel->type == CHANNEL_PACKET || text_is_mail_address(channel->address);
}

/* The search for a party's contact; bounced: what was passed over. */
struct choice {
	struct job *job;
	const struct party *party;
	GString *bounced;
};

static gboolean
is_good(struct choice *choice, const char *contact)
{
	bad_note(choice->job->locator, choice->bounced, contact);
	return !bad_words(choice->job->locator, contact);
}

static const struct profile_channel *
best_channel(struct choice *choice, gboolean unconfirmed)
{
	const struct profile *profile = choice->party->profile;

	for (guint i = 0; profile && i < profile->channels->len; i++) {
		const struct profile_channel *channel = profile->channels->pdata[i];

		if (profile_channel_unconfirmed(channel) == unconfirmed &&
			is_usable(choice->job, channel) && is_good(choice, channel->address))
			return channel;
	}
	return NULL;
}

static void
use_channel(
	struct route *route, const struct profile *profile, const struct profile_channel *channel)
{
	route->channel = channel->type;
	route->to = g_strdup(channel->address);
	route->source = g_strdup_printf("%s %s: %s (%s)", profile->from_table ? "table" : "profile",
		profile->id, channel->source ? channel->source : "no source",
		channel->evidence ? channel->evidence : "unknown");
	route->unconfirmed = profile_channel_unconfirmed(channel);
	if (channel->as_of)
		text_time_parse(channel->as_of, &route->as_of);
}

static void
use_mail(struct route *route, const char *mail, const char *source, gint64 at)
{
	route->channel = CHANNEL_MAIL;
	route->to = g_strdup(mail);
	route->source = g_strdup(source);
	route->as_of = at;
}

/* TRUE: the route has a contact. */
static gboolean
find_contact(struct choice *choice, struct route *route)
{
	const struct party *party = choice->party;
	const struct profile_channel *channel = best_channel(choice, FALSE);
	const char *mail = contact_mail(party->mail);
	const struct other *other;

	if (mail && !is_good(choice, mail))
		mail = NULL;
	if (channel && !(party->profile->from_table && mail)) {
		use_channel(route, party->profile, channel);
		return TRUE;
	}
	if (mail) {
		use_mail(route, mail, party->source, party->at);
		return TRUE;
	}
	/* Whose desk is no desk for abuse is written to only when that one is gone. */
	other = choice->bounced->len ? others_good(choice->job->locator, party->others) : NULL;
	if (other) {
		use_mail(route, other->mail, other->source, party->at);
		return TRUE;
	}
	channel = best_channel(choice, TRUE);
	if (channel)
		use_channel(route, party->profile, channel);
	return channel != NULL;
}

/* What was passed over stands in the record: as part of the source, or as the reason. */
static void
tell_bounced(struct choice *choice, struct route *route)
{
	struct job *job = choice->job;
	char *source;

	for (guint i = 0; choice->party->others && !route->to && i < choice->party->others->len;
		i++) {
		const struct other *other = choice->party->others->pdata[i];

		bad_note(job->locator, choice->bounced, other->mail);
	}
	if (route->to) {
		source = g_strdup_printf("%s; %s", route->source, choice->bounced->str);
		g_free(route->source);
		route->source = source;
		return;
	}
	route->reason = g_strdup_printf("%s, and no other is known", choice->bounced->str);
	if (route->rung < G_N_ELEMENTS(job->bounced) && !job->bounced[route->rung])
		job->bounced[route->rung] = g_strdup(choice->bounced->str);
}

static void
choose(struct job *job, const struct party *party, struct route *route)
{
	g_autoptr(GString) bounced = g_string_new(NULL);
	struct choice choice = { job, party, bounced };

	if (!find_contact(&choice, route))
		use_mail(route, NULL, party->source, party->at);
	if (bounced->len)
		tell_bounced(&choice, route);
	else if (!route->to)
		route->reason = g_strdup_printf("not found: %s",
			party->reason ? party->reason : "no abuse contact is published");
}

/* The plugin that serves a provider by a channel; kept, as cases have many names of few
 * providers. */
static char *
plugin_for(struct job *job, const struct party *party, const struct route *route)
{
	struct locator *locator = job->locator;
	g_autofree char *key = NULL;
	const struct plugin *plugin;
	const char *known;

	if (route->channel == CHANNEL_HTTP)
		return g_strdup(route->to);
	if (!locator->plugins)
		return g_strdup(party->profile ? party->profile->plugin : NULL);
	key = g_strdup_printf("%s %s %d", route->provider, route->kind, (int)route->channel);
	known = g_hash_table_lookup(locator->plugin_of, key);
	if (!known) {
		struct report report = {
			.provider = route->provider,
			.provider_name = route->provider_name,
			.kind = route->kind,
			.channel = route->channel,
			.rung = route->rung,
			.to = route->to,
		};
		const struct plugin_target target = {
			.abuse_case = job->abuse_case,
			.report = &report,
			.profile = party->profile,
			.config = locator->config,
		};

		plugin = plugin_best(locator->plugins, &target);
		known = plugin ? plugin->name : "";
		g_hash_table_insert(
			locator->plugin_of, g_steal_pointer(&key), (void *)g_intern_string(known));
	}
	return *known ? g_strdup(known) : NULL;
}

void
contact_add(struct job *job, const struct party *party)
{
	struct route *route = route_new();
	const char *name = party->profile ? party->profile->name : party->name;

	route->indicator_id = job->indicator->id;
	route->rung = party->rung;
	route->kind = g_strdup(party->kind);
	route->provider = g_strdup(party->profile ? party->profile->id : party->id);
	route->provider_name = g_strdup(name ? name : route->provider);
	choose(job, party, route);
	route->plugin = plugin_for(job, party, route);
	if (!route->plugin && job->locator->plugins && !route->reason)
		route->reason = g_strdup_printf("no plugin serves a %s", route->kind);
	/* Here: may be asked; the policy has the last word. */
	route->ask = !party->note;
	if (party->note) {
		g_free(route->reason);
		route->reason = g_strdup(party->note);
	}
	g_ptr_array_add(job->routes, route);
}
