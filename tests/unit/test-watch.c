#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "watch/interval.h"
#include "watch/signals.h"

#define MINUTE ((gint64)60 * G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct watch_rule rule = { .looks = 2,
	.spacing_us = 10 * MINUTE,
	.vantages = 1,
	.shortest_us = 10 * MINUTE,
	.longest_us = 3 * DAY };

/* --- intervals --- */

/* Rounds from a drawing: one letter every 5 minutes: u(p), d(own), d by one resolver only (1), ? */
static GArray *
drawn(const char *drawing)
{
	GArray *rounds = g_array_new(FALSE, FALSE, sizeof(struct watch_round));

	for (gint64 i = 0; drawing[i]; i++) {
		struct watch_round round = { (i + 1) * 5 * MINUTE, WATCH_UNKNOWN, 2 };

		if (drawing[i] == 'u')
			round.verdict = WATCH_UP;
		if (drawing[i] == 'd' || drawing[i] == '1')
			round.verdict = WATCH_DOWN;
		if (drawing[i] == '1')
			round.vantages = 1;
		g_array_append_val(rounds, round);
	}
	return rounds;
}

/* The intervals as "up 1-4 down 4-" where numbers are places in the drawing, from 1. */
static char *
told(const char *drawing, const struct watch_rule *with)
{
	g_autoptr(GArray) rounds = drawn(drawing);
	g_autoptr(GArray) intervals = watch_intervals(rounds, with);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < intervals->len; i++) {
		const struct watch_interval *interval =
			&g_array_index(intervals, struct watch_interval, i);

		g_string_append_printf(text, "%s%s %d-", i ? " " : "",
			watch_state_name(interval->state), (int)(interval->from / (5 * MINUTE)));
		if (interval->to)
			g_string_append_printf(text, "%d", (int)(interval->to / (5 * MINUTE)));
	}
	return g_string_free(text, FALSE);
}

static void
assert_told(const char *drawing, const char *expected)
{
	g_autofree char *text = told(drawing, &rule);

	g_assert_cmpstr(text, ==, expected);
}

static void
test_intervals(void)
{
	assert_told("", "");
	assert_told("???", "");
	assert_told("u", "up 1-");
	assert_told("uuuu", "up 1-");
	/* Two looks that agree, but only five minutes apart. */
	assert_told("uudd", "up 1-");
	assert_told("uuddd", "up 1-3 down 3-");
	/* A look that sees it up ends what was about to become down. */
	assert_told("uuddud", "up 1-");
	/* Looks that tell nothing neither count nor break. */
	assert_told("uud?d", "up 1-3 down 3-");
	assert_told("uud??", "up 1-");
	/* Never seen up. */
	assert_told("ddd", "down 1-");
	/* Back needs agreement too: one stale answer brings no follow-up. */
	assert_told("uddduddd", "up 1-2 down 2-");
	assert_told("udddu?uu", "up 1-2 down 2-5 up 5-");
	assert_told("uddduuuddd", "up 1-2 down 2-5 up 5-8 down 8-");
}

static void
test_vantages(void)
{
	struct watch_rule two = rule;
	g_autofree char *both = NULL;
	g_autofree char *one = NULL;

	two.vantages = 2;
	both = told("uddd", &two);
	one = told("u1111111", &two);
	g_assert_cmpstr(both, ==, "up 1-2 down 2-");
	g_assert_cmpstr(one, ==, "up 1-");
}

static void
test_last_before(void)
{
	g_autoptr(GArray) rounds = drawn("u??ddd");
	g_autoptr(GArray) intervals = watch_intervals(rounds, &rule);
	const struct watch_interval *down = &g_array_index(intervals, struct watch_interval, 1);

	g_assert_cmpint(down->last_before, ==, 5 * MINUTE);
	g_assert_cmpint(down->from, ==, 20 * MINUTE);
}

static void
test_now(void)
{
	g_autoptr(GArray) rounds = drawn("uud");
	g_autoptr(GArray) down = drawn("uuddd");
	g_autoptr(GArray) stale = drawn("uudddu");
	struct watch_course course = watch_now(rounds, &rule);

	g_assert_cmpint(course.state, ==, WATCH_UP);
	g_assert_true(course.is_changing);
	g_assert_cmpint(course.since, ==, 5 * MINUTE);
	g_assert_cmpint(course.last_up, ==, 10 * MINUTE);
	course = watch_now(down, &rule);
	g_assert_cmpint(course.state, ==, WATCH_DOWN);
	g_assert_false(course.is_changing);
	g_assert_cmpint(course.since, ==, 15 * MINUTE);
	g_assert_cmpint(course.last_up, ==, 10 * MINUTE);
	/* One answer out of a cache does not make it seen up. */
	g_assert_cmpint(watch_now(stale, &rule).last_up, ==, 10 * MINUTE);
}

static void
test_pause(void)
{
	gint64 before = 0;

	g_assert_cmpint(watch_pause(0, FALSE, &rule), ==, 10 * MINUTE);
	g_assert_cmpint(watch_pause(HOUR, FALSE, &rule), ==, 10 * MINUTE);
	g_assert_cmpint(watch_pause(8 * HOUR, FALSE, &rule), ==, HOUR);
	g_assert_cmpint(watch_pause(8 * DAY, FALSE, &rule), ==, DAY);
	g_assert_cmpint(watch_pause(365 * DAY, FALSE, &rule), ==, 3 * DAY);
	g_assert_cmpint(watch_pause(365 * DAY, TRUE, &rule), ==, 10 * MINUTE);
	/* A clock that was set back must not stop the watch. */
	g_assert_cmpint(watch_pause(-DAY, FALSE, &rule), ==, 10 * MINUTE);
	for (gint64 age = 0; age < 40 * DAY; age += HOUR) {
		g_assert_cmpint(watch_pause(age, FALSE, &rule), >=, before);
		before = watch_pause(age, FALSE, &rule);
	}
}

/* --- rounds --- */

static void
add(GPtrArray *sightings, gint64 at, const char *method, const char *vantage, const char *verdict)
{
	struct sighting *sighting = sighting_new();

	sighting->at = at;
	sighting->method = g_strdup(method);
	sighting->vantage = g_strdup(vantage);
	sighting->verdict = g_strdup(verdict);
	g_ptr_array_add(sightings, sighting);
}

static void
assert_round_of(gboolean is_page, const char *dns1, const char *dns2, const char *rdap,
	const char *http, enum watch_state verdict, guint vantages)
{
	g_autoptr(GPtrArray) sightings =
		g_ptr_array_new_with_free_func((GDestroyNotify)sighting_free);
	g_autoptr(GArray) rounds = NULL;
	const struct watch_round *round;

	if (dns1)
		add(sightings, 7, "dns", "one", dns1);
	if (dns2)
		add(sightings, 7, "dns", "two", dns2);
	if (rdap)
		add(sightings, 7, "rdap", "r", rdap);
	if (http)
		add(sightings, 7, "http", "h", http);
	add(sightings, 8, "dns", "one", "up");
	rounds = watch_rounds(sightings, is_page);
	g_assert_cmpuint(rounds->len, ==, 2);
	round = &g_array_index(rounds, struct watch_round, 0);
	g_assert_cmpint(round->at, ==, 7);
	g_assert_cmpint(round->verdict, ==, verdict);
	g_assert_cmpuint(round->vantages, ==, vantages);
}

static void
assert_round(const char *dns1, const char *dns2, const char *rdap, const char *http,
	enum watch_state verdict, guint vantages)
{
	assert_round_of(FALSE, dns1, dns2, rdap, http, verdict, vantages);
}

static void
test_rounds(void)
{
	assert_round("up", NULL, NULL, NULL, WATCH_UP, G_MAXUINT);
	assert_round("down", NULL, NULL, NULL, WATCH_DOWN, 1);
	assert_round("down", "down", NULL, NULL, WATCH_DOWN, 2);
	assert_round("down", "up", NULL, NULL, WATCH_UP, G_MAXUINT);
	assert_round("down", "unknown", NULL, NULL, WATCH_DOWN, 1);
	assert_round("unknown", "unknown", NULL, NULL, WATCH_UNKNOWN, G_MAXUINT);
	/* Where the name is up, the page decides; where it is not, nothing else does. */
	assert_round("up", "up", NULL, "down", WATCH_DOWN, G_MAXUINT);
	assert_round("up", "up", NULL, "unknown", WATCH_UP, G_MAXUINT);
	assert_round("down", "down", NULL, "up", WATCH_DOWN, 2);
	/* Of a page that gave no answer nothing is known, though its name is there. */
	assert_round_of(TRUE, "up", "up", NULL, "unknown", WATCH_UNKNOWN, G_MAXUINT);
	assert_round_of(TRUE, "up", "up", NULL, NULL, WATCH_UP, G_MAXUINT);
	assert_round_of(TRUE, "up", "up", NULL, "up", WATCH_UP, G_MAXUINT);
	/* A URL on a bare address has HTTP alone. */
	assert_round(NULL, NULL, NULL, "down", WATCH_DOWN, G_MAXUINT);
	/* A hold is no takedown yet while the name resolves. */
	assert_round("up", NULL, "down", NULL, WATCH_UP, G_MAXUINT);
	assert_round("unknown", NULL, "down", NULL, WATCH_DOWN, G_MAXUINT);
}

/* --- signals --- */

static struct signals *
shipped(void)
{
	g_autoptr(GError) error = NULL;
	struct signals *signals = signals_load(NULL, &error);

	g_assert_no_error(error);
	return signals;
}

static void
assert_meaning(const struct signal *signal, enum signal_meaning meaning)
{
	g_assert_nonnull(signal);
	g_assert_cmpstr(signal_name(signal->meaning), ==, signal_name(meaning));
	g_assert_nonnull(signal->source);
}

static void
test_name_servers(void)
{
	g_autoptr(Signals) signals = shipped();

	assert_meaning(
		signals_name_server(signals, "NS1.MicrosoftInternetSafety.net."), SIGNAL_SINKHOLE);
	/* The longer name is the one that counts: a hold for contact data is no takedown. */
	assert_meaning(signals_name_server(signals, "ns1.verification-hold.suspended-domain.com"),
		SIGNAL_VERIFICATION);
	assert_meaning(signals_name_server(signals, "ns1.suspended-domain.com"), SIGNAL_SUSPENDED);
	assert_meaning(signals_name_server(signals, "ns1.sedoparking.com"), SIGNAL_PARKED);
	g_assert_null(signals_name_server(signals, "ns1.example.net"));
	/* Known from memory only. */
	g_assert_null(
		signals_name_server(signals, "blockedduetophishing.pleasecontactsupport.com"));
	g_assert_false(signal_is_takedown(SIGNAL_PARKED));
	g_assert_false(signal_is_takedown(SIGNAL_VERIFICATION));
	g_assert_false(signal_is_takedown(SIGNAL_EXPIRED));
	g_assert_true(signal_is_takedown(SIGNAL_SINKHOLE));
}

static void
test_addresses(void)
{
	g_autoptr(Signals) signals = shipped();

	assert_meaning(signals_address(signals, "166.78.145.90"), SIGNAL_SINKHOLE);
	assert_meaning(signals_address(signals, "127.0.0.1"), SIGNAL_SUSPENDED);
	assert_meaning(signals_address(signals, "0.0.0.0"), SIGNAL_SUSPENDED);
	assert_meaning(signals_address(signals, "::"), SIGNAL_SUSPENDED);
	g_assert_null(signals_address(signals, "192.0.2.1"));
	g_assert_null(signals_address(signals, "2001:db8::1"));
	g_assert_null(signals_address(signals, "no address"));
}

static void
test_status(void)
{
	g_autoptr(Signals) signals = shipped();
	static const char *const locks[] = { "client transfer prohibited", "clientUpdateProhibited",
		"server delete prohibited", "inactive" };

	assert_meaning(signals_status(signals, "client hold"), SIGNAL_HELD);
	assert_meaning(signals_status(signals, "serverHold"), SIGNAL_SUSPENDED);
	assert_meaning(signals_status(signals, "autoRenewPeriod"), SIGNAL_RENEWED);
	assert_meaning(signals_status(signals, "pending delete"), SIGNAL_DELETED);
	assert_meaning(signals_status(signals, "redemptionPeriod"), SIGNAL_DELETED);
	for (gsize i = 0; i < G_N_ELEMENTS(locks); i++)
		assert_meaning(signals_status(signals, locks[i]), SIGNAL_NONE);
	g_assert_null(signals_status(signals, "active"));
}

static void
test_pages(void)
{
	g_autoptr(Signals) signals = shipped();
	const char *url = "http://example.net/cgi-sys/suspendedpage.cgi";

	assert_meaning(signals_page(signals, url, strlen(url)), SIGNAL_SUSPENDED);
	g_assert_null(signals_page(signals, url, 20));
	g_assert_null(signals_page(signals, NULL, 0));
}

static void
test_faulty(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = g_build_filename(g_get_tmp_dir(), "abate-signals.json", NULL);

	g_assert_true(g_file_set_contents(file,
		"{ \"addresses\": [ { \"networks\": [\"192.0.2.0/99\"], \"meaning\": \"sinkhole\", "
		"\"evidence\": \"official\", \"source\": \"s\", \"as_of\": \"2026-01-01\" } ] }",
		-1, NULL));
	g_assert_null(signals_load(file, &error));
	g_assert_nonnull(strstr(error->message, "addresses[0].networks: must be a network"));
	g_remove(file);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch/intervals", test_intervals);
	g_test_add_func("/watch/vantages", test_vantages);
	g_test_add_func("/watch/last-before", test_last_before);
	g_test_add_func("/watch/now", test_now);
	g_test_add_func("/watch/pause", test_pause);
	g_test_add_func("/watch/rounds", test_rounds);
	g_test_add_func("/watch/name-servers", test_name_servers);
	g_test_add_func("/watch/addresses", test_addresses);
	g_test_add_func("/watch/status", test_status);
	g_test_add_func("/watch/pages", test_pages);
	g_test_add_func("/watch/faulty", test_faulty);
	return g_test_run();
}
