/* Locate against an RDAP and WHOIS server of the test's own, on loopback. */
#include <glib/gstdio.h>
#include <string.h>

#include "locate/locate.h"
#include "net-server.h"

static int requests; /* that the server saw */
static int rdap_of_example;

#define VCARD(name, mail)                                                                          \
	"[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\",\"" name                \
	"\"],[\"email\",{},\"text\",\"" mail "\"]]]"
#define ABUSE(mail)                                                                                \
	"{\"objectClassName\":\"entity\",\"roles\":[\"abuse\"],\"vcardArray\":" VCARD(             \
		"Abuse", mail) "}"
#define REGISTRAR(id, below)                                                                       \
	"{\"objectClassName\":\"entity\",\"roles\":[\"registrar\"],\"publicIds\":[{\"type\":"      \
	"\"IANA "                                                                                  \
	"Registrar ID\",\"identifier\":\"" id "\"}],\"vcardArray\":[\"vcard\",[[\"version\",{},"   \
	"\"text\",\"4.0\"],[\"fn\",{},\"text\",\"Registrar " id "\"]]],\"entities\":[" below "]}"
#define OWNER                                                                                      \
	",{\"objectClassName\":\"entity\",\"roles\":[\"registrant\"],\"vcardArray\":" VCARD(       \
		"Owner", "owner@shop.test") "}"
#define DOMAIN(name, entities)                                                                     \
	"{\"objectClassName\":\"domain\",\"ldhName\":\"" name "\",\"entities\":[" entities "]}"
#define NETWORK(mail)                                                                              \
	"{\"objectClassName\":\"ip network\",\"name\":\"NET\",\"cidr0_cidrs\":[{\"v4prefix\":"     \
	"\"198.51.100.0\",\"length\":24}],\"entities\":[" ABUSE(mail) "]}"

#define CHANNEL(type, to, evidence)                                                                \
	"{\"type\":\"" type "\",\"to\":\"" to "\",\"evidence\":\"" evidence                        \
	"\",\"source\":\"test\",\"as_of\":\"2026-01-01\"}"
#define PROFILE(id, channels)                                                                      \
	"{\"id\":\"" id "\",\"name\":\"" id                                                        \
	"\",\"kind\":\"hosting\",\"match\":[{\"suffixes\":[\"" id                                  \
	".test\"],\"evidence\":\"official\",\"source\":\"test\",\"as_of\":\"2026-01-01\"}],"       \
	"\"channels\":[" channels "]}"

static const struct {
	const char *path, *body;
} rdap[] = {
	{ "/domain/evil.org", DOMAIN("evil.org", REGISTRAR("9995", ABUSE("abuse@r.example"))) },
	{ "/domain/shop.org",
		DOMAIN("shop.org", REGISTRAR("9995", ABUSE("abuse@r.example")) OWNER) },
	{ "/domain/crlf.org",
		DOMAIN("crlf.org", REGISTRAR("9995", ABUSE("a@r.example\\r\\nBcc: x@y.example"))) },
	{ "/domain/two.org",
		DOMAIN("two.org", REGISTRAR("9995", ABUSE("a@r.example, b@r.example"))) },
	{ "/domain/xn--bcher-kva.org",
		DOMAIN("xn--bcher-kva.org", REGISTRAR("9995", ABUSE("abuse@idn.example"))) },
	{ "/domain/namecheap.org",
		DOMAIN("namecheap.org", REGISTRAR("1068", ABUSE("x@y.example"))) },
	{ "/ip/198.51.100.1", NETWORK("abuse@host.example") },
	{ "/ip/198.51.100.2", NETWORK("abuse@host.example") },
};

static void
send_json(int fd, const char *body)
{
	g_autofree char *text =
		g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n"
				"Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
			strlen(body), body);

	server_text(fd, text);
}

/* Larger than any answer that is read. */
static void
send_much(int fd)
{
	g_autofree char *block = g_strnfill(1 << 16, ' ');

	server_text(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{");
	for (int i = 0; i < 800; i++)
		server_send(fd, block, 1 << 16);
}

static struct server server;

static void
send_related(int fd)
{
	g_autofree char *body = g_strdup_printf(
		"{\"objectClassName\":\"domain\",\"ldhName\":\"thin.org\",\"entities\":["
		"{\"objectClassName\":\"entity\",\"roles\":[\"registrar\"]}],\"links\":[{\"rel\":"
		"\"related\",\"type\":\"application/rdap+json\",\"href\":"
		"\"http://127.0.0.1:%d/domain/evil.org\"}]}",
		server.port);

	send_json(fd, body);
}

static void
answer(int fd, const char *request)
{
	const char *path = strchr(request, ' ') ? strchr(request, ' ') + 1 : "";
	g_autofree char *name = g_strndup(path, strcspn(path, " \r\n"));

	g_atomic_int_inc(&requests);
	if (strcmp(name, "/domain/evil.org") == 0)
		g_atomic_int_inc(&rdap_of_example);
	for (gsize i = 0; i < G_N_ELEMENTS(rdap); i++)
		if (strcmp(name, rdap[i].path) == 0) {
			send_json(fd, rdap[i].body);
			return;
		}
	if (strcmp(name, "/domain/thin.org") == 0)
		send_related(fd);
	else if (strcmp(name, "/domain/huge.org") == 0)
		send_much(fd);
	else if (strcmp(name, "/domain/redirect.org") == 0)
		server_text(fd, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\n"
				"Content-Length: 0\r\nConnection: close\r\n\r\n");
	else
		server_text(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
				"Connection: close\r\n\r\n");
}

/* --- a world of one folder: bootstrap, hosts, WHOIS table and configuration --- */

struct world {
	char *folder;
	struct config *config;
	struct profiles *profiles;
	struct locator *locator;
	GPtrArray *routes; /* of the last indicator */
	int done;
};

static void
write_file(struct world *world, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(world->folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static void
write_files(struct world *world, const char *more)
{
	g_autofree char *dns = g_strdup_printf(
		"{\"services\":[[[\"org\"],[\"http://127.0.0.1:%d/\"]]]}", server.port);
	g_autofree char *ipv4 = g_strdup_printf(
		"{\"services\":[[[\"198.51.100.0/24\"],[\"http://127.0.0.1:%d/\"]]]}", server.port);
	g_autofree char *config = g_strdup_printf(
		"[lookup]\nrdap_bootstrap = .\nallow_private = yes\nhosts_file = hosts\n"
		"whois_servers = servers\ntimeout = 5\ndns_servers = 127.0.0.1:9\n"
		"[paths]\nproviders = whois\n%s",
		more);

	write_file(world, "dns.json", dns);
	write_file(world, "ipv4.json", ipv4);
	write_file(world, "hosts",
		"198.51.100.1 evil.org shop.org www.shop.org crlf.org two.org thin.org huge.org "
		"redirect.org xn--bcher-kva.org namecheap.org a.ddns.net page.github.io demo.jp "
		"demo.co.jp gone.org name.cc x.test\n198.51.100.2 evil.org # twice\n");
	write_file(world, "servers", "jp file:whois\ncc file:whois\n");
	write_file(world, "abate.conf", config);
}

static void
world_start(struct world *world, const char *more, struct store *store)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;
	g_autofree char *whois = NULL;

	memset(world, 0, sizeof *world);
	world->folder = g_dir_make_tmp("abate-locate-XXXXXX", &error);
	g_assert_no_error(error);
	whois = g_build_filename(world->folder, "whois", NULL);
	g_mkdir(whois, 0700);
	write_files(world, more);
	write_file(world, "whois/demo.jp",
		"[Domain Name]                   DEMO.JP\n\nContact Information:\n"
		"[Name]  Agent\n[Email]                         desk@agent.example\n");
	write_file(world, "whois/demo.co.jp",
		"Domain Information:\na. [Domain Name]                DEMO.CO.JP\n"
		"g. [Organization]               Demo\n[State]  Connected\n");
	write_file(world, "whois/name.cc",
		"   Domain Name: NAME.CC\n   Registrar: Some Registrar\n"
		"   Registrar IANA ID: 9996\n   Registrar Abuse Contact Email: abuse@w.example\n");
	write_file(world, "whois/remembered.json",
		PROFILE("remembered", CHANNEL("mail", "abuse@remembered.example", "memory")));
	write_file(world, "whois/api.json",
		PROFILE("api", CHANNEL("http", "no-such-plugin", "official") "," CHANNEL(
				       "mail", "abuse@api.example", "official")));
	file = g_build_filename(world->folder, "abate.conf", NULL);
	world->config = config_load(file, &error);
	g_assert_no_error(error);
	world->profiles = profiles_load_configured(world->config, NULL, &error);
	g_assert_no_error(error);
	world->locator = locator_new(world->config, world->profiles, NULL, store, &error);
	g_assert_no_error(error);
}

static void
world_end(struct world *world)
{
	static const char *const names[] = { "whois/demo.jp", "whois/demo.co.jp", "whois/name.cc",
		"whois/remembered.json", "whois/api.json", "whois", "dns.json", "ipv4.json",
		"hosts", "servers", "abate.conf", "" };

	g_clear_pointer(&world->routes, g_ptr_array_unref);
	locator_free(world->locator);
	profiles_free(world->profiles);
	config_free(world->config);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(world->folder, names[i], NULL);

		g_remove(path);
	}
	g_free(world->folder);
}

static void
on_located(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	struct world *world = user;

	g_assert_nonnull(indicator);
	g_clear_pointer(&world->routes, g_ptr_array_unref);
	world->routes = g_ptr_array_ref(routes);
	world->done++;
}

static struct indicator *
make(enum indicator_type type, const char *host, const char *domain, const char *suffix)
{
	struct indicator *indicator = indicator_new();

	indicator->type = type;
	indicator->value = g_strdup(host);
	indicator->original = g_strdup(host);
	indicator->host = g_strdup(host);
	indicator->domain = g_strdup(domain);
	indicator->suffix = g_strdup(suffix);
	indicator->host_is_address = type == INDICATOR_IPV4 || type == INDICATOR_IPV6;
	indicator->suffix_is_private =
		suffix && strchr(suffix, '.') && strcmp(suffix, "co.jp") != 0;
	return indicator;
}

static void
locate(struct world *world, const struct indicator *indicator, enum nature nature, const char *type)
{
	g_autoptr(AbuseCase) abuse_case = abuse_case_new();

	abuse_case->nature = nature;
	abuse_case->type = g_strdup(type);
	world->done = 0;
	locator_add(world->locator, indicator, abuse_case, on_located, world);
	locator_run(world->locator);
	g_assert_cmpint(world->done, ==, 1);
}

/* The only route of a kind on a rung. */
static const struct route *
the(const struct world *world, enum rung rung, const char *kind)
{
	const struct route *found = NULL;

	for (guint i = 0; i < world->routes->len; i++) {
		const struct route *route = world->routes->pdata[i];

		if (route->rung != rung || strcmp(route->kind, kind) != 0)
			continue;
		g_assert_null(found);
		found = route;
	}
	return found;
}

static void
look(struct world *world, const char *domain, enum nature nature)
{
	g_autoptr(Indicator) indicator =
		make(INDICATOR_DOMAIN, domain, domain, strrchr(domain, '.') + 1);

	locate(world, indicator, nature, "phishing");
}

/* --- the tests --- */

static void
test_malicious(void)
{
	struct world world;
	const struct route *route;

	world_start(&world, "", NULL);
	look(&world, "evil.org", NATURE_MALICIOUS);
	route = the(&world, RUNG_REGISTRAR, "registrar");
	g_assert_cmpstr(route->to, ==, "abuse@r.example");
	g_assert_cmpstr(route->provider, ==, "iana-9995");
	g_assert_true(route->ask);
	g_assert_null(route->reason);
	g_assert_nonnull(strstr(route->source, "/domain/evil.org"));
	g_assert_cmpint(route->as_of, >, 0);
	/* Two addresses, one network: one route. */
	route = the(&world, RUNG_HOST, "hosting");
	g_assert_cmpstr(route->to, ==, "abuse@host.example");
	g_assert_true(route->ask);
	route = the(&world, RUNG_REGISTRY, "registry");
	g_assert_cmpstr(route->provider, ==, "pir");
	g_assert_false(route->ask);
	g_assert_nonnull(route->reason);
	world_end(&world);
}

static void
test_unknown(void)
{
	struct world world;

	world_start(&world, "", NULL);
	look(&world, "shop.org", NATURE_UNKNOWN);
	g_assert_true(the(&world, RUNG_REGISTRAR, "registrar")->ask);
	g_assert_true(the(&world, RUNG_HOST, "hosting")->ask);
	world_end(&world);
}

static void
test_compromised(void)
{
	struct world world;
	gboolean owner = FALSE;

	world_start(&world, "", NULL);
	look(&world, "shop.org", NATURE_COMPROMISED);
	g_assert_false(the(&world, RUNG_REGISTRAR, "registrar")->ask);
	for (guint i = 0; i < world.routes->len; i++) {
		const struct route *route = world.routes->pdata[i];

		owner |= g_strcmp0(route->to, "owner@shop.test") == 0 && route->ask;
		g_assert_true(route->rung == RUNG_HOST || !route->ask);
	}
	g_assert_true(owner);
	/* To an attacker nobody writes. */
	look(&world, "shop.org", NATURE_MALICIOUS);
	g_assert_nonnull(the(&world, RUNG_HOST, "hosting"));
	g_assert_cmpstr(the(&world, RUNG_HOST, "hosting")->to, ==, "abuse@host.example");
	world_end(&world);
}

static void
test_rungs_configured(void)
{
	struct world world;
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;
	struct config *config;

	world_start(&world, "[routing]\nmalicious = registry\n", NULL);
	look(&world, "evil.org", NATURE_MALICIOUS);
	g_assert_true(the(&world, RUNG_REGISTRY, "registry")->ask);
	g_assert_false(the(&world, RUNG_REGISTRAR, "registrar")->ask);
	write_files(&world, "[routing]\nunknown = hots\n");
	file = g_build_filename(world.folder, "abate.conf", NULL);
	config = config_load(file, NULL);
	g_assert_null(locator_new(config, world.profiles, NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "\"hots\""));
	config_free(config);
	world_end(&world);
}

/* A hostile or missing contact is a route that was not found, with the reason. */
static void
test_refused(void)
{
	static const struct {
		const char *domain, *reason;
	} cases[] = {
		{ "crlf.org", "abuse address" },
		{ "two.org", "abuse address" },
		{ "huge.org", "RDAP" },
		{ "redirect.org", "169.254.169.254" },
		{ "gone.org", "404" },
	};
	struct world world;

	world_start(&world, "", NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct route *route;

		look(&world, cases[i].domain, NATURE_MALICIOUS);
		route = the(&world, RUNG_REGISTRAR, "registrar");
		g_assert_null(route->to);
		g_assert_nonnull(route->reason);
		if (!strstr(route->reason, cases[i].reason))
			g_error("%s: %s", cases[i].domain, route->reason);
		/* The host is found all the same. */
		g_assert_nonnull(the(&world, RUNG_HOST, "hosting")->to);
	}
	world_end(&world);
}

static void
test_related(void)
{
	struct world world;

	world_start(&world, "", NULL);
	look(&world, "thin.org", NATURE_MALICIOUS);
	g_assert_cmpstr(the(&world, RUNG_REGISTRAR, "registrar")->to, ==, "abuse@r.example");
	world_end(&world);
}

/* A provider's own profile comes before what RDAP says, and WHOIS where there is no RDAP. */
static void
test_contact_order(void)
{
	struct world world;
	const struct route *route;

	world_start(&world, "", NULL);
	look(&world, "namecheap.org", NATURE_MALICIOUS);
	route = the(&world, RUNG_REGISTRAR, "registrar");
	g_assert_cmpstr(route->provider, ==, "namecheap");
	g_assert_cmpstr(route->to, ==, "abuse@namecheap.com");
	g_assert_true(g_str_has_prefix(route->source, "profile namecheap"));
	look(&world, "name.cc", NATURE_MALICIOUS);
	route = the(&world, RUNG_REGISTRAR, "registrar");
	g_assert_cmpstr(route->to, ==, "abuse@w.example");
	g_assert_nonnull(strstr(route->source, "WHOIS"));
	g_assert_cmpstr(the(&world, RUNG_REGISTRY, "registry")->provider, ==, "verisign");
	world_end(&world);
}

static void
test_suffixes(void)
{
	struct world world;
	g_autoptr(Indicator) ddns = make(INDICATOR_DOMAIN, "a.ddns.net", "a.ddns.net", "ddns.net");
	g_autoptr(Indicator) page =
		make(INDICATOR_URL, "page.github.io", "page.github.io", "github.io");

	world_start(&world, "", NULL);
	locate(&world, ddns, NATURE_MALICIOUS, "phishing");
	g_assert_cmpstr(the(&world, RUNG_HOST, "ddns")->provider, ==, "noip");
	g_assert_nonnull(the(&world, RUNG_HOST, "hosting"));
	g_assert_null(the(&world, RUNG_REGISTRAR, "registrar"));
	g_assert_null(the(&world, RUNG_REGISTRY, "registry"));
	locate(&world, page, NATURE_MALICIOUS, "phishing");
	g_assert_cmpstr(the(&world, RUNG_HOST, "hosting")->provider, ==, "github");
	g_assert_cmpint(the(&world, RUNG_HOST, "hosting")->channel, ==, CHANNEL_PACKET);
	g_assert_cmpint(world.routes->len, ==, 1);
	world_end(&world);
}

/* From memory is told as such; an API whose plugin is not there is passed over. */
static void
test_channels(void)
{
	struct world world;
	g_autoptr(Indicator) remembered =
		make(INDICATOR_DOMAIN, "a.remembered.test", "a.remembered.test", "remembered.test");
	g_autoptr(Indicator) api = make(INDICATOR_DOMAIN, "a.api.test", "a.api.test", "api.test");

	world_start(&world, "", NULL);
	locate(&world, remembered, NATURE_MALICIOUS, "phishing");
	g_assert_cmpstr(the(&world, RUNG_HOST, "hosting")->to, ==, "abuse@remembered.example");
	g_assert_true(the(&world, RUNG_HOST, "hosting")->unconfirmed);
	locate(&world, api, NATURE_MALICIOUS, "phishing");
	g_assert_cmpstr(the(&world, RUNG_HOST, "hosting")->to, ==, "abuse@api.example");
	g_assert_cmpint(the(&world, RUNG_HOST, "hosting")->channel, ==, CHANNEL_MAIL);
	g_assert_false(the(&world, RUNG_HOST, "hosting")->unconfirmed);
	world_end(&world);
}

static void
test_jp(void)
{
	struct world world;
	g_autoptr(Indicator) plain = make(INDICATOR_DOMAIN, "demo.jp", "demo.jp", "jp");
	g_autoptr(Indicator) company = make(INDICATOR_DOMAIN, "demo.co.jp", "demo.co.jp", "co.jp");

	world_start(&world, "", NULL);
	locate(&world, plain, NATURE_MALICIOUS, "phishing");
	g_assert_cmpstr(the(&world, RUNG_REGISTRAR, "registrar")->to, ==, "desk@agent.example");
	g_assert_true(the(&world, RUNG_REGISTRAR, "registrar")->ask);
	g_assert_false(the(&world, RUNG_REGISTRY, "jprs")->ask);
	locate(&world, plain, NATURE_MALICIOUS, "suspicious_registration");
	g_assert_true(the(&world, RUNG_REGISTRAR, "jprs")->ask);
	g_assert_cmpint(the(&world, RUNG_REGISTRAR, "jprs")->channel, ==, CHANNEL_PACKET);
	locate(&world, plain, NATURE_COMPROMISED, "phishing");
	g_assert_null(the(&world, RUNG_REGISTRAR, "registrar"));
	g_assert_false(the(&world, RUNG_REGISTRY, "jprs")->ask);
	locate(&world, company, NATURE_MALICIOUS, "phishing");
	g_assert_null(the(&world, RUNG_REGISTRAR, "registrar")->to);
	g_assert_nonnull(the(&world, RUNG_REGISTRAR, "registrar")->reason);
	world_end(&world);
}

static void
test_other_types(void)
{
	struct world world;
	g_autoptr(Indicator) address = make(INDICATOR_IPV4, "198.51.100.2", NULL, NULL);
	g_autoptr(Indicator) strange = make(INDICATOR_IPV4, "203.0.113.9", NULL, NULL);
	g_autoptr(Indicator) mail = make(INDICATOR_MAIL, "evil.org", "evil.org", "org");

	world_start(&world, "", NULL);
	locate(&world, address, NATURE_MALICIOUS, "phishing");
	g_assert_cmpint(world.routes->len, ==, 1);
	g_assert_cmpstr(the(&world, RUNG_HOST, "hosting")->provider, ==, "net-198.51.100.0-24");
	locate(&world, strange, NATURE_MALICIOUS, "phishing");
	g_assert_null(the(&world, RUNG_HOST, "hosting")->to);
	locate(&world, mail, NATURE_MALICIOUS, "phishing");
	g_assert_true(the(&world, RUNG_HOST, "hosting")->ask);
	g_assert_false(the(&world, RUNG_REGISTRAR, "registrar")->ask);
	look(&world, "xn--bcher-kva.org", NATURE_MALICIOUS);
	g_assert_cmpstr(the(&world, RUNG_REGISTRAR, "registrar")->to, ==, "abuse@idn.example");
	world_end(&world);
}

static void
count(const struct indicator *indicator, GPtrArray *routes, void *user)
{
	g_assert_nonnull(indicator);
	g_assert_cmpuint(routes->len, >=, 3);
	++*(int *)user;
}

/* A thousand URLs of one host ask once; the next run asks the store. */
static void
test_shared_and_cached(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open("sqlite::memory:", TRUE, &error);
	g_autoptr(Indicator) indicator = make(INDICATOR_DOMAIN, "evil.org", "evil.org", "org");
	struct world world;
	struct locator *again;
	int done = 0, before;

	g_assert_no_error(error);
	world_start(&world, "", store);
	rdap_of_example = 0;
	for (int i = 0; i < 1000; i++)
		locator_add(world.locator, indicator, NULL, count, &done);
	locator_run(world.locator);
	g_assert_cmpint(done, ==, 1000);
	g_assert_cmpint(rdap_of_example, ==, 1);
	before = requests;
	again = locator_new(world.config, world.profiles, NULL, store, &error);
	g_assert_no_error(error);
	locator_add(again, indicator, NULL, count, &done);
	locator_run(again);
	g_assert_cmpint(done, ==, 1001);
	g_assert_cmpint(requests, ==, before);
	locator_free(again);
	world_end(&world);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	server_start(&server, answer);
	g_test_add_func("/locate/malicious", test_malicious);
	g_test_add_func("/locate/unknown", test_unknown);
	g_test_add_func("/locate/compromised", test_compromised);
	g_test_add_func("/locate/rungs-configured", test_rungs_configured);
	g_test_add_func("/locate/refused", test_refused);
	g_test_add_func("/locate/related", test_related);
	g_test_add_func("/locate/contact-order", test_contact_order);
	g_test_add_func("/locate/suffixes", test_suffixes);
	g_test_add_func("/locate/channels", test_channels);
	g_test_add_func("/locate/jp", test_jp);
	g_test_add_func("/locate/other-types", test_other_types);
	g_test_add_func("/locate/shared-and-cached", test_shared_and_cached);
	status = g_test_run();
	server_stop(&server);
	return status;
}
