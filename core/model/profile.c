#include "model/profile.h"

#include <string.h>

const char *const profile_kinds[] = { "registrar", "registry", "hosting", "ddns", "jprs", "neutral",
	NULL };
const char *const profile_evidence[] = { "official", "whois-or-header", "checked-list",
	"public-code", "third-party", "memory", NULL };

static void
channel_free(void *data)
{
	struct profile_channel *channel = data;

	g_free(channel->address);
	g_free(channel->language);
	g_free(channel->evidence);
	g_free(channel->source);
	g_free(channel->as_of);
	g_ptr_array_unref(channel->types);
	g_free(channel);
}

static GPtrArray *
strings_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

struct profile *
profile_new(void)
{
	struct profile *profile = g_new0(struct profile, 1);

	profile->iana_ids = strings_new();
	profile->tlds = strings_new();
	profile->suffixes = strings_new();
	profile->networks = strings_new();
	profile->asns = strings_new();
	profile->name_servers = strings_new();
	profile->rdap_hosts = strings_new();
	profile->mail_domains = strings_new();
	profile->ticket_patterns = strings_new();
	profile->channels = g_ptr_array_new_with_free_func(channel_free);
	return profile;
}

static void
free_arrays(struct profile *profile)
{
	g_ptr_array_unref(profile->iana_ids);
	g_ptr_array_unref(profile->tlds);
	g_ptr_array_unref(profile->suffixes);
	g_ptr_array_unref(profile->networks);
	g_ptr_array_unref(profile->asns);
	g_ptr_array_unref(profile->name_servers);
	g_ptr_array_unref(profile->rdap_hosts);
	g_ptr_array_unref(profile->mail_domains);
	g_ptr_array_unref(profile->ticket_patterns);
	g_ptr_array_unref(profile->channels);
}

void
profile_free(struct profile *profile)
{
	if (!profile)
		return;
	free_arrays(profile);
	g_free(profile->id);
	g_free(profile->name);
	g_free(profile->kind);
	g_free(profile->language);
	g_free(profile->plugin);
	g_free(profile->template_name);
	g_free(profile->subject);
	g_free(profile->notes);
	g_free(profile->limits.time_zone);
	g_free(profile->limits.hours);
	g_free(profile->limits.days);
	g_free(profile->file);
	g_free(profile);
}

struct profile_channel *
profile_add_channel(struct profile *profile, enum channel type)
{
	struct profile_channel *channel = g_new0(struct profile_channel, 1);

	channel->type = type;
	channel->types = strings_new();
	g_ptr_array_add(profile->channels, channel);
	return channel;
}

gboolean
profile_channel_unconfirmed(const struct profile_channel *channel)
{
	return strcmp(channel->evidence, "memory") == 0;
}
