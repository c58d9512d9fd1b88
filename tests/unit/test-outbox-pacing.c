/* The limits of providers: working time, so many an hour, the gap between two. */
#include <string.h>

#include "outbox/hours.h"
#include "outbox/pacing.h"
#include "test-store.h"

static gint64
at(const char *text)
{
	gint64 time;

	g_assert_true(text_time_parse(text, &time));
	return time;
}

static void
test_hours(void)
{
	struct profile_limits limits = { 0 };

	g_assert_cmpint(hours_open_at(&limits, 5), ==, 5);
	limits.hours = (char *)"09:00-18:00";
	limits.days = (char *)"mon-fri";
	limits.time_zone = (char *)"Asia/Tokyo";
	/* Wednesday 10:00 in Tokyo. */
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-25T01:00:00Z")), ==, at("2026-11-25T01:00:00Z"));
	/* Wednesday 18:00 in Tokyo: it is over. */
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-25T09:00:00Z")), ==, at("2026-11-26T00:00:00Z"));
	/* Friday 20:07 in Tokyo: Monday. */
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-27T11:07:00Z")), ==, at("2026-11-30T00:00:00Z"));
	/* Friday evening again, by a list. */
	limits.days = (char *)"tue,thu-fri";
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-27T11:07:00Z")), ==, at("2026-12-01T00:00:00Z"));
	/* A night shift over midnight. */
	limits.hours = (char *)"22:00-06:00";
	limits.days = NULL;
	limits.time_zone = NULL;
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-25T23:00:00Z")), ==, at("2026-11-25T23:00:00Z"));
	g_assert_cmpint(
		hours_open_at(&limits, at("2026-11-25T07:00:00Z")), ==, at("2026-11-25T22:00:00Z"));
}

static void
add_reports(struct store *store, const char *provider, int n, enum channel channel)
{
	gint64 case_id = add_case(store, provider);
	GError *error = NULL;

	for (int i = 0; i < n; i++) {
		g_autoptr(Report) report = report_new();

		report->case_id = case_id;
		report->provider = g_strdup(provider);
		report->provider_name = g_strdup(provider);
		report->kind = g_strdup("registrar");
		report->channel = channel;
		report->to = g_strdup("abuse@registrar.example");
		report->state = REPORT_READY;
		report->reference = reference_new();
		report->message_id = g_strdup(report->reference);
		store_report_add(store, report, &error);
		g_assert_no_error(error);
	}
}

/* Claims all that is due and filters it; gives how many may go, after saying they went. */
static guint
send_with(struct store *store, const struct config *config, const struct profiles *profiles,
	gint64 *held_back)
{
	const struct claim_filter filter = { "mail", 0, 0 };
	g_autoptr(Pacing) pacing = pacing_new(store, config, profiles);
	GError *error = NULL;
	g_autoptr(GPtrArray) reports =
		store_reports_claim(store, "me:1:1", &filter, text_now(), 100, &error);

	g_assert_no_error(error);
	*held_back = 0;
	g_assert_true(store_begin(store, &error));
	g_assert_true(pacing_filter(pacing, reports, held_back, &error));
	g_assert_true(store_commit(store, &error));
	g_assert_no_error(error);
	for (guint i = 0; i < reports->len; i++) {
		const struct report *report = g_ptr_array_index(reports, i);
		store_report_set_state(store, report->id, REPORT_ACCEPTED, NULL, &error);
		g_assert_no_error(error);
	}
	return reports->len;
}

static guint
send_all(struct store *store, const struct profiles *profiles, gint64 *held_back)
{
	return send_with(store, NULL, profiles, held_back);
}

#define PROVENANCE "\"evidence\":\"official\",\"source\":\"a test\",\"as_of\":\"2026-11-01\""

static struct profiles *
profiles_with(const char *folder, const char *limits)
{
	g_autofree char *file = g_build_filename(folder, "polite.json", NULL);
	g_autofree char *text = g_strdup_printf(
		"{\"id\":\"polite\",\"name\":\"Polite\",\"kind\":\"registrar\",\"channels\":[{"
		"\"type\":\"mail\",\"to\":\"abuse@registrar.example\"," PROVENANCE
		"}],\"limits\":{%s," PROVENANCE "}}",
		limits);
	const char *folders[] = { folder, NULL };
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	struct profiles *profiles = profiles_load(folders, faults, &error);
	g_assert_no_error(error);
	if (faults->len)
		g_error("%s", (const char *)g_ptr_array_index(faults, 0));
	g_unlink(file);
	return profiles;
}

static void
test_per_hour(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"per_hour\":3");
	GError *error = NULL;
	gint64 held_back;

	add_reports(fixture->store, "polite", 8, CHANNEL_MAIL);
	add_reports(fixture->store, "other", 5, CHANNEL_MAIL);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 3 + 5);
	g_assert_cmpint(held_back, ==, 5);
	/* Nothing is due now, and a new start counts what went before. */
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 0);
	add_reports(fixture->store, "polite", 1, CHANNEL_MAIL);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 0);
	g_assert_cmpint(held_back, ==, 1);
	/* The fourth waits an hour, the seventh two; no try is counted. */
	g_autoptr(Report) fourth = store_report_get(fixture->store, 4, &error);
	g_autoptr(Report) seventh = store_report_get(fixture->store, 7, &error);
	g_assert_no_error(error);
	g_assert_cmpint(fourth->state, ==, REPORT_READY);
	g_assert_cmpint(fourth->tries, ==, 0);
	g_assert_nonnull(strstr(fourth->reason, "held back until 2"));
	g_assert_nonnull(strstr(fourth->reason, "the provider takes 3 an hour"));
	g_assert_cmpint(
		seventh->next_try - fourth->next_try, ==, G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC);
}

static void
test_gap(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"minimum_gap_s\":60");
	GError *error = NULL;
	gint64 held_back;

	add_reports(fixture->store, "polite", 3, CHANNEL_MAIL);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 1);
	g_autoptr(Report) second = store_report_get(fixture->store, 2, &error);
	g_autoptr(Report) third = store_report_get(fixture->store, 3, &error);
	g_assert_no_error(error);
	g_assert_cmpint(third->next_try - second->next_try, ==, 60 * G_USEC_PER_SEC);
}

/* The same domain in another case, to the same provider. */
static void
test_repeat(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"repeat_days\":7");
	struct store *store = fixture->store;
	GError *error = NULL;
	gint64 held_back, ids[3];

	for (int i = 0; i < 3; i++) {
		gint64 case_id = add_case(store, i == 0 ? "first" : i == 1 ? "second" : "third");
		gint64 indicator = add_url(store, case_id, "https://bad.example/");
		const char *provider = i == 2 ? "other" : "polite";
		ids[i] = add_report(store, case_id, indicator, provider, REPORT_READY);
		g_assert_cmpuint(send_all(store, profiles, &held_back), ==, i == 1 ? 0 : 1);
	}
	g_autoptr(Report) first = store_report_get(store, ids[0], &error);
	g_autoptr(Report) second = store_report_get(store, ids[1], &error);
	g_assert_no_error(error);
	g_assert_cmpint(
		second->next_try, ==, first->sent + 7 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC);
	g_assert_nonnull(strstr(second->reason, "the provider has a report on the same"));
}

/* Who uses the API must not mail. */
static void
test_api_excludes_mail(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"api_excludes_mail\":true");
	GError *error = NULL;
	gint64 held_back;

	add_reports(fixture->store, "polite", 1, CHANNEL_MAIL);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 1);
	add_reports(fixture->store, "polite", 1, CHANNEL_HTTP);
	add_reports(fixture->store, "polite", 1, CHANNEL_MAIL);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 0);
	g_autoptr(Report) held = store_report_get(fixture->store, 3, &error);
	g_assert_no_error(error);
	g_assert_cmpint(held->state, ==, REPORT_HELD);
	g_assert_nonnull(strstr(held->reason, "no mail from those who use its API"));
}

/* One report a domain in a period, in one run and over several. */
static void
test_domain(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"domain_days\":3");
	struct store *store = fixture->store;
	GError *error = NULL;
	gint64 held_back, ids[4];

	for (int i = 0; i < 4; i++) {
		g_autofree char *url = g_strdup_printf("https://www.example.org/%d", i);
		gint64 case_id = add_case(store, url);
		gint64 indicator = add_url(store, case_id, url);
		ids[i] = add_report(
			store, case_id, indicator, i == 1 ? "other" : "polite", REPORT_READY);
		if (i == 2)
			g_assert_cmpuint(send_all(store, profiles, &held_back), ==, 2);
	}
	g_assert_cmpuint(send_all(store, profiles, &held_back), ==, 0);
	g_autoptr(Report) first = store_report_get(store, ids[0], &error);
	g_autoptr(Report) third = store_report_get(store, ids[2], &error);
	g_autoptr(Report) fourth = store_report_get(store, ids[3], &error);
	g_assert_no_error(error);
	/* In the same run: only the outcome of the first one can tell. */
	g_assert_nonnull(strstr(third->reason, "on the same domain is under way"));
	g_assert_cmpint(third->next_try, <=, text_now() + 600 * G_USEC_PER_SEC);
	g_assert_cmpint(
		fourth->next_try, ==, first->sent + 3 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC);
	g_assert_nonnull(strstr(fourth->reason, "has a report on the same domain within 3 days"));
}

static struct config *
config_with(const char *folder, const char *text)
{
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	GError *error = NULL;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	struct config *config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	return config;
}

/* Several providers behind one mail server share its limit. */
static void
test_server(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Config) config = config_with(fixture->folder,
		"[send]\nserver_per_day = 9\n[server registrar.example]\nper_hour = 4\nalso = "
		"elsewhere.example\n");
	GError *error = NULL;
	gint64 held_back;

	add_reports(fixture->store, "one", 3, CHANNEL_MAIL);
	add_reports(fixture->store, "two", 3, CHANNEL_MAIL);
	g_assert_cmpuint(send_with(fixture->store, config, NULL, &held_back), ==, 4);
	g_assert_cmpint(held_back, ==, 2);
	g_autoptr(Report) held = store_report_get(fixture->store, 6, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(held->reason, "the server registrar.example takes 4 an hour"));
	/* Another domain has the usual limit, and room of its own. */
	gint64 case_id = add_case(fixture->store, "other");
	for (int i = 0; i < 12; i++)
		add_report(fixture->store, case_id, add_url(fixture->store, case_id, "https://a/"),
			"three", REPORT_READY);
	g_assert_cmpuint(send_with(fixture->store, config, NULL, &held_back), ==, 9);
	g_assert_cmpint(held_back, ==, 3);
}

/* What another process has on the wire takes room too. */
static void
test_on_the_wire(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Profiles) profiles = profiles_with(fixture->folder, "\"per_hour\":3");
	const struct claim_filter filter = { "mail", 0, 0 };
	GError *error = NULL;
	gint64 held_back;

	add_reports(fixture->store, "polite", 5, CHANNEL_MAIL);
	g_autoptr(GPtrArray) others =
		store_reports_claim(fixture->store, "other:1:1", &filter, text_now(), 2, &error);
	for (guint i = 0; i < others->len; i++)
		store_report_on_wire(
			fixture->store, ((struct report *)others->pdata[i])->id, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(send_all(fixture->store, profiles, &held_back), ==, 1);
	g_assert_cmpint(held_back, ==, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/outbox/pacing/hours", test_hours);
	g_test_add("/outbox/pacing/per-hour", struct fixture, NULL, fixture_set_up, test_per_hour,
		fixture_tear_down);
	g_test_add("/outbox/pacing/gap", struct fixture, NULL, fixture_set_up, test_gap,
		fixture_tear_down);
	g_test_add("/outbox/pacing/repeat", struct fixture, NULL, fixture_set_up, test_repeat,
		fixture_tear_down);
	g_test_add("/outbox/pacing/api-excludes-mail", struct fixture, NULL, fixture_set_up,
		test_api_excludes_mail, fixture_tear_down);
	g_test_add("/outbox/pacing/domain", struct fixture, NULL, fixture_set_up, test_domain,
		fixture_tear_down);
	g_test_add("/outbox/pacing/server", struct fixture, NULL, fixture_set_up, test_server,
		fixture_tear_down);
	g_test_add("/outbox/pacing/on-the-wire", struct fixture, NULL, fixture_set_up,
		test_on_the_wire, fixture_tear_down);
	return g_test_run();
}
