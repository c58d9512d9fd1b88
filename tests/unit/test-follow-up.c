/* Follow-ups and reports to a next rung on a real store with the real plugins: what they say, and
 * whom they go to. */
#include "compose/composer.h"

#include "ledger/escalation.h"
#include "store/database.h"
#include "test-store.h"

#include <string.h>

#define HOUR G_TIME_SPAN_HOUR
#define NOW (480000 * HOUR)

struct bench {
	struct fixture store;
	struct config *config;
	struct profiles *profiles;
	struct plugin_host *plugins;
	struct composer *composer;
	gint64 case_id;
};

static void
write_file(const struct fixture *fixture, const char *name, const char *text, char **path)
{
	GError *error = NULL;

	*path = g_build_filename(fixture->folder, name, NULL);
	g_file_set_contents(*path, text, -1, &error);
	g_assert_no_error(error);
}

/* api: takes reports by an API, and has a mail desk; closed: by an API only. */
static struct profiles *
load_profiles(const struct fixture *fixture)
{
	static const char *const form =
		"{\"id\": \"%s\", \"name\": \"Desk of %s\", \"kind\": \"hosting\", "
		"\"language\": \"%s\", \"channels\": [{\"type\": \"http\", \"to\": \"cloudflare\", "
		"\"evidence\": \"official\", \"source\": \"test\", \"as_of\": \"2026-01-01\"}, "
		"{\"type\": \"mail\", \"to\": \"desk@%s.example\", \"evidence\": "
		"\"official\", \"source\": \"test\", \"as_of\": \"2026-01-01\"}]%s}";
	const char *const folders[] = { fixture->folder, NULL };
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *api = NULL, *closed = NULL;
	g_autofree char *first = g_strdup_printf(form, "api", "api", "ja", "api", "");
	g_autofree char *second = g_strdup_printf(form, "closed", "closed", "en", "closed",
		", \"limits\": {\"api_excludes_mail\": true, \"evidence\": \"official\", "
		"\"source\": \"test\", \"as_of\": \"2026-01-01\"}");
	GError *error = NULL;

	write_file(fixture, "api.json", first, &api);
	write_file(fixture, "closed.json", second, &closed);
	struct profiles *profiles = profiles_load(folders, faults, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < faults->len; i++)
		g_test_message("%s", (char *)g_ptr_array_index(faults, i));
	g_assert_cmpuint(faults->len, ==, 0);
	g_unlink(api);
	g_unlink(closed);
	return profiles;
}

static void
set_up(struct bench *bench, gconstpointer data)
{
	g_autofree char *file = NULL;
	GError *error = NULL;

	fixture_set_up(&bench->store, data);
	write_file(&bench->store, "abate.conf",
		"[reporter]\nname = Hanako Yamada\norganisation = Example CSIRT\n"
		"email = hanako@csirt.example\n[watch]\nhttp = yes\n",
		&file);
	bench->config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	bench->profiles = load_profiles(&bench->store);
	bench->plugins = plugin_host_new(bench->config, &error);
	g_assert_no_error(error);
	bench->composer = composer_new(
		bench->config, bench->profiles, bench->plugins, bench->store.store, &error);
	g_assert_no_error(error);
	bench->case_id = add_case(bench->store.store, "one");
}

static void
tear_down(struct bench *bench, gconstpointer data)
{
	composer_free(bench->composer);
	plugin_host_free(bench->plugins);
	profiles_free(bench->profiles);
	config_free(bench->config);
	fixture_tear_down(&bench->store, data);
}

static void
sql(struct bench *bench, const char *text, gint64 value, gint64 id)
{
	GError *error = NULL;

	store_run(bench->store.store, &error, text, "ii", value, id);
	g_assert_no_error(error);
}

/* A report that was sent so many hours ago, with a ticket. */
static gint64
sent(struct bench *bench, gint64 indicator, const char *provider, enum channel channel,
	const char *to, enum rung rung, gint64 hours)
{
	g_autoptr(Report) report = report_new();
	GError *error = NULL;

	report->case_id = bench->case_id;
	report->provider = g_strdup(provider);
	report->provider_name = g_strdup_printf("Desk of %s", provider);
	report->kind = g_strdup(rung == RUNG_REGISTRAR ? "registrar" : "hosting");
	report->channel = channel;
	report->rung = rung;
	report->to = g_strdup(to);
	report->state = REPORT_READY;
	report->reference = reference_new();
	report->ticket = g_strdup("T-4711");
	report->message_id = g_strdup("first@csirt.example");
	g_array_append_val(report->indicators, indicator);
	store_report_add(bench->store.store, report, &error);
	g_assert_no_error(error);
	sql(bench, "UPDATE reports SET state = 'accepted', sent = $1 WHERE id = $2",
		NOW - hours * HOUR, report->id);
	return report->id;
}

static gint64
follow_up(struct bench *bench, gint64 report, gint64 indicator)
{
	g_autoptr(GArray) indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	GError *error = NULL;
	gint64 id = 0;

	g_array_append_val(indicators, indicator);
	composer_follow_up(bench->composer, report, indicators, &id, &error);
	g_assert_no_error(error);
	return id;
}

static gint64
follow_up_all(struct bench *bench, gint64 report, const gint64 *ids, guint count)
{
	g_autoptr(GArray) indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	GError *error = NULL;
	gint64 id = 0;

	g_array_append_vals(indicators, ids, count);
	composer_follow_up(bench->composer, report, indicators, &id, &error);
	g_assert_no_error(error);
	return id;
}

static char *
text_of(struct bench *bench, gint64 id, const char *kind)
{
	GError *error = NULL;
	g_autoptr(GBytes) bytes = store_report_bytes(bench->store.store, id, kind, &error);

	g_assert_no_error(error);
	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

#define HAS(text, words) g_assert_nonnull(strstr(text, words))
#define HAS_NOT(text, words) g_assert_null(strstr(text, words))

static void
set_state(struct bench *bench, gint64 indicator, const char *state, gint64 at)
{
	GError *error = NULL;

	store_indicator_set_state(bench->store.store, indicator, state, at, &error);
	g_assert_no_error(error);
}

static void
test_mail(struct bench *bench, gconstpointer data)
{
	const gint64 indicator = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);
	GError *error = NULL;
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(gint64));

	(void)data;
	set_state(bench, indicator, "up", NOW - HOUR);
	const gint64 id = follow_up(bench, first, indicator);
	g_autofree char *mail = text_of(bench, id, "message/rfc822");
	HAS(mail, "\r\nTo: abuse@host.example\r\n");
	HAS(mail, "\r\nIn-Reply-To: <first@csirt.example>\r\n");
	HAS(mail, "\r\nReferences: <first@csirt.example>\r\n");
	HAS(mail, "Subject: [TLP:AMBER] [T-4711] Still up: hxxp://a[.]example/");
	HAS(mail, "2024-09-29 20:00:00 UTC (your number T-4711)");
	HAS(mail, "It is still up.");
	HAS_NOT(mail, "xarf");
	g_autoptr(Report) report = store_report_get(bench->store.store, id, &error);
	g_assert_cmpint(report->state, ==, REPORT_READY);
	g_assert_cmpint(report->follow_up_of, ==, first);
	HAS(mail, report->reference);
	/* Not a second one while this waits, none of a follow-up, none of what is withdrawn. */
	gint64 second = 0;
	g_assert_false(composer_follow_up(bench->composer, first, none, &second, &error));
	HAS(error->message, "which is ready");
	g_clear_error(&error);
	g_assert_false(composer_follow_up(bench->composer, id, none, &second, &error));
	HAS(error->message, "follow-up itself");
	g_clear_error(&error);
	const gint64 wrong = sent(
		bench, indicator, "other", CHANNEL_MAIL, "abuse@other.example", RUNG_HOST, 100);
	composer_retract(bench->composer, wrong, &second, &error);
	g_assert_no_error(error);
	g_assert_false(composer_follow_up(bench->composer, wrong, none, &second, &error));
	HAS(error->message, "is withdrawn");
	g_clear_error(&error);
}

/* A ticket is what somebody wrote: it stays within its line, and the tag behind it. */
static void
test_hostile_ticket(struct bench *bench, gconstpointer data)
{
	g_autofree char *long_one = g_strnfill(5000, 'T');
	const char *const tickets[] = { "T\r\nBcc: evil@evil.example", long_one,
		"=?utf-8?B?QQ==?=", "\xe6\x9d\xb1\xe4\xba\xac 12\xe2\x80\xae" };

	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(tickets); i++) {
		g_autofree char *url = g_strdup_printf("http://a%u.example/", (guint)i);
		const gint64 indicator = add_url(bench->store.store, bench->case_id, url);
		const gint64 first = sent(bench, indicator, "host", CHANNEL_MAIL,
			"abuse@host.example", RUNG_HOST, 100);
		GError *error = NULL;

		store_report_set_ticket(bench->store.store, first, tickets[i], &error);
		g_assert_no_error(error);
		const gint64 id = follow_up(bench, first, indicator);
		g_autoptr(Report) report = store_report_get(bench->store.store, id, &error);
		g_autofree char *mail = text_of(bench, id, "message/rfc822");
		g_autofree char *tag = g_strdup_printf("[abate-%s]", report->reference);
		g_assert_cmpint(report->state, ==, REPORT_READY);
		HAS_NOT(mail, "\nBcc:");
		g_assert_true(g_str_has_suffix(report->subject, tag));
		g_assert_cmpint(g_utf8_strlen(report->subject, -1), <, 240);
	}
}

static void
test_retraction_threads(struct bench *bench, gconstpointer data)
{
	const gint64 indicator = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);
	GError *error = NULL;
	gint64 id = 0;

	(void)data;
	composer_retract(bench->composer, first, &id, &error);
	g_assert_no_error(error);
	g_autofree char *mail = text_of(bench, id, "message/rfc822");
	HAS(mail, "Subject: [TLP:AMBER] [T-4711] Withdrawn: ");
	HAS(mail, "\r\nIn-Reply-To: <first@csirt.example>\r\n");
	HAS(mail, "we withdraw our report of 2024-09-29 20:00:00 UTC (your number T-4711)");
}

/* Nobody is told that something is up which nobody saw; what came back is told as such. */
static void
test_words(struct bench *bench, gconstpointer data)
{
	const gint64 unseen = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 back = add_url(bench->store.store, bench->case_id, "http://b.example/");
	const gint64 first =
		sent(bench, unseen, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);
	const gint64 other =
		sent(bench, back, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);

	(void)data;
	g_autofree char *mail = text_of(bench, follow_up(bench, first, unseen), "message/rfc822");
	HAS(mail, "Still open: ");
	HAS(mail, "We do not know whether it is still up, and would like to hear");
	HAS_NOT(mail, "Seen:");
	HAS_NOT(mail, "Still up");
	set_state(bench, back, "down", NOW - 50 * HOUR);
	set_state(bench, back, "up", NOW - 2 * HOUR);
	g_autofree char *again = text_of(bench, follow_up(bench, other, back), "message/rfc822");
	HAS(again, "Back up: ");
	HAS(again, "it is up again since 2024-10-03 22:00:00 UTC");
}

static void
look(struct bench *bench, gint64 indicator, const char *method, const char *verdict, gint64 at)
{
	g_autoptr(Sighting) sighting = sighting_new();
	GError *error = NULL;

	sighting->indicator_id = indicator;
	sighting->method = g_strdup(method);
	sighting->verdict = g_strdup(verdict);
	sighting->at = at;
	store_sighting_add(bench->store.store, sighting, &error);
	g_assert_no_error(error);
	store_indicator_seen_up(bench->store.store, indicator, at, &error);
	g_assert_no_error(error);
}

static void
subject_has(struct bench *bench, gint64 id, const char *words)
{
	g_autoptr(Report) report = store_report_get(bench->store.store, id, NULL);

	HAS(report->subject, words);
}

/* Of three one came back: the mail says so of that one, and of each what is known of it. */
static void
test_some_back(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 ids[] = { add_url(store, bench->case_id, "http://up.example/"),
		add_url(store, bench->case_id, "http://back.example/"),
		add_url(store, bench->case_id, "http://unseen.example/") };
	const gint64 first =
		sent(bench, ids[0], "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);

	(void)data;
	set_state(bench, ids[0], "up", NOW - HOUR);
	look(bench, ids[0], "http", "up", NOW - HOUR);
	look(bench, ids[0], "dns", "up", NOW);
	set_state(bench, ids[1], "down", NOW - 50 * HOUR);
	set_state(bench, ids[1], "up", NOW - 2 * HOUR);
	const gint64 again = follow_up_all(bench, first, ids, 3);
	g_autofree char *mail = text_of(bench, again, "message/rfc822");
	subject_has(bench, again, "Back up: hxxp://back[.]example/; still open: 2 more");
	HAS(mail, "Part of it went down and came back");
	HAS(mail, "1. hxxp://back[.]example/\r\n     went down, and is up again since "
		  "2024-10-03 22:00:00 UTC\r\n");
	HAS(mail, "2. hxxp://up[.]example/\r\n     still up; last seen up 2024-10-03 23:00:00 "
		  "UTC\r\n");
	HAS(mail, "3. hxxp://unseen[.]example/\r\n     we do not know whether it is still up\r\n");
	HAS(mail, "Seen:   2024-10-03 23:00:00 UTC (when we last looked and saw one of them up)");
	HAS_NOT(mail, "time of this report");
	/* Nobody got that: it is news still. */
	sql(bench, "UPDATE reports SET state = 'bounced', sent = $1 WHERE id = $2", NOW, again);
	subject_has(
		bench, follow_up_all(bench, first, ids, 2), "Back up: hxxp://back[.]example/; ");
	sql(bench, "UPDATE reports SET state = 'cancelled', sent = NULL WHERE id > $1 AND $2 > 0",
		again, 1);
	/* The next one does not tell it as news. */
	sql(bench, "UPDATE reports SET state = 'accepted', sent = $1 WHERE id = $2", NOW, again);
	const gint64 third = follow_up_all(bench, first, ids, 2);
	g_autofree char *next = text_of(bench, third, "message/rfc822");
	subject_has(bench, third, "Still up: hxxp://up[.]example/ and 1 more");
	HAS(next, "     went down, and is up again since 2024-10-03 22:00:00 UTC\r\n");
}

/* When one of them was first seen is not told of the others. */
static void
test_own_times(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 ids[] = { add_url(store, bench->case_id, "http://told.example/"),
		add_url(store, bench->case_id, "http://not.example/") };
	const gint64 first =
		sent(bench, ids[0], "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);

	(void)data;
	sql(bench, "UPDATE indicators SET first_seen = $1 WHERE id = $2", NOW - 200 * HOUR, ids[0]);
	g_autofree char *mail =
		text_of(bench, follow_up_all(bench, first, ids, 2), "message/rfc822");
	HAS(mail, "Seen:   2024-09-25 16:00:00 UTC (the first of them)");
	HAS(mail, "told[.]example/\r\n     seen 2024-09-25 16:00:00 UTC\r\n");
	HAS(mail, "not[.]example/\r\n     we do not know whether it is still up\r\n");
	HAS(mail, "We do not know of all of it whether it is still up");
}

/* An API takes no follow-up: it goes to the mail desk, else a person does it. */
static void
test_api(struct bench *bench, gconstpointer data)
{
	const gint64 indicator = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 api =
		sent(bench, indicator, "api", CHANNEL_HTTP, "cloudflare", RUNG_HOST, 100);
	const gint64 closed =
		sent(bench, indicator, "closed", CHANNEL_HTTP, "cloudflare", RUNG_HOST, 100);
	GError *error = NULL;

	(void)data;
	const gint64 mailed = follow_up(bench, api, indicator);
	g_autofree char *mail = text_of(bench, mailed, "message/rfc822");
	HAS(mail, "\r\nTo: desk@api.example\r\n");
	HAS_NOT(mail, "In-Reply-To");
	const gint64 by_hand = follow_up(bench, closed, indicator);
	g_autofree char *page = text_of(bench, by_hand, "text/plain");
	g_autofree char *html = text_of(bench, by_hand, "text/html");
	HAS(page, "No mail goes to Desk of closed");
	HAS(page, "give their number T-4711");
	HAS(page, "hxxp://a[.]example/");
	HAS(html, "T-4711");
	g_autoptr(Report) report = store_report_get(bench->store.store, by_hand, &error);
	g_assert_cmpint(report->state, ==, REPORT_MANUAL);
	g_assert_cmpint(report->channel, ==, CHANNEL_PACKET);
}

static void
add_route(struct bench *bench, gint64 indicator, enum rung rung, const char *reason)
{
	g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	struct route *route = route_new();
	GError *error = NULL;

	route->rung = rung;
	route->kind = g_strdup("registrar");
	route->provider = g_strdup("registrar-x");
	route->provider_name = g_strdup("Registrar X");
	route->plugin = g_strdup("registrar");
	route->to = g_strdup("abuse@registrar.example");
	route->source = g_strdup("RDAP");
	route->reason = g_strdup(reason);
	g_ptr_array_add(routes, route);
	store_routes_replace(bench->store.store, indicator, routes, &error);
	g_assert_no_error(error);
}

static GPtrArray *
find(struct bench *bench, gint64 now)
{
	GError *error = NULL;
	GPtrArray *proposals = escalation_find(
		bench->config, bench->profiles, bench->store.store, 0, now, NULL, &error);

	g_assert_no_error(error);
	return proposals;
}

/* Each reason is told with those that it is of, and the court's record has each its own. */
static void
test_reasons(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 ids[] = { add_url(store, bench->case_id, "http://a.example/"),
		add_url(store, bench->case_id, "http://b.example/"),
		add_url(store, bench->case_id, "http://c.example/") };
	const gint64 first =
		sent(bench, ids[0], "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 200);

	(void)data;
	for (guint i = 0; i < 3; i++) {
		sql(bench,
			"INSERT INTO report_indicators (report_id, indicator_id) VALUES ($1, $2) "
			"ON CONFLICT DO NOTHING",
			first, ids[i]);
		set_state(bench, ids[i], "up", NOW - 300 * HOUR);
	}
	for (gint64 hours = 120; hours > 0; hours -= 100) {
		const gint64 reminder = follow_up_all(bench, first, ids, 2);

		sql(bench, "UPDATE reports SET state = 'accepted', sent = $1 WHERE id = $2",
			NOW - hours * HOUR, reminder);
	}
	set_state(bench, ids[1], "down", NOW - 15 * HOUR);
	set_state(bench, ids[1], "up", NOW - 10 * HOUR);
	g_autoptr(GPtrArray) found = find(bench, NOW + 100 * HOUR);
	g_assert_cmpuint(found->len, ==, 2);
	const struct proposal *reminder = g_ptr_array_index(found, 0);
	const struct proposal *court = g_ptr_array_index(found, 1);
	HAS(reminder->reason, "I2: back up since 2024-10-03T14:00:00Z, after it was down; "
			      "I3: no answer 12.5 d after it went out (2024-09-25)");
	g_assert_cmpstr(proposal_reason_of(reminder, ids[2]), ==,
		"no answer 12.5 d after it went out (2024-09-25)");
	HAS(court->reason, "(2024-09-25), after 2 reminders, the last on 2024-10-03");
}

/* The host had its time and its reminder: the registrar is asked, and told of that. */
static void
test_next_rung(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 indicator = add_url(store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 200);
	struct compose_counts counts;
	GError *error = NULL;

	(void)data;
	add_route(bench, indicator, RUNG_REGISTRAR,
		"not among the rungs that [routing] names for this nature");
	const gint64 again = follow_up(bench, first, indicator);
	sql(bench, "UPDATE reports SET state = 'accepted', sent = $1 WHERE id = $2",
		NOW - 100 * HOUR, again);
	g_autoptr(GPtrArray) early = find(bench, NOW - 50 * HOUR);
	g_assert_cmpuint(early->len, ==, 0);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	g_assert_cmpuint(found->len, ==, 1);
	const struct proposal *proposal = g_ptr_array_index(found, 0);
	g_assert_cmpint(proposal->action, ==, ESCALATION_REGISTRAR);
	g_assert_cmpstr(proposal->to, ==, "abuse@registrar.example");
	g_assert_cmpint(proposal->report_id, ==, first);
	HAS(proposal->reason,
		"no answer 8.3 d after it went out (2024-09-25), after a reminder on 2024-09-29");
	HAS(proposal->reason, "not seen whether it is up");
	store_route_ask(store, g_array_index(proposal->routes, gint64, 0), first, &error);
	g_assert_no_error(error);
	composer_run(bench->composer, bench->case_id, &counts, &error);
	g_assert_no_error(error);
	g_assert_cmpint(counts.ready, ==, 1);
	g_autofree char *mail = text_of(bench, again + 1, "message/rfc822");
	HAS(mail, "WHO WAS ASKED BEFORE");
	HAS(mail, "Desk of host (host), 2024-09-25 16:00:00 UTC, their number T-4711");
	HAS(mail, "reminded 2024-09-29 20:00:00 UTC");
	HAS(mail, "without effect until now");
	HAS_NOT(mail, "In-Reply-To");
	/* It waits now, so nothing more is proposed; the route stays asked only once. */
	g_autoptr(GPtrArray) then = find(bench, NOW);
	g_assert_cmpuint(then->len, ==, 0);
	g_assert_false(
		store_route_ask(store, g_array_index(proposal->routes, gint64, 0), first, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
	g_clear_error(&error);
}

/* Who is told of nobody: not where nothing was escalated, not who bounced as if they had acted. */
static void
test_tried(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 indicator = add_url(store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 200);
	struct compose_counts counts;
	GError *error = NULL;

	(void)data;
	add_route(bench, indicator, RUNG_REGISTRAR, "asked when the nearer ones did not act");
	sql(bench, "UPDATE reports SET state = 'bounced', created = $1 WHERE id = $2", NOW, first);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	g_assert_cmpuint(found->len, ==, 1);
	const struct proposal *proposal = g_ptr_array_index(found, 0);
	HAS(proposal->reason, "bounced");
	store_route_ask(store, g_array_index(proposal->routes, gint64, 0), first, &error);
	composer_run(bench->composer, bench->case_id, &counts, &error);
	g_assert_no_error(error);
	g_autofree char *mail = text_of(bench, first + 1, "message/rfc822");
	HAS(mail, "our report could not be delivered");
	HAS_NOT(mail, "without effect");
}

/* No route is left, or none that may be asked: the court, once. */
static void
test_court(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 indicator = add_url(store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 200);
	GError *error = NULL;

	(void)data;
	add_route(bench, indicator, RUNG_REGISTRAR,
		"JPRS takes information on fraudulent registrations only");
	sql(bench, "UPDATE routes SET kind = 'jprs', ask = $1 WHERE indicator_id = $2", 0,
		indicator);
	sql(bench, "UPDATE reports SET state = 'refused', created = $1 WHERE id = $2", NOW, first);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	g_assert_cmpuint(found->len, ==, 1);
	const struct proposal *proposal = g_ptr_array_index(found, 0);
	g_assert_cmpint(proposal->action, ==, ESCALATION_COURT);
	g_assert_null(proposal->to);
	g_assert_cmpstr(proposal_reason_of(proposal, indicator), ==,
		"R1 was refused; not asked: Registrar X: JPRS takes information on fraudulent "
		"registrations only; `abate import --case TITLE --type TYPE` and then `abate route "
		"--again` change that; nobody further is left to ask");
	store_indicator_court(store, indicator, proposal->reason, &error);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) then = find(bench, NOW);
	g_assert_cmpuint(then->len, ==, 0);
	set_state(bench, indicator, "down", NOW);
}

/* The host, whom [routing] did not name, comes before the court. */
static void
test_below(struct bench *bench, gconstpointer data)
{
	const gint64 indicator = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 first = sent(bench, indicator, "first", CHANNEL_MAIL, "abuse@first.example",
		RUNG_REGISTRAR, 200);

	(void)data;
	add_route(bench, indicator, RUNG_HOST,
		"not among the rungs that [routing] names for this nature");
	sql(bench, "UPDATE reports SET state = 'bounced', created = $1 WHERE id = $2", NOW, first);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	g_assert_cmpuint(found->len, ==, 1);
	const struct proposal *proposal = g_ptr_array_index(found, 0);
	g_assert_cmpint(proposal->action, ==, ESCALATION_HOST);
	g_assert_cmpstr(escalation_action_name(proposal->action), ==, "host");
	/* Not to a contact that was found bad. */
	store_mark_set(bench->store.store, "contact", "abuse@registrar.example", "bad", NULL);
	g_autoptr(GPtrArray) bad = find(bench, NOW);
	g_assert_cmpint(
		((struct proposal *)g_ptr_array_index(bad, 0))->action, ==, ESCALATION_COURT);
}

/* The words tell what they said last; what was last seen down is not escalated. */
static void
test_last_known(struct bench *bench, gconstpointer data)
{
	const gint64 indicator = add_url(bench->store.store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 100);
	g_autoptr(Reply) reply = reply_new();
	GError *error = NULL;

	(void)data;
	reply->report_id = first;
	reply->class_name = g_strdup("actioned");
	reply->counts = TRUE;
	reply->source = g_strdup("test");
	reply->received = NOW - 90 * HOUR;
	store_reply_add(bench->store.store, reply, NULL, &error);
	g_assert_no_error(error);
	sql(bench, "UPDATE reports SET answered = $1 WHERE id = $2", NOW - 90 * HOUR, first);
	set_state(bench, indicator, "up", NOW - HOUR);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	HAS(((struct proposal *)g_ptr_array_index(found, 0))->reason,
		"they say they acted (A1), but still up 4.2 d after it went out (2024-09-29)");
	/* A word later does not take that back. */
	g_autoptr(Reply) later = reply_new();
	later->report_id = first;
	later->class_name = g_strdup("question");
	later->counts = TRUE;
	later->source = g_strdup("later");
	later->received = NOW - 80 * HOUR;
	store_reply_add(bench->store.store, later, NULL, &error);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) both = find(bench, NOW);
	HAS(((struct proposal *)g_ptr_array_index(both, 0))->reason,
		"they say they acted (A1), and they ask a question (A2, answer it first), but "
		"still up");
	set_state(bench, indicator, "down", NOW - 50 * HOUR);
	set_state(bench, indicator, "unknown", NOW - 2 * HOUR);
	g_autoptr(GPtrArray) none = find(bench, NOW);
	g_assert_cmpuint(none->len, ==, 0);
}

/* A compromised site: its host, then the court; its name is nobody's business. */
static void
test_compromised(struct bench *bench, gconstpointer data)
{
	struct store *store = bench->store.store;
	const gint64 indicator = add_url(store, bench->case_id, "http://a.example/");
	const gint64 first =
		sent(bench, indicator, "host", CHANNEL_MAIL, "abuse@host.example", RUNG_HOST, 200);

	(void)data;
	add_route(bench, indicator, RUNG_REGISTRAR, "asked when the nearer ones did not act");
	sql(bench, "UPDATE cases SET nature = 'compromised', created = $1 WHERE id = $2", NOW,
		bench->case_id);
	sql(bench, "UPDATE reports SET state = 'bounced', created = $1 WHERE id = $2", NOW, first);
	g_autoptr(GPtrArray) found = find(bench, NOW);
	g_assert_cmpuint(found->len, ==, 1);
	g_assert_cmpint(
		((struct proposal *)g_ptr_array_index(found, 0))->action, ==, ESCALATION_COURT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                                  \
	g_test_add("/follow-up/" #name, struct bench, NULL, set_up, test_##name, tear_down)
	ADD(mail);
	ADD(hostile_ticket);
	ADD(retraction_threads);
	ADD(words);
	ADD(some_back);
	ADD(reasons);
	ADD(own_times);
	ADD(api);
	ADD(next_rung);
	ADD(tried);
	ADD(court);
	ADD(below);
	ADD(last_known);
	ADD(compromised);
	return g_test_run();
}
