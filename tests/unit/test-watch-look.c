/* The whole watch against a DNS server of its own in this process, and RDAP answers on disk. */
#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/reference.h"
#include "base/text.h"
#include "test-dns-server.h"
#include "watch/watch.h"

/* --- a store with reported indicators --- */

struct fixture {
	struct server one, two;
	char *folder;
	struct config *config;
	struct store *store;
	gint64 case_id;
};

static char *
put(const char *folder, const char *name, const char *text)
{
	char *file = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(file);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_file_set_contents(file, text, -1, &error);
	g_assert_no_error(error);
	return file;
}

/* more: lines for [watch]. */
static void
fixture_start(struct fixture *fixture, gboolean two_resolvers, const char *more)
{
	struct abuse_case *abuse_case = abuse_case_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *second = NULL;
	g_autofree char *url = NULL;
	g_autofree char *text = NULL;
	g_autofree char *file = NULL;

	memset(fixture, 0, sizeof *fixture);
	server_start(&fixture->one);
	server_start(&fixture->two);
	fixture->folder = g_dir_make_tmp("abate-watch-XXXXXX", &error);
	g_assert_no_error(error);
	second =
		two_resolvers ? g_strdup_printf(", 127.0.0.1:%u", fixture->two.port) : g_strdup("");
	text = g_strdup_printf("[lookup]\nrdap_bootstrap = rdap\nallow_private = yes\ntimeout = 1\n"
			       "[watch]\nresolvers = 127.0.0.1:%u%s\ncontrol = control.example\n"
			       "spacing_minutes = 0\n%s\n",
		fixture->one.port, second, more);
	file = put(fixture->folder, "abate.conf", text);
	fixture->config = config_load(file, &error);
	g_assert_no_error(error);
	url = g_strdup_printf("sqlite:%s/abate.db", fixture->folder);
	fixture->store = store_open(url, TRUE, &error);
	g_assert_no_error(error);
	abuse_case->title = g_strdup("watched");
	abuse_case->type = g_strdup("phishing");
	g_assert_true(store_case_add(fixture->store, abuse_case, &error));
	fixture->case_id = abuse_case->id;
	abuse_case_free(abuse_case);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	g_remove(path);
}

static void
fixture_stop(struct fixture *fixture)
{
	store_close(fixture->store);
	config_free(fixture->config);
	server_stop(&fixture->one);
	server_stop(&fixture->two);
	remove_tree(fixture->folder);
	g_free(fixture->folder);
}

static void
report(struct fixture *fixture, gint64 indicator_id)
{
	struct report *report = report_new();
	g_autoptr(GError) error = NULL;

	report->case_id = fixture->case_id;
	report->provider = g_strdup("example-host");
	report->provider_name = g_strdup("Example");
	report->kind = g_strdup("hosting");
	report->plugin = g_strdup("hosting");
	report->to = g_strdup("abuse@example.net");
	report->state = REPORT_READY;
	report->reference = reference_new();
	if (!report->indicators)
		report->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_array_append_val(report->indicators, indicator_id);
	g_assert_true(store_report_add(fixture->store, report, &error));
	g_assert_true(
		store_report_set_state(fixture->store, report->id, REPORT_SENDING, NULL, &error));
	g_assert_true(
		store_report_set_state(fixture->store, report->id, REPORT_ACCEPTED, NULL, &error));
	g_assert_true(store_report_set_ticket(fixture->store, report->id, "T-77", &error));
	g_assert_no_error(error);
	report_free(report);
}

/* A reported name; its id. */
static gint64
watch_name(struct fixture *fixture, const char *name)
{
	struct indicator *indicator = indicator_new();
	g_autoptr(GError) error = NULL;
	gboolean is_new;
	gint64 id;

	indicator->case_id = fixture->case_id;
	indicator->type = INDICATOR_DOMAIN;
	indicator->value = g_strdup(name);
	indicator->original = g_strdup(name);
	indicator->host = g_strdup(name);
	indicator->domain = g_strdup(name);
	indicator->suffix = g_strdup(strrchr(name, '.') + 1);
	g_assert_true(store_indicator_add(fixture->store, indicator, &is_new, &error));
	id = indicator->id;
	indicator_free(indicator);
	report(fixture, id);
	return id;
}

/* --- what came of it --- */

struct outcome {
	enum watch_state after;
	gboolean is_changing;
	char detail[200], telling[200];
	gint64 report_id;
	char ticket[20];
};

static void
note(const struct watch_result *result, void *user)
{
	struct outcome *outcome = user;
	const struct sighting *last = result->sightings->len
					      ? result->sightings->pdata[result->sightings->len - 1]
					      : NULL;

	outcome->after = result->after;
	for (guint i = 0; i < result->sightings->len; i++) {
		const struct sighting *sighting = result->sightings->pdata[i];

		g_test_message("%s %s %s: %s", sighting->method, sighting->vantage,
			sighting->verdict, sighting->detail);
	}
	outcome->is_changing = result->is_changing;
	outcome->report_id = result->report_id;
	g_strlcpy(outcome->detail, last ? last->detail : "", sizeof outcome->detail);
	g_strlcpy(outcome->telling, result->telling ? result->telling->detail : "",
		sizeof outcome->telling);
	g_strlcpy(outcome->ticket, result->ticket ? result->ticket : "", sizeof outcome->ticket);
	/* Rounds are told apart by their time. */
	g_usleep(2000);
}

static const struct watch_wish due_only = { 0 };

static struct outcome
look(struct fixture *fixture, struct watch_counts *counts)
{
	struct outcome outcome = { 0 };
	const struct watch_wish wish = { .all_now = TRUE, .seen = note, .user = &outcome };
	struct watch_counts unused;
	g_autoptr(GError) error = NULL;

	g_assert_true(watch_run(
		fixture->config, fixture->store, &wish, counts ? counts : &unused, &error));
	g_assert_no_error(error);
	return outcome;
}

static void
assert_state(struct fixture *fixture, gint64 id, const char *state)
{
	g_autoptr(Indicator) indicator = store_indicator_get(fixture->store, id, NULL);

	g_assert_cmpstr(indicator->state, ==, state);
	g_assert_cmpint(indicator->reported, >, 0);
	if (strcmp(state, "down") == 0)
		g_assert_cmpint(indicator->down, >, 0);
}

/* Up, one look that says gone, agreement, one that says back, agreement: with the follow-up. */
static void
test_life(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	struct outcome outcome;
	gint64 id;

	fixture_start(&fixture, FALSE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "resolves to 192.0.2.1");
	assert_state(&fixture, id, "up");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_true(outcome.is_changing);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_cmpint(counts.went_down, ==, 1);
	assert_state(&fixture, id, "down");
	server_set(&fixture.one, "bad.example", "192.0.2.2", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_cmpint(outcome.report_id, ==, 0);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpint(counts.came_back, ==, 1);
	g_assert_cmpint(outcome.report_id, >, 0);
	g_assert_cmpstr(outcome.ticket, ==, "T-77");
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

/* When the control name has no answer either, what looks like gone tells nothing. */
static void
test_own_fault(void)
{
	struct fixture fixture;
	struct outcome outcome;
	struct watch_counts counts;
	gint64 id;

	fixture_start(&fixture, FALSE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	look(&fixture, NULL);
	server_set(&fixture.one, "bad.example", "servfail", NULL);
	server_set(&fixture.one, "control.example", "servfail", NULL);
	for (int i = 0; i < 3; i++)
		outcome = look(&fixture, &counts);
	g_assert_cmpint(counts.looked, ==, 1);
	g_assert_cmpint(counts.blind, ==, 1);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_false(outcome.is_changing);
	g_assert_nonnull(strstr(outcome.detail, "the fault may be ours"));
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

static struct outcome
looks(struct fixture *fixture, int n)
{
	struct outcome outcome = { 0 };

	for (int i = 0; i < n; i++)
		outcome = look(fixture, NULL);
	return outcome;
}

/* The control name is still in the resolver's cache, but what is new it cannot find out. */
static void
test_cached_control(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	look(&fixture, NULL);
	server_set(&fixture.one, "bad.example", "servfail", NULL);
	server_set(&fixture.one, "*", "servfail", NULL);
	outcome = looks(&fixture, 3);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_false(outcome.is_changing);
	g_assert_nonnull(strstr(outcome.detail, "a new name below the control name"));
	fixture_stop(&fixture);
}

/* A resolver that leads who asks for what is not there to its own page: then nothing is known. */
static void
test_liar(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "*", "192.0.2.99", NULL);
	outcome = looks(&fixture, 2);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "names that do not exist"));
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	outcome = looks(&fixture, 1);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	fixture_stop(&fixture);
}

/* A resolver that will not say is no sign of a takedown, by itself or beside another. */
static void
test_refused(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, TRUE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "refused", NULL);
	server_set(&fixture.two, "bad.example", "refused", NULL);
	outcome = looks(&fixture, 3);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	server_set(&fixture.two, "bad.example", "nxdomain", NULL);
	outcome = looks(&fixture, 3);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	fixture_stop(&fixture);
}

/* One resolver that is named twice does not agree with itself: there is no second. */
static void
test_doubles(void)
{
	struct fixture fixture;
	struct watch_rule rule;

	fixture_start(&fixture, FALSE, "resolvers = 192.0.2.1, 192.0.2.2, 192.0.2.1");
	watch_rule_read(fixture.config, &rule);
	g_assert_cmpuint(rule.vantages, ==, 2);
	fixture_stop(&fixture);
}

/* A resolver that filters the name must not make it down. */
static void
test_two_resolvers(void)
{
	struct fixture fixture;
	struct outcome outcome;
	gint64 id;

	fixture_start(&fixture, TRUE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	server_set(&fixture.two, "bad.example", "192.0.2.1", NULL);
	for (int i = 0; i < 3; i++)
		outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	server_set(&fixture.two, "bad.example", "servfail", NULL);
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	assert_state(&fixture, id, "down");
	fixture_stop(&fixture);
}

/* A sinkhole is down although it resolves; a hold for contact data is not. */
static void
test_signals(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "127.0.0.1",
		"ns1.verification-hold.suspended-domain.com");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "verification"));
	server_set(&fixture.one, "bad.example", "192.0.2.66", "ns1.sinkhole.ch");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	fixture_stop(&fixture);
}

static void
put_rdap(struct fixture *fixture, const char *status, const char *expiration)
{
	g_autofree char *answer = g_strdup_printf(
		"{ \"objectClassName\": \"domain\", \"ldhName\": \"bad.example\", "
		"\"status\": [\"%s\"], \"events\": [ { \"eventAction\": \"expiration\", "
		"\"eventDate\": \"%s\" } ] }",
		status, expiration);
	g_autofree char *bootstrap = g_strdup_printf("{ \"version\": \"1.0\", \"services\": [ [ "
						     "[\"example\"], [\"file://%s/rdap/\"] ] ] }",
		fixture->folder);

	g_free(put(fixture->folder, "rdap/dns.json", bootstrap));
	g_free(put(fixture->folder, "rdap/domain/bad.example", answer));
}

/* What expired is gone and yet not taken down; what is on hold is. */
static void
test_rdap(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	put_rdap(&fixture, "client hold", "2020-01-01T00:00:00Z");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "no takedown"));
	/* Why it is gone says more than that it is. */
	g_assert_cmpstr(outcome.telling, ==, "client hold, at the end of its term: no takedown");
	put_rdap(&fixture, "client hold", "2099-01-01T00:00:00Z");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_nonnull(strstr(outcome.telling, "client hold: the registrar"));
	fixture_stop(&fixture);
}

/* It lapses, and weeks later the registry deletes it: nobody took it down. */
static void
test_lapsed(void)
{
	struct fixture fixture;
	struct outcome outcome;
	g_autofree char *file = NULL;

	fixture_start(&fixture, FALSE, "");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	put_rdap(&fixture, "redemption period", "2020-01-01T00:00:00Z");
	looks(&fixture, 2);
	file = g_build_filename(fixture.folder, "rdap/domain/bad.example", NULL);
	g_remove(file);
	outcome = looks(&fixture, 3);
	g_test_message("%s", outcome.detail);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	fixture_stop(&fixture);
}

/* What WHOIS said, and be it nothing, is kept for a day. */
static void
test_whois_kept(void)
{
	g_autoptr(GError) error = NULL;
	struct fixture fixture;
	struct outcome outcome;
	g_autofree char *kept = NULL;
	gint64 first = 0, second = 0;

	fixture_start(&fixture, FALSE, "[lookup]\nwhois_servers = servers");
	g_free(put(fixture.folder, "servers", "example 127.0.0.1:1\n"));
	g_free(put(fixture.folder, "rdap/dns.json", "{\"services\": []}"));
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	look(&fixture, NULL);
	kept = store_cache_get(fixture.store, "watch-whois:bad.example", 86400, &first, &error);
	g_assert_cmpstr(kept, ==, "");
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_free(store_cache_get(fixture.store, "watch-whois:bad.example", 0, &second, &error));
	g_assert_cmpint(first, ==, second);
	/* Known as expired: then nobody took it down. */
	g_assert_true(store_cache_put(fixture.store, "watch-whois:bad.example",
		"[Domain Name] BAD.EXAMPLE\n[Expires on] 2020/01/31\n[Status] Suspended\n",
		text_now(), &error));
	outcome = look(&fixture, NULL);
	g_assert_nonnull(strstr(outcome.detail, "no takedown"));
	g_assert_no_error(error);
	fixture_stop(&fixture);
}

static gint64
looked_now(struct fixture *fixture)
{
	struct watch_counts counts;
	g_autoptr(GError) error = NULL;

	g_assert_true(watch_run(fixture->config, fixture->store, &due_only, &counts, &error));
	g_assert_no_error(error);
	g_assert_cmpint(counts.watched, ==, 1);
	g_assert_cmpint(counts.elsewhere, ==, counts.due - counts.looked);
	/* Rounds are told apart by their time. */
	g_usleep(2000);
	return counts.looked;
}

/* One run at a time has an indicator; a new report makes it due; a turn that a wrong clock set too
 * far off does not stop the watch, and what that clock dated has no last word. */
static void
test_turns(void)
{
	struct sighting future = { .method = (char *)"dns",
		.verdict = (char *)"down",
		.detail = (char *)"no such name",
		.vantage = (char *)"x" };
	const gint64 now = text_now(), minute = 60 * G_USEC_PER_SEC;
	struct fixture fixture;
	gboolean taken;
	gint64 id;

	fixture_start(&fixture, FALSE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	g_assert_true(store_look_take(fixture.store, id, 0, now, now + minute, &taken, NULL));
	g_assert_true(taken);
	g_assert_true(
		store_look_take(fixture.store, id, 0, now + 1, now + 1 + minute, &taken, NULL));
	g_assert_false(taken);
	g_assert_cmpint(looked_now(&fixture), ==, 0);
	g_assert_true(store_look_give_back(fixture.store, id, NULL));
	g_assert_cmpint(looked_now(&fixture), ==, 1);
	g_assert_true(store_look_set_next(fixture.store, id, 0, NULL));
	g_assert_true(
		store_look_take(fixture.store, id, 0, now + 1, now + 1000 * minute, &taken, NULL));
	g_assert_true(taken);
	g_assert_true(store_look_set_next(fixture.store, id, 0, NULL));
	g_assert_cmpint(looked_now(&fixture), ==, 1);
	g_assert_cmpint(looked_now(&fixture), ==, 0);
	report(&fixture, id);
	g_assert_cmpint(looked_now(&fixture), ==, 1);
	future.indicator_id = id;
	future.at = text_now() + 100 * G_TIME_SPAN_DAY;
	g_assert_true(store_sighting_add(fixture.store, &future, NULL));
	future.at++;
	g_assert_true(store_sighting_add(fixture.store, &future, NULL));
	g_assert_true(store_look_set_next(fixture.store, id, future.at, NULL));
	g_assert_cmpint(looked_now(&fixture), ==, 1);
	g_assert_cmpint(looked_now(&fixture), ==, 0);
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

static void *
stop_soon(void *stop)
{
	g_usleep(150000);
	*(volatile int *)stop = 1;
	return NULL;
}

/* Stopped amid its questions: nothing was seen, and it is due still. */
static void
test_stopped(void)
{
	struct fixture fixture;
	volatile int stop = 0;
	const struct watch_wish wish = { .stop = &stop };
	struct watch_counts counts;
	g_autoptr(GError) error = NULL;
	GThread *thread;
	gint64 id, begin = g_get_monotonic_time();

	fixture_start(&fixture, FALSE, "rdap = no\n[lookup]\ntimeout = 5");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "drop", NULL);
	thread = g_thread_new("stop", stop_soon, (void *)&stop);
	g_assert_true(watch_run(fixture.config, fixture.store, &wish, &counts, &error));
	g_assert_no_error(error);
	g_thread_join(thread);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 3 * G_USEC_PER_SEC);
	g_assert_cmpint(counts.due, ==, 1);
	g_assert_cmpint(counts.looked, ==, 0);
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	g_assert_cmpint(looked_now(&fixture), ==, 1);
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

/* What was just looked at is not looked at again before its time. */
static void
test_pace(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	g_autoptr(GError) error = NULL;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	g_assert_true(watch_run(fixture.config, fixture.store, &due_only, &counts, &error));
	g_assert_cmpint(counts.looked, ==, 1);
	g_assert_true(watch_run(fixture.config, fixture.store, &due_only, &counts, &error));
	g_assert_cmpint(counts.watched, ==, 1);
	g_assert_cmpint(counts.looked, ==, 0);
	g_assert_no_error(error);
	fixture_stop(&fixture);
}

/* --- a page --- */

struct site {
	int socket;
	const char *answer;
	GThread *thread;
};

/* Answers each connection with the same text until the listening socket is shut down. */
static void *
serve_page(void *data)
{
	struct site *site = data;
	int connection;

	while ((connection = accept(site->socket, NULL, NULL)) >= 0) {
		char request[2000];
		const char *text = g_atomic_pointer_get(&site->answer);

		if (read(connection, request, sizeof request) > 0)
			g_assert_cmpint(write(connection, text, strlen(text)), >, 0);
		close(connection);
	}
	return NULL;
}

static guint16
site_start(struct site *site)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;

	site->socket = socket(AF_INET, SOCK_STREAM, 0);
	g_assert_cmpint(bind(site->socket, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(listen(site->socket, 5), ==, 0);
	getsockname(site->socket, (struct sockaddr *)&address, &size);
	site->thread = g_thread_new("http", serve_page, site);
	return ntohs(address.sin_port);
}

static void
watch_url(struct fixture *fixture, guint16 port)
{
	struct indicator *indicator = indicator_new();
	gboolean is_new;

	indicator->case_id = fixture->case_id;
	indicator->type = INDICATOR_URL;
	indicator->value = g_strdup_printf("http://127.0.0.1:%u/login", port);
	indicator->original = g_strdup(indicator->value);
	indicator->host = g_strdup("127.0.0.1");
	indicator->host_is_address = TRUE;
	g_assert_true(store_indicator_add(fixture->store, indicator, &is_new, NULL));
	report(fixture, indicator->id);
	indicator_free(indicator);
}

/* A bare address: DNS knows nothing of it, and that must neither stop the watch nor busy it. */
static void
test_address(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "");
	watch_url(&fixture, 9);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(counts.looked, ==, 1);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_cmpint(looked_now(&fixture), ==, 0);
	fixture_stop(&fixture);
}

/* That a mail address' domain is there says nothing of the address. */
static void
test_mail(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	struct indicator *indicator = indicator_new();
	gboolean is_new;

	fixture_start(&fixture, FALSE, "");
	indicator->case_id = fixture.case_id;
	indicator->type = INDICATOR_MAIL;
	indicator->value = g_strdup("drop@bad.example");
	indicator->original = g_strdup(indicator->value);
	indicator->host = g_strdup("bad.example");
	g_assert_true(store_indicator_add(fixture.store, indicator, &is_new, NULL));
	report(&fixture, indicator->id);
	indicator_free(indicator);
	look(&fixture, &counts);
	g_assert_cmpint(counts.watched, ==, 0);
	fixture_stop(&fixture);
}

/* A page on a bare address: up, then its account suspended. No redirect is followed. */
static void
test_page(void)
{
	struct fixture fixture;
	struct outcome outcome;
	struct site site = { -1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL };

	fixture_start(&fixture, FALSE, "http = yes");
	watch_url(&fixture, site_start(&site));
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "HTTP 200, 2 bytes");
	g_atomic_pointer_set(&site.answer,
		"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/cgi-sys/suspendedpage.cgi\r\n"
		"Content-Length: 0\r\n\r\n");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_nonnull(strstr(outcome.detail, "suspended (hosts with cPanel)"));
	shutdown(site.socket, SHUT_RDWR);
	g_thread_join(site.thread);
	close(site.socket);
	fixture_stop(&fixture);
}

/* Through a proxy, which may be here; the first page of a name need not be there. */
static void
test_proxy(void)
{
	struct fixture fixture;
	struct outcome outcome;
	struct site site = { -1, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", NULL };
	g_autofree char *settings = g_strdup_printf(
		"http = yes\nhttp_proxy = http://127.0.0.1:%u\n[lookup]\nallow_private = no",
		site_start(&site));

	fixture_start(&fixture, FALSE, settings);
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "HTTP 200, 2 bytes");
	g_atomic_pointer_set(&site.answer, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	outcome = looks(&fixture, 2);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "HTTP 404, 0 bytes");
	shutdown(site.socket, SHUT_RDWR);
	g_thread_join(site.thread);
	close(site.socket);
	fixture_stop(&fixture);
}

/* A page of a name that resolves. */
static gint64
watch_page(struct fixture *fixture, const char *name)
{
	struct indicator *indicator = indicator_new();
	gboolean is_new;
	gint64 id;

	indicator->case_id = fixture->case_id;
	indicator->type = INDICATOR_URL;
	indicator->value = g_strdup_printf("http://%s/login", name);
	indicator->original = g_strdup(indicator->value);
	indicator->host = g_strndup(name, strcspn(name, ":"));
	indicator->domain = g_strdup(indicator->host);
	g_assert_true(store_indicator_add(fixture->store, indicator, &is_new, NULL));
	id = indicator->id;
	report(fixture, id);
	indicator_free(indicator);
	return id;
}

static void
note_outage(const struct outage *outage, void *user)
{
	*(struct outage *)user = *outage;
}

static struct outage
outage_of(struct fixture *fixture, gint64 id)
{
	struct outage outage = { 0 };

	g_assert_true(store_outages_each(fixture->store, id, note_outage, &outage, NULL));
	return outage;
}

/* As a store from before had them: when seen up is told by the looks, of each method by itself. */
static void
upgrade(struct fixture *fixture)
{
	g_autofree char *url = g_strdup_printf("sqlite:%s/abate.db", fixture->folder);
	g_autofree char *file = g_build_filename(fixture->folder, "abate.db", NULL);
	g_autoptr(GError) error = NULL;
	sqlite3 *db;

	store_close(fixture->store);
	g_assert_cmpint(sqlite3_open(file, &db), ==, SQLITE_OK);
	g_assert_cmpint(
		sqlite3_exec(db,
			"ALTER TABLE indicators DROP COLUMN last_up; PRAGMA user_version = 7;"
			"ALTER TABLE indicators DROP COLUMN taken_until; UPDATE outages SET "
			"seen_up = down; ALTER TABLE replies DROP COLUMN broken",
			NULL, NULL, NULL),
		==, SQLITE_OK);
	sqlite3_close(db);
	fixture->store = store_open(url, FALSE, &error);
	g_assert_no_error(error);
}

/* Its name resolves all the time: that does not make it a page that was ever up. */
static void
test_page_never_up(void)
{
	struct fixture fixture;
	struct site site = { -1, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", NULL };
	g_autofree char *settings =
		g_strdup_printf("http = yes\nhttp_proxy = http://127.0.0.1:%u", site_start(&site));
	gint64 gone, taken;

	fixture_start(&fixture, FALSE, settings);
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	gone = watch_page(&fixture, "bad.example");
	looks(&fixture, 2);
	assert_state(&fixture, gone, "down");
	g_assert_cmpint(outage_of(&fixture, gone).seen_up, ==, 0);
	/* One that was up, then told nothing, then was gone. */
	g_atomic_pointer_set(&site.answer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	server_set(&fixture.one, "evil.example", "192.0.2.1", NULL);
	taken = watch_page(&fixture, "evil.example");
	looks(&fixture, 1);
	g_atomic_pointer_set(&site.answer, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	g_usleep(200000);
	looks(&fixture, 1);
	g_atomic_pointer_set(&site.answer, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	looks(&fixture, 2);
	for (int i = 0; i < 2; i++) {
		const struct outage outage = outage_of(&fixture, taken);

		g_assert_cmpint(outage.seen_up, >, 0);
		g_assert_cmpint(outage.down - outage.seen_up, >, 200000);
		g_assert_cmpint(outage_of(&fixture, gone).seen_up, ==, 0);
		upgrade(&fixture);
	}
	shutdown(site.socket, SHUT_RDWR);
	g_thread_join(site.thread);
	close(site.socket);
	fixture_stop(&fixture);
}

/* Looks at http://bad.example:PORT/login, which only our resolver knows; name_server: its. */
static struct outcome
look_at_page(const char *name_server, const char *answer, const char *more)
{
	struct fixture fixture;
	struct outcome outcome;
	struct site site = { -1, answer, NULL };
	g_autofree char *settings = g_strdup_printf("http = yes\nsignals = signals.json\n%s", more);
	g_autofree char *host = g_strdup_printf("bad.example:%u", site_start(&site));
	struct indicator *indicator;
	gint64 id;

	fixture_start(&fixture, FALSE, settings);
	g_free(put(fixture.folder, "signals.json",
		"{\"name_servers\": [{\"names\": [\"parking.example\"], \"meaning\": "
		"\"parked\", \"evidence\": \"official\", \"source\": \"a test\", "
		"\"as_of\": \"2026-11-25\"}]}"));
	server_set(&fixture.one, "bad.example", "127.0.0.1", name_server);
	id = watch_page(&fixture, host);
	outcome = looks(&fixture, 2);
	indicator = store_indicator_get(fixture.store, id, NULL);
	g_assert_cmpstr(indicator->state, ==, watch_state_name(outcome.after));
	indicator_free(indicator);
	shutdown(site.socket, SHUT_RDWR);
	g_thread_join(site.thread);
	close(site.socket);
	fixture_stop(&fixture);
	return outcome;
}

#define OK_PAGE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
#define NO_PAGE "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

/* The page is fetched from where our resolver saw it, and nowhere that must not be reached; it also
 * tells where name servers make one doubt. */
static void
test_page_of_name(void)
{
	struct outcome outcome = look_at_page(NULL, OK_PAGE, "");

	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "HTTP 200, 2 bytes");
	g_assert_cmpint(look_at_page(NULL, NO_PAGE, "").after, ==, WATCH_DOWN);
	g_assert_cmpint(look_at_page("ns1.parking.example", OK_PAGE, "").after, ==, WATCH_UP);
	g_assert_cmpint(look_at_page("ns1.parking.example", NO_PAGE, "").after, ==, WATCH_DOWN);
	g_assert_cmpint(
		look_at_page("ns1.parking.example", OK_PAGE, "http = no").after, ==, WATCH_UNKNOWN);
	outcome = look_at_page(NULL, OK_PAGE, "[lookup]\nallow_private = no");
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "127.0.0.1"));
}

/* The command itself, with its JSON. */
static void
test_command(void)
{
	struct fixture fixture;
	g_autofree char *file = NULL;
	g_autofree char *output = NULL;
	g_autoptr(GError) error = NULL;
	int status;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	file = g_build_filename(fixture.folder, "abate.conf", NULL);
	g_assert_true(g_spawn_sync(NULL,
		(char *[]){ (char *)BUILD_DIR "/abate", (char *)"-c", file, (char *)"--json",
			(char *)"watch", (char *)"--case", (char *)"C1", NULL },
		NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error));
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, 0);
	g_assert_nonnull(strstr(output, "\"id\":\"I1\",\"value\":\"bad.example\""));
	g_assert_nonnull(strstr(output, "\"before\":\"unknown\",\"state\":\"up\""));
	g_assert_nonnull(strstr(output, "\"detail\":\"resolves to 192.0.2.1\""));
	fixture_stop(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch-look/life", test_life);
	g_test_add_func("/watch-look/own-fault", test_own_fault);
	g_test_add_func("/watch-look/cached-control", test_cached_control);
	g_test_add_func("/watch-look/liar", test_liar);
	g_test_add_func("/watch-look/refused", test_refused);
	g_test_add_func("/watch-look/doubles", test_doubles);
	g_test_add_func("/watch-look/address", test_address);
	g_test_add_func("/watch-look/two-resolvers", test_two_resolvers);
	g_test_add_func("/watch-look/signals", test_signals);
	g_test_add_func("/watch-look/rdap", test_rdap);
	g_test_add_func("/watch-look/lapsed", test_lapsed);
	g_test_add_func("/watch-look/whois-kept", test_whois_kept);
	g_test_add_func("/watch-look/pace", test_pace);
	g_test_add_func("/watch-look/turns", test_turns);
	g_test_add_func("/watch-look/stopped", test_stopped);
	g_test_add_func("/watch-look/mail", test_mail);
	g_test_add_func("/watch-look/page", test_page);
	g_test_add_func("/watch-look/proxy", test_proxy);
	g_test_add_func("/watch-look/page-never-up", test_page_never_up);
	g_test_add_func("/watch-look/page-of-name", test_page_of_name);
	g_test_add_func("/watch-look/command", test_command);
	return g_test_run();
}
