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

static gint64
sent(struct fixture *fixture, gint64 indicator, const char *state, gint64 acknowledged)
{
	GError *error = NULL;
	const gint64 id = add_report(fixture->store, 1, indicator, "a", REPORT_READY);

	store_run(fixture->store, &error,
		"UPDATE reports SET state = $1, sent = $2, acknowledged = $3 WHERE id = $4", "tizi",
		state, SENT, acknowledged, id);
	g_assert_no_error(error);
	return id;
}

static void
test_find(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = make_config(fixture, "");
	g_autoptr(Profiles) profiles = make_profiles();
	GError *error = NULL;
	const gint64 case_id = add_case(fixture->store, "one");
	const gint64 up = add_url(fixture->store, case_id, "http://a.example/");
	const gint64 down = add_url(fixture->store, case_id, "http://b.example/");

	(void)data;
	store_indicator_set_state(fixture->store, down, "down", SENT + HOUR, &error);
	sent(fixture, down, "accepted", 0);
	const gint64 first = sent(fixture, up, "accepted", 0);
	sent(fixture, up, "bounced", 0);
	sent(fixture, up, "ready", 0);
	const gint64 last = sent(fixture, up, "answered", SENT + HOUR);
	const gint64 mistake = sent(fixture, up, "accepted", 0);
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, mistake);
	store_mark_set(fixture->store, "retracted", key, "R99", &error);

	g_autoptr(GArray) found =
		overdue_find(config, profiles, fixture->store, 0, SENT + 60 * HOUR, &error);
	g_assert_no_error(error);
	g_assert_cmpint(found->len, ==, 1);
	g_assert_cmpint(g_array_index(found, struct overdue, 0).report_id, ==, first);
	g_assert_cmpint(g_array_index(found, struct overdue, 0).since, ==, SENT + 48 * HOUR);
	g_assert_cmpint(g_array_index(found, struct overdue, 0).indicators, ==, 1);
	g_autoptr(GArray) later =
		overdue_find(config, profiles, fixture->store, case_id, SENT + 80 * HOUR, &error);
	g_assert_cmpint(later->len, ==, 2);
	g_assert_cmpint(g_array_index(later, struct overdue, 1).report_id, ==, last);
	g_assert_cmpint(g_array_index(later, struct overdue, 1).since, ==, SENT + 72 * HOUR);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/overdue/since", test_since);
	g_test_add("/overdue/times", struct fixture, NULL, fixture_set_up, test_times,
		fixture_tear_down);
	g_test_add("/overdue/find", struct fixture, NULL, fixture_set_up, test_find,
		fixture_tear_down);
	return g_test_run();
}
