/* Figures of a store with a few reports, against values worked out by hand. */
#include "base/text.h"
#include "cli/report-times.h"
#include "cli/stats-html.h"
#include "ledger/stats.h"
#include "store/database.h"
#include "test-store.h"

#define DAY (G_USEC_PER_SEC * G_GINT64_CONSTANT(86400))
#define SENT (20000 * DAY) /* 2024-10-04 */
#define NOW (SENT + 30 * DAY)
#define DAY_S 86400.0

static void
change(struct store *store, const char *sql, gint64 first, gint64 second, gint64 id)
{
	GError *error = NULL;

	store_run(store, &error, sql, "zzi", first, second, id);
	g_assert_no_error(error);
}

static gint64
sent(struct fixture *fixture, gint64 case_id, gint64 indicator, const char *provider,
	gint64 acknowledged, gint64 answered)
{
	const gint64 id = add_report(fixture->store, case_id, indicator, provider, REPORT_READY);

	change(fixture->store,
		"UPDATE reports SET state = 'accepted', sent = $1, created = $2 WHERE id = $3",
		SENT, SENT - DAY, id);
	change(fixture->store, "UPDATE reports SET acknowledged = $1, answered = $2 WHERE id = $3",
		acknowledged ? SENT + acknowledged * DAY : 0, answered ? SENT + answered * DAY : 0,
		id);
	return id;
}

static void
look_at(struct fixture *fixture, gint64 indicator, const char *verdict, gint64 at)
{
	struct sighting sighting = { .indicator_id = indicator,
		.method = (char *)"dns",
		.verdict = (char *)verdict,
		.at = at };
	GError *error = NULL;

	store_sighting_add(fixture->store, &sighting, &error);
	if (strcmp(verdict, "up") == 0)
		store_indicator_seen_up(fixture->store, indicator, at, &error);
	g_assert_no_error(error);
}

static void
look(struct fixture *fixture, gint64 indicator, const char *verdict, gint64 day)
{
	look_at(fixture, indicator, verdict, SENT + day * DAY);
}

static void
set_state(struct fixture *fixture, gint64 indicator, const char *state, gint64 day)
{
	GError *error = NULL;

	if (strcmp(state, "down") == 0)
		look_at(fixture, indicator, "up", SENT + day * DAY - DAY / 4);
	store_indicator_set_state(fixture->store, indicator, state, SENT + day * DAY, &error);
	g_assert_no_error(error);
}

static void
reply(struct fixture *fixture, gint64 report, const char *class_name, gboolean counts)
{
	g_autoptr(Reply) reply = reply_new();
	GError *error = NULL;

	reply->report_id = report;
	reply->class_name = g_strdup(class_name);
	reply->counts = counts;
	reply->source = reference_new();
	reply->received = SENT + DAY;
	store_reply_add(fixture->store, reply, NULL, &error);
	g_assert_no_error(error);
}

static gint64
add_below(struct fixture *fixture, gint64 case_id, const char *value, const char *suffix)
{
	g_autoptr(Indicator) indicator = make_url(case_id, value);
	GError *error = NULL;

	g_free(indicator->suffix);
	indicator->suffix = g_strdup(suffix);
	store_indicator_add(fixture->store, indicator, NULL, &error);
	g_assert_no_error(error);
	return indicator->id;
}

/* Provider a: four got there, one bounced, one is a draft, one was taken back. Provider b: one, in
 * another case. */
static gint64
fill(struct fixture *fixture)
{
	const gint64 one = add_case(fixture->store, "one"), two = add_case(fixture->store, "two");
	const gint64 down = add_below(fixture, one, "http://a.example/", "co.uk");
	const gint64 before = add_below(fixture, one, "http://b.example/", "org");
	const gint64 up = add_below(fixture, one, "http://c.example/", "org");
	const gint64 unseen = add_below(fixture, one, "http://192.0.2.1/", NULL);
	gint64 bounced, acted;

	set_state(fixture, down, "down", 4);
	set_state(fixture, before, "down", -1);
	look(fixture, up, "up", 10);
	look(fixture, up, "unknown", 12);
	acted = sent(fixture, one, down, "a", 1, 0);
	sent(fixture, one, before, "a", 0, 3);
	sent(fixture, one, up, "a", 5, 2);
	sent(fixture, one, unseen, "a", 0, 0);
	bounced = sent(fixture, one, down, "a", 0, 0);
	store_run(fixture->store, NULL, "UPDATE reports SET state = 'bounced' WHERE id = $1", "i",
		bounced);
	add_report(fixture->store, one, down, "a", REPORT_DRAFT);
	store_report_set_state(fixture->store,
		add_report(fixture->store, one, down, "a", REPORT_DRAFT), REPORT_CANCELLED, NULL,
		NULL);
	reply(fixture, acted, "actioned", TRUE);
	reply(fixture, acted, "actioned", TRUE);
	reply(fixture, bounced, "actioned", FALSE);
	reply(fixture, acted, "refusal", TRUE);
	sent(fixture, two, add_url(fixture->store, two, "http://d.example/"), "b", 0, 0);
	return two;
}

static GPtrArray *
make(struct fixture *fixture, const char *by, gint64 case_id)
{
	g_autofree char *file = g_build_filename(fixture->folder, "abate.conf", NULL);
	const char *const none[] = { NULL };
	GError *error = NULL;
	g_autoptr(Profiles) profiles = profiles_load(none, NULL, &error);
	g_autoptr(Config) config = NULL;
	GPtrArray *rows;

	g_assert_no_error(error);
	g_file_set_contents(file, "[escalate]\nack_hours = 48\naction_hours = 1000\n", -1, &error);
	g_assert_no_error(error);
	config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	rows = stats_make(fixture->store,
		&(struct stats_wish){ .filter = { .by = by, .case_id = case_id },
			.now = NOW,
			.with_curves = TRUE,
			.config = config,
			.profiles = profiles },
		&error);

	g_assert_no_error(error);
	return rows;
}

static void
test_counts(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	fill(fixture);
	rows = make(fixture, "provider", 0);
	g_assert_cmpuint(rows->len, ==, 2);
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpstr(row->key, ==, "a");
	g_assert_cmpint(row->reports, ==, 6);
	g_assert_cmpint(row->unsent, ==, 1);
	g_assert_cmpint(row->accepted, ==, 5);
	g_assert_cmpint(row->bounced, ==, 1);
	g_assert_cmpint(row->acknowledged, ==, 2);
	g_assert_cmpint(row->refused, ==, 1);
	g_assert_cmpint(row->actioned, ==, 1);
	g_assert_cmpint(row->overdue, ==, 1); /* the one that nobody answered and nobody saw */
}

/* Whatever became of a report, it stands in one of the columns. */
static void
test_states(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	for (int state = REPORT_DRAFT; state <= REPORT_CANCELLED; state++)
		store_run(fixture->store, NULL, "UPDATE reports SET state = $1 WHERE id = $2", "ti",
			report_state_name((enum report_state)state),
			add_report(fixture->store, one, url, "a", REPORT_READY));
	store_run(fixture->store, NULL,
		"UPDATE reports SET sent = $1 WHERE state IN "
		"('accepted', 'acknowledged', 'answered', 'closed', 'bounced')",
		"i", SENT);
	rows = make(fixture, "all", 0);
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpint(row->reports, ==, REPORT_CANCELLED);
	g_assert_cmpint(row->accepted, ==, 5);
	g_assert_cmpint(row->refused, ==, 1);
	g_assert_cmpint(row->unsent + row->accepted + row->refused, ==, row->reports);
	g_assert_cmpint(row->bounced, ==, 1);
	g_assert_cmpint(row->overdue, ==, 4);
	g_assert_cmpint(row->times[STATS_FIRST_REPLY].n, ==, 4);
}

/* A report that was withdrawn is not overdue; the one that withdraws it is none. */
static void
test_withdrawn(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 wrong = sent(fixture, one, url, "a", 0, 0);
	const gint64 withdraws = sent(fixture, one, url, "a", 0, 0);
	g_autofree char *first = g_strdup_printf("R%" G_GINT64_FORMAT, wrong);
	g_autofree char *second = g_strdup_printf("R%" G_GINT64_FORMAT, withdraws);
	g_autoptr(GPtrArray) before = NULL, after = NULL;
	const struct stats_row *row;

	(void)data;
	look(fixture, url, "up", 20);
	change(fixture->store,
		"UPDATE reports SET follow_up_of = $1, tries = COALESCE($2, 0) WHERE id = $3",
		wrong, 0, withdraws);
	before = make(fixture, "all", 0);
	row = g_ptr_array_index(before, 0);
	g_assert_cmpint(row->reports, ==, 1);
	g_assert_cmpint(row->follow_ups, ==, 1);
	g_assert_cmpint(row->overdue, ==, 1); /* a follow-up is not by itself */
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 1);
	store_mark_set(fixture->store, "retracted", first, second, NULL);
	store_mark_set(fixture->store, "retract", second, first, NULL);
	after = make(fixture, "all", 0);
	row = g_ptr_array_index(after, 0);
	g_assert_cmpint(row->reports, ==, 1);
	g_assert_cmpint(row->follow_ups, ==, 0);
	g_assert_cmpint(row->overdue, ==, 0);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 1);
}

/* A follow-up belongs to its report: an answer to it answers that, after all its time, and what
 * goes down goes down once. */
static void
test_follow_ups(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 first = sent(fixture, one, url, "a", 0, 0);
	const gint64 quiet = sent(fixture, one, url, "a", 0, 0);
	const gint64 second = sent(fixture, one, url, "a", 7, 6);
	const gint64 waits = add_report(fixture->store, one, url, "a", REPORT_READY);
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	change(fixture->store, "UPDATE reports SET follow_up_of = $1, sent = $2 WHERE id = $3",
		first, SENT + 5 * DAY, quiet);
	change(fixture->store, "UPDATE reports SET follow_up_of = $1, sent = $2 WHERE id = $3",
		first, SENT + 5 * DAY, second);
	change(fixture->store, "UPDATE reports SET follow_up_of = $1, sent = $2 WHERE id = $3",
		first, 0, waits);
	reply(fixture, second, "actioned", TRUE);
	reply(fixture, second, "human", TRUE);
	set_state(fixture, url, "down", 8);
	for (int i = 0; i < 2; i++) {
		g_clear_pointer(&rows, g_ptr_array_unref);
		rows = make(fixture, i ? "tld" : "month", 0);
		g_assert_cmpuint(rows->len, ==, 1);
		row = g_ptr_array_index(rows, 0);
		g_assert_cmpint(row->reports, ==, 1);
		g_assert_cmpint(row->follow_ups, ==, 2);
		g_assert_cmpint(row->unsent, ==, 0);
		g_assert_cmpint(row->actioned, ==, 1);
		g_assert_cmpint(row->acknowledged, ==, 1);
		g_assert_cmpint(row->times[STATS_FIRST_REPLY].n, ==, 1);
		g_assert_cmpfloat_with_epsilon(
			row->times[STATS_FIRST_REPLY].median_s, 6 * DAY_S, 1e-6);
		g_assert_cmpint(row->times[STATS_FIRST_HUMAN].events, ==, 1);
		g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 1);
		g_assert_cmpfloat_with_epsilon(
			row->times[STATS_TAKEDOWN].median_s, 8 * DAY_S, 1e-6);
	}
}

/* 1, 2 and 3 days, one waits: the curve lies on a half from 2 to 3 days. */
static void
test_first_reply(struct fixture *fixture, gconstpointer data)
{
	static const double shares[] = { 0.25, 0.75, 0.75, 0.75 };
	g_autoptr(GPtrArray) rows = NULL;
	const struct survival *reply;

	(void)data;
	fill(fixture);
	rows = make(fixture, "provider", 0);
	reply = &((struct stats_row *)g_ptr_array_index(rows, 0))->times[STATS_FIRST_REPLY];
	g_assert_cmpint(reply->n, ==, 4);
	g_assert_cmpint(reply->censored, ==, 1);
	g_assert_cmpfloat_with_epsilon(reply->median_s, 2.5 * DAY_S, 1e-6);
	g_assert_cmpfloat(reply->p90_s, <, 0);
	for (int i = 0; i < SURVIVAL_MARKS; i++)
		g_assert_cmpfloat_with_epsilon(reply->share[i], shares[i], 1e-9);
	g_assert_cmpuint(reply->steps->len, ==, 3);
	reply = &((struct stats_row *)g_ptr_array_index(rows, 1))->times[STATS_FIRST_REPLY];
	g_assert_cmpint(reply->n, ==, 1);
	g_assert_cmpint(reply->censored, ==, 1);
	g_assert_cmpfloat(reply->median_s, <, 0);
}

/* One never seen, one down after 4 days, one up at 10; the one that was down before is out. */
static void
test_takedown(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) rows = NULL;
	const struct survival *takedown;

	(void)data;
	fill(fixture);
	rows = make(fixture, "provider", 0);
	takedown = &((struct stats_row *)g_ptr_array_index(rows, 0))->times[STATS_TAKEDOWN];
	g_assert_cmpint(takedown->n, ==, 2);
	g_assert_cmpint(takedown->events, ==, 1);
	g_assert_cmpint(takedown->censored, ==, 1);
	g_assert_cmpint(((struct stats_row *)g_ptr_array_index(rows, 0))->not_seen, ==, 1);
	/* On a half from 4 days to the last look, at 10. */
	g_assert_cmpfloat_with_epsilon(takedown->median_s, 7 * DAY_S, 1e-6);
	g_assert_cmpfloat(takedown->share[1], ==, 0);
	g_assert_cmpfloat_with_epsilon(takedown->share[2], 0.5, 1e-9);
	g_assert_cmpfloat(takedown->share[3], <, 0); /* nobody was watched so long */
}

/* Down on day 1, up on day 2, down on day 5: for reports on day 0, 1.5 and 3. */
static void
test_outages(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 later = sent(fixture, one, url, "later", 0, 0);
	const gint64 between = sent(fixture, one, url, "between", 0, 0);
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	sent(fixture, one, url, "first", 0, 0);
	change(fixture->store, "UPDATE reports SET sent = $1 + $2 WHERE id = $3", SENT, 3 * DAY,
		later);
	change(fixture->store, "UPDATE reports SET sent = $1 + $2 WHERE id = $3", SENT, DAY * 3 / 2,
		between);
	set_state(fixture, url, "up", 0);
	set_state(fixture, url, "down", 1);
	set_state(fixture, url, "up", 2);
	set_state(fixture, url, "down", 5);
	rows = make(fixture, "provider", 0);
	/* It was down when this one was sent. */
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpstr(row->key, ==, "between");
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 0);
	row = g_ptr_array_index(rows, 1);
	g_assert_cmpstr(row->key, ==, "first");
	g_assert_cmpint(row->came_back, ==, 1);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].events, ==, 1);
	g_assert_cmpfloat_with_epsilon(row->times[STATS_TAKEDOWN].median_s, DAY_S, 1e-6);
	row = g_ptr_array_index(rows, 2);
	g_assert_cmpstr(row->key, ==, "later");
	g_assert_cmpint(row->came_back, ==, 0);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 1);
	g_assert_cmpfloat_with_epsilon(row->times[STATS_TAKEDOWN].median_s, 2 * DAY_S, 1e-6);
}

/* Down at the first look: nobody knows whether it was so before the report. */
static void
test_never_up(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 before = add_url(fixture->store, one, "http://b.example/");
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;
	GError *error = NULL;

	(void)data;
	sent(fixture, one, url, "a", 0, 0);
	sent(fixture, one, before, "a", 0, 0);
	set_state(fixture, before, "down", -1);
	look(fixture, url, "down", 1);
	store_indicator_set_state(fixture->store, url, "down", SENT + DAY, &error);
	g_assert_no_error(error);
	rows = make(fixture, "all", 0);
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpint(row->never_up, ==, 1);
	g_assert_cmpint(row->down_before, ==, 1);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 0);
	/* Came back, and went down again: that is seen. */
	look(fixture, url, "up", 3);
	set_state(fixture, url, "up", 3);
	set_state(fixture, url, "down", 5);
	sent(fixture, one, url, "b", 0, 0);
	store_run(fixture->store, &error, "UPDATE reports SET sent = $1 WHERE provider = 'b'", "i",
		SENT + 4 * DAY);
	g_assert_no_error(error);
	g_ptr_array_unref(g_steal_pointer(&rows));
	rows = make(fixture, "provider", 0);
	row = g_ptr_array_index(rows, 1);
	g_assert_cmpint(row->never_up, ==, 0);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].events, ==, 1);
	g_assert_cmpfloat_with_epsilon(row->times[STATS_TAKEDOWN].median_s, DAY_S, 1e-6);
}

/* Came back and was seen up until day 9: what was reported in between is censored there. */
static void
test_back_and_up(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 report = sent(fixture, one, url, "a", 0, 0);
	g_autoptr(GPtrArray) rows = NULL;
	const struct survival *takedown;

	(void)data;
	change(fixture->store, "UPDATE reports SET sent = $1 + $2 WHERE id = $3", SENT, 3 * DAY,
		report);
	set_state(fixture, url, "down", 1);
	set_state(fixture, url, "up", 2);
	look(fixture, url, "up", 9);
	look(fixture, url, "unknown", 20);
	rows = make(fixture, "all", 0);
	takedown = &((struct stats_row *)g_ptr_array_index(rows, 0))->times[STATS_TAKEDOWN];
	g_assert_cmpint(takedown->n, ==, 1);
	g_assert_cmpint(takedown->censored, ==, 1);
	g_assert_cmpfloat_with_epsilon(takedown->now_s, 6 * DAY_S, 1e-6);
}

/* What nobody could look at does not make many of few: three names, and nine addresses whose pages
 * were not looked at; that a name resolved in a round that could not tell is no sign either. */
static void
test_not_seen(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	for (int i = 0; i < 12; i++) {
		g_autofree char *value = g_strdup_printf("http://192.0.2.%d/", i);
		const gint64 url = add_url(fixture->store, one, value);

		sent(fixture, one, url, "a", 0, 0);
		if (i < 3)
			set_state(fixture, url, "down", 1);
		else if (i < 6) /* before the report only */
			look(fixture, url, "up", -1);
		look(fixture, url, "unknown", 29);
		store_run(fixture->store, NULL,
			"INSERT INTO sightings (indicator_id, method, verdict, vantage, at) "
			"VALUES ($1, 'dns', 'up', '192.0.2.53', $2)",
			"ii", url, SENT + 29 * DAY);
	}
	rows = make(fixture, "all", 0);
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpint(row->not_seen, ==, 9);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].n, ==, 3);
	g_assert_cmpint(row->times[STATS_TAKEDOWN].censored, ==, 0);
	g_assert_cmpfloat(row->times[STATS_TAKEDOWN].median_s, ==, DAY_S);
}

/* Withdrawn on day 10: what came before counts, what came after, or never, waited until then. */
static void
test_withdrawn_times(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 early = add_url(fixture->store, one, "http://a.example/");
	const gint64 late = add_url(fixture->store, one, "http://b.example/");
	const gint64 never = add_url(fixture->store, one, "http://c.example/");
	const gint64 reports[] = { sent(fixture, one, early, "a", 2, 0),
		sent(fixture, one, late, "a", 12, 12), sent(fixture, one, never, "a", 0, 0) };
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	set_state(fixture, early, "down", 2);
	set_state(fixture, late, "down", 12);
	look(fixture, never, "up", 25);
	for (gsize i = 0; i < G_N_ELEMENTS(reports); i++) {
		g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, reports[i]);

		store_mark_set(fixture->store, "retracted", key, "R99", NULL);
	}
	store_run(fixture->store, NULL, "UPDATE marks SET at = $1", "i", SENT + 10 * DAY);
	rows = make(fixture, "all", 0);
	row = g_ptr_array_index(rows, 0);
	for (int i = 0; i < STATS_TIMES; i++) {
		const struct survival *survival = &row->times[i];

		g_assert_cmpint(survival->n, ==, 3);
		g_assert_cmpint(survival->events, ==, i != STATS_FIRST_HUMAN);
		g_assert_cmpfloat_with_epsilon(survival->now_s, 10 * DAY_S, 1e-6);
	}
}

/* Replies of persons, of one that does not count, and of a machine. */
static void
test_first_human(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 asked = sent(fixture, one, url, "a", 1, 0);
	const gint64 machine = sent(fixture, one, url, "a", 1, 0);
	const gint64 stranger = sent(fixture, one, url, "a", 0, 0);
	g_autoptr(GPtrArray) rows = NULL;
	const struct stats_row *row;

	(void)data;
	reply(fixture, asked, "actioned", TRUE);
	reply(fixture, asked, "question", TRUE);
	store_run(fixture->store, NULL, "UPDATE replies SET received = $1 WHERE class = 'actioned'",
		"i", SENT + 4 * DAY);
	reply(fixture, machine, "acknowledgement", TRUE);
	reply(fixture, stranger, "human", FALSE);
	rows = make(fixture, "provider", 0);
	row = g_ptr_array_index(rows, 0);
	g_assert_cmpint(row->actioned, ==, 1);
	g_assert_cmpint(row->times[STATS_FIRST_HUMAN].n, ==, 3);
	g_assert_cmpint(row->times[STATS_FIRST_HUMAN].events, ==, 1);
	g_assert_cmpfloat_with_epsilon(
		row->times[STATS_FIRST_HUMAN].share[0], 1.0 / 3, 1e-9); /* after a day */
}

static void
expect_time(const json_t *object, const char *name, gint64 day)
{
	g_autofree char *text = text_time(day ? SENT + day * DAY : 0);

	g_assert_cmpstr(json_string_value(json_object_get(object, name)), ==, text);
}

/* What show tells of a report about three: two go down after it, and one was down before. */
static void
test_report_times(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 first = add_url(fixture->store, one, "http://a.example/");
	const gint64 second = add_url(fixture->store, one, "http://b.example/");
	const gint64 before = add_url(fixture->store, one, "http://c.example/");
	const gint64 id = sent(fixture, one, first, "a", 3, 2);
	json_t *object = json_pack(
		"{s:[{s:s}, {s:s}, {s:s}]}", "indicators", "id", "I1", "id", "I2", "id", "I3");
	const json_t *list = json_object_get(object, "indicators");
	g_autoptr(Report) report = NULL;
	GError *error = NULL;

	(void)data;
	store_run(fixture->store, &error,
		"INSERT INTO report_indicators (report_id, indicator_id) VALUES ($1, $2), ($1, $3)",
		"iii", id, second, before);
	set_state(fixture, before, "down", -1);
	set_state(fixture, first, "down", 4);
	set_state(fixture, first, "up", 6);
	set_state(fixture, first, "down", 9);
	reply(fixture, id, "human", TRUE);
	reply(fixture, id, "actioned", FALSE);
	report = store_report_get(fixture->store, id, &error);
	g_assert_true(report_times_set(fixture->store, object, report, &error));
	g_assert_no_error(error);
	expect_time(object, "first_reply", 2);
	expect_time(object, "first_human", 1);
	expect_time(object, "says_it_acted", 0);
	expect_time(object, "seen_down", 0); /* not all */
	expect_time(object, "back_up", 6);
	expect_time(json_array_get(list, 0), "seen_down", 4);
	expect_time(json_array_get(list, 2), "seen_down", 0);
	set_state(fixture, second, "down", 8);
	reply(fixture, id, "actioned", TRUE);
	g_assert_true(report_times_set(fixture->store, object, report, &error));
	expect_time(object, "seen_down", 8);
	expect_time(object, "says_it_acted", 1);
	json_decref(object);
}

static void
expect(struct fixture *fixture, const char *by, gint64 case_id, const char *expected)
{
	g_autoptr(GPtrArray) rows = make(fixture, by, case_id);
	g_autoptr(GString) got = g_string_new(NULL);

	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);

		g_string_append_printf(got, "%s %d %d %d;", row->key, (int)row->reports,
			(int)row->times[STATS_FIRST_REPLY].n, (int)row->times[STATS_TAKEDOWN].n);
	}
	g_assert_cmpstr(got->str, ==, expected);
}

static void
test_keys(struct fixture *fixture, gconstpointer data)
{
	const gint64 two = fill(fixture);
	const struct stats_wish wish = { .filter.by = "colour" };
	g_autoptr(GError) error = NULL;

	(void)data;
	expect(fixture, "kind", 0, "registrar 7 5 2;");
	expect(fixture, "channel", 0, "mail 7 5 2;");
	expect(fixture, "type", 0, "phishing 7 5 2;");
	expect(fixture, "rung", 0, "registrar 7 5 2;");
	expect(fixture, "all", 0, "all 7 5 2;");
	expect(fixture, "all", two, "all 1 1 0;");
	expect(fixture, "tld", 0, "- 1 1 0;org 3 3 1;uk 3 1 1;");
	expect(fixture, "tld", two, "org 1 1 0;");
	/* The draft counts in the month it was made in. */
	change(fixture->store, "UPDATE reports SET created = $1, tries = 0 * $2 WHERE id = $3",
		SENT - 10 * DAY, 1, 6);
	expect(fixture, "month", 0, "2024-09 1 0 0;2024-10 6 5 2;");
	g_assert_null(stats_make(fixture->store, &wish, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
}

static struct route *
route(enum rung rung, const char *provider)
{
	struct route *route = route_new();

	route->rung = rung;
	route->provider = g_strdup(provider);
	return route;
}

/* Who hosts and who registered, whoever the report went to; two ways to one party are one. */
static void
test_parties(struct fixture *fixture, gconstpointer data)
{
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	const gint64 other = add_url(fixture->store, one, "http://b.example/");
	g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	GError *error = NULL;
	gint64 both;

	(void)data;
	g_ptr_array_add(routes, route(RUNG_HOST, "net"));
	g_ptr_array_add(routes, route(RUNG_HOST, "net"));
	g_ptr_array_add(routes, route(RUNG_HOST, "cdn"));
	g_ptr_array_add(routes, route(RUNG_REGISTRAR, "names"));
	store_routes_replace(fixture->store, url, routes, &error);
	g_assert_no_error(error);
	both = sent(fixture, one, url, "a", 0, 0);
	store_run(fixture->store, &error,
		"INSERT INTO report_indicators (report_id, indicator_id) VALUES ($1, $2)", "ii",
		both, other);
	g_assert_no_error(error);
	sent(fixture, one, url, "b", 0, 0);
	look(fixture, url, "up", 1);
	look(fixture, other, "up", 1);
	expect(fixture, "network", 0, "- 1 1 1;cdn 2 2 2;net 2 2 2;");
	expect(fixture, "registrar", 0, "- 1 1 1;names 2 2 2;");
	expect(fixture, "registry", 0, "- 2 2 3;");
}

static void
test_empty(struct fixture *fixture, gconstpointer data)
{
	(void)data;
	expect(fixture, "provider", 0, "");
	expect(fixture, "all", 0, "");
}

/* A provider's id comes from outside: it must not become markup, nor turn the text around. */
static void
test_page(struct fixture *fixture, gconstpointer data)
{
	struct stats_wish wish = { .filter.by = "provider", .now = NOW };
	g_autofree char *page = NULL;
	g_autoptr(GPtrArray) rows = NULL;

	(void)data;
	fill(fixture);
	store_run(fixture->store, NULL,
		"UPDATE reports SET provider = '<script>\"&' || $1 WHERE provider = 'b'", "t",
		"\xe2\x80\xae\x1b[2J");
	rows = make(fixture, "provider", 0);
	page = stats_html(&wish, NULL, rows);
	g_assert_null(strstr(page, "<script"));
	g_assert_null(strstr(page, "http://"));
	g_assert_null(strstr(page, "\xe2\x80\xae"));
	g_assert_null(strchr(page, '\x1b'));
	/* In the tables, and in the legends. */
	g_assert_nonnull(strstr(page, "<td>&#60;script&#62;&#34;&#38;\\u202e\\u001b[2J</td>"));
	g_assert_nonnull(strstr(page, " 2 &#60;script&#62;&#34;&#38;"));
	/* 4 got there; the curve's first step is at 1 of 30 days, a quarter down. */
	g_assert_nonnull(strstr(page, "M0 0H2060V600"));
	g_assert_nonnull(strstr(page, "<td>2.5 d</td><td class=\"none\">not reached</td>"));
	g_assert_nonnull(strstr(page, "few: n &lt; 10"));
	g_assert_nonnull(strstr(page, "after the report was sent"));
	g_assert_nonnull(strstr(page, "</html>"));
}

/* Of thousands, those with most reports, in the order of their keys. */
static void
test_long_page(void)
{
	const struct stats_wish wish = { .filter.by = "provider", .now = NOW };
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	struct stats_row *all = g_new0(struct stats_row, 5000);
	g_autofree char *page = NULL;

	for (int i = 0; i < 5000; i++) {
		all[i].key = g_strdup_printf("provider-%04d", i);
		all[i].reports = i % 10;
		g_ptr_array_add(rows, &all[i]);
	}
	page = stats_html(&wish, NULL, rows);
	g_assert_cmpuint(strlen(page), <, 1000000);
	g_assert_nonnull(strstr(page, "the 500 with most reports, of 5000"));
	g_assert_null(strstr(page, "provider-0007"));
	g_assert_nonnull(strstr(page, "provider-0009"));
	g_assert_true(strstr(page, "provider-0019") > strstr(page, "provider-0009"));
	for (int i = 0; i < 5000; i++)
		g_free(all[i].key);
	g_free(all);
}

/* Providers are called by the name that their last report has; two of one name with their ids. */
static void
test_names(struct fixture *fixture, gconstpointer data)
{
	static const char *const labels[] = { "b", "d", "Desk (a)", "Desk (c)" };
	static const char *const names[] = { "Old desk", "Desk", NULL, "Desk", "" };
	static const char *const ids[] = { "a", "a", "b", "c", "d" };
	const gint64 one = add_case(fixture->store, "one");
	const gint64 url = add_url(fixture->store, one, "http://a.example/");
	g_autoptr(GPtrArray) rows = NULL, kinds = NULL, parties = NULL;
	g_autofree char *page = NULL;

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
		store_run(fixture->store, NULL,
			"UPDATE reports SET provider_name = $1 WHERE id = $2", "ti", names[i],
			sent(fixture, one, url, ids[i], 0, 0));
	rows = make(fixture, "provider", 0);
	g_ptr_array_sort(rows, stats_by_label);
	g_assert_cmpuint(rows->len, ==, G_N_ELEMENTS(labels));
	for (guint i = 0; i < rows->len; i++) {
		g_autofree char *label = stats_label(g_ptr_array_index(rows, i));

		g_assert_cmpstr(label, ==, labels[i]);
	}
	page = stats_html(&(struct stats_wish){ .filter.by = "provider", .now = NOW }, NULL, rows);
	g_assert_nonnull(strstr(page, "<td>Desk<small>c</small></td>"));
	kinds = make(fixture, "kind", 0);
	g_assert_null(((struct stats_row *)g_ptr_array_index(kinds, 0))->name);
	store_run(fixture->store, NULL,
		"INSERT INTO routes (indicator_id, rung, step, kind, provider, provider_name, "
		"channel, ask, unconfirmed) VALUES ($1, 'host', 1, 'hosting', 'net', 'Network', "
		"'mail', 1, 0)",
		"i", url);
	parties = make(fixture, "network", 0);
	g_assert_cmpstr(((struct stats_row *)g_ptr_array_index(parties, 0))->name, ==, "Network");
}

/* Without reports, and of one case; it says who made it and when. */
static void
test_empty_page(struct fixture *fixture, gconstpointer data)
{
	g_autofree char *file = g_build_filename(fixture->folder, "abate.conf", NULL);
	const struct abuse_case of_case = {
		.id = 7, .title = (char *)"Parcels <b>", .tlp = TLP_AMBER
	};
	GError *error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(GPtrArray) rows = g_ptr_array_new();
	g_autofree char *page = NULL;

	(void)data;
	g_file_set_contents(file, "[reporter]\norganisation = CSIRT & Co\n", -1, &error);
	config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	page = stats_html(
		&(struct stats_wish){ .filter = { "type", 7 }, .now = NOW, .config = config },
		&of_case, rows);
	g_assert_nonnull(strstr(page, "<p>Made 2024-11-03T00:00:00Z by CSIRT &#38; Co.</p>"));
	g_assert_nonnull(strstr(page,
		"of case C7 only: “<bdi>Parcels &#60;b&#62;</bdi>”, TLP:AMBER. There are no "
		"reports yet."));
	g_assert_null(strstr(page, "<table"));
}

/* 20, of which 12 leave before the third day with nothing seen, and one goes down on the fifth. */
static void
test_few(void)
{
	static const gboolean few[] = { FALSE, TRUE, TRUE, FALSE };
	struct survival survival, complete;

	survival_begin(&survival, 20, FALSE);
	survival_begin(&complete, 20, FALSE);
	for (int i = 0; i < 20; i++) {
		survival_add(&survival, i < 12 ? 2 * DAY_S : (i - 7) * DAY_S, i == 12);
		survival_add(&complete, 2 * DAY_S, TRUE);
	}
	survival_end(&survival);
	survival_end(&complete);
	for (int i = 0; i < SURVIVAL_MARKS; i++) {
		g_assert_cmpint(stats_share_is_few(&survival, i), ==, few[i]);
		g_assert_false(stats_share_is_few(&complete, i));
	}
	g_assert_cmpint(survival.left[1], ==, 12);
}

static void
test_duration(void)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = { { -1, "not reached" }, { 0, "0 s" }, { 119, "119 s" }, { 600, "10 min" },
		{ 9000, "2.5 h" }, { 259200, "3.0 d" } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = stats_duration(cases[i].seconds);

		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

#define TEST(name, function)                                                                       \
	g_test_add(                                                                                \
		"/stats/" name, struct fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("counts", test_counts);
	TEST("states", test_states);
	TEST("withdrawn", test_withdrawn);
	TEST("follow-ups", test_follow_ups);
	TEST("first-reply", test_first_reply);
	TEST("takedown", test_takedown);
	TEST("outages", test_outages);
	TEST("never-up", test_never_up);
	TEST("back-and-up", test_back_and_up);
	TEST("not-seen", test_not_seen);
	TEST("withdrawn-times", test_withdrawn_times);
	TEST("first-human", test_first_human);
	TEST("report-times", test_report_times);
	TEST("keys", test_keys);
	TEST("parties", test_parties);
	TEST("empty", test_empty);
	TEST("page", test_page);
	TEST("names", test_names);
	g_test_add_func("/stats/long-page", test_long_page);
	TEST("empty-page", test_empty_page);
	g_test_add_func("/stats/few", test_few);
	g_test_add_func("/stats/duration", test_duration);
	return g_test_run();
}
