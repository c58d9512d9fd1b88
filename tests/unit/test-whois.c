#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "net/whois.h"

static struct whois_object *
parse_file(const char *name)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR, "tests/data/whois", name, NULL);
	g_autofree char *text = NULL;
	gboolean read = g_file_get_contents(path, &text, NULL, NULL);

	g_assert_true(read);
	return whois_parse(text, "whois.example");
}

static void
assert_list(GPtrArray *list, const char *joined)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%s", i ? "," : "", (char *)list->pdata[i]);
	g_assert_cmpstr(text->str, ==, joined);
}

static void
test_gtld(void)
{
	struct whois_object *object = parse_file("gtld.txt");

	g_assert_cmpstr(object->registrar_name, ==, "Example Registrar, Inc.");
	g_assert_cmpstr(object->registrar_iana_id, ==, "9999");
	g_assert_cmpstr(object->registrar_abuse, ==, "abuse@registrar.example");
	g_assert_cmpstr(object->contact_mail, ==, "owner@bad.example");
	g_assert_cmpstr(object->registration, ==, "2018-04-20T17:03:38Z");
	g_assert_cmpstr(object->referral, ==, "whois.registrar.example");
	g_assert_cmpstr(object->organisation, ==, "Example Owner");
	assert_list(object->status, "clientTransferProhibited,clientHold");
	assert_list(object->name_servers, "ns1.bad.example,ns2.bad.example");
	g_assert_false(object->not_found);
	whois_object_free(object);
}

static void
test_jprs(void)
{
	static const char *const files[] = { "jprs-en.txt", "jprs-ja.txt" };

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		struct whois_object *object = parse_file(files[i]);

		g_assert_cmpstr(object->organisation, ==, i ? "例示株式会社" : "Example K.K.");
		g_assert_cmpstr(object->contact_mail, ==, "contact@proxy.example");
		g_assert_cmpstr(object->registration, ==, "2018-04-20");
		g_assert_cmpstr(object->expires, ==, "2027-04-30");
		assert_list(object->status, "Active,AgentChangeLocked");
		assert_list(object->name_servers,
			i ? "ns1.bad.example" : "ns1.bad.example,ns2.bad.example");
		g_assert_null(object->registrar_name);
		g_assert_false(object->not_found);
		whois_object_free(object);
	}
}

static void
test_jprs_attribute_type(void)
{
	static const char *const files[] = { "jprs-co-en.txt", "jprs-co-ja.txt" };

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		struct whois_object *object = parse_file(files[i]);

		g_assert_cmpstr(
			object->organisation, ==, i ? "例示株式会社" : "Example Corporation");
		g_assert_cmpstr(object->registration, ==, "2001-03-22");
		assert_list(object->status, i ? "Connected" : "Connected,DomainTransferLocked");
		assert_list(object->name_servers,
			i ? "ns1.bad.example" : "ns1.bad.example,ns2.bad.example");
		g_assert_null(object->contact_mail);
		whois_object_free(object);
	}
}

static void
test_other_styles(void)
{
	struct whois_object *uk = parse_file("uk.txt");
	struct whois_object *it = parse_file("it.txt");
	struct whois_object *ripe = parse_file("ripe.txt");

	g_assert_cmpstr(uk->registrar_name, ==, "Example Registrar Ltd [Tag = EXAMPLE]");
	g_assert_cmpstr(uk->registration, ==, "2014-02-14");
	assert_list(uk->name_servers, "ns1.bad.example,ns2.bad.example");
	g_assert_cmpstr(it->registrar_name, ==, "Registrar Esempio S.p.A.");
	g_assert_cmpstr(it->organisation, ==, "Esempio S.r.l.");
	assert_list(it->name_servers, "ns1.bad.example,ns2.bad.example");
	g_assert_cmpstr(ripe->abuse, ==, "abuse@hosting.example");
	g_assert_cmpstr(ripe->organisation, ==, "Example Hosting");
	whois_object_free(uk);
	whois_object_free(it);
	whois_object_free(ripe);
}

static void
test_not_found(void)
{
	static const char *const texts[] = { "No match for \"BAD.EXAMPLE\".\r\n", "NOT FOUND\n",
		"% No entries found\n", "Domain: bad.de\nStatus: free\n", "Domain not found.\n" };
	struct whois_object *object = parse_file("jprs-none.txt");

	g_assert_true(object->not_found);
	whois_object_free(object);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		object = whois_parse(texts[i], "");
		if (!object->not_found)
			g_error("not taken for \"not found\": %s", texts[i]);
		whois_object_free(object);
	}
	object = whois_parse("Domain Name: NOT-FOUND.EXAMPLE\nRegistrar: X\n", "");
	g_assert_false(object->not_found);
	whois_object_free(object);
}

static void
test_hostile(void)
{
	struct whois_object *object =
		whois_parse("Registrar: A\033[31m\x01 B\r\n"
			    "Registrar IANA ID: 1 OR 1\n"
			    "Registrar Abuse Contact Email: a@b.example, c@d.example\n"
			    "Registrant Email: mailto:a@b.example\n"
			    "Registrar WHOIS Server: 127.0.0.1/../x\n"
			    "Creation Date: 2018-99-99\n"
			    "Name Server: a..b/c ; rm -rf\n"
			    "\xff\xfe: \xc3\x28\n"
			    ":\n::\n[]\n[\n]\na. [\n%\n",
			"");

	g_assert_cmpstr(object->registrar_name, ==, "A [31m  B");
	g_assert_null(object->registrar_iana_id);
	g_assert_null(object->registrar_abuse);
	g_assert_null(object->contact_mail);
	g_assert_null(object->referral);
	g_assert_null(object->registration);
	whois_object_free(object);
	whois_object_free(whois_parse("", ""));
}

static void
test_charsets(void)
{
	/* "日本" in ISO-2022-JP and Shift_JIS, "é" in Latin-1. */
	static const struct {
		const char *bytes, *server, *text;
	} cases[] = {
		{ "\033$BF|K\\\033(B", "whois.nic.ad.jp", "日本" },
		{ "\x93\xfa\x96\x7b", "whois.example.jp", "日本" },
		{ "\xe9", "whois.nic.example", "é" },
		{ "日本", "whois.jprs.jp", "日本" },
	};
	g_autofree char *zero = NULL;
	g_autofree char *empty = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
			whois_to_utf8(cases[i].bytes, strlen(cases[i].bytes), cases[i].server);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
	zero = whois_to_utf8("a\0b", 3, "x");
	g_assert_cmpstr(zero, ==, "a b");
	empty = whois_to_utf8(NULL, 0, "x");
	g_assert_cmpstr(empty, ==, "");
}

static void
assert_found(const struct whois_servers *servers, const char *domain, const char *server,
	const char *query)
{
	const char *found = NULL;
	g_autofree char *asked = NULL;
	gboolean any = whois_servers_find(servers, domain, &found, &asked);

	g_assert_true(any);
	g_assert_cmpstr(found, ==, server);
	g_assert_cmpstr(asked, ==, query);
}

static void
test_shipped_table(void)
{
	g_autoptr(GError) error = NULL;
	struct whois_servers *servers =
		whois_servers_load(SOURCE_DIR "/config/whois-servers.conf", &error);
	const char *server;
	char *query;

	g_assert_no_error(error);
	assert_found(servers, "BAD.co.jp", "whois.jprs.jp", "bad.co.jp/e");
	assert_found(servers, "bad.de", "whois.denic.de", "-T dn,ace bad.de");
	assert_found(servers, "bad.org", "whois.publicinterestregistry.org", "bad.org");
	assert_found(servers, "bad.jpn.com", "whois.centralnic.com", "bad.jpn.com");
	assert_found(servers, "bad.su", "whois.tcinet.ru", "bad.su");
	g_assert_false(whois_servers_find(servers, "bad.example", &server, &query));
	whois_servers_free(servers);
}

static void
test_bad_table(void)
{
	static const char *const texts[] = { "\njp\n", "jp a.example %d\n", "jp a.example x\n",
		"jp a.example %s%s\n", "jp a.example %s%n\n" };
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "abate-whois-XXXXXX", NULL);
	int fd = g_mkstemp(path);

	g_assert_cmpint(fd, >=, 0);
	g_close(fd, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *place = g_strdup_printf("%s:%d:", path, i ? 1 : 2);

		g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
		g_assert_null(whois_servers_load(path, &error));
		g_assert_true(g_str_has_prefix(error->message, place));
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/whois/gtld", test_gtld);
	g_test_add_func("/whois/jprs", test_jprs);
	g_test_add_func("/whois/jprs-attribute-type", test_jprs_attribute_type);
	g_test_add_func("/whois/other-styles", test_other_styles);
	g_test_add_func("/whois/not-found", test_not_found);
	g_test_add_func("/whois/hostile", test_hostile);
	g_test_add_func("/whois/charsets", test_charsets);
	g_test_add_func("/whois/shipped-table", test_shipped_table);
	g_test_add_func("/whois/bad-table", test_bad_table);
	return g_test_run();
}
