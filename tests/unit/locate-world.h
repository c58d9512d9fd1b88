/* A world for locate, made in a folder: profiles, RDAP and WHOIS answers, addresses of names. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "intake/intake.h"
#include "locate/locate.h"

struct world {
	char *folder;
	struct config *config;
	struct profiles *profiles;
	struct locator *locator;
};

static inline void
world_write(const struct world *world, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(world->folder, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

/* A profile: match and channels are JSON objects; channels may be "". */
static inline void
world_profile(const struct world *world, const char *id, const char *kind, const char *match,
	const char *channel)
{
	g_autofree char *name = g_strdup_printf("providers/%s.json", id);
	g_autofree char *text = g_strdup_printf(
		"{\"id\": \"%s\", \"name\": \"The %s\", \"kind\": \"%s\", \"match\": [{%s, "
		"\"evidence\": \"official\", \"source\": \"test\", \"as_of\": \"2026-01-01\"}], "
		"\"channels\": [%s%s%s]}",
		id, id, kind, match, *channel ? "{" : "", channel,
		*channel ? ", \"source\": \"its page\", \"as_of\": \"2026-02-01\"}" : "");

	world_write(world, name, text);
}

/* An RDAP answer about a name; abuse: JSON string of the registrar's contact, "" for none; more:
 * further members, with a comma before. An answer with more names no owner. */
static inline void
world_domain(const struct world *world, const char *domain, const char *iana_id, const char *abuse,
	const char *more)
{
	g_autofree char *name = g_strdup_printf("rdap/domain/%s", domain);
	g_autofree char *contact = g_strdup_printf(
		", \"entities\": [{\"objectClassName\": \"entity\", \"roles\": [\"abuse\"], "
		"\"vcardArray\": [\"vcard\", [[\"email\", {}, \"text\", %s]]]}]",
		abuse);
	g_autofree char *text = g_strdup_printf(
		"{\"objectClassName\": \"domain\", \"ldhName\": \"%s\", \"entities\": "
		"[{\"objectClassName\": \"entity\", \"roles\": [\"registrar\"], \"publicIds\": "
		"[{\"type\": \"IANA Registrar ID\", \"identifier\": \"%s\"}], \"vcardArray\": "
		"[\"vcard\", [[\"fn\", {}, \"text\", \"Registrar %s\"]]]%s}, "
		"{\"objectClassName\": \"entity\", \"roles\": [\"%s\"], \"vcardArray\": "
		"[\"vcard\", [[\"email\", {}, \"text\", \"owner@%s\"]]]}]%s}",
		domain, iana_id, iana_id, *abuse ? contact : "", *more ? "reseller" : "registrant",
		domain, more);

	world_write(world, name, text);
}

static inline void
world_network(const struct world *world, const char *address, const char *cidr, const char *mail)
{
	g_autofree char *name = g_strdup_printf("rdap/ip/%s", address);
	g_auto(GStrv) parts = g_strsplit(cidr, "/", 2);
	g_autofree char *text = g_strdup_printf(
		"{\"objectClassName\": \"ip network\", \"name\": \"NET\", \"cidr0_cidrs\": "
		"[{\"%s\": \"%s\", \"length\": %s}], \"entities\": [{\"objectClassName\": "
		"\"entity\", \"roles\": [\"abuse\"], \"vcardArray\": [\"vcard\", [[\"email\", {}, "
		"\"text\", %s]]]}]}",
		strchr(cidr, ':') ? "v6prefix" : "v4prefix", parts[0], parts[1], mail);

	world_write(world, name, text);
}

/* settings: more lines of [lookup] and further sections. */
static inline void
world_open(struct world *world, const char *settings)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *providers = g_build_filename(world->folder, "providers", NULL);
	g_autofree char *file = g_build_filename(world->folder, "abate.conf", NULL);
	const char *const folders[] = { providers, NULL };
	g_autofree char *text =
		g_strdup_printf("[lookup]\nrdap_bootstrap = bootstrap\nhosts_file = hosts\n"
				"whois_servers = servers\n%s\n",
			settings);

	world_write(world, "abate.conf", text);
	world->config = config_load(file, &error);
	g_assert_no_error(error);
	world->profiles = profiles_load(folders, NULL, &error);
	g_assert_no_error(error);
	world->locator = locator_new(world->config, world->profiles, NULL, NULL, &error);
	g_assert_no_error(error);
}

static inline void
world_remove(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		world_remove(below);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

static inline void
world_free(struct world *world)
{
	locator_free(world->locator);
	profiles_free(world->profiles);
	config_free(world->config);
	world_remove(world->folder);
	g_free(world->folder);
}

static inline void
world_take(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	(void)indicator;
	*(GPtrArray **)user = g_ptr_array_ref(routes);
}

/* Free with g_ptr_array_unref. */
static inline GPtrArray *
world_find(struct world *world, const char *text, enum nature nature, const char *type)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Indicator) indicator = indicator_parse(text, &error);
	struct abuse_case abuse_case = { .nature = nature, .type = (char *)type };
	GPtrArray *routes = NULL;

	g_assert_no_error(error);
	locator_add(world->locator, indicator, &abuse_case, world_take, &routes);
	locator_run(world->locator);
	g_assert_nonnull(routes);
	return routes;
}

/* The one route of that rung and provider. */
static inline const struct route *
world_route(const GPtrArray *routes, enum rung rung, const char *provider)
{
	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = routes->pdata[i];

		g_test_message("%s %s to %s ask %d: %s (%s)", rung_name(route->rung),
			route->provider, route->to, route->ask, route->reason, route->source);
		if (route->rung == rung && strcmp(route->provider, provider) == 0)
			return route;
	}
	g_test_message("no route to %s", provider);
	g_assert_not_reached();
}

static inline gboolean
world_has_rung(const GPtrArray *routes, enum rung rung)
{
	for (guint i = 0; i < routes->len; i++)
		if (((const struct route *)routes->pdata[i])->rung == rung)
			return TRUE;
	return FALSE;
}
