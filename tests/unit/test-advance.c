/* What a reply makes of its report: every class in every state, in every order, and back again when
 * a reply leaves it. */
#include <string.h>

#include "inbox/advance.h"
#include "inbox/early.h"
#include "store/stats.h"
#include "test-store.h"

#define SENT (1000 * G_TIME_SPAN_HOUR)
#define AFTER(hours) (SENT + (hours)*G_TIME_SPAN_HOUR)

static const char *const classes[] = { "acknowledgement", "bounce", "delay", "vacation", "question",
	"refusal", "wrong_channel", "actioned", "human", "unclassified" };
enum { STATES = REPORT_CANCELLED + 1 };

static struct reply *
reply_of(const char *class_name, gint64 received)
{
	struct reply *reply = reply_new();

	reply->class_name = g_strdup(class_name);
	reply->received = received;
	reply->counts = TRUE;
	return reply;
}

static gboolean
is_answer(const char *class_name)
{
	static const char *const human[] = { STORE_HUMAN_CLASSES, NULL };

	return g_strv_contains(human, class_name);
}

/* What the table of states says, written down: a row a state, for an acknowledgement, a bounce, an
 * answer and the rest. */
static enum report_state
expected(enum report_state from, const char *class_name)
{
	static const struct {
		enum report_state from, acknowledged, bounced, answered, other;
	} rows[] = {
		{ REPORT_ACCEPTED, REPORT_ACKNOWLEDGED, REPORT_BOUNCED, REPORT_ANSWERED,
			REPORT_ACCEPTED },
		{ REPORT_IN_DOUBT, REPORT_ACKNOWLEDGED, REPORT_BOUNCED, REPORT_ANSWERED,
			REPORT_ACCEPTED },
		{ REPORT_REFUSED, REPORT_REFUSED, REPORT_REFUSED, REPORT_ANSWERED, REPORT_REFUSED },
		{ REPORT_ACKNOWLEDGED, REPORT_ACKNOWLEDGED, REPORT_ACKNOWLEDGED, REPORT_ANSWERED,
			REPORT_ACKNOWLEDGED },
		{ REPORT_ANSWERED, REPORT_ANSWERED, REPORT_ANSWERED, REPORT_ANSWERED,
			REPORT_ANSWERED },
		{ REPORT_CLOSED, REPORT_CLOSED, REPORT_CLOSED, REPORT_ANSWERED, REPORT_CLOSED },
		{ REPORT_BOUNCED, REPORT_ACKNOWLEDGED, REPORT_BOUNCED, REPORT_ANSWERED,
			REPORT_BOUNCED },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].from != from)
			continue;
		if (strcmp(class_name, "acknowledgement") == 0)
			return rows[i].acknowledged;
		if (strcmp(class_name, "bounce") == 0)
			return rows[i].bounced;
		return is_answer(class_name) ? rows[i].answered : rows[i].other;
	}
	return from;
}

static void
test_table(void)
{
	for (int state = 0; state < STATES; state++)
		for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
			const gboolean went = state != REPORT_IN_DOUBT && state != REPORT_REFUSED &&
					      report_state_is_out(state);
			g_auto(ReportStanding)
				standing = { .state = state, .sent = went ? SENT : 0 };
			g_autoptr(Reply) reply = reply_of(classes[i], AFTER(5));
			const gboolean out = report_state_is_out(state);

			advance_standing(&standing, reply, AFTER(1));
			g_test_message("%s and %s", report_state_name(state), classes[i]);
			g_assert_cmpstr(report_state_name(standing.state), ==,
				report_state_name(expected(state, classes[i])));
			g_assert_cmpint(
				standing.answered, ==, out && is_answer(classes[i]) ? AFTER(5) : 0);
			g_assert_cmpint(standing.acknowledged, ==,
				out && state != REPORT_REFUSED &&
						strcmp(classes[i], "acknowledgement") == 0
					? AFTER(5)
					: 0);
			g_assert_cmpint(standing.sent, ==,
				state == REPORT_IN_DOUBT ? AFTER(1)
				: went			 ? SENT
							 : 0);
		}
}

/* Any two replies, in both orders and whatever their times, come to the same. */
static void
test_order(void)
{
	const gsize n = G_N_ELEMENTS(classes);

	for (gsize i = 0; i < n * n; i++) {
		g_autoptr(Reply) one = reply_of(classes[i / n], AFTER(7));
		g_autoptr(Reply) two = reply_of(classes[i % n], AFTER(3));
		g_auto(ReportStanding) a = { .state = REPORT_ACCEPTED, .sent = SENT };
		g_auto(ReportStanding) b = { .state = REPORT_ACCEPTED, .sent = SENT };

		advance_standing(&a, one, 0);
		advance_standing(&a, two, 0);
		advance_standing(&b, two, 0);
		advance_standing(&b, one, 0);
		g_test_message("%s and %s", one->class_name, two->class_name);
		g_assert_cmpint(a.state, ==, b.state);
		g_assert_cmpint(a.answered, ==, b.answered);
		g_assert_cmpint(a.acknowledged, ==, b.acknowledged);
	}
}

static void
test_times(void)
{
	g_auto(ReportStanding) standing = { .state = REPORT_ACCEPTED, .sent = SENT };
	g_autoptr(Reply) late = reply_of("human", AFTER(9));
	g_autoptr(Reply) first = reply_of("actioned", AFTER(2));
	g_autoptr(Reply) before = reply_of("acknowledgement", SENT - 5);

	advance_standing(&standing, late, 0);
	advance_standing(&standing, first, 0);
	advance_standing(&standing, before, 0);
	g_assert_cmpint(standing.answered, ==, AFTER(2));
	g_assert_cmpint(standing.acknowledged, ==, SENT);
	g_assert_cmpint(standing.state, ==, REPORT_ANSWERED);
}

/* --- in a store --- */

struct world {
	struct fixture fixture;
	gint64 report, other; /* two that were accepted an hour ago */
	int replies;
};

static gint64
add_accepted(struct store *store, const char *provider)
{
	gint64 case_id = add_case(store, provider);
	gint64 url = add_url(store, case_id, "http://bad.example/");
	gint64 id = add_report(store, case_id, url, provider, REPORT_MANUAL);
	GError *error = NULL;

	store_report_set_state_at(
		store, id, REPORT_ACCEPTED, NULL, text_now() - G_TIME_SPAN_HOUR, &error);
	g_assert_no_error(error);
	return id;
}

static void
set_up(struct world *world, gconstpointer data)
{
	fixture_set_up(&world->fixture, data);
	world->report = add_accepted(world->fixture.store, "one");
	world->other = add_accepted(world->fixture.store, "two");
}

static void
tear_down(struct world *world, gconstpointer data)
{
	fixture_tear_down(&world->fixture, data);
}

/* Comes to the first report; its id. */
static gint64
come(struct world *world, const char *class_name, const char *ticket, gint64 age, gboolean *bounced)
{
	g_autoptr(Reply) reply = reply_of(class_name, text_now() - age);
	GError *error = NULL;

	reply->report_id = world->report;
	reply->from = g_strdup("kim@desk.example.net");
	reply->ticket = g_strdup(ticket);
	reply->source = g_strdup_printf("test:%d", world->replies++);
	reply->reason = g_strdup(strcmp(class_name, "bounce") == 0 ? "unknown-user" : NULL);
	store_reply_add(world->fixture.store, reply, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(advance_report(world->fixture.store, reply, bounced, &error));
	g_assert_no_error(error);
	return reply->id;
}

/* Leaves for the other report, or (other 0) for none; whether the contact was freed. */
static gboolean
leave(struct world *world, gint64 reply_id, gint64 other)
{
	struct store *store = world->fixture.store;
	g_autoptr(Reply) reply = store_reply_get(store, reply_id, NULL);
	GError *error = NULL;
	gboolean freed;

	g_assert_true(
		store_reply_assign(store, reply_id, other, other ? "assigned" : NULL, &error));
	g_assert_true(advance_again(store, world->report, reply, &freed, &error));
	g_assert_no_error(error);
	if (!other)
		return freed;
	g_autoptr(Reply) moved = store_reply_get(store, reply_id, NULL);
	g_assert_true(advance_report(store, moved, NULL, &error));
	return freed;
}

static void
check(struct world *world, gint64 id, enum report_state state, const char *ticket)
{
	struct store *store = world->fixture.store;
	g_autoptr(Report) report = store_report_get(store, id, NULL);
	gint64 checked, broken;

	g_assert_cmpstr(report_state_name(report->state), ==, report_state_name(state));
	g_assert_cmpstr(report->ticket, ==, ticket);
	store_events_verify(store, &checked, &broken, NULL);
	g_assert_cmpint(broken, ==, 0);
}

static void
test_back(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	gint64 ack = come(world, "acknowledgement", "T-1", 50, NULL);
	gint64 answer = come(world, "actioned", "T-2", 40, NULL);
	gint64 later = come(world, "human", NULL, 10, NULL);
	g_autoptr(Reply) last = store_reply_get(store, later, NULL);

	check(world, world->report, REPORT_ANSWERED, "T-1");
	leave(world, answer, world->other);
	check(world, world->report, REPORT_ANSWERED, "T-1");
	check(world, world->other, REPORT_ANSWERED, "T-2");
	g_autoptr(Report) report = store_report_get(store, world->report, NULL);
	g_assert_cmpint(report->answered, ==, last->received);
	leave(world, ack, 0);
	check(world, world->report, REPORT_ANSWERED, NULL);
	leave(world, later, 0);
	check(world, world->report, REPORT_ACCEPTED, NULL);
	g_autoptr(Report) bare = store_report_get(store, world->report, NULL);
	g_assert_cmpint(bare->acknowledged, ==, 0);
	g_assert_cmpint(bare->answered, ==, 0);
	g_assert_cmpint(bare->sent, ==, report->sent);
}

/* What was changed meanwhile is not written over. */
static void
test_meanwhile(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	g_autoptr(Report) report = store_report_get(store, world->report, NULL);
	g_auto(ReportStanding) before = { 0 }, after = { 0 };
	g_autoptr(GError) error = NULL;

	report_standing_of(report, &before);
	report_standing_of(report, &after);
	before.state = REPORT_BOUNCED;
	after.state = REPORT_ANSWERED;
	g_assert_false(store_report_revise(store, report->id, &before, &after, 1, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
	check(world, world->report, REPORT_ACCEPTED, NULL);
}

/* A number that a person or an API gave is no reply's. */
static void
test_own_ticket(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	store_report_set_ticket(world->fixture.store, world->report, "T-9", NULL);
	leave(world, come(world, "acknowledgement", "T-9", 50, NULL), 0);
	check(world, world->report, REPORT_ACCEPTED, "T-9");
}

static void
test_bounce(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	gboolean bounced;
	gint64 one = come(world, "bounce", NULL, 50, &bounced);
	g_assert_true(bounced);
	gint64 two = come(world, "bounce", NULL, 50, &bounced);
	g_assert_false(bounced);
	g_autofree char *by = store_mark_get(store, "bad_by", "Abuse@example.net", NULL);
	g_autofree char *wanted = g_strdup_printf("A%" G_GINT64_FORMAT, one);

	g_assert_cmpstr(by, ==, wanted);
	g_assert_false(leave(world, one, 0));
	check(world, world->report, REPORT_BOUNCED, NULL);
	g_assert_true(leave(world, two, 0));
	check(world, world->report, REPORT_ACCEPTED, NULL);
	g_assert_null(store_mark_get(store, "contact", "abuse@example.net", NULL));
	/* Who answers is there. */
	gint64 three = come(world, "bounce", NULL, 50, NULL);
	come(world, "vacation", NULL, 0, NULL);
	g_autofree char *still = store_mark_get(store, "contact", "abuse@example.net", NULL);
	g_assert_cmpstr(still, ==, "bad");
	gint64 answer = come(world, "human", NULL, 0, NULL);
	check(world, world->report, REPORT_ANSWERED, NULL);
	g_assert_null(store_mark_get(store, "contact", "abuse@example.net", NULL));
	leave(world, answer, 0);
	check(world, world->report, REPORT_BOUNCED, NULL);
	g_autofree char *again = store_mark_get(store, "contact", "abuse@example.net", NULL);
	g_assert_cmpstr(again, ==, "bad");
	g_assert_true(leave(world, three, 0));
	/* What a person said stays said. */
	store_contact_bad(store, "abuse@example.net", CONTACT_BY_PERSON, NULL);
	g_assert_false(leave(world, come(world, "bounce", NULL, 50, NULL), 0));
	g_autofree char *mark = store_mark_get(store, "contact", "abuse@example.net", NULL);
	g_assert_cmpstr(mark, ==, "bad");
}

/* Read while the report was being sent: applied once it is known to be out. */
static void
test_early(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	gint64 case_id = add_case(store, "e"), url = add_url(store, case_id, "http://e.example/");

	world->report = add_report(store, case_id, url, "e", REPORT_MANUAL);
	come(world, "acknowledgement", "T-5", 0, NULL);
	come(world, "human", NULL, 0, NULL);
	check(world, world->report, REPORT_MANUAL, "T-5");
	g_assert_true(early_apply(store, NULL));
	check(world, world->report, REPORT_MANUAL, "T-5");
	store_report_set_state(store, world->report, REPORT_ACCEPTED, NULL, NULL);
	g_assert_true(early_apply(store, NULL));
	check(world, world->report, REPORT_ANSWERED, "T-5");
	g_assert_null(store_mark_get(store, "early", "R3", NULL));
	g_autoptr(Report) report = store_report_get(store, world->report, NULL);
	g_assert_cmpint(report->acknowledged, ==, report->sent);
}

static void
test_doubt(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	const struct claim_filter filter = { .channel = "mail" };
	gint64 case_id = add_case(store, "d"), url = add_url(store, case_id, "http://d.example/");
	GError *error = NULL;

	world->report = add_report(store, case_id, url, "d", REPORT_READY);
	g_autoptr(GPtrArray) claimed =
		store_reports_claim(store, "me", &filter, text_now(), 5, &error);
	g_assert_no_error(error);
	store_report_on_wire(store, world->report, &error);
	store_report_set_state(store, world->report, REPORT_IN_DOUBT, "cut", &error);
	gint64 answer = come(world, "human", NULL, 0, NULL);
	check(world, world->report, REPORT_ANSWERED, NULL);
	leave(world, answer, 0);
	check(world, world->report, REPORT_IN_DOUBT, NULL);
	g_autoptr(Report) report = store_report_get(store, world->report, NULL);
	g_autoptr(Indicator) indicator = store_indicator_get(store, url, NULL);
	g_assert_cmpint(report->sent, ==, 0);
	g_assert_cmpstr(report->reason, ==, "cut");
	g_assert_cmpint(indicator->reported, ==, 0);
	leave(world, come(world, "vacation", NULL, 0, NULL), 0);
	check(world, world->report, REPORT_IN_DOUBT, NULL);
}

/* Dropped, or about to go out again: a reply shows that it did the first time. */
static void
test_settled(struct world *world, gconstpointer data)
{
	const char *reason = data;
	const enum report_state state =
		strcmp(reason, REPORT_RESENT) == 0 ? REPORT_READY : REPORT_CANCELLED;
	struct store *store = world->fixture.store;
	const struct claim_filter filter = { .channel = "mail" };
	gint64 case_id = add_case(store, "s"), url = add_url(store, case_id, "http://s.example/");
	GError *error = NULL;

	world->report = add_report(store, case_id, url, "s", REPORT_READY);
	g_autoptr(GPtrArray) claimed =
		store_reports_claim(store, "me", &filter, text_now(), 5, &error);
	g_assert_no_error(error);
	store_report_on_wire(store, world->report, &error);
	store_report_set_state(store, world->report, REPORT_IN_DOUBT, "cut", &error);
	store_report_set_state(store, world->report, state, reason, &error);
	g_assert_no_error(error);
	gint64 ack = come(world, "acknowledgement", "T-3", 0, NULL);
	check(world, world->report, REPORT_ACKNOWLEDGED, "T-3");
	g_autoptr(Report) report = store_report_get(store, world->report, NULL);
	g_assert_cmpint(report->sent, >, 0);
	leave(world, ack, 0);
	check(world, world->report, state, NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/advance/table", test_table);
	g_test_add_func("/advance/order", test_order);
	g_test_add_func("/advance/times", test_times);
	g_test_add("/advance/back", struct world, NULL, set_up, test_back, tear_down);
	g_test_add("/advance/meanwhile", struct world, NULL, set_up, test_meanwhile, tear_down);
	g_test_add("/advance/own-ticket", struct world, NULL, set_up, test_own_ticket, tear_down);
	g_test_add("/advance/bounce", struct world, NULL, set_up, test_bounce, tear_down);
	g_test_add("/advance/early", struct world, NULL, set_up, test_early, tear_down);
	g_test_add("/advance/resent", struct world, REPORT_RESENT, set_up, test_settled, tear_down);
	g_test_add(
		"/advance/dropped", struct world, REPORT_DROPPED, set_up, test_settled, tear_down);
	g_test_add("/advance/doubt", struct world, NULL, set_up, test_doubt, tear_down);
	return g_test_run();
}
