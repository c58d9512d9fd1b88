/* What plugins get and hand over, through a plugin that does one thing at a time. */
#include "plugin/call.h"

#include "model/indicator.h"
#include "plugin/secrets.h"

#include "test-plugin.h"

#include <string.h>

struct bench {
	struct config *config;
	struct plugin_host *host;
	struct abuse_case *abuse_case;
	struct report *report;
	struct plugin_target target;
};

static void
add_indicator(struct plugin_target *target, const char *value)
{
	struct indicator *indicator = indicator_new();
	indicator->type = INDICATOR_URL;
	indicator->value = g_strdup(value);
	g_ptr_array_add(target->indicators, indicator);
}

static void
free_indicator(void *indicator)
{
	indicator_free(indicator);
}

/* act: what compose() is to do. */
static void
begin(struct bench *bench, const char *act)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strdup_printf("[reporter]\nemail = me@csirt.example\n"
						"[paths]\nplugins = probe\n[plugin probe]\n"
						"act = %s\ntoken_command = printf 's3cret\\nx'\n",
		act);
	memset(bench, 0, sizeof *bench);
	bench->config = config_with(text);
	bench->host = plugin_host_new(bench->config, &error);
	g_assert_no_error(error);
	bench->abuse_case = abuse_case_new();
	bench->abuse_case->title = g_strdup("Title \xEF\xB7\x90secret:probe:token\xEF\xB7\x91");
	bench->abuse_case->type = g_strdup("phishing");
	bench->abuse_case->tlp = TLP_AMBER;
	bench->report = report_new();
	bench->report->provider = g_strdup("probe-desk");
	bench->report->kind = g_strdup("hosting");
	bench->report->reference = g_strdup("abcdefghijklmnop");
	bench->target = (struct plugin_target){ .plugin = plugin_host_find(bench->host, "probe"),
		.abuse_case = bench->abuse_case,
		.report = bench->report,
		.indicators = g_ptr_array_new_with_free_func(free_indicator),
		.config = bench->config };
	add_indicator(&bench->target, "https://one.example/");
	add_indicator(&bench->target, "https://two.example/\"");
	g_assert_nonnull(bench->target.plugin);
}

static void
end(struct bench *bench)
{
	g_ptr_array_unref(bench->target.indicators);
	report_free(bench->report);
	abuse_case_free(bench->abuse_case);
	plugin_host_free(bench->host);
	config_free(bench->config);
}

static struct plugin_result *
compose(const char *act)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, act);
	struct plugin_result *result = plugin_call(&bench.target, PLUGIN_COMPOSE, &error);
	g_assert_no_error(error);
	end(&bench);
	return result;
}

static void
assert_refused(const char *act, const char *words)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, act);
	g_assert_null(plugin_call(&bench.target, PLUGIN_COMPOSE, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "probe"));
	if (!strstr(error->message, words))
		g_error("%s: \"%s\" does not say \"%s\"", act, error->message, words);
	end(&bench);
}

static void
test_mail(void)
{
	g_autoptr(PluginResult) result = compose("mail");
	g_assert_cmpuint(result->mails->len, ==, 1);
	const struct plugin_mail *mail = result->mails->pdata[0];
	g_assert_cmpstr(mail->to, ==, "abuse@example.org");
	g_assert_cmpstr(mail->subject, ==, "One line");
	g_assert_cmpstr(mail->text, ==, "Text");
	g_assert_true(mail->attach_xarf && !mail->attach_evidence);
}

static void
test_refused(void)
{
	assert_refused("mail-two", "one mail address");
	assert_refused("mail-break", "line break");
	assert_refused("mail-empty", "no text");
	assert_refused("http-plain", "https");
	assert_refused("http-user", "https");
	assert_refused("http-file", "https");
	assert_refused("http-header", "line break");
	assert_refused("http-name", "HTTP header");
	assert_refused("http-other-secret", "another plugin's secret");
	assert_refused("http-url-secret", "secret in its URL");
	assert_refused("nothing", "no message");
	assert_refused("pointer", "no-slash");
	assert_refused("verdict", "answer() only");
	assert_refused("unheard-of", "gave up");
}

/* A title that asks for a secret gets none; options come as they are set. */
static void
test_fields(void)
{
	g_autoptr(PluginResult) result = compose("fields");
	const struct plugin_mail *mail = result->mails->pdata[0];
	g_assert_cmpstr(mail->text, ==,
		"Title \xEF\xBF\xBDsecret:probe:token\xEF\xBF\xBD|content|TLP:AMBER|mail|(null)|"
		"me@csirt.example|hosting|(null)|hxxps://one[.]example/|none|1");
}

static void
test_packet(void)
{
	g_autoptr(PluginResult) result = compose("packet");
	const struct plugin_packet *packet = result->packets->pdata[0];
	g_assert_cmpstr(packet->url, ==, "https://form.example/");
	g_assert_cmpuint(packet->labels->len, ==, 2);
	g_assert_cmpstr(packet->values->pdata[1], ==, "");
}

static void
check_request(const struct plugin_request *request)
{
	g_assert_cmpstr(request->method, ==, "POST");
	g_assert_cmpstr(request->idempotency_key, ==, "abcdefghijklmnop");
	g_assert_cmpuint(request->headers->len, ==, 1);
	g_assert_cmpstr(request->body, ==,
		"{\"urls\":[\"https://one.example/\",\"https://two.example/\\\"\"],"
		"\"a/b\":{\"n\":7,\"yes\":true},\"doc\":{\"x\":[1]}}");
}

/* To JSON and back, and the secret only at the very end. */
static char *
fill_secrets(const struct config *config, const char *text, GError **error)
{
	struct secrets_cache *cache = secrets_cache_new(config);
	char *filled = secrets_fill(cache, text, error);

	secrets_cache_free(cache);
	return filled;
}

static void
test_request(void)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, "api");
	g_autoptr(PluginResult) result = plugin_call(&bench.target, PLUGIN_COMPOSE, &error);
	g_assert_no_error(error);
	check_request(result->requests->pdata[0]);
	g_autofree char *json = plugin_request_to_json(result->requests->pdata[0]);
	g_assert_null(strstr(json, "s3cret"));
	struct plugin_request *again = plugin_request_from_json(json, strlen(json), &error);
	g_assert_no_error(error);
	check_request(again);
	g_autofree char *header = fill_secrets(bench.config, again->headers->pdata[0], &error);
	g_assert_no_error(error);
	g_assert_cmpstr(header, ==, "Authorization: Bearer s3cret");
	plugin_request_free(again);
	end(&bench);
}

static void
test_request_from(void)
{
	static const char *const bad[] = { "", "[]", "{", "{}",
		"{\"method\": \"GET\", \"url\": \"ftp://a.example/\"}",
		"{\"method\": \"DELETE\", \"url\": \"https://a.example/\"}",
		"{\"method\": \"GET\", \"url\": \"https://a.example/\", \"headers\": "
		"[\"A: b\\r\\nC: d\"]}" };
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(plugin_request_from_json(bad[i], strlen(bad[i]), &error));
		g_assert_nonnull(error);
	}
	g_autoptr(PluginResult) result = compose("http-loopback");
	g_assert_cmpuint(result->requests->len, ==, 1);
}

static void
test_secrets(void)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, "mail");
	const char *unset = "x \xEF\xB7\x90secret:probe:act2\xEF\xB7\x91";
	const char *broken = "x \xEF\xB7\x90secret:probe";
	g_assert_null(fill_secrets(bench.config, unset, &error));
	g_assert_true(error->domain == CONFIG_ERROR);
	g_clear_error(&error);
	g_assert_null(fill_secrets(bench.config, broken, &error));
	g_assert_nonnull(error);
	end(&bench);
}

/* A secret is asked for once, and so is one that is not to be had. */
static void
test_secrets_are_kept(void)
{
	const char *text = "Bearer \xEF\xB7\x90secret:probe:token\xEF\xB7\x91";
	g_autofree char *path = path_of("token");
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_with("[plugin probe]\ntoken_file = token\n");
	struct secrets_cache *cache = secrets_cache_new(config);
	write_text("token", "first\n");
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	for (int i = 0; i < 2; i++) {
		g_autofree char *filled = secrets_fill(cache, text, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(filled, ==, "Bearer first");
		write_text("token", "second\n");
	}
	secrets_cache_free(cache);
	g_remove(path);
	cache = secrets_cache_new(config);
	for (int i = 0; i < 2; i++) {
		g_assert_null(secrets_fill(cache, text, &error));
		g_assert_nonnull(strstr(error->message, "token_file"));
		g_clear_error(&error);
		write_text("token", "too late\n");
	}
	secrets_cache_free(cache);
	g_remove(path);
}

/* From a file that only we can read, and from the environment. */
static void
test_secret_places(void)
{
	const char *text = "Bearer \xEF\xB7\x90secret:probe:token\xEF\xB7\x91";
	g_autofree char *path = path_of("token");
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) file = config_with("[plugin probe]\ntoken_file = token\n");
	g_autoptr(Config) variable = config_with("[plugin probe]\ntoken_env = ABATE_TEST_TOKEN\n");
	write_text("token", "s3cret of a file\n");
	g_assert_null(fill_secrets(file, text, &error));
	g_assert_nonnull(strstr(error->message, "[plugin probe] token_file: "));
	g_assert_nonnull(strstr(error->message, "has mode 0644"));
	g_clear_error(&error);
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	g_autofree char *from_file = fill_secrets(file, text, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(from_file, ==, "Bearer s3cret of a file");
	g_setenv("ABATE_TEST_TOKEN", "s3cret of ours", TRUE);
	g_autofree char *from_variable = fill_secrets(variable, text, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(from_variable, ==, "Bearer s3cret of ours");
}

static void
test_check(void)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, "mail");
	g_autoptr(PluginResult) result = plugin_call(&bench.target, PLUGIN_CHECK, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(result->missing->len, ==, 2);
	const struct plugin_missing *first = result->missing->pdata[0];
	const struct plugin_missing *second = result->missing->pdata[1];
	g_assert_cmpint(first->gravity, ==, ABATE_NEEDED);
	g_assert_cmpstr(first->what, ==, "a thing");
	g_assert_cmpint(second->gravity, ==, ABATE_ADVICE);
	g_assert_cmpstr(second->why, ==, NULL);
	end(&bench);
}

static struct plugin_result *
answer(struct bench *bench, int status, const char *body, GError **error)
{
	g_autoptr(GHashTable) headers = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(headers, (char *)"X-State", (char *)"DONE");
	bench->target.answer_status = status;
	bench->target.answer_body = body;
	bench->target.answer_headers = headers;
	struct plugin_result *result = plugin_call(&bench->target, PLUGIN_ANSWER, error);
	bench->target.answer_headers = NULL;
	return result;
}

static void
test_answer(void)
{
	g_autoptr(GError) error = NULL;
	struct bench bench;
	begin(&bench, "mail");
	g_autoptr(PluginResult) told =
		answer(&bench, 200, "{\"tickets\": [{}, {\"id\": 42}]}", &error);
	g_assert_no_error(error);
	g_assert_true(told->has_verdict && !told->next_state);
	g_assert_cmpint(told->outcome, ==, ABATE_ACCEPTED);
	g_assert_cmpstr(told->ticket, ==, "42");
	g_assert_cmpstr(told->status, ==, "DONE");
	g_assert_cmpstr(told->diagnostic, ==, "two");
	g_autoptr(PluginResult) chain = answer(&bench, 202, "no JSON", &error);
	g_assert_no_error(error);
	g_assert_true(!chain->has_verdict && chain->requests->len == 1);
	g_assert_cmpstr(chain->next_state, ==, "step 2");
	g_autoptr(PluginResult) later = answer(&bench, 503, "<html>", &error);
	g_assert_no_error(error);
	g_assert_cmpint(later->outcome, ==, ABATE_DEFERRED);
	g_assert_cmpstr(later->ticket, ==, NULL);
	g_assert_null(answer(&bench, 200, "{\"tickets\": [{}, {\"id\": \"1\\r\\n2\"}]}", &error));
	g_assert_nonnull(strstr(error->message, "ticket"));
	end(&bench);
}

/* A provider's own plugin goes before its kind's; a profile may name another. */
static void
test_best(void)
{
	struct bench bench;
	begin(&bench, "mail");
	g_assert_cmpstr(plugin_best(bench.host, &bench.target)->name, ==, "probe");
	g_free(bench.report->provider);
	bench.report->provider = g_strdup("somebody");
	g_assert_cmpstr(plugin_best(bench.host, &bench.target)->name, ==, "hosting");
	g_autoptr(Profile) profile = profile_new();
	profile->plugin = g_strdup("ddns");
	bench.target.profile = profile;
	g_assert_cmpstr(plugin_best(bench.host, &bench.target)->name, ==, "ddns");
	g_free(profile->plugin);
	profile->plugin = g_strdup("not-there");
	g_assert_cmpstr(plugin_best(bench.host, &bench.target)->name, ==, "hosting");
	g_free(bench.report->kind);
	bench.report->kind = g_strdup("no-kind");
	g_assert_null(plugin_best(bench.host, &bench.target));
	end(&bench);
}

static void
build_probe(void)
{
	g_autofree char *inner = path_of("probe");
	g_autofree char *text = NULL;
	g_assert_cmpint(g_mkdir(inner, 0755), ==, 0);
	g_assert_true(
		g_file_get_contents(SOURCE_DIR "/tests/data/plugin/probe.c", &text, NULL, NULL));
	g_free(build("probe/probe", text));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	make_folder();
	build_probe();
	g_test_add_func("/plugin-call/mail", test_mail);
	g_test_add_func("/plugin-call/refused", test_refused);
	g_test_add_func("/plugin-call/fields", test_fields);
	g_test_add_func("/plugin-call/packet", test_packet);
	g_test_add_func("/plugin-call/request", test_request);
	g_test_add_func("/plugin-call/request-from", test_request_from);
	g_test_add_func("/plugin-call/secrets", test_secrets);
	g_test_add_func("/plugin-call/secret-places", test_secret_places);
	g_test_add_func("/plugin-call/secret-places-kept", test_secrets_are_kept);
	g_test_add_func("/plugin-call/check", test_check);
	g_test_add_func("/plugin-call/answer", test_answer);
	g_test_add_func("/plugin-call/best", test_best);
	int status = g_test_run();
	remove_folder();
	return status;
}
