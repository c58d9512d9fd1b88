/* Secrets that come back in an answer, in all the ways in which answers write them. */
#include <glib/gstdio.h>
#include <string.h>

#include "plugin/redact.h"
#include "plugin/secrets.h"

static GPtrArray *
collect(const char *value)
{
	g_autofree char *file = NULL;
	g_autofree char *text = g_strdup_printf("[plugin api]\nkey=%s\n", value);
	g_autofree char *placeholder = secrets_placeholder("api", "key");
	GPtrArray *secrets = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	int fd = g_file_open_tmp("abate-redact-XXXXXX", &file, &error);

	g_assert_no_error(error);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(file, text, -1, NULL));
	g_autoptr(Config) config = config_load(file, &error);
	g_assert_no_error(error);
	struct secrets_cache *cache = secrets_cache_new(config);
	redact_collect(cache, placeholder, secrets);
	secrets_cache_free(cache);
	g_unlink(file);
	return secrets;
}

static void
expect(const GPtrArray *secrets, const char *text, const char *wanted)
{
	g_autofree char *clean = redact_text(text, secrets);

	g_assert_cmpstr(clean, ==, wanted);
}

static void
test_escaped(void)
{
	g_autoptr(GPtrArray) secrets = collect("p/s \"é<&%1");

	expect(secrets, "as it is: p/s \"é<&%1.", "as it is: [secret].");
	expect(secrets, "q=p%2Fs%20%22%C3%A9%3C%26%251&r", "q=[secret]&r");
	expect(secrets, "q=p%2fs+%22%c3%a9%3c%26%251&r", "q=[secret]&r");
	expect(secrets, "{\"k\":\"p\\/s \\\"\\u00e9<&%1\"}", "{\"k\":\"[secret]\"}");
	expect(secrets, "{\"k\":\"\\u0070/s\\u0020\\u0022\\u00E9\\u003c\\u0026%1\"}",
		"{\"k\":\"[secret]\"}");
	expect(secrets, "<p>p/s &quot;&#233;&lt;&amp;%1</p>", "<p>[secret]</p>");
	expect(secrets, "<p>p/s &#34;&#xe9;&#60;&#38;%1</p>", "<p>[secret]</p>");
	expect(secrets, "p/s \"é<&%2 is another", "p/s \"é<&%2 is another");
	expect(secrets, "it ends: p%2Fs%20%22%C3%A", "it ends: p%2Fs%20%22%C3%A");
	expect(secrets, "", "");
}

/* Wherever in a longer text the secret begins, no more than a letter at either end is left. */
static void
test_base64(void)
{
	g_autoptr(GPtrArray) secrets = collect("hunter22?>?>");
	static const char *const around[][2] = { { "", "" }, { "k:", "" }, { "k1:", "" },
		{ "key:", "" }, { "", "!" }, { "k:", "!!" }, { "user:", ":more" } };

	for (gsize i = 0; i < G_N_ELEMENTS(around); i++) {
		g_autofree char *plain =
			g_strconcat(around[i][0], "hunter22?>?>", around[i][1], NULL);
		g_autofree char *code = g_base64_encode((const guchar *)plain, strlen(plain));
		g_autofree char *said =
			g_strconcat("{\"authorization\":\"Basic ", code, "\"}", NULL);
		g_autofree char *clean = redact_text(said, secrets);

		g_assert_nonnull(strstr(clean, "[secret]"));
		g_assert_cmpuint(strlen(clean), <=,
			strlen(said) - strlen("hunter22?>?>") * 8 / 6 + 3 + strlen("[secret]"));
		g_strdelimit(said, "+", '-');
		g_autofree char *safe = redact_text(g_strdelimit(said, "/", '_'), secrets);
		g_assert_nonnull(strstr(safe, "[secret]"));
	}
}

static void
test_login(void)
{
	g_autoptr(GPtrArray) secrets = g_ptr_array_new_with_free_func(g_free);

	redact_login("me", NULL, secrets);
	g_assert_cmpuint(secrets->len, ==, 0);
	redact_login("Aladdin", "open sesame", secrets);
	expect(secrets, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== it was", "Basic [secret] it was");
	expect(secrets, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ%3D%3D", "Basic [secret]");
}

static void
test_short_and_long(void)
{
	g_autoptr(GPtrArray) none = collect("abc");
	g_autoptr(GPtrArray) secrets = collect("abcd");
	const char bytes[] = "\xff\x00 abcd";
	g_autoptr(GBytes) dirty = g_bytes_new(bytes, sizeof bytes - 1);
	g_autoptr(GBytes) clean = redact_bytes(dirty, secrets);
	gsize size;
	const char *data = g_bytes_get_data(clean, &size);

	g_assert_cmpuint(none->len, ==, 0);
	expect(none, "abc", "abc");
	g_assert_true(g_utf8_validate(data, (gssize)size, NULL));
	g_assert_nonnull(g_strstr_len(data, (gssize)size, "[secret]"));
	g_assert_null(g_strstr_len(data, (gssize)size, "abcd"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/redact/escaped", test_escaped);
	g_test_add_func("/redact/base64", test_base64);
	g_test_add_func("/redact/login", test_login);
	g_test_add_func("/redact/short-and-long", test_short_and_long);
	return g_test_run();
}
