/* The store's areas, one by one. */
#include "test-store.h"

static void
test_cases(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "Strontium");
	g_autoptr(AbuseCase) found = store_case_get(fixture->store, id, &error);
	g_autoptr(AbuseCase) newer = NULL, none = NULL;

	(void)data;
	g_assert_no_error(error);
	g_assert_cmpstr(found->title, ==, "Strontium");
	g_assert_cmpint(found->nature, ==, NATURE_MALICIOUS);
	g_assert_cmpint(found->tlp, ==, TLP_AMBER);
	g_assert_null(found->description);
	found->sealed = TRUE;
	g_free(found->description);
	found->description = g_strdup("sent \xff as text");
	g_assert_true(store_case_update(fixture->store, found, &error));
	g_assert_cmpint(add_case(fixture->store, "Strontium"), ==, id + 1);
	newer = store_case_by_title(fixture->store, "Strontium", &error);
	g_assert_cmpint(newer->id, ==, id + 1);
	none = store_case_by_title(fixture->store, "no such", &error);
	g_assert_no_error(error);
	g_assert_null(none);
	g_assert_null(store_case_get(fixture->store, 77, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
	g_assert_cmpstr(error->message, ==, "there is no case C77");
}

static void
test_evidence(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct evidence evidence = { .case_id = add_case(fixture->store, "C"),
		.name = (char *)"shot.png",
		.media_type = (char *)"image/png",
		.content = g_bytes_new_static("\x89PNG\0x", 6) };
	g_autoptr(GPtrArray) list = NULL;
	gint64 id;

	(void)data;
	g_assert_true(store_evidence_add(fixture->store, &evidence, &error));
	id = evidence.id;
	g_assert_true(store_evidence_add(fixture->store, &evidence, &error));
	g_assert_cmpint(evidence.id, ==, id);
	list = store_evidence_list(fixture->store, evidence.case_id, &error);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_true(g_bytes_equal(
		((struct evidence *)g_ptr_array_index(list, 0))->content, evidence.content));
	g_free(evidence.sha256);
	g_bytes_unref(evidence.content);
}

static gboolean
count_indicator(const struct indicator *indicator, void *user)
{
	(void)indicator;
	(*(int *)user)++;
	return TRUE;
}

static int
count_indicators(struct store *store, const struct indicator_filter *filter)
{
	g_autoptr(GError) error = NULL;
	int n = 0;

	g_assert_true(store_indicators_each(store, filter, count_indicator, &n, &error));
	return n;
}

static void
test_indicators(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 one = add_case(fixture->store, "one"), two = add_case(fixture->store, "two");
	const struct indicator_filter of_one = { .case_id = one }, all = { 0 },
				      down = { .state = "down" };
	g_autoptr(Indicator) indicator = make_url(one, "http://www.example.org/a");
	g_autoptr(Indicator) again = make_url(one, "http://www.example.org/a");
	g_autoptr(Indicator) read = NULL;
	gboolean is_new = FALSE;

	(void)data;
	g_free(indicator->original);
	indicator->original = g_strdup("hxxp://www[.]example[.]org/a");
	g_assert_true(store_indicator_add(fixture->store, indicator, &is_new, &error));
	g_assert_true(is_new);
	g_assert_true(store_indicator_add(fixture->store, again, &is_new, &error));
	g_assert_false(is_new);
	g_assert_cmpint(again->id, ==, indicator->id);
	g_assert_cmpint(add_url(fixture->store, two, "http://www.example.org/a"), !=, again->id);
	for (int i = 0; i < 600; i++) {
		g_autofree char *value = g_strdup_printf("http://www.example.org/%d", i);

		add_url(fixture->store, one, value);
		i += 1;
	}
	g_assert_cmpint(count_indicators(fixture->store, &of_one), ==, 301);
	g_assert_cmpint(count_indicators(fixture->store, &all), ==, 302);
	g_assert_true(store_indicator_set_state(fixture->store, again->id, "down", 5, &error));
	g_assert_cmpint(count_indicators(fixture->store, &down), ==, 1);
	read = store_indicator_get(fixture->store, again->id, &error);
	g_assert_cmpstr(read->original, ==, "hxxp://www[.]example[.]org/a");
	g_assert_cmpstr(read->suffix, ==, "org");
	g_assert_cmpint(read->down, ==, 5);
	g_assert_false(store_indicator_set_state(fixture->store, again->id, "gone", 5, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
}

static gboolean
count_event(const struct event *event, void *user)
{
	if (g_str_equal(event->kind, "indicators.added"))
		(*(int *)user)++;
	return TRUE;
}

static void
test_one_event_a_batch(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 id;
	int n = 0;

	(void)data;
	g_assert_true(store_begin(fixture->store, &error));
	id = add_case(fixture->store, "batch");
	for (int i = 0; i < 100; i++) {
		g_autofree char *value = g_strdup_printf("http://www.example.org/%d", i);

		add_url(fixture->store, id, value);
	}
	g_assert_true(store_commit(fixture->store, &error));
	g_assert_true(store_events_each(fixture->store, NULL, count_event, &n, &error));
	g_assert_cmpint(n, ==, 1);
}

static struct route *
make_route(const char *provider, const char *to, enum rung rung, gboolean ask)
{
	struct route *route = route_new();

	route->provider = g_strdup(provider);
	route->kind = g_strdup("hosting");
	route->to = g_strdup(to);
	route->rung = rung;
	route->ask = ask;
	route->source = g_strdup("RDAP");
	route->as_of = 7;
	return route;
}

static gboolean
join_route(const struct route *route, const struct indicator *indicator, void *user)
{
	g_string_append_printf(user, "%s:I%d ", route->provider, (int)indicator->id);
	return TRUE;
}

static char *
routes_text(struct store *store, gint64 case_id, gboolean unreported)
{
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);

	g_assert_true(store_routes_each(store, case_id, unreported, join_route, text, &error));
	return g_string_free(text, FALSE);
}

static void
test_routes(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "routes");
	const gint64 a = add_url(fixture->store, id, "http://a/");
	const gint64 b = add_url(fixture->store, id, "http://b/");
	const struct indicator_filter unrouted = { .unrouted = TRUE },
				      left = { .unreported = TRUE };
	g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *all = NULL, *before = NULL, *after = NULL;

	(void)data;
	g_assert_cmpint(count_indicators(fixture->store, &unrouted), ==, 2);
	g_ptr_array_add(routes, make_route("zed", "z@example.net", RUNG_REGISTRAR, TRUE));
	g_ptr_array_add(routes, make_route("ash", "a@example.net", RUNG_HOST, TRUE));
	g_ptr_array_add(routes, make_route("bob", NULL, RUNG_HOST, TRUE));
	g_ptr_array_add(routes, make_route("cat", "c@example.net", RUNG_REGISTRY, FALSE));
	g_assert_true(store_routes_replace(fixture->store, a, routes, &error));
	g_assert_true(store_routes_replace(fixture->store, b, routes, &error));
	g_assert_true(store_routes_replace(fixture->store, b, routes, &error));
	g_assert_cmpint(count_indicators(fixture->store, &unrouted), ==, 0);
	g_assert_cmpint(count_indicators(fixture->store, &left), ==, 2);
	list = store_routes_list(fixture->store, b, &error);
	g_assert_cmpuint(list->len, ==, 4);
	g_assert_cmpstr(((struct route *)g_ptr_array_index(list, 0))->provider, ==, "ash");
	all = routes_text(fixture->store, 0, FALSE);
	g_assert_cmpstr(all, ==, "ash:I1 ash:I2 bob:I1 bob:I2 cat:I1 cat:I2 zed:I1 zed:I2 ");
	before = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(before, ==, "ash:I1 ash:I2 zed:I1 zed:I2 ");
	add_report(fixture->store, id, a, "ash", REPORT_DRAFT);
	after = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(after, ==, "ash:I2 zed:I1 zed:I2 ");
	g_assert_cmpint(count_indicators(fixture->store, &left), ==, 1);
}

/* A report that was cancelled because its contact moved leaves its indicators to be reported; one
 * that a person cancelled does not. */
static void
test_moved(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "moved");
	const gint64 a = add_url(fixture->store, id, "http://a/");
	const struct indicator_filter left = { .unreported = TRUE };
	g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	g_autoptr(GArray) fresh = NULL, stale = NULL, marked = NULL;
	g_autofree char *moved = NULL, *cancelled = NULL;
	const gint64 later = text_now() + G_USEC_PER_SEC;

	(void)data;
	g_ptr_array_add(routes, make_route("ash", "a@example.net", RUNG_HOST, TRUE));
	g_assert_true(store_routes_replace(fixture->store, a, routes, &error));
	add_report(fixture->store, id, a, "ash", REPORT_READY);
	fresh = store_reports_stale(fixture->store, 0, 0, text_now() - G_TIME_SPAN_HOUR, &error);
	g_assert_cmpuint(fresh->len, ==, 0);
	stale = store_reports_stale(fixture->store, id, 1, later, &error);
	g_assert_cmpuint(stale->len, ==, 1);
	g_assert_true(store_mark_set(fixture->store, "recheck", "R1", "same", &error));
	marked = store_reports_stale(fixture->store, id, 1, text_now() - 1000000, &error);
	g_assert_cmpuint(marked->len, ==, 0);
	g_assert_true(store_report_moved(fixture->store, 1, "a@example.net", &error));
	moved = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(moved, ==, "ash:I1 ");
	g_assert_cmpint(count_indicators(fixture->store, &left), ==, 1);
	add_report(fixture->store, id, a, "ash", REPORT_READY);
	g_assert_true(store_report_set_state(fixture->store, 2, REPORT_CANCELLED, NULL, &error));
	cancelled = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(cancelled, ==, "");
}

/* A report that nobody got: its indicators are to be reported again, to another contact only. */
static void
test_astray(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "astray");
	const gint64 a = add_url(fixture->store, id, "http://a/");
	g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	g_autoptr(GArray) none = NULL, astray = NULL, rest = NULL, sharing = NULL;
	g_autofree char *same = NULL, *confirmed = NULL, *other = NULL, *down = NULL;
	gint64 newest = 0;

	(void)data;
	g_ptr_array_add(routes, make_route("ash", "Abuse@example.net", RUNG_HOST, TRUE));
	g_assert_true(store_routes_replace(fixture->store, a, routes, &error));
	add_report(fixture->store, id, a, "ash", REPORT_READY);
	none = store_reports_astray(fixture->store, id, &error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_true(
		store_mark_set(fixture->store, "contact", "ABUSE@example.net", "bad", &error));
	astray = store_reports_astray(fixture->store, id, &error);
	g_assert_cmpuint(astray->len, ==, 1);
	g_assert_true(store_report_set_state(fixture->store, 1, REPORT_SENDING, NULL, &error));
	g_assert_true(store_report_set_state(fixture->store, 1, REPORT_REFUSED, "550", &error));
	same = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(same, ==, "");
	g_ptr_array_set_size(routes, 0);
	g_ptr_array_add(routes, make_route("ash", "second@example.net", RUNG_HOST, TRUE));
	g_assert_true(store_routes_replace(fixture->store, a, routes, &error));
	other = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(other, ==, "ash:I1 ");
	g_assert_true(store_mark_set(fixture->store, "rerouted", "R1", "second", &error));
	rest = store_reports_astray(fixture->store, 0, &error);
	g_assert_cmpuint(rest->len, ==, 0);
	g_assert_true(store_indicator_set_state(fixture->store, a, "down", text_now(), &error));
	down = routes_text(fixture->store, id, TRUE);
	g_assert_cmpstr(down, ==, "");
	add_report(fixture->store, id, a, "ash", REPORT_READY);
	sharing = store_reports_sharing(fixture->store, 1, 0, &error);
	g_assert_cmpuint(sharing->len, ==, 1);
	g_assert_true(store_reports_newest(fixture->store, &newest, &error));
	g_assert_cmpint(newest, ==, 2);
	g_assert_no_error(error);
}

/* What is down goes out of a ready report, but never all of it. */
static void
test_drop(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "drop");
	const gint64 a = add_url(fixture->store, id, "http://a/");
	const gint64 b = add_url(fixture->store, id, "http://b/");
	g_autoptr(Report) report = report_new(), read = NULL;

	(void)data;
	report->case_id = id;
	report->provider = g_strdup("p");
	report->state = REPORT_READY;
	report->reference = reference_new();
	g_array_append_val(report->indicators, a);
	g_array_append_val(report->indicators, b);
	g_assert_true(store_report_add(fixture->store, report, &error));
	g_assert_true(store_report_drop(fixture->store, 1, a, "down", &error));
	read = store_report_get(fixture->store, 1, &error);
	g_assert_cmpuint(read->indicators->len, ==, 1);
	g_assert_cmpint(g_array_index(read->indicators, gint64, 0), ==, b);
	g_assert_false(store_report_drop(fixture->store, 1, b, "down", &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_STATE);
}

static void
test_marks_and_cache(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *mark = NULL, *none = NULL, *text = NULL, *old = NULL;
	const gint64 now = text_now();
	gint64 at = 0;

	(void)data;
	g_assert_true(store_mark_set(fixture->store, "contact", "a@b.example", "yes", &error));
	g_assert_true(store_mark_set(fixture->store, "contact", "a@b.example", "no", &error));
	mark = store_mark_get(fixture->store, "contact", "a@b.example", &error);
	g_assert_cmpstr(mark, ==, "no");
	none = store_mark_get(fixture->store, "provider", "a@b.example", &error);
	g_assert_no_error(error);
	g_assert_null(none);
	g_assert_true(store_mark_set(fixture->store, "contact", "A@B.example", "bad", &error));
	g_free(mark);
	mark = store_mark_when(fixture->store, "contact", "a@b.EXAMPLE", &at, &error);
	g_assert_cmpstr(mark, ==, "bad");
	g_assert_cmpint(at, >=, now);
	g_assert_true(store_mark_set(fixture->store, "contact", "https://b/F", "bad", &error));
	g_assert_null(store_mark_get(fixture->store, "contact", "https://b/f", &error));
	g_assert_no_error(error);
	g_assert_true(
		store_cache_put(fixture->store, "k", "{}", now - 100 * G_USEC_PER_SEC, &error));
	text = store_cache_get(fixture->store, "k", 0, &at, &error);
	g_assert_cmpstr(text, ==, "{}");
	g_assert_cmpint(at, ==, now - 100 * G_USEC_PER_SEC);
	old = store_cache_get(fixture->store, "k", 50, NULL, &error);
	g_assert_no_error(error);
	g_assert_null(old);
}

static gboolean
count_reply(const struct reply *reply, void *user)
{
	g_assert_null(reply->content);
	(*(int *)user)++;
	return TRUE;
}

static void
test_replies(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "replies");
	const gint64 url = add_url(fixture->store, id, "http://a/");
	const gint64 report = add_report(fixture->store, id, url, "p", REPORT_READY);
	g_autoptr(Reply) reply = reply_new(), read = NULL;
	gboolean is_new = FALSE, seen = FALSE;
	int n = 0;

	(void)data;
	reply->class_name = g_strdup("acknowledgement");
	reply->source = g_strdup("maildir/1");
	reply->received = 9;
	reply->weak = TRUE;
	reply->digest = g_strdup("abc");
	reply->content = g_bytes_new_static("a\0b", 3);
	g_assert_true(store_reply_add(fixture->store, reply, &is_new, &error));
	g_assert_true(is_new);
	g_assert_true(store_reply_add(fixture->store, reply, &is_new, &error));
	g_assert_false(is_new);
	g_free(reply->source);
	reply->source = g_strdup("elsewhere/1");
	g_assert_true(store_reply_add(fixture->store, reply, &is_new, &error));
	g_assert_false(is_new);
	g_assert_true(store_reply_seen(fixture->store, "maildir/1", &seen, &error) && seen);
	g_assert_true(store_reply_seen(fixture->store, "elsewhere/1", &seen, &error) && !seen);
	g_assert_true(store_reply_assign(fixture->store, reply->id, report, "person", &error));
	g_assert_true(store_replies_each(fixture->store, report, count_reply, &n, &error));
	g_assert_true(store_replies_each(fixture->store, 0, count_reply, &n, &error));
	g_assert_cmpint(n, ==, 2);
	read = store_reply_get(fixture->store, reply->id, &error);
	g_assert_cmpint(read->report_id, ==, report);
	g_assert_false(read->weak);
	g_assert_true(read->counts);
	g_assert_cmpuint(g_bytes_get_size(read->content), ==, 3);
	g_assert_false(store_reply_assign(fixture->store, 99, report, NULL, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
}

static gboolean
check_sighting(const struct sighting *sighting, void *user)
{
	g_assert_cmpstr(sighting->verdict, ==, "down");
	(*(int *)user)++;
	return TRUE;
}

static void
test_sightings(struct fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	const gint64 id = add_case(fixture->store, "sightings");
	g_autoptr(Sighting) sighting = sighting_new();
	int n = 0;

	(void)data;
	sighting->indicator_id = add_url(fixture->store, id, "http://a/");
	sighting->method = g_strdup("dns");
	sighting->verdict = g_strdup("down");
	sighting->at = 3;
	g_assert_true(store_sighting_add(fixture->store, sighting, &error));
	g_assert_true(store_sightings_each(
		fixture->store, sighting->indicator_id, check_sighting, &n, &error));
	g_assert_true(store_sightings_each(fixture->store, 0, check_sighting, &n, &error));
	g_assert_cmpint(n, ==, 2);
	sighting->indicator_id = 4711;
	g_assert_false(store_sighting_add(fixture->store, sighting, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
}

#define TEST(name, function)                                                                       \
	g_test_add(                                                                                \
		"/store/" name, struct fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	TEST("cases", test_cases);
	TEST("evidence", test_evidence);
	TEST("indicators", test_indicators);
	TEST("one event a batch", test_one_event_a_batch);
	TEST("routes", test_routes);
	TEST("moved", test_moved);
	TEST("astray", test_astray);
	TEST("drop", test_drop);
	TEST("marks and cache", test_marks_and_cache);
	TEST("replies", test_replies);
	TEST("sightings", test_sightings);
	return g_test_run();
}
