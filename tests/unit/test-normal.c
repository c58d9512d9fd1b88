/* Normal form of indicators. */
#include <string.h>

#include "intake/host.h"
#include "intake/intake.h"
#include "intake/url.h"

struct row {
	const char *text, *type, *value, *domain, *suffix;
};

static void
check_row(const struct row *row)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Indicator) indicator = indicator_parse(row->text, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(indicator_type_name(indicator->type), ==, row->type);
	g_assert_cmpstr(indicator->value, ==, row->value);
	g_assert_cmpstr(indicator->domain, ==, row->domain);
	g_assert_cmpstr(indicator->suffix, ==, row->suffix);
	g_assert_cmpstr(indicator->original, ==, row->text);
	g_assert_nonnull(indicator->host);
}

static void
test_values(void)
{
	static const struct row rows[] = {
		{ "Evil.COM.", "domain", "evil.com", "evil.com", "com" },
		{ "a.b.co.jp", "domain", "a.b.co.jp", "b.co.jp", "co.jp" },
		{ "co.jp", "domain", "co.jp", NULL, "co.jp" },
		{ "bücher.example", "domain", "xn--bcher-kva.example", "xn--bcher-kva.example",
			"example" },
		{ "♥.com", "domain", "xn--g6h.com", "xn--g6h.com", "com" },
		{ "evil。com", "domain", "evil.com", "evil.com", "com" },
		{ "1.2.3.4:443", "ipv4", "1.2.3.4", NULL, NULL },
		{ "192.0.2.1/32", "ipv4", "192.0.2.1", NULL, NULL },
		{ "10.0.0.1", "ipv4", "10.0.0.1", NULL, NULL },
		{ "[2001:DB8::0001]:443", "ipv6", "2001:db8::1", NULL, NULL },
		{ "User[@]Evil[.]com", "email", "User@evil.com", "evil.com", "com" },
		{ "mailto:a@evil.com?subject=x", "email", "a@evil.com", "evil.com", "com" },
		{ "evil.co.za/x", "url", "http://evil.co.za/x", "evil.co.za", "co.za" },
		{ "evil.com/x", "url", "http://evil.com/x", "evil.com", "com" },
		{ "HTTP://Evil.com:80?q=A#f", "url", "http://evil.com/?q=A", "evil.com", "com" },
		{ "https://evil.com:443/a/../B", "url", "https://evil.com/B", "evil.com", "com" },
		{ "https://evil.com:80/", "url", "https://evil.com:80/", "evil.com", "com" },
		{ "http:\\\\evil.com\\x", "url", "http://evil.com/x", "evil.com", "com" },
		{ "http://2130706433/", "url", "http://127.0.0.1/", NULL, NULL },
		{ "http://0x7f.1/", "url", "http://127.0.0.1/", NULL, NULL },
		{ "http://u:p@evil.com/", "url", "http://u:p@evil.com/", "evil.com", "com" },
		{ "http://2001:db8::1/x", "url", "http://[2001:db8::1]/x", NULL, NULL },
		{ "http://ex%61mple.com/", "url", "http://example.com/", "example.com", "com" },
		{ "http://evil.com/a b", "url", "http://evil.com/a%20b", "evil.com", "com" },
		{ "http://evil.com/\"é#»", "url", "http://evil.com/%22%C3%A9", "evil.com", "com" },
		{ "\"<http://evil.com/>\"", "url", "http://evil.com/", "evil.com", "com" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		check_row(&rows[i]);
}

static void
test_refused(void)
{
	static const char *const texts[] = { "", "word", "malware.exe", "10.0.0.0/8",
		"2001:db8::/32", "256.1.1.1", "d41d8cd98f00b204e9800998ecf8427e",
		"javascript:alert(1)", "fe80::1%eth0", "file:///etc/passwd", "http://",
		"http://word/", "evil..com", "-evil.com", "ev_il.com", "a@b@", "@evil.com",
		"a b@evil.com", "http://evil.com/\x01", "evil.com\xff", "1/2", "https://[::1",
		"http://a.b:99999/", "x:y", "%s%n.com", "a⒈com", "a\u200d♥.com" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Indicator) indicator = indicator_parse(texts[i], &error);

		if (indicator)
			g_error("\"%s\" was taken as %s", texts[i], indicator->value);
		g_assert_error(error, INTAKE_ERROR, INTAKE_ERROR_VALUE);
	}
}

static void
test_suffix(void)
{
	g_autoptr(Indicator) private = indicator_parse("evil.github.io", NULL);
	g_autoptr(Indicator) public = indicator_parse("evil.co.uk", NULL);

	g_assert_cmpstr(private->suffix, ==, "github.io");
	g_assert_true(private->suffix_is_private);
	g_assert_cmpstr(public->suffix, ==, "co.uk");
	g_assert_false(public->suffix_is_private);
}

static void
test_unicode(void)
{
	g_autofree char *url = indicator_unicode("http://u@xn--bcher-kva.example:8/x");

	g_assert_cmpstr(url, ==, "http://u@bücher.example:8/x");
	g_assert_null(indicator_unicode("http://evil.com/"));
}

static void
test_refang(void)
{
	static const char *const pairs[][2] = {
		{ "hxxp://evil[.]com/a[.]php", "http://evil.com/a.php" },
		{ "hXXps[:]//evil(dot)com", "https://evil.com" },
		{ "hxxps[://]evil{.}com", "https://evil.com" },
		{ "h**p:\\\\evil[dot]com", "http://evil.com" },
		{ "fxp://evil[.]com", "ftp://evil.com" },
		{ "https:///evil.com", "https://evil.com" },
		{ "evil[.com", "evil.com" },
		{ "evil.]com", "evil.com" },
		{ "evil\\.com", "evil.com" },
		{ "evil [.] com", "evil.com" },
		{ "evil dot com", "evil.com" },
		{ "me [at] evil [dot] com", "me@evil.com" },
		{ "10[.]0(.0\\.1", "10.0.0.1" },
		{ "http://[2001:db8::1]/", "http://[2001:db8::1]/" },
		{ "http://evil.com/?u=http://b.com", "http://evil.com/?u=http://b.com" },
		{ "me{ @ )evil [[.]] com", "me@evil.com" },
		{ "me @ evil  dot  com", "me@evil.com" },
		{ "evil].[com", "evil.com" },
		{ "ev[-]il.com[/]x", "ev-il.com/x" },
		{ "http ://evil.com", "http://evil.com" },
		{ "http:/evil.com", "http://evil.com" },
		{ "evil.com", "evil.com" },
		{ "evil.com (at the end)", "evil.com (at the end)" },
		{ "[", "[" },
		{ "", "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *plain = refang(pairs[i][0]);

		g_assert_cmpstr(plain, ==, pairs[i][1]);
	}
}

/* The short way must give what libcurl gives. */
static void
compare_ways(const char *text)
{
	g_autoptr(Indicator) fast = indicator_new();
	g_autoptr(Indicator) slow = indicator_new();
	gboolean is_fast = url_set(fast, text, NULL);
	gboolean is_slow = url_set_by_curl(slow, text, NULL);

	g_test_message("%s", text);
	g_assert_cmpint(is_fast, ==, is_slow);
	g_assert_cmpstr(fast->value, ==, slow->value);
	if (!is_fast)
		return;
	g_assert_cmpstr(fast->host, ==, slow->host);
	g_assert_cmpstr(fast->domain, ==, slow->domain);
	g_assert_cmpstr(fast->suffix, ==, slow->suffix);
	g_assert_cmpint(fast->type, ==, slow->type);
}

static void
test_ways(void)
{
	static const char *const pieces[] = { "http://", "https://", "HTTP://", "a", "evil", ".",
		"-", "_", "com", "xn--bcher-kva", "0x1", "127.0.0.1", "/", "//", "/./", "/../",
		"/..", "?", "#", "%", "%2e", "%2E%2e", "%20", "+", "&", "=", "@", ":", ":80", ";",
		",", "~", "!", "$", "'", "(", ")", "*", "[", "]", "|", "^", "{", "}", "\"", "`",
		"<", ">", "..." };
	GRand *rand = g_rand_new_with_seed(20180820);

	for (int i = 0; i < 60000; i++) {
		GString *text = g_string_new(pieces[g_rand_int_range(rand, 0, 2)]);
		int count = g_rand_int_range(rand, 0, 10);

		if (g_rand_boolean(rand))
			g_string_append(text, "www.evil.com/");
		while (count-- > 0)
			g_string_append(
				text, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
		compare_ways(text->str);
		g_string_free(text, TRUE);
	}
	g_rand_free(rand);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/normal/values", test_values);
	g_test_add_func("/normal/refused", test_refused);
	g_test_add_func("/normal/suffix", test_suffix);
	g_test_add_func("/normal/unicode", test_unicode);
	g_test_add_func("/normal/refang", test_refang);
	g_test_add_func("/normal/ways", test_ways);
	return g_test_run();
}
