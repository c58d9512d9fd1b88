/* Reports by HTTP: each way in which an API answers or does not. */
#include "net-server.h"
#include "outbox/http-verdict.h"
#include "outbox/outbox.h"
#include "plugin/exchange.h"
#include "test-store.h"

static struct server server;
static gint requests;

static void
respond(int fd, const char *status, const char *headers, const char *body)
{
	g_autofree char *text = g_strdup_printf(
		"HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n%s", status,
		strlen(body), headers, body);
	server_text(fd, text);
}

static void
answer(int fd, const char *request)
{
	g_autofree char *next =
		g_strdup_printf("{\"next\":\"http://127.0.0.1:%d/ok\"}", server.port);

	g_atomic_int_inc(&requests);
	if (strstr(request, " /ok "))
		respond(fd, "200 OK", "", "{\"id\":\"T-1\"}");
	else if (strstr(request, " /chain "))
		respond(fd, "200 OK", "", next);
	else if (strstr(request, " /422 "))
		respond(fd, "422 Unprocessable", "", "{}");
	else if (strstr(request, " /429 "))
		respond(fd, "429 Too Many Requests", "Retry-After: 7200\r\n", "{}");
	else if (strstr(request, " /500 "))
		respond(fd, "500 Internal Server Error", "", "oops");
	else if (strstr(request, " /401 "))
		respond(fd, "401 Unauthorized", "", "{}");
	else if (strstr(request, " /redirect "))
		respond(fd, "302 Found", "Location: http://127.0.0.1:1/\r\n", "");
	else if (strstr(request, " /garbage "))
		respond(fd, "200 OK", "", "\x01\xff<<<");
	else if (strstr(request, " /hang "))
		g_usleep(2500000);
	else if (strstr(request, " /echo ") && strstr(request, "X-Key: hunter22"))
		respond(fd, "200 OK", "", "{\"id\":\"T-2\",\"you_sent\":\"hunter22\"}");
	/* /cut: nothing */
}

static gint64
queue_report(struct store *store, const char *path, gboolean safe)
{
	gint64 case_id = add_case(store, path);
	g_autoptr(Report) report = report_new();
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d%s", server.port, path);
	struct plugin_request request = {
		.method = (char *)"POST", .url = url, .body = (char *)"{}", .safe_to_repeat = safe
	};
	g_autofree char *json = NULL;
	GError *error = NULL;

	request.headers = g_ptr_array_new();
	g_ptr_array_add(
		request.headers, (char *)"X-Key: \xEF\xB7\x90secret:echoapi:key\xEF\xB7\x91");
	json = plugin_request_to_json(&request);
	g_ptr_array_unref(request.headers);
	g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
	report->case_id = case_id;
	report->provider = g_strdup_printf("api%s", path);
	report->provider_name = g_strdup("API");
	report->kind = g_strdup("hosting");
	report->plugin = g_strdup("echoapi");
	report->server = g_strdup("127.0.0.1");
	report->channel = CHANNEL_HTTP;
	report->to = g_strdup("echoapi");
	report->state = REPORT_READY;
	report->reference = reference_new();
	report->message_id = g_strdup(report->reference);
	store_report_add(store, report, &error);
	g_assert_no_error(error);
	store_report_compose(store, report, "application/http", bytes, &error);
	g_assert_no_error(error);
	return report->id;
}

static void
make_plugin(const char *folder)
{
	g_autofree char *file = g_build_filename(folder, "echoapi.so", NULL);
	const char *command[] = { "cc", "-shared", "-fPIC", "-I", SOURCE_DIR "/include", "-o", file,
		SOURCE_DIR "/tests/data/outbox/echoapi.c", NULL };
	int status = -1;

	g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
}

static void
send_all(struct fixture *fixture, struct outbox_counts *counts)
{
	g_autofree char *folder = g_dir_make_tmp("abate-http-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autofree char *plugin = g_build_filename(folder, "echoapi.so", NULL);
	g_autofree char *text =
		g_strdup_printf("[lookup]\nallow_private=yes\n[send]\ntimeout=1\n[paths]\nplugins=%"
				"s\n[plugin echoapi]\nkey=hunter22\n",
			folder);
	const struct outbox_options options = { 0 };
	GError *error = NULL;

	make_plugin(folder);
	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_autoptr(Config) config = config_load(file, &error);
	g_assert_no_error(error);
	g_autoptr(PluginHost) plugins = plugin_host_new(config, &error);
	g_assert_no_error(error);
	g_assert_nonnull(plugin_host_find(plugins, "echoapi"));
	outbox_send(fixture->store, config, NULL, plugins, &options, counts, &error);
	g_assert_no_error(error);
	g_unlink(plugin);
	g_unlink(file);
	g_rmdir(folder);
}

static void
expect(struct store *store, gint64 id, enum report_state state, const char *words)
{
	GError *error = NULL;
	g_autoptr(Report) report = store_report_get(store, id, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(report_state_name(report->state), ==, report_state_name(state));
	if (words && !(report->reason && strstr(report->reason, words)))
		g_error("R%" G_GINT64_FORMAT ": \"%s\" is not in \"%s\"", id, words,
			report->reason);
}

static void
test_answers(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 ok = queue_report(store, "/ok", FALSE), refused = queue_report(store, "/422", FALSE);
	gint64 later = queue_report(store, "/429", FALSE),
	       broken = queue_report(store, "/500", FALSE);
	gint64 login = queue_report(store, "/401", FALSE),
	       moved = queue_report(store, "/redirect", FALSE);
	gint64 garbage = queue_report(store, "/garbage", FALSE),
	       cut = queue_report(store, "/cut", FALSE);
	gint64 hang = queue_report(store, "/hang", FALSE),
	       again = queue_report(store, "/hang", TRUE);
	GError *error = NULL;
	struct outbox_counts counts;

	send_all(fixture, &counts);
	expect(store, ok, REPORT_ACCEPTED, NULL);
	expect(store, refused, REPORT_REFUSED, "a field is wrong");
	expect(store, later, REPORT_READY, "HTTP 429");
	expect(store, broken, REPORT_READY, "HTTP 500");
	expect(store, login, REPORT_READY, "HTTP 401");
	expect(store, moved, REPORT_REFUSED, "HTTP 302");
	expect(store, garbage, REPORT_IN_DOUBT, "HTTP 200");
	expect(store, cut, REPORT_IN_DOUBT, "127.0.0.1");
	expect(store, hang, REPORT_IN_DOUBT, "127.0.0.1");
	expect(store, again, REPORT_READY, "127.0.0.1");
	g_assert_cmpint(counts.accepted, ==, 1);
	g_assert_cmpint(counts.refused, ==, 2);
	g_assert_cmpint(counts.deferred, ==, 4);
	g_assert_cmpint(counts.in_doubt, ==, 3);
	g_autoptr(Report) accepted = store_report_get(store, ok, &error);
	g_assert_cmpstr(accepted->ticket, ==, "T-1");
	g_autoptr(Report) deferred = store_report_get(store, later, &error);
	g_assert_cmpint(deferred->next_try, >, text_now() + 7100 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(deferred->tries, ==, 1);
}

static void
test_chain(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	gint64 id = queue_report(fixture->store, "/chain", FALSE);
	GError *error = NULL;
	struct outbox_counts counts;

	g_atomic_int_set(&requests, 0);
	send_all(fixture, &counts);
	expect(fixture->store, id, REPORT_ACCEPTED, NULL);
	g_assert_cmpint(g_atomic_int_get(&requests), ==, 2);
	g_autoptr(Report) report = store_report_get(fixture->store, id, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(report->api_state, ==, "second");
	g_assert_cmpstr(report->ticket, ==, "T-1");
}

static gboolean
look_at_reply(const struct reply *reply, void *user)
{
	GError *error = NULL;
	g_autoptr(Reply) whole = store_reply_get(user, reply->id, &error);
	gsize size;

	g_assert_no_error(error);
	const char *data = g_bytes_get_data(whole->content, &size);
	g_autofree char *text = g_strndup(data, size);
	g_assert_cmpstr(text, ==, "{\"id\":\"T-2\",\"you_sent\":\"[secret]\"}");
	g_assert_cmpstr(whole->class_name, ==, "acknowledgement");
	g_atomic_int_inc(&requests);
	return TRUE;
}

/* The secret goes out, and is not kept when the server sends it back. */
static void
test_secret(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	gint64 id = queue_report(fixture->store, "/echo", FALSE);
	GError *error = NULL;
	struct outbox_counts counts;

	send_all(fixture, &counts);
	expect(fixture->store, id, REPORT_ACCEPTED, NULL);
	g_atomic_int_set(&requests, 0);
	store_replies_each(fixture->store, id, look_at_reply, fixture->store, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_atomic_int_get(&requests), ==, 1);
}

static void
test_verdicts(void)
{
	g_assert_cmpint(http_verdict(0, FALSE, FALSE), ==, VERDICT_DEFERRED);
	g_assert_cmpint(http_verdict(0, TRUE, FALSE), ==, VERDICT_IN_DOUBT);
	g_assert_cmpint(http_verdict(0, TRUE, TRUE), ==, VERDICT_DEFERRED);
	g_assert_cmpint(http_verdict(504, TRUE, FALSE), ==, VERDICT_IN_DOUBT);
	g_assert_cmpint(http_verdict(404, TRUE, FALSE), ==, VERDICT_REFUSED);
	g_assert_cmpint(http_retry_after("120", 0), ==, 120);
	g_assert_cmpint(http_retry_after("99999999999999999999", 0), ==, 7 * 86400);
	g_assert_cmpint(http_retry_after("Wed, 25 Nov 2026 00:00:30 GMT", 1795564800), ==, 30);
	g_assert_cmpint(http_retry_after("soon", 1795564800), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	server_start(&server, answer);
	g_test_add_func("/outbox/http/verdicts", test_verdicts);
	g_test_add("/outbox/http/answers", struct fixture, NULL, fixture_set_up, test_answers,
		fixture_tear_down);
	g_test_add("/outbox/http/chain", struct fixture, NULL, fixture_set_up, test_chain,
		fixture_tear_down);
	g_test_add("/outbox/http/secret", struct fixture, NULL, fixture_set_up, test_secret,
		fixture_tear_down);
	int status = g_test_run();
	server_stop(&server);
	return status;
}
