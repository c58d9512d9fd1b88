#include "model/route.h"

#include "model/names.h"

static const char *const channel_names[] = { "mail", "http", "packet", NULL };
static const char *const rung_names[] = { "host", "registrar", "registry", "court", NULL };

struct route *
route_new(void)
{
	return g_new0(struct route, 1);
}

void
route_free(struct route *route)
{
	if (!route)
		return;
	g_free(route->kind);
	g_free(route->provider);
	g_free(route->provider_name);
	g_free(route->plugin);
	g_free(route->to);
	g_free(route->source);
	g_free(route->reason);
	g_free(route);
}

const char *
channel_name(enum channel channel)
{
	return channel_names[channel];
}

gboolean
channel_parse(const char *name, enum channel *channel)
{
	int found = names_find(channel_names, name);

	if (found < 0)
		return FALSE;
	*channel = (enum channel)found;
	return TRUE;
}

const char *
rung_name(enum rung rung)
{
	return rung_names[rung];
}

gboolean
rung_parse(const char *name, enum rung *rung)
{
	int found = names_find(rung_names, name);

	if (found < 0)
		return FALSE;
	*rung = (enum rung)found;
	return TRUE;
}

const char *
contact_bad_words(const char *by)
{
	if (g_strcmp0(by, CONTACT_BY_PERSON) == 0)
		return "was marked as bad";
	return by && *by == 'R' ? "refused mail" : "bounced";
}
