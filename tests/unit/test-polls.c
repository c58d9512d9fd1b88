/* Polls: when an API is asked, and what each way of answering means for a report. */
#include "inbox/poll-pace.h"
#include "inbox/polls.h"
#include "net-server.h"
#include "plugin/exchange.h"
#include "test-store.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY (24 * HOUR)

static struct server server;
static gint asked;
static char *folder;

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
	g_autofree char *chain =
		g_strdup_printf("{\"next\":\"http://127.0.0.1:%d/open\"}", server.port);
	g_autofree char *loop =
		g_strdup_printf("{\"next\":\"http://127.0.0.1:%d/loop\"}", server.port);
	const int n = g_atomic_int_add(&asked, 1);
	g_autofree char *changes = g_strdup_printf("{\"state\":\"open %d\"}", n);
	/* The number is the request's and says nothing of the report. */
	g_autofree char *open = g_strdup_printf("{\"state\":\"open\",\"request\":%d}", n);

	if (strstr(request, " /open "))
		respond(fd, "200 OK", "", open);
	else if (strstr(request, " /done "))
		respond(fd, "200 OK", "", "{\"state\":\"done\"}");
	else if (strstr(request, " /elsewhere "))
		respond(fd, "200 OK", "", "{\"state\":\"elsewhere\"}");
	else if (strstr(request, " /changes "))
		respond(fd, "200 OK", "", changes);
	else if (strstr(request, " /chain "))
		respond(fd, "200 OK", "", chain);
	else if (strstr(request, " /loop "))
		respond(fd, "200 OK", "", loop);
	else if (strstr(request, " /numbered "))
		respond(fd, "200 OK", "", "{\"state\":\"open\",\"ticket\":\"done\"}");
	else if (strstr(request, " /echo ") && strstr(request, "X-Key: hunter22"))
		respond(fd, "200 OK", "",
			"{\"state\":\"open\",\"key\":\"hunter22\",\"a\":\"azpodW50ZXIyMg==\"}");
	else if (strstr(request, " /401 "))
		respond(fd, "401 Unauthorized", "", "{}");
	else if (strstr(request, " /429 "))
		respond(fd, "429 Too Many Requests", "Retry-After: 7200\r\n", "{}");
	else if (strstr(request, " /500 "))
		respond(fd, "500 Internal Server Error", "", "oops");
	else if (strstr(request, " /garbage "))
		respond(fd, "200 OK", "", "\x01\xff<<<");
	else if (strstr(request, " /half "))
		server_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"state\":\"do");
	else if (strstr(request, " /hang "))
		g_usleep(1500000);
	/* /cut: nothing */
}

static gint64
add_ready(struct store *store, const char *provider, const char *ticket)
{
	g_autoptr(Report) report = report_new();
	GError *error = NULL;
	gint64 case_id = add_case(store, provider);

	report->case_id = case_id;
	report->provider = g_strdup(provider);
	report->kind = g_strdup("hosting");
	report->plugin = g_strdup("pollapi");
	report->server = g_strdup("127.0.0.1");
	report->channel = CHANNEL_HTTP;
	report->to = g_strdup("pollapi");
	report->state = REPORT_READY;
	report->ticket = g_strdup(ticket);
	report->reference = reference_new();
	store_report_add(store, report, &error);
	g_assert_no_error(error);
	return report->id;
}

static void
accept_report(struct store *store, gint64 id, gint64 age)
{
	GError *error = NULL;

	store_report_set_state(store, id, REPORT_SENDING, NULL, &error);
	g_assert_no_error(error);
	store_report_set_state_at(store, id, REPORT_ACCEPTED, NULL, text_now() - age, &error);
	g_assert_no_error(error);
}

/* A report that was accepted age ago; the server answers by its ticket. */
static gint64
add_sent(struct store *store, const char *provider, const char *ticket, gint64 age)
{
	gint64 id = add_ready(store, provider, ticket);

	accept_report(store, id, age);
	return id;
}

static void
poll_all(struct store *store, const volatile int *stop, struct polls_counts *counts)
{
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autofree char *text = g_strdup_printf(
		"[lookup]\nallow_private=yes\n[send]\ntimeout=1\n[paths]\nplugins=%s\n"
		"[plugin pollapi]\nkey=hunter22\nendpoint=http://127.0.0.1:%d\n",
		folder, server.port);
	const struct polls_options options = { .stop = stop };
	GError *error = NULL;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_autoptr(Config) config = config_load(file, &error);
	g_assert_no_error(error);
	g_autoptr(PluginHost) plugins = plugin_host_new(config, &error);
	g_assert_no_error(error);
	g_assert_true(polls_run(store, config, NULL, plugins, &options, counts, &error));
	g_assert_no_error(error);
	g_unlink(file);
}

/* The time has come again. */
static void
make_due(struct store *store, gint64 id)
{
	GError *error = NULL;

	store_poll_set(store, id, text_now() - 1, &error);
	g_assert_no_error(error);
}

static void
expect_state(struct store *store, gint64 id, enum report_state state)
{
	GError *error = NULL;
	g_autoptr(Report) report = store_report_get(store, id, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(report_state_name(report->state), ==, report_state_name(state));
}

static gboolean
add_reply(const struct reply *reply, void *user)
{
	g_string_append_printf(user, "%s%s", ((GString *)user)->len ? " " : "", reply->class_name);
	g_assert_cmpstr(reply->match, ==, "answer");
	g_assert_true(reply->counts);
	g_assert_true(g_str_has_prefix(reply->source, "poll:R"));
	return TRUE;
}

/* The classes of its replies, in order. */
static void
expect_replies(struct store *store, gint64 id, const char *classes)
{
	g_autoptr(GString) found = g_string_new(NULL);
	GError *error = NULL;

	store_replies_each(store, id, add_reply, found, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(found->str, ==, classes);
}

static void
note_due(const struct poll_due *due, void *user)
{
	if (due->report_id == ((gint64 *)user)[0])
		((gint64 *)user)[1] = due->next;
}

/* When it is asked again, from now; -1: never. */
static gint64
next_poll(struct store *store, gint64 id)
{
	gint64 found[2] = { id, -1 };
	GError *error = NULL;

	store_polls_due(store, ",pollapi,", G_MAXINT64 / 2, HOUR, note_due, found, &error);
	g_assert_no_error(error);
	return found[1] < 0 ? -1 : found[1] - text_now();
}

static void
test_pace(void)
{
	struct profile *profile = profile_new();

	g_assert_cmpint(poll_base(NULL), ==, HOUR);
	g_assert_cmpint(poll_base(profile), ==, HOUR);
	profile->expected_action_s = 48 * 3600;
	g_assert_cmpint(poll_base(profile), ==, 4 * HOUR);
	profile->expected_action_s = 60 * 86400;
	g_assert_cmpint(poll_base(profile), ==, DAY);
	profile_free(profile);
	/* An hour, two, four, …, a day; with no more than a tenth of jitter; and an end. */
	g_assert_cmpint(poll_next(0, HOUR, HOUR, 0.5), ==, 2 * HOUR);
	g_assert_cmpint(poll_next(0, 2 * HOUR, HOUR, 0.5), ==, 4 * HOUR);
	g_assert_cmpint(poll_next(0, 16 * HOUR, HOUR, 0.5), ==, 32 * HOUR);
	g_assert_cmpint(poll_next(0, 40 * HOUR, HOUR, 0.5), ==, 64 * HOUR);
	g_assert_cmpint(poll_next(0, HOUR, 4 * HOUR, 0.5), ==, 5 * HOUR);
	g_assert_cmpint(poll_next(0, DAY, HOUR, 0), ==, DAY + DAY * 9 / 10);
	g_assert_cmpint(poll_next(0, DAY, HOUR, 1), ==, DAY + DAY * 11 / 10);
	g_assert_cmpint(poll_next(0, POLL_END - 1, HOUR, 0.5), ==, POLL_END - 1 + DAY);
	g_assert_cmpint(poll_next(0, POLL_END, HOUR, 0.5), ==, 0);
	/* A clock that was set back. */
	g_assert_cmpint(poll_next(DAY, HOUR, HOUR, 0.5), ==, 2 * HOUR);
}

static void
test_told(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 open = add_sent(store, "one", "open", 2 * HOUR),
	       done = add_sent(store, "one", "done", 2 * HOUR),
	       elsewhere = add_sent(store, "two", "elsewhere", 2 * HOUR),
	       chain = add_sent(store, "two", "chain", 2 * HOUR),
	       fresh = add_sent(store, "two", "open", HOUR / 2);
	struct polls_counts counts;

	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 4);
	g_assert_cmpint(counts.told, ==, 4);
	g_assert_cmpint(counts.news, ==, 4);
	g_assert_cmpint(counts.finished, ==, 2);
	g_assert_cmpint(counts.faults + counts.waiting, ==, 0);
	expect_state(store, open, REPORT_ACKNOWLEDGED);
	expect_state(store, done, REPORT_ANSWERED);
	expect_state(store, elsewhere, REPORT_ANSWERED);
	expect_state(store, chain, REPORT_ACKNOWLEDGED);
	expect_state(store, fresh, REPORT_ACCEPTED);
	expect_replies(store, done, "actioned");
	expect_replies(store, elsewhere, "wrong_channel");
	expect_replies(store, fresh, "");
	g_assert_cmpint(next_poll(store, done), ==, -1);
	g_assert_cmpint(next_poll(store, open), >, 105 * HOUR / 60);
	g_assert_cmpint(next_poll(store, open), <, 135 * HOUR / 60);
	/* Nothing is due, so nothing is asked. */
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 0);
}

static void
test_again(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 same = add_sent(store, "one", "open", 2 * HOUR),
	       other = add_sent(store, "one", "changes", 2 * HOUR),
	       old = add_sent(store, "one", "open", 91 * DAY);
	struct polls_counts counts;
	GError *error = NULL;

	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.news, ==, 3);
	g_assert_cmpint(next_poll(store, old), ==, -1);
	/* A person wrote meanwhile: the ladder lets no acknowledgement follow. */
	store_report_set_state(store, other, REPORT_ANSWERED, NULL, &error);
	g_assert_no_error(error);
	make_due(store, same);
	make_due(store, other);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.told, ==, 2);
	g_assert_cmpint(counts.news, ==, 1);
	expect_replies(store, same, "acknowledgement");
	expect_replies(store, other, "acknowledgement acknowledgement");
	expect_state(store, same, REPORT_ACKNOWLEDGED);
	expect_state(store, other, REPORT_ANSWERED);
	store_report_set_state(store, other, REPORT_CLOSED, NULL, &error);
	make_due(store, other);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 0);
}

static void
test_faults(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const tickets[] = { "garbage", "cut", "500", "half", "hang", "loop",
		"refuse" };
	struct store *store = fixture->store;
	gint64 ids[G_N_ELEMENTS(tickets)], fine = add_sent(store, "fine", "open", 2 * HOUR);
	struct polls_counts counts;

	for (gsize i = 0; i < G_N_ELEMENTS(tickets); i++)
		ids[i] = add_sent(store, tickets[i], tickets[i], 2 * HOUR);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 8);
	g_assert_cmpint(counts.told, ==, 1);
	g_assert_cmpint(counts.faults, ==, 7);
	expect_state(store, fine, REPORT_ACKNOWLEDGED);
	for (gsize i = 0; i < G_N_ELEMENTS(tickets); i++) {
		expect_state(store, ids[i], REPORT_ACCEPTED);
		expect_replies(store, ids[i], "");
		g_assert_cmpint(next_poll(store, ids[i]), >, 105 * HOUR / 60);
		g_assert_cmpint(next_poll(store, ids[i]), <, 135 * HOUR / 60);
	}
}

/* A provider that cannot be asked is left alone after a few tries; the others are not. */
static void
test_provider_down(struct fixture *fixture, gconstpointer data)
{
	struct store *store = fixture->store;
	struct polls_counts counts;
	gint before = g_atomic_int_get(&asked);

	for (int i = 0; i < 30; i++)
		add_sent(store, "bad", data, 2 * HOUR);
	for (int i = 0; i < 30; i++)
		add_sent(store, "good", "open", 2 * HOUR);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 60);
	g_assert_cmpint(counts.told, ==, 30);
	g_assert_cmpint(counts.faults + counts.waiting, ==, 30);
	g_assert_cmpint(counts.waiting, >=, 15);
	g_assert_cmpint(g_atomic_int_get(&asked) - before, <=, 45);
}

static void
test_patience(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 later = add_sent(store, "busy", "429", 2 * HOUR);
	gint before;
	struct polls_counts counts;

	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.waiting, ==, 1);
	g_assert_cmpint(counts.faults, ==, 0);
	g_assert_cmpint(next_poll(store, later), >, 7100 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(next_poll(store, later), <, 7300 * (gint64)G_USEC_PER_SEC);
	/* The next run keeps to it too, for all reports to that provider. */
	add_sent(store, "busy", "open", 2 * HOUR);
	before = g_atomic_int_get(&asked);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 1);
	g_assert_cmpint(counts.waiting, ==, 1);
	g_assert_cmpint(g_atomic_int_get(&asked), ==, before);
}

/* One whose API told no number yet: the last step of its chain is kept. */
static gint64
add_amid_chain(struct store *store, const char *provider, const char *path, gboolean safe)
{
	gint64 id = add_ready(store, provider, NULL);
	GError *error = NULL;
	g_autoptr(Report) report = store_report_get(store, id, &error);
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d%s", server.port, path);
	struct plugin_request request = {
		.method = (char *)"GET", .url = url, .safe_to_repeat = safe
	};

	request.headers = g_ptr_array_new();
	g_autofree char *json = plugin_request_to_json(&request);
	g_ptr_array_unref(request.headers);
	g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
	store_report_compose(store, report, EXCHANGE_NEXT, bytes, &error);
	g_assert_no_error(error);
	store_report_set_api_state(store, id, "second", &error);
	g_assert_no_error(error);
	accept_report(store, id, 2 * HOUR);
	return id;
}

static void
test_ticket_comes_late(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 late = add_amid_chain(store, "one", "/numbered", TRUE),
	       not_yet = add_amid_chain(store, "one", "/open", TRUE),
	       unsafe = add_amid_chain(store, "one", "/numbered", FALSE),
	       without = add_sent(store, "one", NULL, 2 * HOUR);
	gint before = g_atomic_int_get(&asked);
	struct polls_counts counts;

	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 3);
	g_assert_cmpint(counts.news, ==, 1);
	g_assert_cmpint(counts.finished, ==, 1);
	g_assert_cmpint(counts.faults, ==, 0);
	g_assert_cmpint(g_atomic_int_get(&asked) - before, ==, 2);
	expect_state(store, late, REPORT_ACCEPTED);
	expect_replies(store, late, "");
	expect_replies(store, not_yet, "");
	g_assert_cmpint(next_poll(store, not_yet), >, HOUR);
	g_assert_cmpint(next_poll(store, unsafe), ==, -1);
	g_assert_cmpint(next_poll(store, without), ==, -1);
	make_due(store, late);
	poll_all(store, NULL, &counts);
	expect_state(store, late, REPORT_ANSWERED);
	expect_replies(store, late, "actioned");
}

static gboolean
look_at_secret(const struct reply *reply, void *user)
{
	GError *error = NULL;
	g_autoptr(Reply) whole = store_reply_get(user, reply->id, &error);
	gsize size;
	const char *content = g_bytes_get_data(whole->content, &size);

	g_assert_nonnull(g_strstr_len(content, (gssize)size, "[secret]"));
	g_assert_null(g_strstr_len(content, (gssize)size, "hunter22"));
	g_assert_null(g_strstr_len(content, (gssize)size, "odW50ZXIyM"));
	g_atomic_int_set(&asked, -1);
	return TRUE;
}

static void
test_secret(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	gint64 id = add_sent(fixture->store, "one", "echo", 2 * HOUR);
	struct polls_counts counts;
	GError *error = NULL;

	poll_all(fixture->store, NULL, &counts);
	g_assert_cmpint(counts.news, ==, 1);
	store_replies_each(fixture->store, id, look_at_secret, fixture->store, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_atomic_int_get(&asked), ==, -1);
	g_atomic_int_set(&asked, 0);
}

static void
test_stop_and_take(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = fixture->store;
	gint64 id = add_sent(store, "one", "open", 2 * HOUR), now = text_now();
	const volatile int stop = 1;
	struct polls_counts counts;
	GError *error = NULL;
	gboolean taken;

	poll_all(store, &stop, &counts);
	g_assert_cmpint(counts.due, ==, 1);
	g_assert_cmpint(counts.waiting, ==, 1);
	expect_state(store, id, REPORT_ACCEPTED);
	/* Another process has it. */
	store_poll_take(store, id, now, now + HOUR, &taken, &error);
	g_assert_true(taken);
	store_poll_take(store, id, now, now + HOUR, &taken, &error);
	g_assert_false(taken);
	poll_all(store, NULL, &counts);
	g_assert_cmpint(counts.due, ==, 0);
	/* It died: once its time is over, the report is due again. */
	store_poll_take(store, id, now + 2 * HOUR, now + 3 * HOUR, &taken, &error);
	g_assert_true(taken);
	g_assert_no_error(error);
}

static char *
make_plugin(void)
{
	char *file = g_build_filename(folder, "pollapi.so", NULL);
	const char *command[] = { "cc", "-shared", "-fPIC", "-I", SOURCE_DIR "/include", "-o", file,
		SOURCE_DIR "/tests/data/inbox/pollapi.c", NULL };
	int status = -1;

	g_assert_true(g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
		NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	return file;
}

#define WITH_STORE(path, data, function)                                                           \
	g_test_add(                                                                                \
		"/polls/" path, struct fixture, data, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	server_start(&server, answer);
	folder = g_dir_make_tmp("abate-polls-XXXXXX", NULL);
	g_autofree char *plugin = make_plugin();
	g_test_add_func("/polls/pace", test_pace);
	WITH_STORE("told", NULL, test_told);
	WITH_STORE("again", NULL, test_again);
	WITH_STORE("faults", NULL, test_faults);
	WITH_STORE("login", "401", test_provider_down);
	WITH_STORE("broken", "500", test_provider_down);
	WITH_STORE("cut", "cut", test_provider_down);
	WITH_STORE("patience", NULL, test_patience);
	WITH_STORE("ticket-comes-late", NULL, test_ticket_comes_late);
	WITH_STORE("secret", NULL, test_secret);
	WITH_STORE("stop-and-take", NULL, test_stop_and_take);
	int status = g_test_run();
	server_stop(&server);
	g_unlink(plugin);
	g_rmdir(folder);
	g_free(folder);
	return status;
}
