#include "model/follow-up.h"

/* The first channel of that type that takes every type of abuse; NULL when there is none. */
static const struct profile_channel *
find_channel(const struct profile *profile, enum channel type)
{
	for (guint i = 0; profile && i < profile->channels->len; i++) {
		const struct profile_channel *channel = g_ptr_array_index(profile->channels, i);

		if (channel->type == type && channel->types->len == 0 && channel->address &&
			!profile_channel_unconfirmed(channel))
			return channel;
	}
	return NULL;
}

enum channel
follow_up_channel(const struct report *report, const struct profile *profile, const char **to)
{
	const struct profile_channel *mail = NULL, *form = NULL;

	*to = report->to;
	if (report->channel != CHANNEL_HTTP)
		return report->channel;
	if (profile && !profile->limits.api_excludes_mail)
		mail = find_channel(profile, CHANNEL_MAIL);
	if (mail) {
		*to = mail->address;
		return CHANNEL_MAIL;
	}
	form = find_channel(profile, CHANNEL_PACKET);
	if (form)
		*to = form->address;
	return CHANNEL_PACKET;
}

gboolean
route_is_later(const struct route *route)
{
	return route->to && !route->ask &&
	       (g_strcmp0(route->reason, ROUTE_LATER) == 0 ||
		       g_strcmp0(route->reason, ROUTE_NOT_NAMED) == 0);
}
