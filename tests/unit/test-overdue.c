/* Which reports are overdue, on times worked out by hand. */
#include "ledger/overdue.h"

#include <string.h>

#include "ledger/escalation.h"
#include "ledger/stats.h"
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

/* --- one store with all the odd cases: stats, escalate and show must agree --- */

#define NOW (SENT + 100 * HOUR)

struct odd {
	const char *provider; /* its own, so that stats by provider tells of each */
	const char *state;    /* of the report, sent at SENT */
	int answered;	      /* hours after it; 0: not */
	/* The indicator: down and back up, in hours after it (0: not; negative: before it). */
	int down, up;
	gboolean is_unknown; /* and then nothing could be seen any more */
	/* A follow-up: its state (NULL: none), when it was sent and answered. */
	const char *follow_up;
	int reminded, reminder_answered;
	gboolean withdrawn;
	int expected;  /* hours after which it was overdue; 0: it is not */
	char proposed; /* f: a follow-up, as it is overdue; b: as it is back; c: court; -: nothing
			*/
};
static const struct odd odds[] = {
	{ "plain", "accepted", 0, 0, 0, FALSE, NULL, 0, 0, FALSE, 48, 'f' },
	{ "seen-up", "accepted", 0, -20, -10, FALSE, NULL, 0, 0, FALSE, 48, 'f' },
	{ "closed", "closed", 0, 0, 0, FALSE, NULL, 0, 0, FALSE, 48, 'f' },
	{ "down", "accepted", 0, 4, 0, FALSE, NULL, 0, 0, FALSE, 0, '-' },
	{ "down-then-unseen", "accepted", 0, 4, 0, TRUE, NULL, 0, 0, FALSE, 0, '-' },
	{ "back-then-unseen", "accepted", 0, 4, 6, TRUE, NULL, 0, 0, FALSE, 48, 'f' },
	{ "answered", "answered", 9, 0, 0, FALSE, NULL, 0, 0, FALSE, 0, '-' },
	{ "bounced", "bounced", 0, 0, 0, FALSE, NULL, 0, 0, FALSE, 0, 'c' },
	{ "in-doubt", "in_doubt", 0, 0, 0, FALSE, NULL, 0, 0, FALSE, 0, '-' },
	{ "cancelled", "cancelled", 0, 0, 0, FALSE, NULL, 0, 0, FALSE, 0, '-' },
	{ "withdrawn", "accepted", 0, 0, 0, FALSE, NULL, 0, 0, TRUE, 0, '-' },
	{ "reminded", "accepted", 0, 0, 0, FALSE, "accepted", 60, 0, FALSE, 48, 'f' },
	{ "reminder-answered", "accepted", 0, 0, 0, FALSE, "answered", 60, 61, FALSE, 0, '-' },
	{ "reminder-bounced", "accepted", 0, 0, 0, FALSE, "bounced", 60, 0, FALSE, 48, 'c' },
	{ "reminder-cancelled", "accepted", 0, 0, 0, FALSE, "cancelled", 0, 0, FALSE, 48, 'f' },
	{ "back", "accepted", 0, 5, 80, FALSE, NULL, 0, 0, FALSE, 0, 'b' },
	{ "back-told", "accepted", 0, 5, 80, FALSE, "accepted", 81, 0, FALSE, 0, '-' },
	{ "back-told-long-ago", "acknowledged", 1, 5, 20, FALSE, "accepted", 30, 0, FALSE, 78,
		'f' },
	{ "back-told-answered", "accepted", 0, 5, 20, FALSE, "answered", 30, 31, FALSE, 0, '-' },
	{ "back-told-bounced", "accepted", 0, 5, 20, FALSE, "bounced", 30, 0, FALSE, 0, 'c' },
};

static gint64
hours(int after)
{
	return after ? SENT + after * HOUR : 0;
}

static void
set_report(struct store *store, gint64 id, const char *state, gint64 sent, gint64 answered)
{
	GError *error = NULL;

	store_run(store, &error,
		"UPDATE reports SET state = $1, sent = $2, answered = $3, created = $4 "
		"WHERE id = $5",
		"tizii", state, sent, answered, sent, id);
	g_assert_no_error(error);
}

static void
set_state(struct store *store, gint64 indicator, const char *state, gint64 at)
{
	GError *error = NULL;

	store_indicator_set_state(store, indicator, state, at, &error);
	g_assert_no_error(error);
}

static void
add_follow_up(struct store *store, const struct odd *odd, gint64 case_id, gint64 of, gint64 about)
{
	const gint64 id = add_report(store, case_id, about, odd->provider, REPORT_READY);
	GError *error = NULL;

	store_run(
		store, &error, "UPDATE reports SET follow_up_of = $1 WHERE id = $2", "ii", of, id);
	g_assert_no_error(error);
	set_report(store, id, odd->follow_up, hours(odd->reminded), hours(odd->reminder_answered));
}

static gint64
add_odd(struct store *store, const struct odd *odd, gint64 case_id)
{
	g_autofree char *url = g_strdup_printf("http://%s.example/", odd->provider);
	const gint64 about = add_url(store, case_id, url);
	const gint64 id = add_report(store, case_id, about, odd->provider, REPORT_READY);
	g_autofree char *name = g_strdup_printf("R%" G_GINT64_FORMAT, id);

	set_report(store, id, odd->state, SENT, hours(odd->answered));
	if (odd->down)
		set_state(store, about, "down", hours(odd->down));
	if (odd->up)
		set_state(store, about, "up", hours(odd->up));
	if (odd->is_unknown)
		set_state(store, about, "unknown", hours(odd->down) + 9 * HOUR);
	if (odd->follow_up)
		add_follow_up(store, odd, case_id, id, about);
	if (odd->withdrawn)
		store_mark_set(store, "retracted", name, "R9999", NULL);
	return id;
}

static int
counted(const GPtrArray *rows, const char *provider)
{
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);

		if (strcmp(row->key, provider) == 0)
			return (int)row->overdue;
	}
	return 0;
}

static char
proposed(const GPtrArray *proposals, gint64 report)
{
	for (guint i = 0; i < proposals->len; i++) {
		const struct proposal *proposal = g_ptr_array_index(proposals, i);

		if (proposal->report_id != report)
			continue;
		if (proposal->action == ESCALATION_COURT)
			return 'c';
		return strstr(proposal->reason, ", after it was down") ? 'b' : 'f';
	}
	return '-';
}

static GPtrArray *
stats_of(struct store *store, const struct config *config, const struct profiles *profiles)
{
	GError *error = NULL;
	GPtrArray *rows = stats_make(store,
		&(struct stats_wish){ .filter = { .by = "provider" },
			.now = NOW,
			.config = config,
			.profiles = profiles },
		&error);

	g_assert_no_error(error);
	return rows;
}

static void
test_agree(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = make_config(
		fixture, "[escalate]\naction_hours = 0\nfollow_up_hours = 0\nfollow_ups = 9\n");
	g_autoptr(Profiles) profiles = make_profiles();
	const gint64 case_id = add_case(fixture->store, "odd");
	gint64 ids[G_N_ELEMENTS(odds)];
	GError *error = NULL;

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(odds); i++)
		ids[i] = add_odd(fixture->store, &odds[i], case_id);
	g_autoptr(GPtrArray) rows = stats_of(fixture->store, config, profiles);
	g_autoptr(GPtrArray) proposals =
		escalation_find(config, profiles, fixture->store, 0, NOW, NULL, &error);
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(odds); i++) {
		gint64 since = -1;

		g_test_message("%s", odds[i].provider);
		overdue_report(config, profiles, fixture->store, ids[i], NOW, &since, &error);
		g_assert_no_error(error);
		g_assert_cmpint(since, ==, hours(odds[i].expected));
		g_assert_cmpint(counted(rows, odds[i].provider), ==, odds[i].expected != 0);
		g_assert_cmpint(proposed(proposals, ids[i]), ==, odds[i].proposed);
	}
}

static char *
reason_with(struct fixture *fixture, const char *settings)
{
	g_autoptr(Config) config = make_config(fixture, settings);
	g_autoptr(Profiles) profiles = make_profiles();
	GError *error = NULL;
	g_autoptr(GPtrArray) proposals =
		escalation_find(config, profiles, fixture->store, 0, NOW, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(proposals->len, ==, 1);
	return g_strdup(((const struct proposal *)g_ptr_array_index(proposals, 0))->reason);
}

/* That its name resolves does not say that a page is up. */
static void
test_page(struct fixture *fixture, gconstpointer data)
{
	const struct odd odd = {
		.provider = "a", .state = "acknowledged", .answered = 1, .down = -20, .up = -10
	};
	g_autofree char *by_name = NULL, *by_page = NULL;

	(void)data;
	add_odd(fixture->store, &odd, add_case(fixture->store, "one"));
	by_name = reason_with(fixture, "");
	by_page = reason_with(fixture, "[watch]\nhttp = yes\n");
	g_assert_null(strstr(by_name, "still up"));
	g_assert_nonnull(strstr(by_name, "at pages where [watch] http is on"));
	g_assert_nonnull(strstr(by_page, "but still up"));
}

/* About two indicators, of which one is down, and one more report about the same: each once. */
static void
test_once(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(Config) config = make_config(fixture, "");
	g_autoptr(Profiles) profiles = make_profiles();
	struct store *store = fixture->store;
	const gint64 case_id = add_case(store, "one");
	const gint64 up = add_url(store, case_id, "http://a.example/");
	const gint64 also = add_url(store, case_id, "http://b.example/");
	const gint64 down = add_url(store, case_id, "http://c.example/");
	const gint64 first = add_report(store, case_id, up, "a", REPORT_READY);
	const gint64 second = add_report(store, case_id, also, "a", REPORT_READY);
	GError *error = NULL;

	(void)data;
	store_run(store, &error, "INSERT INTO report_indicators VALUES ($1, $2), ($1, $3)", "iii",
		first, also, down);
	g_assert_no_error(error);
	set_report(store, first, "accepted", SENT, 0);
	set_report(store, second, "accepted", SENT, 0);
	set_state(store, down, "down", SENT + HOUR);
	g_autoptr(GPtrArray) rows = stats_of(store, config, profiles);
	g_assert_cmpint(counted(rows, "a"), ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/overdue/since", test_since);
	g_test_add("/overdue/times", struct fixture, NULL, fixture_set_up, test_times,
		fixture_tear_down);
	g_test_add("/overdue/agree", struct fixture, NULL, fixture_set_up, test_agree,
		fixture_tear_down);
	g_test_add("/overdue/page", struct fixture, NULL, fixture_set_up, test_page,
		fixture_tear_down);
	g_test_add("/overdue/once", struct fixture, NULL, fixture_set_up, test_once,
		fixture_tear_down);
	return g_test_run();
}
