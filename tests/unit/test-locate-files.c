/* Who can act: the parties, the policy and the contact, over answers in files. */
#include "locate-world.h"

static const char jprs_answer[] = "Domain Information:\n[Domain Name]  BAD.JP\n\n"
				  "Contact Information:\n[Name]  Proxy\n"
				  "[Email]  contact@proxy.example\n";
static const char jprs_co_answer[] =
	"Domain Information:\na. [Domain Name]  BAD.CO.JP\n"
	"g. [Organization]  Example\n[State]  Connected (2027/03/31)\n";

static void
add_profiles(const struct world *world)
{
	world_profile(world, "verified", "registrar", "\"iana_ids\": [9001]",
		"\"type\": \"mail\", \"to\": \"abuse@verified.example\", \"evidence\": "
		"\"official\"");
	world_profile(world, "remembered", "registrar", "\"iana_ids\": [9002]",
		"\"type\": \"mail\", \"to\": \"old@remembered.example\", \"evidence\": "
		"\"memory\"");
	world_profile(world, "dotcom", "registry", "\"tlds\": [\"com\"]",
		"\"type\": \"mail\", \"to\": \"abuse@dotcom.example\", \"evidence\": "
		"\"official\"");
	world_profile(world, "jprs", "jprs", "\"tlds\": [\"jp\"]",
		"\"type\": \"packet\", \"to\": \"https://jprs.example/form\", \"evidence\": "
		"\"official\"");
	world_profile(world, "dynamic", "ddns", "\"suffixes\": [\"duckdns.org\"]",
		"\"type\": \"mail\", \"to\": \"abuse@dynamic.example\", \"evidence\": "
		"\"official\"");
	world_profile(world, "pages", "hosting", "\"suffixes\": [\"netlify.app\"]",
		"\"type\": \"mail\", \"to\": \"abuse@pages.example\", \"evidence\": "
		"\"official\"");
}

static void
add_answers(const struct world *world)
{
	world_domain(world, "plain.com", "9003", "\"abuse@registrar.example\"", "");
	world_domain(world, "verified.com", "9001", "\"rdap@verified.example\"", "");
	world_domain(world, "remembered.com", "9002", "\"rdap@remembered.example\"", "");
	world_domain(world, "memory.com", "9002", "", "");
	world_domain(world, "xn--bcher-kva.com", "9003", "\"abuse@registrar.example\"", "");
	world_domain(world, "crlf.com", "9003", "\"abuse@a.example\\r\\nBcc: all@b.example\"", "");
	world_domain(world, "two.com", "9003", "\"abuse@a.example, other@b.example\"", "");
	world_domain(world, "none.com", "9003", "\"not an address\"", "");
	world_write(world, "rdap/domain/broken.com", "{\"objectClassName\": \"domain\"");
	world_network(world, "192.0.2.1", "192.0.2.0/24", "\"abuse@host.example\"");
	world_network(world, "192.0.2.2", "192.0.2.0/24", "\"abuse@host.example\"");
	world_network(world, "2001:db8::1", "2001:db8::/32", "\"abuse@six.example\"");
	world_network(
		world, "198.51.100.9", "198.51.100.0/24", "\"a@host.example\\nCc: b@c.example\"");
	world_write(world, "whois/bad.jp", jprs_answer);
	world_write(world, "whois/bad.co.jp", jprs_co_answer);
}

static void
world_make(struct world *world, const char *settings)
{
	memset(world, 0, sizeof *world);
	world->folder = g_dir_make_tmp("abate-locate-XXXXXX", NULL);
	world_write(world, "bootstrap/dns.json",
		"{\"services\": [[[\"com\", \"org\"], [\"../rdap/\"]]]}");
	world_write(world, "bootstrap/ipv4.json",
		"{\"services\": [[[\"192.0.2.0/24\", \"198.51.100.0/24\"], [\"../rdap/\"]]]}");
	world_write(world, "bootstrap/ipv6.json",
		"{\"services\": [[[\"2001:db8::/32\"], [\"../rdap/\"]]]}");
	world_write(world, "servers", "jp file:whois %s\n");
	world_write(world, "hosts",
		"192.0.2.1 plain.com www.plain.com verified.com remembered.com memory.com "
		"crlf.com two.com none.com broken.com a.duckdns.org thin.com bad.jp bad.co.jp "
		"xn--bcher-kva.com nobody.com\n"
		"192.0.2.2 plain.com\n2001:db8::1 plain.com\n10.0.0.1 private.com\n"
		"198.51.100.9 hostile.com\n");
	add_profiles(world);
	add_answers(world);
	world_open(world, settings);
}

static void
test_malicious(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://www.plain.com/x", NATURE_MALICIOUS, "phishing");
	const struct route *registrar = world_route(routes, RUNG_REGISTRAR, "iana-9003");
	const struct route *host = world_route(routes, RUNG_HOST, "net-192.0.2.0-24");
	const struct route *registry = world_route(routes, RUNG_REGISTRY, "dotcom");

	g_assert_cmpstr(registrar->to, ==, "abuse@registrar.example");
	g_assert_cmpstr(registrar->provider_name, ==, "Registrar 9003");
	g_assert_nonnull(strstr(registrar->source, "rdap/domain/plain.com"));
	g_assert_cmpint(registrar->as_of, >, 0);
	g_assert_null(registrar->reason);
	g_assert_true(registrar->ask && host->ask);
	g_assert_cmpstr(host->to, ==, "abuse@host.example");
	g_assert_cmpstr(host->kind, ==, "hosting");
	g_assert_false(registry->ask);
	g_assert_cmpstr(registry->to, ==, "abuse@dotcom.example");
	g_assert_nonnull(registry->reason);
	world_free(&world);
}

/* Two addresses in one network are one party; another network is another. */
static void
test_addresses_fold(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes = world_find(&world, "plain.com", NATURE_UNKNOWN, "phishing");
	guint hosts = 0;

	for (guint i = 0; i < routes->len; i++)
		hosts += ((const struct route *)routes->pdata[i])->rung == RUNG_HOST;
	g_assert_cmpuint(hosts, ==, 2);
	g_assert_cmpstr(
		world_route(routes, RUNG_HOST, "net-2001-db8-32")->to, ==, "abuse@six.example");
	g_assert_true(world_route(routes, RUNG_REGISTRAR, "iana-9003")->ask);
	world_free(&world);
}

static void
assert_not_suspended(const char *settings)
{
	struct world world;
	world_make(&world, settings);
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://plain.com/wp/x", NATURE_COMPROMISED, "phishing");

	g_assert_true(world_route(routes, RUNG_HOST, "net-192.0.2.0-24")->ask);
	g_assert_cmpstr(
		world_route(routes, RUNG_HOST, "owner-plain.com")->to, ==, "owner@plain.com");
	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = routes->pdata[i];

		if (route->rung != RUNG_HOST) {
			g_assert_false(route->ask);
			g_assert_nonnull(route->reason);
		}
	}
	world_free(&world);
}

/* Whatever is configured, the name of an innocent owner is not to be suspended. */
static void
test_compromised(void)
{
	assert_not_suspended("");
	assert_not_suspended("[routing]\ncompromised = host, registrar, registry\n");
}

/* A registry that keeps no owners leads to the registrar's answer, which names one. */
static void
test_owner_at_registrar(void)
{
	struct world world;
	world_make(&world, "");
	g_autofree char *more = g_strdup_printf(
		", \"links\": [{\"rel\": \"related\", \"type\": \"application/rdap+json\", "
		"\"href\": \"file://%s/rdap/domain/registrar-thin.com\"}]",
		world.folder);
	world_domain(&world, "thin.com", "9003", "\"abuse@registrar.example\"", more);
	world_domain(&world, "registrar-thin.com", "9003", "", "");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "thin.com", NATURE_COMPROMISED, "phishing");

	g_assert_cmpstr(world_route(routes, RUNG_HOST, "owner-thin.com")->to, ==,
		"owner@registrar-thin.com");
	g_assert_cmpstr(world_route(routes, RUNG_REGISTRAR, "iana-9003")->to, ==,
		"abuse@registrar.example");
	world_free(&world);
}

static void
test_routing_is_configured(void)
{
	struct world world;
	world_make(&world, "[routing]\nmalicious = registry\n");
	g_autoptr(GPtrArray) routes = world_find(&world, "plain.com", NATURE_MALICIOUS, "phishing");

	g_assert_true(world_route(routes, RUNG_REGISTRY, "dotcom")->ask);
	g_assert_false(world_route(routes, RUNG_REGISTRAR, "iana-9003")->ask);
	world_free(&world);
}

static void
test_contact_order(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) own = world_find(&world, "verified.com", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) found =
		world_find(&world, "remembered.com", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) memory =
		world_find(&world, "memory.com", NATURE_MALICIOUS, "phishing");
	const struct route *route = world_route(own, RUNG_REGISTRAR, "verified");

	g_assert_cmpstr(route->to, ==, "abuse@verified.example");
	g_assert_cmpint(route->as_of, ==, G_GINT64_CONSTANT(1769904000000000));
	g_assert_nonnull(strstr(route->source, "its page"));
	route = world_route(found, RUNG_REGISTRAR, "remembered");
	g_assert_cmpstr(route->to, ==, "rdap@remembered.example");
	g_assert_false(route->unconfirmed);
	route = world_route(memory, RUNG_REGISTRAR, "remembered");
	g_assert_cmpstr(route->to, ==, "old@remembered.example");
	g_assert_true(route->unconfirmed);
	world_free(&world);
}

static void
test_hostile_contacts(void)
{
	static const char *const names[] = { "crlf.com", "two.com", "none.com" };
	struct world world;
	world_make(&world, "");

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GPtrArray) routes =
			world_find(&world, names[i], NATURE_MALICIOUS, "phishing");
		const struct route *route = world_route(routes, RUNG_REGISTRAR, "iana-9003");

		g_assert_null(route->to);
		g_assert_nonnull(route->reason);
		g_assert_true(world_route(routes, RUNG_HOST, "net-192.0.2.0-24")->ask);
	}
	g_autoptr(GPtrArray) routes =
		world_find(&world, "198.51.100.9", NATURE_MALICIOUS, "phishing");
	const struct route *host = world_route(routes, RUNG_HOST, "net-198.51.100.0-24");

	g_assert_null(host->to);
	g_assert_nonnull(host->reason);
	world_free(&world);
}

static void
test_failing(void)
{
	static const char *const names[] = { "broken.com", "nobody.com" };
	struct world world;
	world_make(&world, "");

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GPtrArray) routes =
			world_find(&world, names[i], NATURE_MALICIOUS, "phishing");
		g_autofree char *id = g_strdup_printf("registrar-of-%s", names[i]);
		const struct route *route = world_route(routes, RUNG_REGISTRAR, id);

		g_assert_null(route->to);
		g_assert_nonnull(strstr(route->reason, names[i]));
		g_assert_true(world_route(routes, RUNG_HOST, "net-192.0.2.0-24")->ask);
	}
	world_free(&world);
}

static void
test_addresses(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) four = world_find(&world, "192.0.2.1", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) six =
		world_find(&world, "http://[2001:db8::1]/x", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) local =
		world_find(&world, "private.com", NATURE_MALICIOUS, "phishing");

	g_assert_cmpuint(four->len, ==, 1);
	g_assert_cmpstr(
		world_route(four, RUNG_HOST, "net-192.0.2.0-24")->to, ==, "abuse@host.example");
	g_assert_cmpuint(six->len, ==, 1);
	g_assert_cmpstr(
		world_route(six, RUNG_HOST, "net-2001-db8-32")->to, ==, "abuse@six.example");
	g_assert_null(world_route(local, RUNG_HOST, "host-10.0.0.1")->to);
	world_free(&world);
}

static void
test_dynamic_dns(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "http://x.a.duckdns.org/", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) known =
		world_find(&world, "a.duckdns.org", NATURE_MALICIOUS, "phishing");
	const struct route *service = world_route(routes, RUNG_HOST, "dynamic");

	g_assert_cmpstr(service->to, ==, "abuse@dynamic.example");
	g_assert_cmpstr(service->kind, ==, "ddns");
	g_assert_true(service->ask);
	g_assert_false(world_has_rung(routes, RUNG_REGISTRAR));
	g_assert_false(world_has_rung(routes, RUNG_REGISTRY));
	g_assert_true(world_route(known, RUNG_HOST, "net-192.0.2.0-24")->ask);
	world_free(&world);
}

static void
test_hosting_suffix(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "https://bad.netlify.app/login", NATURE_UNKNOWN, "phishing");
	const struct route *service = world_route(routes, RUNG_HOST, "pages");

	g_assert_cmpuint(routes->len, ==, 1);
	g_assert_cmpstr(service->to, ==, "abuse@pages.example");
	g_assert_cmpstr(service->kind, ==, "hosting");
	g_assert_true(service->ask);
	world_free(&world);
}

static void
test_jp(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes = world_find(&world, "bad.jp", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) co = world_find(&world, "bad.co.jp", NATURE_MALICIOUS, "phishing");
	const struct route *contact =
		world_route(routes, RUNG_REGISTRAR, "jp-contact-proxy.example");
	const struct route *desk = world_route(routes, RUNG_REGISTRY, "jprs");

	g_assert_cmpstr(contact->to, ==, "contact@proxy.example");
	g_assert_true(contact->ask);
	g_assert_false(desk->ask);
	g_assert_cmpstr(desk->kind, ==, "jprs");
	g_assert_true(world_route(routes, RUNG_HOST, "net-192.0.2.0-24")->ask);
	contact = world_route(co, RUNG_REGISTRAR, "jp-contact-bad.co.jp");
	g_assert_null(contact->to);
	g_assert_nonnull(contact->reason);
	world_free(&world);
}

/* JPRS is asked for false registrations, by a form that a person fills in. */
static void
test_jp_fraudulent(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes =
		world_find(&world, "bad.jp", NATURE_MALICIOUS, "suspicious_registration");
	gboolean asked = FALSE;

	for (guint i = 0; i < routes->len; i++) {
		const struct route *route = routes->pdata[i];

		if (strcmp(route->provider, "jprs") != 0)
			continue;
		asked = route->ask;
		g_assert_cmpint(route->channel, ==, CHANNEL_PACKET);
		g_assert_cmpstr(route->to, ==, "https://jprs.example/form");
	}
	g_assert_true(asked);
	world_free(&world);
}

/* Whoever announces a network answers for it when it has no desk of its own. */
static void
test_origin(void)
{
	struct world world;
	world_make(&world, "");
	world_profile(&world, "cloud", "hosting", "\"asns\": [64500]",
		"\"type\": \"mail\", \"to\": \"abuse@cloud.example\", \"evidence\": "
		"\"official\"");
	world_write(&world, "rdap/ip/192.0.2.7",
		"{\"objectClassName\": \"ip network\", \"name\": \"CUSTOMER\", "
		"\"arin_originas0_originautnums\": [64499, 64500]}");
	world_write(&world, "rdap/ip/192.0.2.8",
		"{\"objectClassName\": \"ip network\", \"name\": \"CUSTOMER\", "
		"\"arin_originas0_originautnums\": [64500], \"entities\": [{\"objectClassName\": "
		"\"entity\", \"roles\": [\"abuse\"], \"vcardArray\": [\"vcard\", [[\"email\", {}, "
		"\"text\", \"abuse@customer.example\"]]]}]}");
	locator_free(world.locator);
	profiles_free(world.profiles);
	config_free(world.config);
	world_open(&world, "");
	g_autoptr(GPtrArray) without =
		world_find(&world, "192.0.2.7", NATURE_MALICIOUS, "phishing");
	g_autoptr(GPtrArray) own = world_find(&world, "192.0.2.8", NATURE_MALICIOUS, "phishing");

	g_assert_cmpstr(world_route(without, RUNG_HOST, "cloud")->to, ==, "abuse@cloud.example");
	g_assert_cmpuint(own->len, ==, 1);
	g_assert_cmpstr(((const struct route *)own->pdata[0])->to, ==, "abuse@customer.example");
	world_free(&world);
}

static void
test_idn(void)
{
	struct world world;
	world_make(&world, "");
	g_autoptr(GPtrArray) routes = world_find(&world,
		"http://b\xc3\xbc"
		"cher.com/",
		NATURE_MALICIOUS, "phishing");

	g_assert_cmpstr(world_route(routes, RUNG_REGISTRAR, "iana-9003")->to, ==,
		"abuse@registrar.example");
	world_free(&world);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/locate-files/malicious", test_malicious);
	g_test_add_func("/locate-files/addresses-fold", test_addresses_fold);
	g_test_add_func("/locate-files/compromised", test_compromised);
	g_test_add_func("/locate-files/owner-at-registrar", test_owner_at_registrar);
	g_test_add_func("/locate-files/routing", test_routing_is_configured);
	g_test_add_func("/locate-files/contact-order", test_contact_order);
	g_test_add_func("/locate-files/hostile-contacts", test_hostile_contacts);
	g_test_add_func("/locate-files/failing", test_failing);
	g_test_add_func("/locate-files/addresses", test_addresses);
	g_test_add_func("/locate-files/dynamic-dns", test_dynamic_dns);
	g_test_add_func("/locate-files/hosting-suffix", test_hosting_suffix);
	g_test_add_func("/locate-files/jp", test_jp);
	g_test_add_func("/locate-files/jp-fraudulent", test_jp_fraudulent);
	g_test_add_func("/locate-files/origin", test_origin);
	g_test_add_func("/locate-files/idn", test_idn);
	return g_test_run();
}
