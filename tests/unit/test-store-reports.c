/* Reports: the ladder of states, claims by several connections, recovery after a crash. */
#include "test-store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static enum report_state
state_of(struct store *store, gint64 id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Report) report = store_report_get(store, id, &error);

	g_assert_no_error(error);
	return report->state;
}

/* A case with one indicator; its id in *indicator. */
static gint64
add_ground(struct fixture *fixture, gint64 *indicator)
{
	const gint64 id = add_case(fixture->store, "case");

	*indicator = add_url(fixture->store, id, "http://www.example.org/");
	return id;
}

static void
test_ladder(struct fixture *fixture, gconstpointer data)
{
	static const enum report_state way[] = { REPORT_HELD, REPORT_READY, REPORT_SENDING,
		REPORT_ACCEPTED, REPORT_ACKNOWLEDGED, REPORT_ANSWERED, REPORT_CLOSED };
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	const gint64 id = add_report(fixture->store, of_case, url, "p", REPORT_DRAFT);
	g_autoptr(Report) report = NULL;
	g_autoptr(Indicator) indicator = NULL;

	(void)data;
	g_assert_false(store_report_set_state(fixture->store, id, REPORT_ACCEPTED, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
	g_clear_error(&error);
	for (gsize i = 0; i < G_N_ELEMENTS(way); i++)
		g_assert_true(store_report_set_state(fixture->store, id, way[i], "why", &error));
	report = store_report_get(fixture->store, id, &error);
	g_assert_cmpint(report->sent, >=, report->created);
	g_assert_cmpint(report->acknowledged, >=, report->sent);
	g_assert_cmpint(report->answered, >=, report->acknowledged);
	g_assert_cmpstr(report->reason, ==, "why");
	g_assert_cmpuint(report->indicators->len, ==, 1);
	indicator = store_indicator_get(fixture->store, url, &error);
	g_assert_cmpint(indicator->reported, ==, report->sent);
	g_assert_false(store_report_set_state(fixture->store, 99, REPORT_READY, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
}

static void
test_cannot_begin_sent(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Report) report = report_new();

	(void)data;
	report->state = REPORT_ACCEPTED;
	g_assert_false(store_report_add(fixture->store, report, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
}

static void
test_find_and_bytes(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	const gint64 id = add_report(fixture->store, of_case, url, "p", REPORT_READY);
	g_autoptr(Report) report = store_report_get(fixture->store, id, &error);
	g_autoptr(GBytes) mail = g_bytes_new_static("From: a\r\n\r\n\0x", 13), read = NULL;
	g_autoptr(Report) by_id = NULL, by_ticket = NULL, by_reference = NULL, none = NULL;

	(void)data;
	report->message_id = g_strdup("x@example.org");
	g_assert_true(store_report_compose(fixture->store, report, "message/rfc822", mail, &error));
	g_assert_true(store_report_compose(fixture->store, report, "message/rfc822", mail, &error));
	g_assert_true(store_report_set_ticket(fixture->store, id, "T-1", &error));
	g_assert_true(store_report_set_api_state(fixture->store, id, "step=2", &error));
	by_id = store_report_find(fixture->store, "message_id", "x@example.org", &error);
	g_assert_cmpint(by_id->id, ==, id);
	g_assert_cmpstr(by_id->api_state, ==, "step=2");
	by_ticket = store_report_find(fixture->store, "ticket", "T-1", &error);
	g_assert_cmpint(by_ticket->id, ==, id);
	by_reference = store_report_find(fixture->store, "reference", report->reference, &error);
	g_assert_cmpint(by_reference->id, ==, id);
	none = store_report_find(fixture->store, "ticket", "T-2", &error);
	g_assert_no_error(error);
	g_assert_null(none);
	read = store_report_bytes(fixture->store, id, "message/rfc822", &error);
	g_assert_true(g_bytes_equal(read, mail));
	g_assert_null(store_report_bytes(fixture->store, id, "text/html", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_SENDING, NULL, &error));
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_ACCEPTED, NULL, &error));
	g_assert_false(
		store_report_compose(fixture->store, report, "message/rfc822", mail, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
}

static GPtrArray *
claim(struct store *store, const char *owner, gint64 limit)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *reports = store_reports_claim(store, owner,
		&(struct claim_filter){ .channel = "mail" }, text_now(), limit, &error);

	g_assert_no_error(error);
	return reports;
}

static void
test_two_claim(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) second = store_open(fixture->url, FALSE, &error);
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	struct store *const stores[] = { fixture->store, second };
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	guint total = 0, last = 1;

	(void)data;
	g_assert_no_error(error);
	for (int i = 0; i < 50; i++)
		add_report(fixture->store, of_case, url, i % 5 ? "big" : "small", REPORT_READY);
	for (int turn = 0; last > 0; turn++) {
		g_autoptr(GPtrArray) got = claim(stores[turn % 2], turn % 2 ? "b" : "a", 7);

		last = got->len;
		total += last;
		for (guint i = 0; i < got->len; i++) {
			const struct report *report = g_ptr_array_index(got, i);

			g_assert_cmpint(report->state, ==, REPORT_SENDING);
			g_assert_true(g_hash_table_add(seen, GSIZE_TO_POINTER(report->id)));
		}
	}
	g_assert_cmpuint(total, ==, 50);
}

static void
test_round_robin(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) got = NULL, rest = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	g_autoptr(GString) order = g_string_new(NULL);

	(void)data;
	for (int i = 0; i < 4; i++)
		add_report(fixture->store, of_case, url, "a", REPORT_READY);
	add_report(fixture->store, of_case, url, "b", REPORT_READY);
	add_report(fixture->store, of_case, url, "c", REPORT_READY);
	got = claim(fixture->store, "me", 2);
	rest = claim(fixture->store, "me", 100);
	for (guint i = 0; i < got->len; i++)
		g_string_append(order, ((struct report *)g_ptr_array_index(got, i))->provider);
	g_string_append_c(order, ' ');
	for (guint i = 0; i < rest->len; i++)
		g_string_append(order, ((struct report *)g_ptr_array_index(rest, i))->provider);
	g_assert_cmpstr(order->str, ==, "ab caaa");
}

static void
test_defer(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	const gint64 id = add_report(fixture->store, of_case, url, "p", REPORT_READY);
	const gint64 later = text_now() + 60 * G_USEC_PER_SEC;
	g_autoptr(GPtrArray) first = claim(fixture->store, "me", 9), second = NULL, third = NULL;
	g_autoptr(Report) report = NULL;

	(void)data;
	g_assert_cmpuint(first->len, ==, 1);
	g_assert_true(store_report_defer(fixture->store, id, later, "451 later", &error));
	second = claim(fixture->store, "me", 9);
	g_assert_cmpuint(second->len, ==, 0);
	report = store_report_get(fixture->store, id, &error);
	g_assert_cmpint(report->tries, ==, 1);
	g_assert_cmpint(report->next_try, ==, later);
	third = store_reports_claim(
		fixture->store, "me", &(struct claim_filter){ 0 }, later, 9, &error);
	g_assert_cmpuint(third->len, ==, 1);
	g_assert_true(store_report_unclaim(fixture->store, id, &error));
	g_assert_cmpint(state_of(fixture->store, id), ==, REPORT_READY);
}

static gboolean
only_alive(const char *owner)
{
	return g_str_equal(owner, "alive");
}

static void
test_recover(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url, in_doubt = 0, ids[3];
	const gint64 of_case = add_ground(fixture, &url);

	(void)data;
	for (int i = 0; i < 3; i++) {
		g_autoptr(GPtrArray) got = NULL;

		ids[i] = add_report(fixture->store, of_case, url, "p", REPORT_READY);
		got = claim(fixture->store, i == 2 ? "alive" : "dead", 1);
		g_assert_cmpuint(got->len, ==, 1);
	}
	g_assert_true(store_report_on_wire(fixture->store, ids[1], &error));
	g_assert_true(store_report_on_wire(fixture->store, ids[2], &error));
	store_close(fixture->store);
	fixture->store = store_open(fixture->url, FALSE, &error);
	g_assert_true(store_reports_recover(fixture->store, only_alive, &in_doubt, &error));
	g_assert_cmpint(in_doubt, ==, 1);
	g_assert_cmpint(state_of(fixture->store, ids[0]), ==, REPORT_READY);
	g_assert_cmpint(state_of(fixture->store, ids[1]), ==, REPORT_IN_DOUBT);
	g_assert_cmpint(state_of(fixture->store, ids[2]), ==, REPORT_SENDING);
	g_assert_false(store_report_on_wire(fixture->store, ids[0], &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
}

static gboolean
nobody_alive(const char *owner)
{
	(void)owner;
	return FALSE;
}

/* Claims three, puts one on the wire, and is killed in the middle of the next step. */
static void
claim_and_die(const char *url)
{
	struct store *store = store_open(url, FALSE, NULL);
	GPtrArray *got = store ? claim(store, "child", 3) : NULL;

	if (got && got->len == 3 &&
		store_report_on_wire(store, ((struct report *)got->pdata[1])->id, NULL) &&
		store_begin(store, NULL))
		store_report_set_state(store, ((struct report *)got->pdata[2])->id, REPORT_ACCEPTED,
			"not on disk", NULL);
	kill(getpid(), SIGKILL);
}

static void
test_killed(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url, in_doubt = 0, checked = 0, broken = 0, ids[3];
	const gint64 of_case = add_ground(fixture, &url);
	int status = 0;
	pid_t child;

	(void)data;
	for (int i = 0; i < 3; i++)
		ids[i] = add_report(fixture->store, of_case, url, "p", REPORT_READY);
	/* A connection must not be carried over a fork. */
	store_close(fixture->store);
	child = fork();
	if (child == 0)
		claim_and_die(fixture->url);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFSIGNALED(status));
	fixture->store = store_open(fixture->url, FALSE, &error);
	g_assert_no_error(error);
	g_assert_true(store_reports_recover(fixture->store, nobody_alive, &in_doubt, &error));
	g_assert_cmpint(in_doubt, ==, 1);
	g_assert_cmpint(state_of(fixture->store, ids[0]), ==, REPORT_READY);
	g_assert_cmpint(state_of(fixture->store, ids[1]), ==, REPORT_IN_DOUBT);
	g_assert_cmpint(state_of(fixture->store, ids[2]), ==, REPORT_READY);
	g_assert_true(store_events_verify(fixture->store, &checked, &broken, &error));
	g_assert_cmpint(broken, ==, 0);
}

static void
assert_counts(struct fixture *fixture, gint64 day, gint64 in_day, gint64 on_wire)
{
	g_autoptr(GError) error = NULL;
	struct sent_counts of_provider = { 9, 9, 9, 9 }, of_destination = { 9, 9, 9, 9 };

	g_assert_true(store_sent_counts(
		fixture->store, "p", NULL, day, G_MAXINT64, &of_provider, &error));
	g_assert_true(store_sent_counts(
		fixture->store, NULL, "example.net", day, G_MAXINT64, &of_destination, &error));
	g_assert_no_error(error);
	g_assert_cmpmem(&of_provider, sizeof of_provider, &of_destination, sizeof of_destination);
	g_assert_cmpint(of_provider.in_day, ==, in_day);
	g_assert_cmpint(of_provider.in_hour, ==, 0);
	g_assert_cmpint(of_provider.newest >= day && of_provider.newest > 0, ==, in_day > 0);
	g_assert_cmpint(of_provider.on_wire, ==, on_wire);
}

static void
test_sent_counts(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url), before = text_now();
	const gint64 id = add_report(fixture->store, of_case, url, "p", REPORT_READY);

	(void)data;
	assert_counts(fixture, 0, 0, 0);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_SENDING, NULL, &error));
	assert_counts(fixture, 0, 0, 0);
	g_assert_true(store_report_on_wire(fixture->store, id, &error));
	assert_counts(fixture, 0, 0, 1);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_ACCEPTED, NULL, &error));
	assert_counts(fixture, before, 1, 0);
	assert_counts(fixture, text_now() + 1, 0, 0);
}

static void
assert_used(struct fixture *fixture, gboolean wanted)
{
	g_autoptr(GError) error = NULL;
	gboolean used = !wanted;

	g_assert_true(store_contact_used(fixture->store, "abuse@example.net", &used, &error));
	g_assert_cmpint(used, ==, wanted);
}

static void
test_contact_used(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url);
	const gint64 id = add_report(fixture->store, of_case, url, "p", REPORT_READY);

	(void)data;
	assert_used(fixture, FALSE);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_SENDING, NULL, &error));
	assert_used(fixture, FALSE);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_ACCEPTED, NULL, &error));
	assert_used(fixture, TRUE);
	g_assert_true(store_report_set_state(fixture->store, id, REPORT_BOUNCED, NULL, &error));
	assert_used(fixture, FALSE);
}

static gboolean
append_id(const struct report *report, void *user)
{
	g_string_append_printf(user, "R%d ", (int)report->id);
	return TRUE;
}

static void
test_filters(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 url;
	const gint64 of_case = add_ground(fixture, &url), other = add_case(fixture->store, "x");
	const struct report_filter filter = {
		.case_id = of_case, .state = "ready", .provider = "p", .channel = "mail"
	};
	g_autoptr(GString) text = g_string_new(NULL);

	(void)data;
	add_report(fixture->store, of_case, url, "p", REPORT_READY);
	add_report(fixture->store, other, url, "p", REPORT_READY);
	add_report(fixture->store, of_case, url, "q", REPORT_READY);
	add_report(fixture->store, of_case, url, "p", REPORT_HELD);
	add_report(fixture->store, of_case, url, "p", REPORT_READY);
	g_assert_true(store_reports_each(fixture->store, &filter, append_id, text, &error));
	g_assert_cmpstr(text->str, ==, "R1 R5 ");
}

#define TEST(name, function)                                                                       \
	g_test_add("/store/reports/" name, struct fixture, NULL, fixture_set_up, function,         \
		fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("ladder", test_ladder);
	TEST("cannot begin sent", test_cannot_begin_sent);
	TEST("find and bytes", test_find_and_bytes);
	TEST("two claim", test_two_claim);
	TEST("round robin", test_round_robin);
	TEST("defer", test_defer);
	TEST("recover", test_recover);
	TEST("killed", test_killed);
	TEST("sent counts", test_sent_counts);
	TEST("contact used", test_contact_used);
	TEST("filters", test_filters);
	return g_test_run();
}
