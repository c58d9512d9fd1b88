/* X-ARF v4 out: what must be there, what must not be invented. */
#include "compose/xarf.h"

#include <jansson.h>
#include <string.h>

struct made {
	struct abuse_case *abuse_case;
	struct indicator *indicator;
	struct xarf_input input;
};

static void
setup(struct made *made, const char *type, enum indicator_type indicator_type, const char *value,
	const char *host)
{
	made->abuse_case = abuse_case_new();
	made->abuse_case->title = g_strdup("A case");
	made->abuse_case->type = g_strdup(type);
	made->abuse_case->nature = NATURE_MALICIOUS;
	made->abuse_case->tlp = TLP_GREEN;
	made->indicator = indicator_new();
	made->indicator->type = indicator_type;
	made->indicator->value = g_strdup(value);
	made->indicator->host = g_strdup(host);
	made->indicator->host_is_address =
		indicator_type == INDICATOR_IPV4 || indicator_type == INDICATOR_IPV6;
	made->indicator->first_seen = 1534723200 * G_GINT64_CONSTANT(1000000);
	made->input = (struct xarf_input){ .abuse_case = made->abuse_case,
		.indicator = made->indicator,
		.reporter_name = "Hanako Yamada",
		.reporter_organisation = "Example CSIRT",
		.reporter_email = "abuse-reports@csirt.example",
		.reference = "abcdefghijklmnop",
		.evidence_limit = 15 << 20 };
}

static void
teardown(struct made *made)
{
	abuse_case_free(made->abuse_case);
	indicator_free(made->indicator);
}

static json_t *
build(struct made *made)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = xarf_build(&made->input, &error);
	g_assert_no_error(error);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	g_assert_nonnull(json);
	/* For the schema check beside the tests: one file a case. */
	if (g_getenv("XARF_OUT")) {
		static int count;
		g_autofree char *path =
			g_strdup_printf("%s/%d.json", g_getenv("XARF_OUT"), ++count);
		g_file_set_contents(path, text, -1, NULL);
	}
	return json;
}

static const char *
field(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static void
test_url(void)
{
	struct made made;
	setup(&made, "phishing", INDICATOR_URL, "https://senate.group/login?a=1", "senate.group");
	json_t *json = build(&made);
	g_assert_cmpstr(field(json, "category"), ==, "content");
	g_assert_cmpstr(field(json, "type"), ==, "phishing");
	g_assert_cmpstr(field(json, "url"), ==, "https://senate.group/login?a=1");
	g_assert_cmpstr(field(json, "domain"), ==, "senate.group");
	g_assert_cmpstr(field(json, "source_identifier"), ==, "senate.group");
	g_assert_cmpstr(field(json, "timestamp"), ==, "2018-08-20T00:00:00Z");
	g_assert_cmpstr(field(json_object_get(json, "reporter"), "domain"), ==, "csirt.example");
	g_assert_cmpstr(field(json_object_get(json, "sender"), "org"), ==, "Example CSIRT");
	g_assert_null(json_object_get(json, "evidence"));
	json_decref(json);
	teardown(&made);
}

static void
test_every_type(void)
{
	static const char *const types[] = { "phishing", "malware", "fraud", "remote_compromise",
		"exposed_data", "spam", "sql_injection", "vulnerability_scan", "infected_host",
		"botnet", "compromised_server", "blocklist", "threat_intelligence", "copyright",
		"cyberlocker", "link_site", "ugc_platform", "open_service", "misconfiguration" };
	static const struct {
		enum indicator_type type;
		const char *value, *host;
	} indicators[] = {
		{ INDICATOR_URL, "http://a.example.net/x", "a.example.net" },
		{ INDICATOR_DOMAIN, "xn--wgv71a.xn--zckzah", "xn--wgv71a.xn--zckzah" },
		{ INDICATOR_IPV4, "192.0.2.1", "192.0.2.1" },
		{ INDICATOR_IPV6, "2001:db8::1", "2001:db8::1" },
		{ INDICATOR_MAIL, "bad@example.net", "example.net" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(indicators); j++) {
			struct made made;
			setup(&made, types[i], indicators[j].type, indicators[j].value,
				indicators[j].host);
			json_decref(build(&made));
			teardown(&made);
		}
	}
}

static void
assert_refused(const char *type, const char *email, const char *words)
{
	struct made made;
	g_autoptr(GError) error = NULL;
	setup(&made, type, INDICATOR_DOMAIN, "example.net", "example.net");
	made.input.reporter_email = email;
	g_assert_null(xarf_build(&made.input, &error));
	if (!strstr(error->message, words))
		g_error("\"%s\" does not tell \"%s\"", error->message, words);
	teardown(&made);
}

static void
test_nothing_is_invented(void)
{
	assert_refused("cve", "a@csirt.example", "\"cve_id\"");
	assert_refused("csam", "a@csirt.example", "\"classification\"");
	assert_refused("no_such", "a@csirt.example", "\"type\"");
	assert_refused("phishing", "a@csirt.example, b@csirt.example", "[reporter] email");
	assert_refused("phishing", NULL, "[reporter] email");
}

static struct evidence *
evidence_of(const char *name, gsize size)
{
	struct evidence *evidence = g_new0(struct evidence, 1);
	evidence->name = g_strdup(name);
	evidence->media_type = g_strdup("text/plain");
	evidence->content = g_bytes_new_take(g_malloc0(size), size);
	evidence->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, evidence->content);
	return evidence;
}

static void
test_evidence(void)
{
	struct made made;
	setup(&made, "phishing", INDICATOR_DOMAIN, "example.net", "example.net");
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_free);
	g_ptr_array_add(files, evidence_of("small \xff.txt", 4));
	g_ptr_array_add(files, evidence_of("empty.txt", 0));
	g_ptr_array_add(files, evidence_of("over-5-MB.bin", 6 << 20));
	made.input.evidence = files;
	json_t *json = build(&made);
	const json_t *items = json_object_get(json, "evidence");
	g_assert_cmpuint(json_array_size(items), ==, 2);
	const json_t *item = json_array_get(items, 0);
	g_assert_cmpstr(field(item, "payload"), ==, "AAAAAA==");
	g_assert_cmpstr(field(item, "hash"), ==,
		"sha256:df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119");
	g_assert_cmpint(json_integer_value(json_object_get(item, "size")), ==, 4);
	json_decref(json);
	made.input.evidence_limit = 3;
	json = build(&made);
	g_assert_cmpuint(json_array_size(json_object_get(json, "evidence")), ==, 1);
	json_decref(json);
	teardown(&made);
}

static void
test_same_again(void)
{
	struct made made;
	setup(&made, "phishing", INDICATOR_DOMAIN, "example.net", "example.net");
	g_autofree char *one = xarf_build(&made.input, NULL);
	g_autofree char *two = xarf_build(&made.input, NULL);
	g_assert_cmpstr(one, ==, two);
	made.input.number = 1;
	g_autofree char *other = xarf_build(&made.input, NULL);
	g_assert_cmpstr(one, !=, other);
	teardown(&made);
}

static void
test_long_description(void)
{
	struct made made;
	setup(&made, "phishing", INDICATOR_DOMAIN, "example.net", "example.net");
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < 2000; i++)
		g_string_append(text, "日");
	made.abuse_case->description = g_strdup(text->str);
	json_t *json = build(&made);
	g_assert_cmpint(g_utf8_strlen(field(json, "description"), -1), ==, 1000);
	json_decref(json);
	teardown(&made);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xarf/url", test_url);
	g_test_add_func("/xarf/every-type", test_every_type);
	g_test_add_func("/xarf/nothing-is-invented", test_nothing_is_invented);
	g_test_add_func("/xarf/evidence", test_evidence);
	g_test_add_func("/xarf/same-again", test_same_again);
	g_test_add_func("/xarf/long-description", test_long_description);
	return g_test_run();
}
