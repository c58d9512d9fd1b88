#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "watch/judge.h"

static struct signals *
shipped(void)
{
	g_autoptr(GError) error = NULL;
	struct signals *signals = signals_load(NULL, &error);

	g_assert_no_error(error);
	return signals;
}

static void
assert_view(struct watch_view view, enum watch_state verdict, const char *detail)
{
	g_assert_cmpstr(watch_state_name(view.verdict), ==, watch_state_name(verdict));
	if (!strstr(view.detail, detail))
		g_assert_cmpstr(view.detail, ==, detail);
	watch_view_clear(&view);
}

/* --- DNS --- */

/* An answer with values (addresses, or name servers when is_ns) separated by spaces. */
static struct dns_answer *
answer(enum dns_status status, const char *values, gboolean is_ns)
{
	struct dns_answer *made = g_new0(struct dns_answer, 1);
	g_auto(GStrv) parts = g_strsplit(values, " ", -1);

	made->status = status;
	made->addresses = g_ptr_array_new_with_free_func(g_free);
	made->name_servers = g_ptr_array_new_with_free_func(g_free);
	made->cname = g_ptr_array_new_with_free_func(g_free);
	for (int i = 0; parts[i] && *parts[i]; i++)
		g_ptr_array_add(is_ns ? made->name_servers : made->addresses, g_strdup(parts[i]));
	return made;
}

static void
free_answer(struct dns_answer *made)
{
	g_ptr_array_unref(made->addresses);
	g_ptr_array_unref(made->name_servers);
	g_ptr_array_unref(made->cname);
	g_free(made);
}

static void
assert_dns(enum dns_status a, const char *address, enum dns_status aaaa, const char *address6,
	const char *ns, enum watch_state verdict, const char *detail)
{
	g_autoptr(Signals) signals = shipped();
	struct dns_answer *first = answer(a, address, FALSE);
	struct dns_answer *second = answer(aaaa, address6, FALSE);
	struct dns_answer *third = answer(*ns ? DNS_OK : DNS_NODATA, ns, TRUE);

	assert_view(watch_judge_dns(signals, first, second, third), verdict, detail);
	free_answer(first);
	free_answer(second);
	free_answer(third);
}

static void
test_dns(void)
{
	g_autoptr(Signals) signals = shipped();

	assert_dns(DNS_OK, "192.0.2.1", DNS_NODATA, "", "", WATCH_UP, "resolves to 192.0.2.1");
	assert_dns(DNS_NODATA, "", DNS_OK, "2001:db8::1", "", WATCH_UP, "2001:db8::1");
	assert_dns(DNS_NODATA, "", DNS_NODATA, "", "", WATCH_DOWN, "has no address");
	assert_dns(DNS_NXDOMAIN, "", DNS_NXDOMAIN, "", "", WATCH_DOWN, "NXDOMAIN");
	assert_dns(DNS_SERVFAIL, "", DNS_SERVFAIL, "", "", WATCH_DOWN, "SERVFAIL");
	/* A fault that may be ours is no takedown. */
	assert_dns(DNS_TIMEOUT, "", DNS_NXDOMAIN, "", "", WATCH_UNKNOWN, "no answer");
	assert_dns(DNS_NODATA, "", DNS_TIMEOUT, "", "", WATCH_UNKNOWN, "no answer");
	assert_view(watch_judge_dns(signals, NULL, NULL, NULL), WATCH_UNKNOWN, "nothing");
}

static void
test_dns_signals(void)
{
	assert_dns(DNS_OK, "192.0.2.1", DNS_NODATA, "", "ns1.sinkhole.ch", WATCH_DOWN,
		"name server ns1.sinkhole.ch: sinkhole (abuse.ch)");
	assert_dns(DNS_OK, "192.0.2.1 166.78.144.80", DNS_NODATA, "", "ns1.example.net", WATCH_DOWN,
		"address 166.78.144.80: sinkhole (Dynadot)");
	assert_dns(DNS_OK, "127.0.0.1", DNS_NODATA, "", "", WATCH_DOWN, "suspended");
	/* Holds for contact data answer with 127.0.0.1 too, and are no takedown. */
	assert_dns(DNS_OK, "127.0.0.1", DNS_NODATA, "",
		"ns1.verification-hold.suspended-domain.com", WATCH_UNKNOWN, "verification");
	assert_dns(DNS_OK, "198.54.117.242", DNS_NODATA, "", "", WATCH_UNKNOWN, "verification");
	assert_dns(DNS_OK, "192.0.2.1", DNS_NODATA, "", "ns2.sedoparking.com", WATCH_UNKNOWN,
		"parked");
	/* But what is gone is gone. */
	assert_dns(
		DNS_NXDOMAIN, "", DNS_NXDOMAIN, "", "ns2.sedoparking.com", WATCH_DOWN, "NXDOMAIN");
	assert_dns(DNS_NODATA, "", DNS_NODATA, "", "ns1.expirationwarning.net", WATCH_DOWN,
		"has no address");
	assert_dns(DNS_NXDOMAIN, "", DNS_NXDOMAIN, "", "ns1.sinkhole.ch", WATCH_DOWN, "sinkhole");
	/* Registrars' ordinary name servers. */
	assert_dns(DNS_OK, "192.0.2.1", DNS_NODATA, "", "ns1.dnsowl.com", WATCH_UP, "resolves");
	assert_dns(DNS_OK, "192.0.2.1", DNS_NODATA, "", "ns1.sav.com", WATCH_UP, "resolves");
}

/* --- RDAP --- */

static void
assert_rdap(const char *status, const char *registration, const char *expiration,
	enum watch_state verdict, const char *detail)
{
	g_autoptr(Signals) signals = shipped();
	g_autofree char *body = g_strdup_printf(
		"{ \"objectClassName\": \"domain\", \"ldhName\": \"bad.example\", \"status\": "
		"[%s], "
		"\"events\": [ { \"eventAction\": \"registration\", \"eventDate\": \"%s\" }, "
		"{ \"eventAction\": \"expiration\", \"eventDate\": \"%s\" } ] }",
		status, registration, expiration);
	struct watch_inquiry inquiry = { .signals = signals };
	gboolean is_expiry;

	g_assert_true(text_time_parse("2026-11-25T00:00:00Z", &inquiry.now));
	assert_view(watch_judge_rdap(&inquiry, 200, body, strlen(body),
			    "https://rdap.example/domain/bad.example", &is_expiry),
		verdict, detail);
	g_assert_cmpint(is_expiry, ==, strstr(detail, "end of its term") != NULL);
}

static void
test_rdap(void)
{
	const char *young = "2026-11-01T00:00:00Z", *next_year = "2027-11-01T00:00:00Z";

	assert_rdap("\"active\"", young, next_year, WATCH_UNKNOWN, "no hold");
	assert_rdap("\"client transfer prohibited\", \"client hold\"", young, next_year, WATCH_DOWN,
		"client hold: the registrar");
	assert_rdap("\"server hold\"", young, next_year, WATCH_DOWN, "server hold: the registry");
	assert_rdap("\"redemption period\"", young, next_year, WATCH_DOWN, "redemption period");
	assert_rdap("\"server update prohibited\"", young, next_year, WATCH_UNKNOWN, "no hold");
	/* Past its term. */
	assert_rdap("\"client hold\"", "2025-11-01T00:00:00Z", "2026-11-01T00:00:00Z",
		WATCH_UNKNOWN, "end of its term");
	/* Renewed by the registry, deleted by the registrar 50 days after the anniversary. */
	assert_rdap("\"redemption period\"", "2024-10-05T00:00:00Z", "2027-10-05T00:00:00Z",
		WATCH_UNKNOWN, "end of its term");
	/* Renewed by the registry, held by the registrar: 24 days after the anniversary. */
	assert_rdap("\"client hold\", \"auto renew period\"", "2024-11-01T00:00:00Z", next_year,
		WATCH_UNKNOWN, "end of its term");
	assert_rdap("\"client hold\"", "2024-11-01T00:00:00Z", next_year, WATCH_UNKNOWN,
		"end of its term");
	/* The registry does not hold what it renewed; nor does a term end amid a long one. */
	assert_rdap("\"client hold\", \"server hold\", \"auto renew period\"",
		"2024-11-01T00:00:00Z", next_year, WATCH_DOWN, "server hold: the registry");
	assert_rdap("\"client hold\"", "2024-11-01T00:00:00Z", "2029-11-01T00:00:00Z", WATCH_DOWN,
		"client hold");
	assert_rdap("\"client hold\"", "2024-05-01T00:00:00Z", "2027-05-01T00:00:00Z", WATCH_DOWN,
		"client hold");
	/* Deleted in the middle of a year. */
	assert_rdap("\"pending delete\"", "2024-05-05T00:00:00Z", "2027-05-05T00:00:00Z",
		WATCH_DOWN, "pending delete");
}

static void
test_rdap_other(void)
{
	g_autoptr(Signals) signals = shipped();
	const struct watch_inquiry inquiry = { .signals = signals }, lapsed = { signals, 0, TRUE };
	const char *hostile = "[[[[", *url = "https://rdap.example/";
	gboolean is_expiry;

	assert_view(watch_judge_rdap(&inquiry, 404, "", 0, url, &is_expiry), WATCH_DOWN,
		"does not know");
	assert_view(watch_judge_rdap(&inquiry, 429, "", 0, url, &is_expiry), WATCH_UNKNOWN,
		"answers 429");
	/* What lapsed is deleted at last. */
	assert_view(watch_judge_rdap(&lapsed, 404, "", 0, url, &is_expiry), WATCH_UNKNOWN,
		"no takedown");
	g_assert_true(is_expiry);
	assert_view(
		watch_judge_rdap(&inquiry, 200, hostile, 4, url, &is_expiry), WATCH_UNKNOWN, "");
}

static void
assert_held(const char *status, const char *server, enum watch_state verdict, const char *detail)
{
	g_autoptr(Signals) signals = shipped();
	const struct watch_inquiry inquiry = { .signals = signals };
	g_autofree char *body =
		g_strdup_printf("{\"objectClassName\":\"domain\",\"ldhName\":\"bad.example\","
				"\"status\":[\"%s\"],\"nameservers\":[{\"objectClassName\":"
				"\"nameserver\",\"ldhName\":\"%s\"}]}",
			status, server);
	gboolean is_no_takedown;

	assert_view(watch_judge_rdap(&inquiry, 200, body, strlen(body), "https://rdap.example/",
			    &is_no_takedown),
		verdict, detail);
	g_assert_cmpint(is_no_takedown, ==, verdict == WATCH_UNKNOWN);
}

/* Name servers can tell why the registrar holds a name; where it was parked tells nothing. */
static void
test_held(void)
{
	assert_held("client hold", "ns1.verification-hold.suspended-domain.com", WATCH_UNKNOWN,
		"verification");
	assert_held("client hold", "ns1.expirationwarning.net", WATCH_UNKNOWN, "expired");
	assert_held("redemption period", "ns1.expirationwarning.net", WATCH_UNKNOWN, "expired");
	assert_held("server hold", "ns1.expirationwarning.net", WATCH_DOWN, "server hold");
	assert_held("client hold", "ns1.sedoparking.com", WATCH_DOWN, "client hold");
}

/* An alias onto a host of suspended names, with an address and without; onto any other. */
static void
test_dns_alias(void)
{
	g_autoptr(Signals) signals = shipped();
	struct dns_answer *with = answer(DNS_OK, "192.0.2.1", FALSE);
	struct dns_answer *without = answer(DNS_NXDOMAIN, "", FALSE);

	g_ptr_array_add(with->cname, g_strdup("edge.cdn.example"));
	assert_view(watch_judge_dns(signals, with, NULL, NULL), WATCH_UP, "resolves to 192.0.2.1");
	g_ptr_array_add(with->cname, g_strdup("www.suspended-domain.com"));
	assert_view(watch_judge_dns(signals, with, NULL, NULL), WATCH_DOWN,
		"alias www.suspended-domain.com: suspended");
	g_ptr_array_add(without->cname, g_strdup("x.expirationwarning.net"));
	assert_view(watch_judge_dns(signals, without, NULL, NULL), WATCH_UNKNOWN, "expired");
	free_answer(with);
	free_answer(without);
}

/* --- HTTP --- */

static void
assert_http_of(gboolean is_page, long status, const char *location, const char *body,
	const char *failure, enum watch_state verdict, const char *detail)
{
	g_autoptr(Signals) signals = shipped();
	g_autoptr(GHashTable) headers = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GBytes) bytes = g_bytes_new_static(body, strlen(body));
	struct http_answer made = {
		.status = status, .body = bytes, .headers = headers, .error = (char *)failure
	};

	if (location)
		g_hash_table_insert(headers, (char *)"location", (char *)location);
	assert_view(watch_judge_http(signals, &made, is_page), verdict, detail);
}

static void
assert_http(long status, const char *location, const char *body, const char *failure,
	enum watch_state verdict, const char *detail)
{
	assert_http_of(TRUE, status, location, body, failure, verdict, detail);
}

static void
test_http(void)
{
	assert_http(200, NULL, "<html>", NULL, WATCH_UP, "HTTP 200, 6 bytes");
	assert_http(302, "https://example.net/login", "", NULL, WATCH_UP, "HTTP 302");
	assert_http(302, "http://example.net/cgi-sys/suspendedpage.cgi", "", NULL, WATCH_DOWN,
		"suspended");
	assert_http(
		200, NULL, "<a href='/cgi-sys/suspendedpage.cgi'>", NULL, WATCH_DOWN, "suspended");
	assert_http(404, NULL, "", NULL, WATCH_DOWN, "HTTP 404");
	assert_http(410, NULL, "", NULL, WATCH_DOWN, "HTTP 410");
	/* Refused to a watcher may still be shown to a victim. */
	assert_http(403, NULL, "", NULL, WATCH_UNKNOWN, "HTTP 403");
	assert_http(503, NULL, "", NULL, WATCH_UNKNOWN, "HTTP 503");
	assert_http(0, NULL, "", "timed out", WATCH_UNKNOWN, "no answer: timed out");
	/* The first page of a name that was reported need not be there. */
	assert_http_of(FALSE, 404, NULL, "", NULL, WATCH_UNKNOWN, "HTTP 404");
	assert_http_of(FALSE, 302, "http://example.net/cgi-sys/suspendedpage.cgi", "", NULL,
		WATCH_DOWN, "suspended");
}

/* What a site sends is not kept: of a redirect its beginning, of a page its size. */
static void
test_http_long(void)
{
	g_autofree char *tail = g_strnfill(100000, 'a');
	g_autofree char *location = g_strconcat("http://x/cgi-sys/suspendedpage.cgi?", tail, NULL);
	g_autoptr(Signals) signals = shipped();
	g_autoptr(GHashTable) headers = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GBytes) body = g_bytes_new_static("", 0);
	struct http_answer made = { .status = 302, .body = body, .headers = headers };
	struct watch_view view;

	g_hash_table_insert(headers, (char *)"location", location);
	view = watch_judge_http(signals, &made, TRUE);
	g_assert_cmpint(view.verdict, ==, WATCH_DOWN);
	g_assert_cmpuint(strlen(view.detail), <, 300);
	watch_view_clear(&view);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/judge/dns", test_dns);
	g_test_add_func("/judge/dns-signals", test_dns_signals);
	g_test_add_func("/judge/dns-alias", test_dns_alias);
	g_test_add_func("/judge/rdap", test_rdap);
	g_test_add_func("/judge/rdap-other", test_rdap_other);
	g_test_add_func("/judge/held", test_held);
	g_test_add_func("/judge/http", test_http);
	g_test_add_func("/judge/http-long", test_http_long);
	return g_test_run();
}
