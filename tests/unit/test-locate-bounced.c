/* Who is asked when a contact bounced: the party's next one, else the next rung, else nobody. */
#include "locate-world.h"

#define ENTITY(role, mail)                                                                         \
	"{\"objectClassName\": \"entity\", \"roles\": [\"" role                                    \
	"\"], \"vcardArray\": [\"vcard\", "                                                        \
	"[[\"email\", {}, \"text\", \"" mail "\"]]]}"

static const char two_channels[] =
	"{\"id\": \"pages\", \"name\": \"Pages\", \"kind\": \"hosting\", \"match\": "
	"[{\"suffixes\": "
	"[\"netlify.app\"], \"evidence\": \"official\", \"source\": \"test\", \"as_of\": "
	"\"2026-01-01\"}], \"channels\": [{\"type\": \"mail\", \"to\": \"abuse@pages.example\", "
	"\"evidence\": \"official\", \"source\": \"its page\", \"as_of\": \"2026-02-01\"}, "
	"{\"type\": \"mail\", \"to\": \"second@pages.example\", \"evidence\": \"official\", "
	"\"source\": \"its other page\", \"as_of\": \"2026-02-01\"}]}";
static const char domain_answer[] =
	"{\"objectClassName\": \"domain\", \"ldhName\": \"plain.com\", \"entities\": [{"
	"\"objectClassName\": \"entity\", \"roles\": [\"registrar\"], \"publicIds\": [{\"type\": "
	"\"IANA Registrar ID\", \"identifier\": \"9003\"}], \"entities\": [" ENTITY(
		"technical", "tech@registrar.example") ", " ENTITY("abuse",
		"abuse@registrar.example") "]}, " ENTITY("technical",
		"tech@plain.com") ", " ENTITY("registrant", "owner@plain.com") "]}";
static const char network_answer[] =
	"{\"objectClassName\": \"ip network\", \"name\": \"NET\", \"cidr0_cidrs\": [{\"v4prefix\": "
	"\"192.0.2.0\", \"length\": 24}], \"entities\": [" ENTITY(
		"registrant", "office@host.example") ", " ENTITY("technical",
		"noc@host.example") ", " ENTITY("abuse", "abuse@host.example") "]}";

static struct store *store;

static void
world_make(struct world *world, const char *settings)
{
	g_autoptr(GError) error = NULL;

	memset(world, 0, sizeof *world);
	world->folder = g_dir_make_tmp("abate-bounced-XXXXXX", NULL);
	world_write(world, "bootstrap/dns.json", "{\"services\": [[[\"com\"], [\"../rdap/\"]]]}");
	world_write(world, "bootstrap/ipv4.json",
		"{\"services\": [[[\"192.0.2.0/24\"], [\"../rdap/\"]]]}");
	world_write(world, "servers", "com file:whois %s\njp file:whois %s\n");
	world_write(world, "whois/plain.com",
		"Domain Name: PLAIN.COM\nRegistrar: R\nRegistrar IANA ID: 9003\n"
		"Registrar Abuse Contact Email: whois@registrar.example\n");
	world_write(world, "hosts", "192.0.2.1 plain.com\n192.0.2.9 bare.com\n");
	world_write(world, "providers/pages.json", two_channels);
	world_profile(world, "dotcom", "registry", "\"tlds\": [\"com\"]",
		"\"type\": \"mail\", \"to\": \"abuse@dotcom.example\", \"evidence\": "
		"\"official\"");
	world_write(world, "rdap/domain/plain.com", domain_answer);
	world_write(world, "rdap/ip/192.0.2.1", network_answer);
	world_open(world, settings);
	locator_free(world->locator);
	store = store_open("sqlite::memory:", TRUE, &error);
	g_assert_no_error(error);
	world->locator = locator_new(world->config, world->profiles, NULL, store, &error);
	g_assert_no_error(error);
}

static void
world_end(struct world *world)
{
	world_free(world);
	store_close(store);
}

static void
bounce(const char *address)
{
	g_autoptr(GError) error = NULL;

	store_mark_set(store, "contact", address, "bad", &error);
	g_assert_no_error(error);
}

/* What was passed over, with its date, stands in a text. */
static void
assert_tells(const char *text, const char *begin, const char *end)
{
	g_assert_nonnull(text);
	g_test_message("%s", text);
	g_assert_nonnull(strstr(text, begin));
	g_assert_true(g_str_has_suffix(text, end));
}

static void
test_next_channel(void)
{
	struct world world;
	world_make(&world, "");
	bounce("Abuse@Pages.EXAMPLE");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://a.netlify.app/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_HOST, "pages");

	g_assert_cmpstr(route->to, ==, "second@pages.example");
	g_assert_null(route->reason);
	g_assert_true(route->ask);
	assert_tells(route->source, "its other page", "");
	assert_tells(route->source, "; the contact abuse@pages.example bounced on 20", "");
	world_end(&world);
}

/* Who says so is told: a server at the door, a person. */
static void
test_who_says(void)
{
	struct world world;
	world_make(&world, "");
	store_contact_bad(store, "abuse@pages.example", "R7", NULL);
	store_contact_bad(store, "second@pages.example", CONTACT_BY_PERSON, NULL);
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://a.netlify.app/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_HOST, "pages");

	assert_tells(route->reason, "the contact abuse@pages.example refused mail on 20", "");
	assert_tells(route->reason, ", second@pages.example was marked as bad on 20", "");
	world_end(&world);
}

static void
test_none_left(void)
{
	struct world world;
	world_make(&world, "");
	bounce("abuse@pages.example");
	bounce("second@pages.example");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://a.netlify.app/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_HOST, "pages");

	g_assert_null(route->to);
	assert_tells(route->reason, "the contact abuse@pages.example bounced on 20",
		", and no other is known");
	assert_tells(route->reason, ", second@pages.example bounced on 20", "");
	world_end(&world);
}

/* What a person vouches for is asked again. */
static void
test_confirmed(void)
{
	g_autoptr(GError) error = NULL;
	struct world world;
	world_make(&world, "");
	bounce("abuse@pages.example");
	store_mark_set(store, "contact", "ABUSE@pages.example", "confirmed", &error);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://a.netlify.app/", NATURE_MALICIOUS, "phishing");

	g_assert_cmpstr(world_route(routes, RUNG_HOST, "pages")->to, ==, "abuse@pages.example");
	world_end(&world);
}

/* The registrar's other desks, and WHOIS, but never who holds the name. */
static void
test_registrar(void)
{
	struct world world;
	world_make(&world, "");
	bounce("abuse@registrar.example");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_REGISTRAR, "iana-9003");

	g_assert_cmpstr(route->to, ==, "tech@registrar.example");
	assert_tells(route->source, "registrar's entity with role technical", "");
	world_end(&world);
}

static void
test_whois_is_next(void)
{
	struct world world;
	world_make(&world, "");
	bounce("abuse@registrar.example");
	bounce("tech@registrar.example");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_REGISTRAR, "iana-9003");

	g_assert_cmpstr(route->to, ==, "whois@registrar.example");
	assert_tells(route->source, "WHOIS file:whois: registrar's abuse contact", "");
	g_assert_false(world_route(routes, RUNG_REGISTRY, "dotcom")->ask);
	world_end(&world);
}

static void
bounce_registrar(void)
{
	bounce("abuse@registrar.example");
	bounce("tech@registrar.example");
	bounce("whois@registrar.example");
}

static void
test_registry_instead(void)
{
	struct world world;
	world_make(&world, "");
	bounce_registrar();
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_REGISTRAR, "iana-9003");

	g_assert_null(route->to);
	assert_tells(route->reason, "abuse@registrar.example bounced", "and no other is known");
	route = world_route(routes, RUNG_REGISTRY, "dotcom");
	g_assert_true(route->ask);
	g_assert_null(route->reason);
	assert_tells(route->source, "; asked because the contact abuse@registrar.example", "");
	world_end(&world);
}

/* A name of an innocent owner is nobody's to suspend, and the policy can say no. */
static void
test_not_instead(void)
{
	struct world world;
	world_make(&world, "[routing]\nnext_rung = no");
	bounce_registrar();
	bounce("abuse@host.example");
	bounce("noc@host.example");
	bounce("office@host.example");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");

	g_assert_false(world_route(routes, RUNG_REGISTRY, "dotcom")->ask);
	world_end(&world);
	world_make(&world, "");
	bounce("abuse@host.example");
	bounce("noc@host.example");
	bounce("office@host.example");
	g_autoptr(GPtrArray) owned =
		world_find(&world, "http://plain.com/", NATURE_COMPROMISED, "phishing");

	g_assert_false(world_route(owned, RUNG_REGISTRAR, "iana-9003")->ask);
	g_assert_false(world_route(owned, RUNG_REGISTRY, "dotcom")->ask);
	g_assert_null(world_route(owned, RUNG_HOST, "net-192.0.2.0-24")->to);
	world_end(&world);
}

static void
test_network(void)
{
	struct world world;
	world_make(&world, "[routing]\nmalicious = host");
	bounce("abuse@host.example");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(routes, RUNG_HOST, "net-192.0.2.0-24");

	g_assert_cmpstr(route->to, ==, "noc@host.example");
	g_assert_false(world_route(routes, RUNG_REGISTRAR, "iana-9003")->ask);
	world_end(&world);
	world_make(&world, "[routing]\nmalicious = host");
	bounce("abuse@host.example");
	bounce("noc@host.example");
	bounce("office@host.example");
	g_autoptr(GPtrArray) instead =
		world_find(&world, "http://plain.com/", NATURE_MALICIOUS, "phishing");

	g_assert_null(world_route(instead, RUNG_HOST, "net-192.0.2.0-24")->to);
	g_assert_true(world_route(instead, RUNG_REGISTRAR, "iana-9003")->ask);
	g_assert_false(world_route(instead, RUNG_REGISTRY, "dotcom")->ask);
	world_end(&world);
}

static void
test_owner(void)
{
	struct world world;
	world_make(&world, "");
	bounce("owner@plain.com");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/", NATURE_COMPROMISED, "phishing");
	const struct route *route = world_route(routes, RUNG_HOST, "owner-plain.com");

	g_assert_cmpstr(route->to, ==, "tech@plain.com");
	assert_tells(route->source, "entity with role technical", "");
	world_end(&world);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/locate-bounced/next-channel", test_next_channel);
	g_test_add_func("/locate-bounced/who-says", test_who_says);
	g_test_add_func("/locate-bounced/none-left", test_none_left);
	g_test_add_func("/locate-bounced/confirmed", test_confirmed);
	g_test_add_func("/locate-bounced/registrar", test_registrar);
	g_test_add_func("/locate-bounced/whois-is-next", test_whois_is_next);
	g_test_add_func("/locate-bounced/registry-instead", test_registry_instead);
	g_test_add_func("/locate-bounced/not-instead", test_not_instead);
	g_test_add_func("/locate-bounced/network", test_network);
	g_test_add_func("/locate-bounced/owner", test_owner);
	return g_test_run();
}
