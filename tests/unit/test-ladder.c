/* The ladder on times worked out by hand, and what it proposes out of a store. */
#include "ledger/escalation.h"
#include "model/follow-up.h"
#include "store/database.h"
#include "test-store.h"

#define HOUR G_TIME_SPAN_HOUR
#define SENT (480000 * HOUR)
#define AFTER(hours) (SENT + (hours)*HOUR)

static struct ladder_report
report_at(gint64 id, enum rung rung, enum report_state state, gint64 sent)
{
	const struct ladder_report report = { .id = id,
		.rung = rung,
		.state = state,
		.provider = g_intern_string(rung_name(rung)),
		.created = sent,
		.sent = sent,
		.times = { 48 * HOUR, 72 * HOUR } };

	return report;
}

/* Judges the first of the reports. */
static struct ladder_step
judge(const struct ladder_report *reports, guint n, gint64 back, gint64 follow_ups, gint64 now)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof *reports);
	const struct ladder_rule rule = { 72 * HOUR, follow_ups, now };

	g_array_append_vals(list, reports, n);
	return ladder_judge(list, 0, back, &rule);
}

static void
check(struct ladder_step step, enum ladder_verdict verdict, gint64 since)
{
	g_assert_cmpint(step.verdict, ==, verdict);
	g_assert_cmpint(step.since, ==, since);
}

static void
test_judge_alone(void)
{
	struct ladder_report report = report_at(1, RUNG_HOST, REPORT_ACCEPTED, SENT);

	check(judge(&report, 1, 0, 1, AFTER(40)), LADDER_WAIT, 0);
	check(judge(&report, 1, 0, 1, AFTER(50)), LADDER_FOLLOW_UP, AFTER(48));
	check(judge(&report, 1, 0, 0, AFTER(50)), LADDER_SPENT, AFTER(48));
	report.answered = AFTER(1);
	check(judge(&report, 1, 0, 1, AFTER(50)), LADDER_WAIT, 0);
	report.waiting = TRUE;
	check(judge(&report, 1, 0, 1, AFTER(500)), LADDER_WAIT, 0);
	report.waiting = FALSE;
	report.withdrawn = TRUE;
	check(judge(&report, 1, 0, 1, AFTER(500)), LADDER_OUT, 0);
	report = report_at(1, RUNG_HOST, REPORT_IN_DOUBT, SENT);
	check(judge(&report, 1, 0, 1, AFTER(500)), LADDER_WAIT, 0);
	report = report_at(1, RUNG_HOST, REPORT_CANCELLED, SENT);
	check(judge(&report, 1, 0, 1, AFTER(500)), LADDER_OUT, 0);
}

static void
test_judge_follow_ups(void)
{
	struct ladder_report reports[] = { report_at(1, RUNG_HOST, REPORT_ACCEPTED, SENT),
		report_at(2, RUNG_HOST, REPORT_ACCEPTED, AFTER(50)) };

	reports[1].follow_up_of = 1;
	reports[0].followed_up = AFTER(50);
	check(judge(reports, 2, 0, 1, AFTER(121)), LADDER_WAIT, 0);
	check(judge(reports, 2, 0, 1, AFTER(123)), LADDER_SPENT, AFTER(48));
	check(judge(reports, 2, 0, 2, AFTER(123)), LADDER_FOLLOW_UP, AFTER(48));
	/* An answer to the follow-up is one. */
	reports[1].answered = AFTER(51);
	check(judge(reports, 2, 0, 1, AFTER(123)), LADDER_SPENT, AFTER(72));
	/* A cancelled one asked nobody, but a person decided. */
	reports[1].state = REPORT_CANCELLED;
	check(judge(reports, 2, 0, 1, AFTER(121)), LADDER_WAIT, 0);
	check(judge(reports, 2, 0, 1, AFTER(123)), LADDER_FOLLOW_UP, AFTER(48));
	/* A withdrawal is none; one that bounced leaves nobody to remind. */
	reports[1].state = REPORT_ACCEPTED;
	reports[1].is_retraction = TRUE;
	reports[0].followed_up = 0;
	check(judge(reports, 2, 0, 1, AFTER(123)), LADDER_FOLLOW_UP, AFTER(48));
	reports[1].is_retraction = FALSE;
	reports[1].state = REPORT_BOUNCED;
	reports[0].followed_up = AFTER(50);
	check(judge(reports, 2, 0, 2, AFTER(51)), LADDER_SPENT, AFTER(50));
}

static void
test_judge_dead(void)
{
	struct ladder_report reports[] = { report_at(1, RUNG_HOST, REPORT_BOUNCED, SENT),
		report_at(2, RUNG_HOST, REPORT_ACCEPTED, AFTER(1)) };

	check(judge(reports, 1, 0, 1, AFTER(1)), LADDER_SPENT, SENT);
	check(judge(reports, 2, 0, 1, AFTER(2)), LADDER_OUT, 0);
	reports[1].provider = g_intern_string("another");
	check(judge(reports, 2, 0, 1, AFTER(2)), LADDER_SPENT, SENT);
	reports[0] = report_at(1, RUNG_HOST, REPORT_REFUSED, 0);
	reports[0].created = SENT;
	check(judge(reports, 1, 0, 1, AFTER(1)), LADDER_SPENT, SENT);
}

/* Between a bounce and the report to the next contact nothing is proposed, but not for ever. */
static void
test_judge_astray(void)
{
	struct ladder_report reports[] = { report_at(1, RUNG_HOST, REPORT_BOUNCED, SENT),
		report_at(2, RUNG_HOST, REPORT_READY, AFTER(121)) };

	reports[0].astray = AFTER(120);
	check(judge(reports, 1, 0, 1, AFTER(121)), LADDER_WAIT, 0);
	check(judge(reports, 1, 0, 1, AFTER(193)), LADDER_SPENT, SENT);
	check(judge(reports, 2, 0, 1, AFTER(193)), LADDER_OUT, 0);
	reports[0].astray = 0;
	check(judge(reports, 1, 0, 1, AFTER(121)), LADDER_SPENT, SENT);
}

/* Nobody got the reminder: the same holds for it. */
static void
test_judge_lost(void)
{
	struct ladder_report reports[] = { report_at(1, RUNG_HOST, REPORT_ACCEPTED, SENT),
		report_at(2, RUNG_HOST, REPORT_BOUNCED, AFTER(50)),
		report_at(3, RUNG_HOST, REPORT_READY, AFTER(51)) };

	reports[0].answered = AFTER(1);
	reports[0].followed_up = AFTER(50);
	reports[1].follow_up_of = 1;
	reports[1].astray = AFTER(50);
	check(judge(reports, 2, 0, 5, AFTER(51)), LADDER_WAIT, 0);
	check(judge(reports, 3, 0, 5, AFTER(51)), LADDER_OUT, 0);
	reports[1].astray = 0;
	check(judge(reports, 2, 0, 5, AFTER(51)), LADDER_SPENT, AFTER(50));
	/* Taken back, as its contact was found bad before it went out. */
	reports[1].state = REPORT_CANCELLED;
	reports[1].sent = 0;
	check(judge(reports, 2, 0, 5, AFTER(51)), LADDER_WAIT, 0);
	reports[1].moved = TRUE;
	check(judge(reports, 2, 0, 5, AFTER(51)), LADDER_SPENT, SENT);
	check(judge(reports, 3, 0, 5, AFTER(51)), LADDER_OUT, 0);
	reports[1].is_retraction = TRUE;
	check(judge(reports, 2, 0, 5, AFTER(200)), LADDER_FOLLOW_UP, AFTER(72));
}

/* What came back is told at once, and the clock starts again. */
static void
test_judge_back(void)
{
	struct ladder_report reports[] = { report_at(1, RUNG_HOST, REPORT_ANSWERED, SENT),
		report_at(2, RUNG_HOST, REPORT_ACCEPTED, AFTER(21)),
		report_at(3, RUNG_HOST, REPORT_ACCEPTED, AFTER(100)) };

	reports[0].answered = AFTER(1);
	check(judge(reports, 1, AFTER(20), 1, AFTER(21)), LADDER_BACK, AFTER(20));
	/* Before it was reported, it does not matter. */
	check(judge(reports, 1, AFTER(-1), 1, AFTER(21)), LADDER_WAIT, 0);
	reports[1].follow_up_of = reports[2].follow_up_of = 1;
	reports[0].followed_up = AFTER(21);
	check(judge(reports, 2, AFTER(20), 1, AFTER(22)), LADDER_WAIT, 0);
	check(judge(reports, 2, AFTER(20), 1, AFTER(94)), LADDER_FOLLOW_UP, AFTER(69));
	reports[0].followed_up = AFTER(100);
	check(judge(reports, 3, AFTER(20), 1, AFTER(173)), LADDER_SPENT, AFTER(69));
	/* Back again: never two within the pause. */
	check(judge(reports, 3, AFTER(101), 1, AFTER(102)), LADDER_WAIT, 0);
	check(judge(reports, 3, AFTER(101), 1, AFTER(173)), LADDER_BACK, AFTER(101));
}

static void
test_climb(void)
{
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(struct ladder_report));
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct ladder_step));
	const struct ladder_report both[] = { report_at(1, RUNG_REGISTRAR, REPORT_ACCEPTED, SENT),
		report_at(2, RUNG_HOST, REPORT_ACCEPTED, SENT) };
	struct ladder_step step = { LADDER_SPENT, SENT };

	g_assert_null(ladder_climb(reports, steps));
	g_array_append_vals(reports, both, 2);
	g_array_append_val(steps, step);
	step.verdict = LADDER_WAIT;
	g_array_append_val(steps, step);
	g_assert_null(ladder_climb(reports, steps));
	g_array_index(steps, struct ladder_step, 1).verdict = LADDER_FOLLOW_UP;
	g_assert_null(ladder_climb(reports, steps));
	g_array_index(steps, struct ladder_step, 1).verdict = LADDER_OUT;
	g_assert_cmpint(ladder_climb(reports, steps)->id, ==, 1);
	g_array_index(steps, struct ladder_step, 1).verdict = LADDER_SPENT;
	g_assert_cmpint(ladder_climb(reports, steps)->id, ==, 1);
	g_array_index(steps, struct ladder_step, 0).verdict = LADDER_OUT;
	g_assert_cmpint(ladder_climb(reports, steps)->id, ==, 2);
}

static void
test_channel(void)
{
	g_autoptr(Profile) profile = profile_new();
	g_autoptr(Report) report = report_new();
	const char *to;

	report->to = g_strdup("abuse@example.net");
	g_assert_cmpint(follow_up_channel(report, NULL, &to), ==, CHANNEL_MAIL);
	g_assert_cmpstr(to, ==, "abuse@example.net");
	report->channel = CHANNEL_HTTP;
	g_assert_cmpint(follow_up_channel(report, NULL, &to), ==, CHANNEL_PACKET);
	struct profile_channel *form = profile_add_channel(profile, CHANNEL_PACKET);
	struct profile_channel *mail = profile_add_channel(profile, CHANNEL_MAIL);
	form->evidence = g_strdup("official");
	form->address = g_strdup("https://example.net/abuse");
	mail->address = g_strdup("desk@example.net");
	mail->evidence = g_strdup("memory");
	g_assert_cmpint(follow_up_channel(report, profile, &to), ==, CHANNEL_PACKET);
	g_free(mail->evidence);
	mail->evidence = g_strdup("official");
	g_assert_cmpint(follow_up_channel(report, profile, &to), ==, CHANNEL_MAIL);
	g_assert_cmpstr(to, ==, "desk@example.net");
	profile->limits.api_excludes_mail = TRUE;
	g_assert_cmpint(follow_up_channel(report, profile, &to), ==, CHANNEL_PACKET);
	g_assert_cmpstr(to, ==, "https://example.net/abuse");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ladder/alone", test_judge_alone);
	g_test_add_func("/ladder/follow-ups", test_judge_follow_ups);
	g_test_add_func("/ladder/dead", test_judge_dead);
	g_test_add_func("/ladder/astray", test_judge_astray);
	g_test_add_func("/ladder/lost", test_judge_lost);
	g_test_add_func("/ladder/back", test_judge_back);
	g_test_add_func("/ladder/climb", test_climb);
	g_test_add_func("/ladder/channel", test_channel);
	return g_test_run();
}
