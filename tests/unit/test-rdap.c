#include <glib.h>
#include <string.h>

#include "net/rdap.h"

static struct rdap_object *
parse(const char *json)
{
	g_autoptr(GError) error = NULL;
	struct rdap_object *object =
		rdap_parse(json, strlen(json), "https://rdap.example/", &error);

	g_assert_no_error(error);
	g_assert_nonnull(object);
	return object;
}

static struct rdap_object *
parse_file(const char *name)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR, "tests/data/rdap", name, NULL);
	g_autofree char *text = NULL;
	gboolean read = g_file_get_contents(path, &text, NULL, NULL);

	g_assert_true(read);
	return parse(text);
}

static void
test_domain(void)
{
	struct rdap_object *object = parse_file("domain.json");

	g_assert_cmpstr(object->name, ==, "bad.example");
	g_assert_cmpstr(object->handle, ==, "D1-EXAMPLE");
	g_assert_cmpstr(object->registrar_name, ==, "Example Registrar, Inc.");
	g_assert_cmpstr(object->registrar_iana_id, ==, "9999");
	g_assert_cmpstr(object->registrar_abuse, ==, "abuse@registrar.example");
	g_assert_cmpstr(object->abuse, ==, "abuse@registry.example");
	g_assert_cmpstr(object->registrant_mail, ==, "owner@bad.example");
	g_assert_cmpstr(object->registration, ==, "2018-04-20T17:03:38Z");
	g_assert_cmpstr(object->related, ==, "https://rdap.registrar.example/domain/BAD.EXAMPLE");
	g_assert_cmpuint(object->status->len, ==, 2);
	g_assert_cmpstr(object->status->pdata[0], ==, "client transfer prohibited");
	g_assert_cmpuint(object->name_servers->len, ==, 2);
	g_assert_cmpstr(object->name_servers->pdata[0], ==, "ns1.bad.example");
	g_assert_cmpuint(object->faults->len, ==, 0);
	rdap_object_free(object);
}

static void
test_network(void)
{
	struct rdap_object *object = parse_file("network.json");

	g_assert_cmpstr(object->name, ==, "EXAMPLE-NET");
	g_assert_cmpstr(object->network, ==, "192.0.2.0/24");
	g_assert_cmpstr(object->organisation, ==, "Example Hosting");
	/* The one marked as type "abuse", though not the first. */
	g_assert_cmpstr(object->abuse, ==, "abuse@hosting.example");
	g_assert_cmpstr(object->abuse_name, ==, "Abuse Desk");
	g_assert_null(object->registrant_mail);
	rdap_object_free(object);
}

static char *
with_mail(const char *mails)
{
	return g_strdup_printf(
		"{\"objectClassName\":\"domain\",\"ldhName\":\"a.example\","
		"\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[%s]]}]}",
		mails);
}

static void
test_hostile_mail(void)
{
	static const char *const hostile[] = { "a@b.example\\r\\nBcc: all@b.example",
		"a@b.example\\n", "a@b.example,c@d.example", "a@b.example c@d.example",
		"a@b.example;c@d.example", "mailto:a@b.example", "not an address", "a@b",
		"@b.example", "A <a@b.example>", "a@b.example\\u0000x", "\\u202ea@b.example",
		"a\\u001b[0m@b.example", "a@[127.0.0.1]", "https://b.example/abuse" };

	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *mail =
			g_strdup_printf("[\"email\",{},\"text\",\"%s\"]", hostile[i]);
		g_autofree char *json = with_mail(mail);
		g_autoptr(GError) error = NULL;
		struct rdap_object *object = rdap_parse(json, strlen(json), "u", &error);

		/* A NUL makes the whole answer no JSON text for us. */
		if (strstr(hostile[i], "u0000")) {
			g_assert_null(object);
			g_assert_nonnull(error);
			continue;
		}
		g_assert_no_error(error);
		g_assert_null(object->abuse);
		g_assert_cmpuint(object->faults->len, ==, 1);
		g_assert_null(strpbrk(object->faults->pdata[0], "\r\n\033"));
		rdap_object_free(object);
	}
}

static void
test_first_valid_mail(void)
{
	g_autofree char *json = with_mail("[\"email\",{},\"text\",\"x\"],"
					  "[\"email\",{},\"text\",\" first@b.example \"],"
					  "[\"email\",{},\"text\",\"second@b.example\"]");
	struct rdap_object *object = parse(json);

	g_assert_cmpstr(object->abuse, ==, "first@b.example");
	g_assert_cmpuint(object->faults->len, ==, 1);
	g_assert_nonnull(strstr(object->faults->pdata[0], "no mail address"));
	rdap_object_free(object);
}

static void
assert_refused(const char *json, const char *why)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(rdap_parse(json, strlen(json), "https://rdap.example/x", &error));
	g_assert_nonnull(error);
	if (!strstr(error->message, why) || !strstr(error->message, "https://rdap.example/x"))
		g_error("\"%s\" does not say \"%s\"", error->message, why);
	g_assert_null(strpbrk(error->message, "\r\n\033"));
}

#define ENTITY(role, mail, below)                                                                  \
	"{\"objectClassName\":\"entity\",\"roles\":[\"" role "\"],\"vcardArray\":[\"vcard\",[["    \
	"\"email\",{},\"text\",\"" mail "\"]]],\"entities\":[" below "]}"

/* All that can be written to, best role first; a hostile one is left out. */
static void
test_contacts(void)
{
	static const char *const expected[] = { "abuse abuse@r.example 1",
		"technical tech@r.example 1", "technical t@owner.example 0",
		"registrant o@owner.example 0", "registrar r@r.example 1" };
	struct rdap_object *object = parse("{\"objectClassName\":\"domain\",\"entities\":[" ENTITY(
		"registrant", "o@owner.example", "") "," ENTITY("registrar", "r@r.example",
		ENTITY("technical", "tech@r.example", "") "," ENTITY(
			"abuse", "abuse@r.example", "")) "," ENTITY("technical", "t@owner.example",
		"") "," ENTITY("administrative", "a@b.example\\r\\nBcc: c@d.example",
		"") "," ENTITY("reseller", "x@reseller.example", "") "]}");

	g_assert_cmpuint(object->contacts->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < object->contacts->len; i++) {
		const struct rdap_contact *contact = object->contacts->pdata[i];
		g_autofree char *text = g_strdup_printf(
			"%s %s %d", contact->role, contact->mail, contact->of_registrar);

		g_assert_cmpstr(text, ==, expected[i]);
	}
	rdap_object_free(object);
}

static void
test_no_answer(void)
{
	g_autofree char *deep = g_malloc(20001);

	memset(deep, '[', 10000);
	memset(deep + 10000, ']', 10000);
	deep[20000] = '\0';
	assert_refused(deep, "nested deeper than");
	assert_refused("", "no JSON");
	assert_refused("<html>", "no JSON");
	assert_refused("[]", "no RDAP answer");
	assert_refused("{}", "no RDAP answer");
	assert_refused("{\"errorCode\":404,\"title\":\"Not\\r\\n\\u001bFound\"}", "error 404");
}

static void
test_odd_types(void)
{
	struct rdap_object *object = parse(
		"{\"objectClassName\":\"domain\",\"ldhName\":7,\"entities\":{\"roles\":1},"
		"\"status\":\"active\",\"nameservers\":[1,null,{\"ldhName\":[]}],\"links\":[[]],"
		"\"events\":[{\"eventAction\":\"registration\",\"eventDate\":\"soon\"}]}");

	g_assert_null(object->name);
	g_assert_null(object->registration);
	g_assert_cmpuint(object->faults->len, ==, 1);
	rdap_object_free(object);
	object = parse("{\"objectClassName\":\"domain\",\"entities\":[null,5,{\"roles\":\"abuse\","
		       "\"vcardArray\":[\"vcard\",[1,[],[\"email\"],[\"email\",{},\"text\",{}],"
		       "[\"email\",[],\"text\",[\"a@b.example\"]]]]}]}");
	g_assert_cmpstr(object->abuse, ==, "a@b.example");
	rdap_object_free(object);
}

static void
test_link(void)
{
	struct rdap_object *object = parse("{\"objectClassName\":\"domain\",\"links\":[{\"rel\":"
					   "\"related\",\"type\":\"application/rdap+json\","
					   "\"href\":\"file:///etc/passwd\"}]}");

	g_assert_null(object->related);
	g_assert_cmpuint(object->faults->len, ==, 1);
	rdap_object_free(object);
}

static const char dns_json[] =
	"{\"services\":[[[\"com\",\"NET\"],[\"http://a.example\",\"https://b.example/rdap\"]],"
	"[[\"co.uk\"],[\"https://c.example/\"]],[[\"uk\"],[\"https://d.example/\"]],"
	"[[\"bad\"],[\"gopher://x/\"]],[[\"odd\",5],7],3]}";
static const char ipv4_json[] = "{\"services\":[[[\"0.0.0.0/0\"],[\"https://all.example/\"]],"
				"[[\"192.0.0.0/8\"],[\"https://a.example/\"]],"
				"[[\"192.0.2.0/24\",\"x/y\"],[\"https://b.example/\"]]]}";
static const char ipv6_json[] = "{\"services\":[[[\"2001:db8::/32\"],[\"https://a.example/\"]],"
				"[[\"2001:db8:8000::/33\"],[\"https://b.example/\"]]]}";
static const char asn_json[] =
	"{\"services\":[[[\"64496-64511\",\"7\"],[\"https://a.example/\"]]]}";

static void
test_bootstrap(void)
{
	g_autoptr(GError) error = NULL;
	struct rdap_bootstrap *b =
		rdap_bootstrap_parse(dns_json, ipv4_json, ipv6_json, asn_json, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(rdap_bootstrap_domain(b, "x.COM"), ==, "https://b.example/rdap/");
	g_assert_cmpstr(rdap_bootstrap_domain(b, "a.b.net."), ==, "https://b.example/rdap/");
	g_assert_cmpstr(rdap_bootstrap_domain(b, "x.co.uk"), ==, "https://c.example/");
	g_assert_cmpstr(rdap_bootstrap_domain(b, "x.org.uk"), ==, "https://d.example/");
	g_assert_null(rdap_bootstrap_domain(b, "x.bad"));
	g_assert_null(rdap_bootstrap_domain(b, "xcom"));
	g_assert_cmpstr(rdap_bootstrap_address(b, "192.0.2.1"), ==, "https://b.example/");
	g_assert_cmpstr(rdap_bootstrap_address(b, "192.1.2.1"), ==, "https://a.example/");
	g_assert_cmpstr(rdap_bootstrap_address(b, "8.8.8.8"), ==, "https://all.example/");
	g_assert_cmpstr(rdap_bootstrap_address(b, "2001:db8:8000::1"), ==, "https://b.example/");
	g_assert_cmpstr(rdap_bootstrap_address(b, "2001:db8::1"), ==, "https://a.example/");
	g_assert_null(rdap_bootstrap_address(b, "2400::1"));
	g_assert_cmpstr(rdap_bootstrap_autnum(b, 64500), ==, "https://a.example/");
	g_assert_null(rdap_bootstrap_autnum(b, 8));
	rdap_bootstrap_free(b);
	g_assert_null(rdap_bootstrap_parse("{\"a\":1}", NULL, NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "dns.json"));
}

static void
test_bootstrap_folder(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Net) net = net_new(&(struct net_options){ .allow_file = TRUE }, NULL);
	struct rdap_bootstrap *b =
		rdap_bootstrap_load(net, SOURCE_DIR "/tests/data/rdap/bootstrap", &error);
	g_autofree char *url = NULL;

	g_assert_no_error(error);
	url = rdap_url(rdap_bootstrap_domain(b, "bad.example"), "domain", "bad.example");
	g_assert_true(g_str_has_suffix(url, "/tests/data/rdap/bootstrap/rdap/domain/bad.example"));
	g_assert_true(g_str_has_prefix(url, "file:///"));
	rdap_bootstrap_free(b);
	g_assert_null(rdap_bootstrap_load(net, SOURCE_DIR "/tests/data/rdap/none", &error));
	g_assert_nonnull(strstr(error->message, "none of dns.json"));
}

static void
test_url(void)
{
	g_autofree char *name = rdap_url("https://r.example/", "domain", "a/../b?c#d e");
	g_autofree char *address = rdap_url("https://r.example/", "ip", "2001:db8::1");

	g_assert_cmpstr(name, ==, "https://r.example/domain/a%2F..%2Fb%3Fc%23d%20e");
	g_assert_cmpstr(address, ==, "https://r.example/ip/2001:db8::1");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rdap/domain", test_domain);
	g_test_add_func("/rdap/network", test_network);
	g_test_add_func("/rdap/hostile-mail", test_hostile_mail);
	g_test_add_func("/rdap/first-valid-mail", test_first_valid_mail);
	g_test_add_func("/rdap/contacts", test_contacts);
	g_test_add_func("/rdap/no-answer", test_no_answer);
	g_test_add_func("/rdap/odd-types", test_odd_types);
	g_test_add_func("/rdap/link", test_link);
	g_test_add_func("/rdap/bootstrap", test_bootstrap);
	g_test_add_func("/rdap/bootstrap-folder", test_bootstrap_folder);
	g_test_add_func("/rdap/url", test_url);
	return g_test_run();
}
