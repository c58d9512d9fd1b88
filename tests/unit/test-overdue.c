/* Which reports are overdue, on times worked out by hand. */
#include "ledger/overdue.h"
#include "store/database.h"
#include "test-store.h"

#define HOUR G_TIME_SPAN_HOUR
#define SENT (480000 * HOUR)

static struct config *
make_config(struct fixture *fixture, const char *text)
{
	g_autofree char *file = g_build_filename(fixture->folder, "abate.conf", NULL);
	GError *error = NULL;

	g_file_set_contents(file, text, -1, &error);
	g_assert_no_error(error);
	struct config *config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	return config;
}

static struct profiles *
make_profiles(void)
{
	const char *const none[] = { NULL };
	GError *error = NULL;
	struct profiles *profiles = profiles_load(none, NULL, &error);

	g_assert_no_error(error);
	return profiles;
}

static void
test_since(void)
{
	const struct overdue_times times = { 48 * HOUR, 72 * HOUR }, quick = { 48 * HOUR, HOUR };
	const struct overdue_times none = { 0, 0 }, acts = { 0, 72 * HOUR };
	const gint64 at = SENT;

	g_assert_cmpint(overdue_since(at, FALSE, &times, at + 48 * HOUR), ==, 0);
	g_assert_cmpint(overdue_since(at, FALSE, &times, at + 48 * HOUR + 1), ==, at + 48 * HOUR);
	g_assert_cmpint(overdue_since(at, TRUE, &times, at + 71 * HOUR), ==, 0);
	g_assert_cmpint(overdue_since(at, TRUE, &times, at + 73 * HOUR), ==, at + 72 * HOUR);
	/* Told as soon as the first of the two times is over. */
	g_assert_cmpint(overdue_since(at, FALSE, &times, at + 99 * HOUR), ==, at + 48 * HOUR);
	g_assert_cmpint(overdue_since(at, FALSE, &quick, at + 99 * HOUR), ==, at + HOUR);
	/* Nothing is expected, or nothing was sent. */
	g_assert_cmpint(overdue_since(at, FALSE, &none, at + 9999 * HOUR), ==, 0);
	g_assert_cmpint(overdue_since(at, FALSE, &acts, at + 60 * HOUR), ==, 0);
	g_assert_cmpint(overdue_since(0, FALSE, &times, at), ==, 0);
}

static void
test_times(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = make_config(fixture, "[escalate]\nack_hours = 24\n");
	g_autoptr(Config) vast = make_config(fixture, "[escalate]\nack_hours = 2147483647\n");
	g_autoptr(Profile) profile = profile_new();
	struct overdue_times times;

	(void)data;
	overdue_times_of(config, NULL, &times);
	g_assert_cmpint(times.ack_us, ==, 24 * HOUR);
	g_assert_cmpint(times.action_us, ==, 72 * HOUR);
	profile->expected_action_s = 3600;
	overdue_times_of(config, profile, &times);
	g_assert_cmpint(times.ack_us, ==, 24 * HOUR);
	g_assert_cmpint(times.action_us, ==, HOUR);
	overdue_times_of(vast, NULL, &times);
	g_assert_cmpint(overdue_since(SENT, FALSE, &times, SENT + 1), ==, 0);
}

/* Who never got it is not overdue, nor is a follow-up by itself. */
static void
test_report(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = make_config(fixture, "");
	g_autoptr(Profiles) profiles = make_profiles();
	g_autoptr(Report) report = report_new();

	(void)data;
	report->provider = g_strdup("a");
	report->sent = SENT;
	for (int state = REPORT_DRAFT; state <= REPORT_CANCELLED; state++) {
		const gboolean reached = state == REPORT_ACCEPTED || state == REPORT_ACKNOWLEDGED ||
					 state == REPORT_ANSWERED || state == REPORT_CLOSED;

		report->state = (enum report_state)state;
		g_assert_cmpint(overdue_report(config, profiles, report, SENT + 60 * HOUR), ==,
			reached ? SENT + 48 * HOUR : 0);
	}
	report->state = REPORT_ANSWERED;
	report->answered = SENT + HOUR;
	g_assert_cmpint(overdue_report(config, profiles, report, SENT + 60 * HOUR), ==, 0);
	g_assert_cmpint(
		overdue_report(config, profiles, report, SENT + 80 * HOUR), ==, SENT + 72 * HOUR);
	report->follow_up_of = 7;
	g_assert_cmpint(overdue_report(config, profiles, report, SENT + 80 * HOUR), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/overdue/since", test_since);
	g_test_add("/overdue/times", struct fixture, NULL, fixture_set_up, test_times,
		fixture_tear_down);
	g_test_add("/overdue/report", struct fixture, NULL, fixture_set_up, test_report,
		fixture_tear_down);
	return g_test_run();
}
