/* The readers: what comes out of a file, and which lines are told as bad. */
#include <glib/gstdio.h>
#include <string.h>

#include "intake/host.h"
#include "intake/intake.h"

struct seen {
	GString *text; /* "line value\n" for an indicator, "!line[:column]\n" for a fault */
	GString *reasons, *types;
	gint64 line;
	gint64 first_seen;
	int stop_after;
};

static gboolean
on_indicator(const struct indicator *indicator, void *user)
{
	struct seen *seen = user;

	g_string_append_printf(
		seen->text, "%" G_GINT64_FORMAT " %s\n", seen->line, indicator->value);
	seen->first_seen = indicator->first_seen;
	return --seen->stop_after != 0;
}

static gboolean
on_fault(const char *file, gint64 line, gint64 column, const char *reason, void *user)
{
	struct seen *seen = user;

	g_assert_nonnull(file);
	g_string_append_printf(seen->text, "!%" G_GINT64_FORMAT, line);
	if (column)
		g_string_append_printf(seen->text, ":%" G_GINT64_FORMAT, column);
	g_string_append_c(seen->text, '\n');
	g_string_append_printf(seen->reasons, "%s\n", reason);
	return --seen->stop_after != 0;
}

static void
on_type(const char *category, const char *type, void *user)
{
	struct seen *seen = user;

	g_string_append_printf(seen->types, "%s/%s\n", category, type);
}

/* Reads the bytes as a file of that name. Frees what an earlier call left in seen. */
static gboolean
read_bytes(struct seen *seen, const char *name, const char *bytes, gsize length,
	struct intake_options options, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("abate-intake-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, name, NULL);
	struct intake_sink sink = { on_indicator, on_fault, on_type, seen, &seen->line };
	gboolean done;

	seen->text = g_string_new(NULL);
	seen->reasons = g_string_new(NULL);
	seen->types = g_string_new(NULL);
	g_assert_true(g_file_set_contents_full(
		file, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	done = intake_read(file, &options, &sink, error);
	g_unlink(file);
	g_rmdir(folder);
	return done;
}

static void
clear(struct seen *seen)
{
	g_string_free(seen->text, TRUE);
	g_string_free(seen->reasons, TRUE);
	g_string_free(seen->types, TRUE);
	memset(seen, 0, sizeof(*seen));
}

static void
expect(const char *name, const char *text, const char *column, const char *expected)
{
	struct seen seen = { 0 };
	struct intake_options options = { .column = column };
	g_autoptr(GError) error = NULL;

	g_assert_true(read_bytes(&seen, name, text, strlen(text), options, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(seen.text->str, ==, expected);
	clear(&seen);
}

static void
test_csv(void)
{
	/* BOM, CRLF, semicolons, a line feed within quotes, a doubled quote */
	expect("a.csv",
		"\xef\xbb\xbfID;URL;Note\r\n1;\"hxxp://evil[.]com/a;b\";\"x\r\ny \"\"z\"\"\"\r\n"
		"2;evil.net;\r\n",
		NULL, "2 http://evil.com/a;b\n4 evil.net\n");
	/* faults: an empty cell, no indicator, a short row, an empty line is none */
	expect("b.csv", "id,url\n1,\n2,bad word\n3\n\n4,evil.com\n", NULL,
		"!2\n!3:3\n!4\n6 evil.com\n");
	/* a header in a comment; the URL is taken before its host */
	expect("feed.txt", "# Feed\n# id,host,url\n\"1\",\"evil.com\",\"http://evil.com/x\"\n",
		NULL, "3 http://evil.com/x\n");
	/* --column by name and by number */
	expect("c.txt", "url,bad\nhttp://a.com/,b.com\n", "BAD", "2 b.com\n");
	expect("d.txt", "x,a.com\ny,b.com\n", "2", "1 a.com\n2 b.com\n");
	/* without a header */
	expect("e.csv", "2026-01-02,evil.com\nx,y\n", NULL, "1 evil.com\n!2\n");
	/* another column when the best one holds none */
	expect("f.csv", "domain,ip\n-,192.0.2.1\n", NULL, "2 192.0.2.1\n");
	expect("h.txt", "# AS | name | ipaddr\n# see a, b and ip\n# end\n174 | N |  192.0.2.1  \n",
		NULL, "4 192.0.2.1\n");
	/* the address, not the name it resolves to */
	expect("g.csv", "ip,hostname\n192.0.2.1,x.evil.com\n", NULL, "2 192.0.2.1\n");
	expect("empty.csv", "", NULL, "");
}

/* A quote that is never closed costs its own line only. */
static void
test_csv_quote(void)
{
	expect("a.csv", "url\n\"evil.com\nb.com\nc.com\n", NULL, "!2\n3 b.com\n4 c.com\n");
}

static void
test_csv_no_column(void)
{
	struct seen seen = { 0 };
	struct intake_options options = { .column = "nothing" };
	g_autoptr(GError) error = NULL;

	g_assert_false(read_bytes(&seen, "a.csv", "url\na.com\n", 10, options, &error));
	g_assert_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
	g_assert_nonnull(strstr(error->message, "nothing"));
	clear(&seen);
}

static void
test_bytes(void)
{
	static const char nul[] = "url\n\0\0\0\0\na.com\nb\0.com\nc.com\n\xff.com\n";
	struct seen seen = { 0 };
	struct intake_options options = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *endless = g_strnfill(300000, 'x');
	g_autofree char *text = g_strdup_printf("a.com\n%s\nb.com", endless);

	g_assert_true(read_bytes(&seen, "a.csv", nul, sizeof(nul) - 1, options, NULL));
	g_assert_cmpstr(seen.text->str, ==, "!2:1\n3 a.com\n!4:2\n5 c.com\n!6:1\n");
	clear(&seen);
	expect("a.txt", text, NULL, "1 a.com\n!2\n3 b.com\n");
	g_assert_false(read_bytes(&seen, "a.txt", "\xff\xfe\x61\0", 4, options, &error));
	g_assert_nonnull(strstr(error->message, "UTF-16"));
	clear(&seen);
}

static void
test_json_lines(void)
{
	g_autofree char *deep = g_strnfill(10000, '[');
	g_autofree char *text = g_strdup_printf(
		"{\"url\":\"http://a.com/\"}\n{\"url\":%s\n{\"url\":\"http://b.com/\"}\n", deep);

	expect("a.jsonl",
		"{\"source.url\":\"http://evil.com/\",\"source.ip\":\"1.2.3.4\"}\n"
		"{\"a\":1}\n{bad\n\"evil.com\"\n{\"address\":[{\"ip\":\"1.2.3.4\"}]}\n"
		"{\"source\":{\"fqdn\":\"evil.net\"}}\n7\n",
		NULL, "1 http://evil.com/\n!2\n!3:4\n4 evil.com\n5 1.2.3.4\n6 evil.net\n!7\n");
	expect("deep.jsonl", text, NULL, "1 http://a.com/\n!2:2055\n3 http://b.com/\n");
	expect("b.jsonl", "{\"a\":\"a.com\",\"b\":\"b.com\"}\n", "b", "1 b.com\n");
}

#define PARTY "{\"org\":\"CSIRT\",\"contact\":\"a@csirt.example\",\"domain\":\"csirt.example\"}"
#define REPORT(id, rest)                                                                           \
	"{\"xarf_version\":\"4.2.0\",\n\"report_id\":\"" id "\",\"timestamp\":"                    \
	"\"2026-01-02T03:04:05Z\",\"reporter\":" PARTY ",\"sender\":" PARTY                        \
	",\"source_identifier\":\"192.0.2.7\",\"category\":\"content\",\"type\":\"phishing\"" rest \
	"}\n"
#define UUID "550e8400-e29b-41d4-a716-446655440000"

static void
test_xarf(void)
{
	struct seen seen = { 0 };
	struct intake_options options = { 0 };
	const char *array = "[" REPORT(UUID, ",\"url\":\"http://evil.com/\"") "," REPORT(
		"none", "") ",{\"x\" 1}," REPORT(UUID, "") "]"; /* content without a URL */

	g_assert_true(read_bytes(&seen, "a.json", array, strlen(array), options, NULL));
	g_assert_cmpstr(seen.text->str, ==, "1 http://evil.com/\n!3\n!5\n!5\n");
	g_assert_cmpstr(seen.types->str, ==, "content/phishing\n");
	g_assert_nonnull(strstr(seen.reasons->str, "report_id"));
	g_assert_cmpint(seen.first_seen, ==, G_GINT64_CONSTANT(1767323045000000));
	clear(&seen);
	expect("one.json", REPORT(UUID, ",\"url\":\"http://b.com/\""), NULL, "1 http://b.com/\n");
	expect("type.json", "{\"xarf_version\":\"4.2.0\",\"type\":\"x\"}", NULL, "!1\n");
	expect("open.json", "[", NULL, "!1\n");
	expect("deep.json", "[{\"a\":[{\"b\":", NULL, "!1\n");
}

static void
test_text(void)
{
	expect("a.txt",
		"# comment\nevil.com\nnotone\n1.2.3.4:80 # C2\n0.0.0.0 hosts.evil.com\n\nb.com,\n",
		NULL, "2 evil.com\n!3:1\n4 1.2.3.4\n5 hosts.evil.com\n7 b.com\n");
	expect("b.txt",
		"We saw hxxp://bad[.]evil[.]com/login, and (see https://a.com/Foo_(bar)), mail\n"
		"me [at] evil [.] com. Not setup.py, e.g. word.In it, 12:30:45 or std::string.\n"
		"[x](http://md.com/a) and evil (dot) org; a.com,b.com done\n"
		"From [2001:db8::1]:21 to big[DOT]evil[DOT]info -> end\n"
		"日本語。http://evil.jp/a、次\n",
		NULL,
		"1 http://bad.evil.com/login\n1 https://a.com/Foo_(bar)\n2 me@evil.com\n"
		"3 http://md.com/a\n3 evil.org\n3 a.com\n3 b.com\n4 2001:db8::1\n"
		"4 big.evil.info\n5 http://evil.jp/a\n");
}

static void
test_stop(void)
{
	struct seen seen = { .stop_after = 2 };
	struct intake_options options = { 0 };

	g_assert_true(read_bytes(&seen, "a.txt", "a.com\nbad\nc.com\n", 16, options, NULL));
	g_assert_cmpstr(seen.text->str, ==, "1 a.com\n!2:1\n");
	clear(&seen);
}

static void
test_unreadable(void)
{
	struct seen seen = { 0 };
	struct intake_options options = { 0 };
	struct intake_sink sink = { on_indicator, on_fault, NULL, &seen, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_false(intake_read("/nonexistent/file", &options, &sink, &error));
	g_assert_nonnull(strstr(error->message, "/nonexistent/file"));
	g_clear_error(&error);
	g_assert_false(intake_read(SOURCE_DIR, &options, &sink, &error));
	g_assert_nonnull(error);
}

/* Damaged files of every format: whatever they hold, each reading ends, and says where. */
static void
test_noise(void)
{
	static const char *const texts[] = {
		"a,url\n1,\"hxxp://evil[.]com/\"\n2,b.com\n",
		"[" REPORT(UUID, ",\"url\":\"http://b.com/\"") "]",
		"{\"url\":\"http://a.com/\"}\n{\"ip\":\"2001:db8::1\"}\n",
		"see h**p:\\\\evil {dot} com, me ( at ) b\\.com or "
		"日本.jp、[x](http://[::1]:80/a_(b))\n",
	};
	static const char signs[] = "\"[](){}<>\\/:.,;@#%|\n\r\t \xff\xe3 -_0aAx'`*";
	GRand *rand = g_rand_new_with_seed(42);

	for (int i = 0; i < 4000; i++) {
		GString *text = g_string_new(texts[i % G_N_ELEMENTS(texts)]);
		struct intake_options options = { .format = (enum intake_format)(i / 4 % 5) };
		struct seen seen = { 0 };

		for (int count = g_rand_int_range(rand, 1, 12); count > 0; count--)
			text->str[g_rand_int_range(rand, 0, (gint32)text->len)] =
				signs[g_rand_int_range(rand, 0, sizeof(signs))];
		read_bytes(&seen, "noise", text->str, text->len, options, NULL);
		clear(&seen);
		g_string_free(text, TRUE);
	}
	g_rand_free(rand);
}

static void
test_formats(void)
{
	enum intake_format format;

	g_assert_true(intake_format_parse("xarf", &format));
	g_assert_cmpint(format, ==, INTAKE_XARF);
	g_assert_false(intake_format_parse("xml", &format));
	g_assert_false(intake_format_parse(NULL, &format));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/intake/csv", test_csv);
	g_test_add_func("/intake/csv/quote", test_csv_quote);
	g_test_add_func("/intake/csv/no-column", test_csv_no_column);
	g_test_add_func("/intake/bytes", test_bytes);
	g_test_add_func("/intake/json-lines", test_json_lines);
	g_test_add_func("/intake/xarf", test_xarf);
	g_test_add_func("/intake/text", test_text);
	g_test_add_func("/intake/stop", test_stop);
	g_test_add_func("/intake/unreadable", test_unreadable);
	g_test_add_func("/intake/noise", test_noise);
	g_test_add_func("/intake/formats", test_formats);
	return g_test_run();
}
