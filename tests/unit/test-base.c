/* base: safe text, addresses, times, references, configuration. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/config.h"
#include "base/paths.h"
#include "base/reference.h"
#include "base/text.h"

static void
test_terminal(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain", "plain" },
		{ "a\033[31mb", "a\\x1b[31mb" },
		{ "a\nb\t", "a\\x0ab\\x09" },
		{ "\xff", "\\xff" },
		{ "\xc2\x9b", "\\x9b" },
		{ "\xe2\x80\xae"
		  "txt",
			"\\u202etxt" },
		{ "日本", "日本" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = text_for_terminal(cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void
test_mail_address(void)
{
	static const char *const good[] = { "abuse@example.com", "a.b+c@x-y.example",
		"abuse@xn--bcher-kva.example" };
	static const char *const bad[] = { "", "abuse", "abuse@", "@example.com", "a@b",
		"a@example.com,b@example.com", "a@example.com b@example.com",
		"a@example.com\r\nBcc: x", "a b@example.com", "<a@example.com>", "a..b@example.com",
		"a@-x.com", "a@192.0.2.1", "a@example..com", "a@b@example.com",
		"\"a b\"@example.com" };
	g_autofree char *local = g_strnfill(65, 'a');
	g_autofree char *long_one = g_strconcat(local, "@example.com", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(text_is_mail_address(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(text_is_mail_address(bad[i]));
	g_assert_false(text_is_mail_address(long_one));
	g_assert_false(text_is_mail_address(NULL));
}

static void
test_defang(void)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "https://a.example.com/x.php?y=z.w", "hxxps://a[.]example[.]com/x.php?y=z.w" },
		{ "example.com", "example[.]com" },
		{ "192.0.2.1", "192[.]0[.]2[.]1" },
		{ "user@example.com", "user[@]example[.]com" },
		{ "2001:db8::1", "2001[:]db8[:][:]1" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *out = text_defang(cases[i].in);

		g_assert_cmpstr(out, ==, cases[i].out);
	}
}

static void
test_time(void)
{
	gint64 at = 0;
	g_autofree char *text = NULL;

	g_assert_true(text_time_parse("2018-08-20T10:00:00+02:00", &at));
	text = text_time(at);
	g_assert_cmpstr(text, ==, "2018-08-20T08:00:00Z");
	g_assert_true(text_time_parse("2018-08-20", &at));
	g_assert_false(text_time_parse("yesterday", &at));
	g_assert_null(text_time(0));
}

static void
test_reference(void)
{
	g_autofree char *one = reference_new();
	g_autofree char *two = reference_new();
	g_autofree char *subject = g_strdup_printf("Re: [abate-%s] phishing", one);
	g_autofree char *found = reference_find(subject);

	g_assert_cmpuint(strlen(one), ==, 16);
	g_assert_cmpstr(one, !=, two);
	g_assert_cmpstr(found, ==, one);
	g_assert_null(reference_find("abate-short and abate"));
}

static void
expect_config_error(const char *text, const char *words)
{
	g_autofree char *folder = g_dir_make_tmp("abate-config-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_assert_null(config_load(file, &error));
	g_assert_nonnull(strstr(error->message, words));
	g_unlink(file);
	g_rmdir(folder);
}

static void
test_config_faults(void)
{
	expect_config_error(
		"[mail]\nserver = x:25\nsevrer = y\n", "abate.conf:3: [mail] has no key");
	expect_config_error(
		"[store]\n\n[mial]\na = b\n", "abate.conf:3: there is no section [mial]");
	expect_config_error(
		"[mail]\nlanes = many\n", "abate.conf:2: [mail] lanes wants a whole number");
	expect_config_error("[mail]\ntls = maybe\n", "wants one of required|opportunistic|none");
	expect_config_error("[lookup]\nallow_private = perhaps\n", "wants yes or no");
}

/* Every key of the shipped file is known. */
static void
test_config_shipped(void)
{
	g_autofree char *shipped = g_build_filename(paths_data(), "abate.conf", NULL);
	g_autofree char *folder = g_dir_make_tmp("abate-config-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autofree char *text = NULL;
	g_autofree char *all = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(GRegex) comment = g_regex_new("^#(\\w+ =)", G_REGEX_MULTILINE, 0, NULL);

	g_assert_true(g_file_get_contents(shipped, &text, NULL, NULL));
	all = g_regex_replace(comment, text, -1, 0, "\\1", 0, NULL);
	g_assert_true(g_file_set_contents(file, all, -1, NULL));
	config = config_load(file, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(config_string(config, "mail", "carrier"), ==, "smtp");
	g_unlink(file);
	g_rmdir(folder);
}

static void
test_config_path(void)
{
	g_autofree char *folder = g_dir_make_tmp("abate-config-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "abate.conf", NULL);
	g_autofree char *maildir = g_build_filename(folder, "out", NULL);
	g_autofree char *path = NULL;
	g_autoptr(Config) config = NULL;

	g_assert_true(g_file_set_contents(file, "[mail]\nmaildir = out\n", -1, NULL));
	config = config_load(file, NULL);
	path = config_path(config, "mail", "maildir");
	g_assert_cmpstr(path, ==, maildir);
	g_unlink(file);
	g_rmdir(folder);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/terminal", test_terminal);
	g_test_add_func("/base/mail-address", test_mail_address);
	g_test_add_func("/base/defang", test_defang);
	g_test_add_func("/base/time", test_time);
	g_test_add_func("/base/reference", test_reference);
	g_test_add_func("/base/config/faults", test_config_faults);
	g_test_add_func("/base/config/shipped", test_config_shipped);
	g_test_add_func("/base/config/path", test_config_path);
	return g_test_run();
}
