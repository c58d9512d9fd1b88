/* Compose against a store and a plugin made here: what becomes a report, what is held, and the
 * exact bytes. The fakes stand in for core/store and core/plugin/call.c at the link. */
#include "compose/composer.h"

#include "compose/variables.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- the fake store --- */
struct fake {
	struct abuse_case *abuse_case;
	GPtrArray *evidence;  /* of struct evidence * */
	GPtrArray *rows;      /* of struct group_row *, ordered */
	GHashTable *reported; /* "provider id" */
	GPtrArray *reports;   /* of struct report * */
	GPtrArray *bytes;     /* of GBytes *, in order of composing */
	GHashTable *marks;
	guint commits;
	/* what the plugin does */
	const char *template_name, *missing, *mail_to, *text;
	guint mails;
};
static struct fake fake;

static void
free_row(void *row)
{
	group_row_free(row);
}

static void
free_report(void *report)
{
	report_free(report);
}

static void
free_evidence(void *evidence)
{
	evidence_free(evidence);
}

static void
free_bytes(void *bytes)
{
	g_bytes_unref(bytes);
}

static struct abuse_case *
case_copy(void)
{
	struct abuse_case *copy = abuse_case_new();
	*copy = *fake.abuse_case;
	copy->title = g_strdup(fake.abuse_case->title);
	copy->type = g_strdup(fake.abuse_case->type);
	copy->description = g_strdup(fake.abuse_case->description);
	return copy;
}

gboolean
store_begin(struct store *store, GError **error)
{
	(void)store, (void)error;
	return TRUE;
}

gboolean
store_commit(struct store *store, GError **error)
{
	(void)store, (void)error;
	fake.commits++;
	return TRUE;
}

void
store_rollback(struct store *store)
{
	(void)store;
}

struct abuse_case *
store_case_get(struct store *store, gint64 id, GError **error)
{
	(void)store, (void)id, (void)error;
	return case_copy();
}

gboolean
store_cases_each(struct store *store, store_case_fn fn, void *user, GError **error)
{
	(void)store, (void)error;
	fn(fake.abuse_case, user);
	return TRUE;
}

GPtrArray *
store_evidence_list(struct store *store, gint64 case_id, GError **error)
{
	(void)store, (void)case_id, (void)error;
	return g_ptr_array_ref(fake.evidence);
}

gboolean
store_routes_each(struct store *store, gint64 case_id, gboolean unreported, store_route_fn fn,
	void *user, GError **error)
{
	(void)store, (void)case_id, (void)unreported, (void)error;
	for (guint i = 0; i < fake.rows->len; i++) {
		const struct group_row *row = g_ptr_array_index(fake.rows, i);
		g_autofree char *key = g_strdup_printf(
			"%s %" G_GINT64_FORMAT, row->route->provider, row->indicator->id);
		if (!g_hash_table_contains(fake.reported, key) &&
			!fn(row->route, row->indicator, user))
			break;
	}
	return TRUE;
}

GPtrArray *
store_routes_list(struct store *store, gint64 indicator_id, GError **error)
{
	(void)store, (void)error;
	GPtrArray *routes = g_ptr_array_new();
	for (guint i = 0; i < fake.rows->len; i++) {
		struct group_row *row = g_ptr_array_index(fake.rows, i);
		if (row->indicator->id == indicator_id)
			g_ptr_array_add(routes, row->route);
	}
	return routes;
}

struct indicator *
store_indicator_get(struct store *store, gint64 id, GError **error)
{
	(void)store, (void)error;
	for (guint i = 0; i < fake.rows->len; i++) {
		struct group_row *row = g_ptr_array_index(fake.rows, i);
		if (row->indicator->id == id) {
			struct group_row *copy = group_row_new(row->route, row->indicator);
			struct indicator *indicator = g_steal_pointer(&copy->indicator);
			group_row_free(copy);
			return indicator;
		}
	}
	return NULL;
}

static struct report *
report_copy(const struct report *from)
{
	struct report *to = report_new();
	for (guint i = 0; i < from->indicators->len; i++) {
		gint64 id = g_array_index(from->indicators, gint64, i);
		g_array_append_val(to->indicators, id);
	}
	to->id = from->id;
	to->case_id = from->case_id;
	to->provider = g_strdup(from->provider);
	to->provider_name = g_strdup(from->provider_name);
	to->kind = g_strdup(from->kind);
	to->plugin = g_strdup(from->plugin);
	to->channel = from->channel;
	to->to = g_strdup(from->to);
	to->rung = from->rung;
	to->state = from->state;
	to->reason = g_strdup(from->reason);
	to->reference = g_strdup(from->reference);
	to->message_id = g_strdup(from->message_id);
	to->subject = g_strdup(from->subject);
	to->server = g_strdup(from->server);
	return to;
}

gboolean
store_report_add(struct store *store, struct report *report, GError **error)
{
	(void)store, (void)error;
	report->id = fake.reports->len + 1;
	for (guint i = 0; i < report->indicators->len; i++)
		g_hash_table_add(
			fake.reported, g_strdup_printf("%s %" G_GINT64_FORMAT, report->provider,
					       g_array_index(report->indicators, gint64, i)));
	g_ptr_array_add(fake.reports, report_copy(report));
	return TRUE;
}

gboolean
store_report_compose(struct store *store, const struct report *report, const char *kind,
	GBytes *bytes, GError **error)
{
	(void)store, (void)kind, (void)error;
	g_assert_cmpint(report->id, >, 0);
	g_ptr_array_add(fake.bytes, g_bytes_ref(bytes));
	return TRUE;
}

struct report *
store_report_get(struct store *store, gint64 id, GError **error)
{
	(void)store, (void)error;
	return report_copy(g_ptr_array_index(fake.reports, id - 1));
}

gboolean
store_report_set_state(
	struct store *store, gint64 id, enum report_state to, const char *reason, GError **error)
{
	(void)store, (void)error;
	struct report *report = g_ptr_array_index(fake.reports, id - 1);
	g_assert_true(report_state_allows(report->state, to));
	report->state = to;
	g_free(report->reason);
	report->reason = g_strdup(reason);
	return TRUE;
}

char *
store_mark_get(struct store *store, const char *kind, const char *key, GError **error)
{
	(void)store, (void)error;
	if (g_str_equal(kind, "hold") || g_str_equal(kind, "escalated"))
		return NULL;
	g_assert_cmpstr(kind, ==, "contact");
	return g_strdup(g_hash_table_lookup(fake.marks, key));
}

/* Follow-ups and next rungs have a test of their own, test-follow-up.c. */
gboolean
store_indicator_back(struct store *store, gint64 id, gint64 *back, GError **error)
{
	(void)store, (void)id, (void)error;
	*back = 0;
	return TRUE;
}

gboolean
store_indicator_last_up(struct store *store, gint64 id, gint64 *at, GError **error)
{
	(void)store;
	(void)id;
	(void)error;
	*at = 0;
	return TRUE;
}

GPtrArray *
store_indicator_reports(struct store *store, gint64 indicator_id, GError **error)
{
	(void)store, (void)indicator_id, (void)error;
	return g_ptr_array_new();
}

/* --- the fake plugin --- */
static void
nothing(struct abate_context *ctx)
{
	(void)ctx;
}

static struct plugin fake_plugin = { .name = (char *)"fake", .api = { .check = nothing } };

const struct plugin *
plugin_best(const struct plugin_host *host, const struct plugin_target *target)
{
	(void)host;
	return g_strcmp0(target->report->kind, "neutral") == 0 ? NULL : &fake_plugin;
}

static void
free_mail(void *data)
{
	struct plugin_mail *mail = data;
	g_free(mail->to);
	g_free(mail->subject);
	g_free(mail->text);
	g_free(mail);
}

static void
free_packet(void *data)
{
	struct plugin_packet *packet = data;
	g_ptr_array_unref(packet->labels);
	g_ptr_array_unref(packet->values);
	g_free(packet);
}

static void
free_missing(void *data)
{
	g_free(data);
}

void
plugin_result_free(struct plugin_result *result)
{
	if (!result)
		return;
	g_ptr_array_unref(result->mails);
	g_ptr_array_unref(result->requests);
	g_ptr_array_unref(result->packets);
	g_ptr_array_unref(result->missing);
	g_free(result);
}

char *
plugin_request_to_json(const struct plugin_request *request)
{
	return g_strdup_printf("{\"url\": \"%s\"}", request->url);
}

static gboolean
fake_mails(const struct plugin_target *target, struct plugin_result *result, GError **error)
{
	for (guint i = 0; i < fake.mails; i++) {
		g_autoptr(GHashTable) extra = g_hash_table_new(g_str_hash, g_str_equal);
		g_hash_table_insert(extra, (char *)"request", (char *)"Extra words.");
		char *text = fake.text ? g_strdup(fake.text)
				       : target->render(target, fake.template_name, extra, error);
		if (!text)
			return FALSE;
		struct plugin_mail *mail = g_new0(struct plugin_mail, 1);
		mail->text = text;
		mail->to = g_strdup(fake.mail_to);
		mail->attach_xarf = mail->attach_evidence = TRUE;
		g_ptr_array_add(result->mails, mail);
	}
	return TRUE;
}

static void
fake_packet(struct plugin_result *result)
{
	struct plugin_packet *packet = g_new0(struct plugin_packet, 1);
	packet->title = (char *)"Report to <Example>";
	packet->url = (char *)"https://registrar.example/abuse?a=1&b=2";
	packet->labels = g_ptr_array_new();
	packet->values = g_ptr_array_new();
	packet->attach_evidence = TRUE;
	g_ptr_array_add(packet->labels, (char *)"Your message");
	g_ptr_array_add(packet->values, (char *)"</textarea><script>\n{{case.title}}\x1b[31m");
	g_ptr_array_add(result->packets, packet);
}

struct plugin_result *
plugin_call(const struct plugin_target *target, enum plugin_callback callback, GError **error)
{
	g_autoptr(PluginResult) result = g_new0(struct plugin_result, 1);
	result->mails = g_ptr_array_new_with_free_func(free_mail);
	result->requests = g_ptr_array_new();
	result->packets = g_ptr_array_new_with_free_func(free_packet);
	result->missing = g_ptr_array_new_with_free_func(free_missing);
	if (callback == PLUGIN_CHECK && fake.missing) {
		struct plugin_missing *missing = g_new0(struct plugin_missing, 1);
		missing->gravity = ABATE_NEEDED;
		missing->what = (char *)fake.missing;
		g_ptr_array_add(result->missing, missing);
	}
	if (callback == PLUGIN_COMPOSE && target->report->channel == CHANNEL_PACKET)
		fake_packet(result);
	else if (callback == PLUGIN_COMPOSE && !fake_mails(target, result, error))
		return NULL;
	return g_steal_pointer(&result);
}

/* --- the bench --- */
static void
add_route(const char *provider, const char *to, gint64 id, const char *url, const char *domain)
{
	struct route *route = route_new();
	struct indicator *indicator = indicator_new();
	route->indicator_id = indicator->id = id;
	route->provider = g_strdup(provider);
	route->provider_name = g_strdup("Example Registrar");
	route->kind = g_strdup("registrar");
	route->rung = RUNG_REGISTRAR;
	route->to = g_strdup(to);
	indicator->type = strstr(url, "://") ? INDICATOR_URL : INDICATOR_DOMAIN;
	indicator->value = g_strdup(url);
	indicator->host = g_strdup(domain);
	indicator->domain = g_strdup(domain);
	indicator->first_seen = 1534723200 * G_GINT64_CONSTANT(1000000);
	struct group_row *row = group_row_new(route, indicator);
	route_free(route);
	indicator_free(indicator);
	g_ptr_array_add(fake.rows, row);
}

struct bench {
	char *folder;
	struct config *config;
	struct profiles *profiles;
	struct composer *composer;
	struct compose_counts counts;
};

static void
fake_init(void)
{
	fake = (struct fake){ .template_name = "registrar", .mails = 1 };
	fake.abuse_case = abuse_case_new();
	fake.abuse_case->id = 1;
	fake.abuse_case->title = g_strdup("Strontium, August 2018");
	fake.abuse_case->type = g_strdup("phishing");
	fake.abuse_case->description = g_strdup("It copies a login page.\nSee the picture.");
	fake.abuse_case->nature = NATURE_MALICIOUS;
	fake.evidence = g_ptr_array_new_with_free_func(free_evidence);
	fake.rows = g_ptr_array_new_with_free_func(free_row);
	fake.reported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	fake.reports = g_ptr_array_new_with_free_func(free_report);
	fake.bytes = g_ptr_array_new_with_free_func(free_bytes);
	fake.marks = g_hash_table_new(g_str_hash, g_str_equal);
}

static void
setup(struct bench *bench, const void *data)
{
	const char *profile = data;
	g_autoptr(GError) error = NULL;
	fake_init();
	bench->folder = g_dir_make_tmp("abate-compose-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(bench->folder, "abate.conf", NULL);
	g_autofree char *providers = g_build_filename(bench->folder, "providers", NULL);
	g_autofree char *one = g_build_filename(providers, "limited.json", NULL);
	g_mkdir(providers, 0700);
	g_file_set_contents(file,
		"[reporter]\nname = Hanako Yamada\norganisation = Example CSIRT\n"
		"email = reports@csirt.example\n[mail]\nserver = mail.csirt.example:587\n"
		"reply_to = reports+{reference}@csirt.example\n[paths]\ntemplates = mine\n",
		-1, NULL);
	if (profile)
		g_file_set_contents(one, profile, -1, NULL);
	bench->config = config_load(file, &error);
	g_assert_no_error(error);
	const char *folders[] = { providers, NULL };
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	bench->profiles = profiles_load(folders, faults, &error);
	g_assert_no_error(error);
	if (faults->len)
		g_error("%s", (char *)g_ptr_array_index(faults, 0));
	bench->composer = composer_new(bench->config, bench->profiles, NULL, NULL, &error);
	g_assert_no_error(error);
	bench->composer->fixed_now = 1534809600 * G_GINT64_CONSTANT(1000000);
	bench->composer->fixed_reference = "abcdefghijklmnop";
}

static void
teardown(struct bench *bench, const void *data)
{
	(void)data;
	const char *remove[] = { "rm", "-rf", "--", bench->folder, NULL };
	composer_free(bench->composer);
	profiles_free(bench->profiles);
	config_free(bench->config);
	g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
		NULL);
	g_free(bench->folder);
	abuse_case_free(fake.abuse_case);
	g_ptr_array_unref(fake.evidence);
	g_ptr_array_unref(fake.rows);
	g_hash_table_unref(fake.reported);
	g_ptr_array_unref(fake.reports);
	g_ptr_array_unref(fake.bytes);
	g_hash_table_unref(fake.marks);
}

static void
run(struct bench *bench)
{
	g_autoptr(GError) error = NULL;
	composer_run(bench->composer, 0, &bench->counts, &error);
	g_assert_no_error(error);
}

static const struct report *
report_at(guint i)
{
	g_assert_cmpuint(i, <, fake.reports->len);
	return g_ptr_array_index(fake.reports, i);
}

static void
assert_held(struct bench *bench, const char *words)
{
	run(bench);
	g_assert_cmpint(report_at(0)->state, ==, REPORT_HELD);
	if (!strstr(report_at(0)->reason, words))
		g_error("\"%s\" does not tell \"%s\"", report_at(0)->reason, words);
	g_assert_cmpint(bench->counts.held, ==, 1);
}

static void
assert_golden(GBytes *bytes, const char *name)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR "/tests/data/compose", name, NULL);
	g_autofree char *wanted = NULL;
	gsize size;
	const char *got = g_bytes_get_data(bytes, &size);
	if (g_getenv("GOLDEN_WRITE"))
		g_file_set_contents(path, got, (gssize)size, NULL);
	g_assert_true(g_file_get_contents(path, &wanted, NULL, NULL));
	g_autofree char *text = g_strndup(got, size);
	g_assert_cmpstr(text, ==, wanted);
}

static void
add_evidence(const char *name, const char *text)
{
	struct evidence *evidence = g_new0(struct evidence, 1);
	evidence->name = g_strdup(name);
	evidence->media_type = g_strdup("text/plain");
	evidence->content = g_bytes_new(text, strlen(text));
	evidence->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, evidence->content);
	g_ptr_array_add(fake.evidence, evidence);
}

static void
test_golden(struct bench *bench, const void *data)
{
	(void)data;
	add_route("iana-1", "abuse@registrar.example", 1, "https://senate.group/a", "senate.group");
	add_evidence("page.txt", "Log in here\n");
	run(bench);
	g_assert_cmpint(bench->counts.ready, ==, 1);
	assert_golden(g_ptr_array_index(fake.bytes, 0), "registrar.eml");
	const struct report *report = report_at(0);
	g_assert_cmpstr(report->message_id, ==, "abate-abcdefghijklmnop@csirt.example");
	g_assert_cmpstr(
		report->subject, ==, "Phishing: hxxps://senate[.]group/a [abate-abcdefghijklmnop]");
	g_assert_cmpstr(report->server, ==, "mail.csirt.example:587");
	g_assert_cmpstr(report->plugin, ==, "fake");
}

static const char japanese[] =
	"{\"id\": \"limited\", \"name\": \"Limited\", \"kind\": \"registrar\", \"language\": "
	"\"ja\","
	"\"subject\": \"{{case.type_name}} {{count}}件\","
	"\"match\": [{\"iana_ids\": [9], \"evidence\": \"official\", \"source\": \"x\", \"as_of\": "
	"\"2026-01-01\"}],"
	"\"channels\": [{\"type\": \"mail\", \"to\": \"abuse@limited.example\", \"evidence\": "
	"\"official\", \"source\": \"https://limited.example/\", \"as_of\": \"2026-01-01\"}],"
	"\"limits\": {\"evidence\": \"official\", \"source\": \"x\", \"as_of\": \"2026-01-01\", "
	"\"indicators_per_report\": 3, \"urls_per_domain\": 2}}";

static void
test_profile(struct bench *bench, const void *data)
{
	(void)data;
	for (gint64 id = 1; id <= 10; id++) {
		g_autofree char *domain =
			g_strdup_printf("d%" G_GINT64_FORMAT ".example", (id - 1) / 3);
		g_autofree char *url = g_strdup_printf("https://%s/%" G_GINT64_FORMAT, domain, id);
		add_route("limited", "abuse@limited.example", id, url, domain);
	}
	run(bench);
	/* d0: two listed of three, d1 and d2 the same, d3: one; seven listed, three a report. */
	g_assert_cmpuint(fake.reports->len, ==, 3);
	g_assert_cmpuint(report_at(0)->indicators->len, ==, 4);
	g_assert_cmpuint(report_at(1)->indicators->len, ==, 5);
	g_assert_cmpuint(report_at(2)->indicators->len, ==, 1);
	g_assert_cmpstr(report_at(0)->subject, ==, "フィッシング 3件 [abate-abcdefghijklmnop]");
	assert_golden(g_ptr_array_index(fake.bytes, 0), "registrar-ja.eml");
}

static void
test_grouping(struct bench *bench, const void *data)
{
	(void)data;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	add_route("a", "abuse@a.example", 2, "two.example", "two.example");
	add_route("a", "abuse@a.example", 2, "two.example", "two.example");
	add_route("a", "other@a.example", 3, "three.example", "three.example");
	add_route("b", "abuse@b.example", 1, "one.example", "one.example");
	run(bench);
	g_assert_cmpuint(fake.reports->len, ==, 3);
	g_assert_cmpuint(report_at(0)->indicators->len, ==, 2);
	g_assert_cmpstr(report_at(1)->to, ==, "other@a.example");
	g_assert_cmpstr(report_at(2)->provider, ==, "b");
	run(bench);
	g_assert_cmpuint(fake.reports->len, ==, 3);
	g_assert_cmpint(bench->counts.ready, ==, 0);
}

static void
test_sealed(struct bench *bench, const void *data)
{
	(void)data;
	fake.abuse_case->sealed = TRUE;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(bench, "C1 is sealed");
}

static void
test_tlp(struct bench *bench, const void *data)
{
	(void)data;
	fake.abuse_case->tlp = TLP_RED;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(bench, "TLP:RED may not leave");
	fake.abuse_case->tlp = TLP_AMBER;
	g_autoptr(GError) error = NULL;
	composer_report(bench->composer, 1, &error);
	g_assert_no_error(error);
	g_assert_cmpint(report_at(0)->state, ==, REPORT_READY);
	g_autofree char *mail = g_strndup(g_bytes_get_data(g_ptr_array_index(fake.bytes, 1), NULL),
		g_bytes_get_size(g_ptr_array_index(fake.bytes, 1)));
	g_assert_nonnull(strstr(mail, "Subject: [TLP:AMBER] Phishing: one[.]example "));
	g_assert_nonnull(strstr(mail, "\r\n\r\nTLP:AMBER - please"));
}

static void
test_held_again(struct bench *bench, const void *data)
{
	(void)data;
	fake.abuse_case->tlp = TLP_RED;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(bench, "TLP:RED may not leave");
	fake.abuse_case->tlp = TLP_CLEAR;
	fake.abuse_case->sealed = TRUE;
	g_assert_true(composer_report(bench->composer, 1, NULL));
	g_assert_cmpint(report_at(0)->state, ==, REPORT_HELD);
	g_assert_cmpstr(report_at(0)->reason, ==, "the case C1 is sealed");
}

static void
test_contact(struct bench *bench, const void *data)
{
	(void)data;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	((struct group_row *)g_ptr_array_index(fake.rows, 0))->route->unconfirmed = TRUE;
	assert_held(bench, "from memory");
	g_hash_table_insert(fake.marks, (char *)"abuse@a.example", (char *)"confirmed");
	g_assert_true(composer_report(bench->composer, 1, NULL));
	g_assert_cmpint(report_at(0)->state, ==, REPORT_READY);
	g_hash_table_insert(fake.marks, (char *)"abuse@a.example", (char *)"bad");
	g_assert_true(composer_report(bench->composer, 1, NULL));
	g_assert_cmpint(report_at(0)->state, ==, REPORT_HELD);
}

static void
test_bad_address(struct bench *bench, const void *data)
{
	(void)data;
	add_route("a", "a@b.example\r\nBcc: c@d.example", 1, "one.example", "one.example");
	assert_held(bench, "is no mail address");
	g_assert_null(strpbrk(report_at(0)->reason, "\r\n"));
	g_assert_cmpuint(fake.bytes->len, ==, 0);
}

static void
test_missing(struct bench *bench, const void *data)
{
	(void)data;
	fake.missing = "a screenshot";
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(bench, "missing: a screenshot");
	g_assert_cmpuint(fake.bytes->len, ==, 1);
}

static void
test_two_messages(struct bench *bench, const void *data)
{
	(void)data;
	fake.mails = 2;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(bench, "made 2 messages");
}

static void
test_no_plugin(struct bench *bench, const void *data)
{
	(void)data;
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	struct group_row *row = g_ptr_array_index(fake.rows, 0);
	g_free(row->route->kind);
	row->route->kind = g_strdup("neutral");
	assert_held(bench, "no plugin serves a (neutral)");
}

static void
test_own_template(struct bench *bench, const void *data)
{
	(void)data;
	g_autofree char *folder = g_build_filename(bench->folder, "mine/en", NULL);
	g_autofree char *file = g_build_filename(folder, "registrar.mustache", NULL);
	g_mkdir_with_parents(folder, 0700);
	g_file_set_contents(file, "Subject: Mine\n\nline\n  {{#case.title}}\n", -1, NULL);
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	assert_held(
		bench, "mine/en/registrar.mustache:4:3: the section \"case.title\" is not closed");
	g_file_set_contents(file, "Subject: Mine\n\n{{case.title}} {{request}}\n", -1, NULL);
	g_assert_true(composer_report(bench->composer, 1, NULL));
	g_assert_cmpstr(report_at(0)->reason, ==, NULL);
	g_autofree char *mail = g_strndup(g_bytes_get_data(g_ptr_array_index(fake.bytes, 0), NULL),
		g_bytes_get_size(g_ptr_array_index(fake.bytes, 0)));
	g_assert_nonnull(strstr(mail, "Strontium, August 2018 Extra words.\r\n"));
}

static void
test_values_never_run(struct bench *bench, const void *data)
{
	(void)data;
	g_free(fake.abuse_case->description);
	fake.abuse_case->description =
		g_strdup("{{reporter.email}}{{>registrar}}{{#indicators}}\r\n\x1b]0;x\a.\n");
	add_route(
		"a", "abuse@a.example", 1, "https://one.example/{{reporter.phone}}", "one.example");
	run(bench);
	g_autofree char *mail = g_strndup(g_bytes_get_data(g_ptr_array_index(fake.bytes, 0), NULL),
		g_bytes_get_size(g_ptr_array_index(fake.bytes, 0)));
	g_assert_nonnull(strstr(mail, "{{reporter.email}}{{>registrar}}{{#indicators}}\r\n"));
	g_assert_null(strchr(mail, '\x1b'));
	g_assert_null(strchr(mail, '\a'));
}

static void
test_large_evidence(struct bench *bench, const void *data)
{
	(void)data;
	add_evidence("small.txt", "x");
	struct evidence *large = g_ptr_array_index(fake.evidence, 0);
	g_bytes_unref(large->content);
	large->content = g_bytes_new_take(g_malloc0(20 << 20), 20 << 20);
	add_evidence("empty.txt", "");
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	run(bench);
	GBytes *bytes = g_ptr_array_index(fake.bytes, 0);
	g_assert_cmpuint(g_bytes_get_size(bytes), <, 10000000);
	g_autofree char *mail = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_assert_nonnull(strstr(mail, "20971520 bytes; too large for a mail"));
	g_assert_nonnull(strstr(mail, "filename=empty.txt"));
	g_assert_null(strstr(mail, "filename=small.txt"));
}

static void
test_packet(struct bench *bench, const void *data)
{
	(void)data;
	add_evidence("page.txt", "Log in here\n");
	add_route("a", "https://a.example/form", 1, "one.example", "one.example");
	((struct group_row *)g_ptr_array_index(fake.rows, 0))->route->channel = CHANNEL_PACKET;
	run(bench);
	g_assert_cmpint(report_at(0)->state, ==, REPORT_MANUAL);
	assert_golden(g_ptr_array_index(fake.bytes, 0), "packet.txt");
	assert_golden(g_ptr_array_index(fake.bytes, 1), "packet.html");
	g_autofree char *html = g_strndup(g_bytes_get_data(g_ptr_array_index(fake.bytes, 1), NULL),
		g_bytes_get_size(g_ptr_array_index(fake.bytes, 1)));
	g_assert_null(strstr(html, "<script>"));
}

/* Every template of both languages renders for every nature, without a rest of mustache. */
static void
test_all_templates(struct bench *bench, const void *data)
{
	(void)data;
	static const char *const names[] = { "registrar", "registry", "hosting", "ddns", "jprs",
		"follow-up", "retract" };
	static const char *const languages[] = { "en", "ja" };
	add_route("a", "abuse@a.example", 1, "one.example", "one.example");
	run(bench);
	const struct group_row *row = g_ptr_array_index(fake.rows, 0);
	g_autoptr(GPtrArray) indicators = g_ptr_array_new();
	g_ptr_array_add(indicators, row->indicator);
	struct plugin_target target = { .abuse_case = fake.abuse_case,
		.report = report_at(0),
		.indicators = indicators,
		.config = bench->config };
	for (guint i = 0; i < G_N_ELEMENTS(names) * G_N_ELEMENTS(languages) * 3; i++) {
		g_autoptr(GError) error = NULL;
		const char *language = languages[i % 2];
		fake.abuse_case->nature = (enum nature)(i / 2 % 3);
		struct variables_input input = { .target = &target, .language = language };
		json_t *values = variables_build(&input);
		g_autofree char *text = templates_render(bench->composer->templates, language,
			names[i / 6], values, MUSTACHE_TEXT, &error);
		json_decref(values);
		g_assert_no_error(error);
		g_autofree char *subject = templates_take_subject(text);
		g_assert_nonnull(subject);
		g_assert_null(strstr(text, "{{"));
		g_assert_null(strstr(text, "\n\n\n"));
		g_assert_nonnull(strstr(text, "one[.]example"));
		g_assert_nonnull(strstr(text, "Hanako Yamada"));
	}
}

static void
test_many(struct bench *bench, const void *data)
{
	(void)data;
	bench->composer->fixed_reference = NULL;
	guint count = g_test_perf() ? 45000 : 2100;
	for (guint i = 0; i < count; i++) {
		g_autofree char *provider = g_strdup_printf("p%06u", i);
		g_autofree char *url = g_strdup_printf("https://d%u.example/login", i);
		g_autofree char *domain = g_strdup_printf("d%u.example", i);
		add_route(provider, "abuse@a.example", i + 1, url, domain);
	}
	g_test_timer_start();
	run(bench);
	double seconds = g_test_timer_elapsed();
	g_test_maximized_result(count / seconds, "%.0f reports composed a second", count / seconds);
	g_assert_cmpint(bench->counts.ready, ==, count);
	g_assert_cmpuint(fake.commits, >=, count / 500);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, data)                                                                            \
	g_test_add("/compose/" #name, struct bench, data, setup, test_##name, teardown)
	ADD(golden, NULL);
	ADD(profile, japanese);
	ADD(grouping, NULL);
	ADD(sealed, NULL);
	ADD(tlp, NULL);
	ADD(held_again, NULL);
	ADD(contact, NULL);
	ADD(bad_address, NULL);
	ADD(missing, NULL);
	ADD(two_messages, NULL);
	ADD(no_plugin, NULL);
	ADD(own_template, NULL);
	ADD(values_never_run, NULL);
	ADD(large_evidence, NULL);
	ADD(packet, NULL);
	ADD(all_templates, NULL);
	ADD(many, NULL);
	return g_test_run();
}
