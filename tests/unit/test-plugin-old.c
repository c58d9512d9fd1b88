/* A plugin that was built against the released interface 1.0 goes on loading and working. */
#include "plugin/call.h"

#include "test-plugin.h"

static void
test_old(void)
{
#ifndef __x86_64__
	g_test_skip("the kept plugin is for x86-64");
#else
	g_autoptr(GError) error = NULL;
	g_autofree char *kept =
		g_build_filename(SOURCE_DIR, "tests/data/plugins/old/veteran.so", NULL);
	g_autofree char *file = path_of("veteran.so");
	g_autofree char *bytes = NULL;
	gsize length;

	/* A copy, as the tree may belong to somebody else. */
	g_file_get_contents(kept, &bytes, &length, &error);
	g_assert_no_error(error);
	g_file_set_contents(file, bytes, (gssize)length, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(file, 0644), ==, 0);
	g_autoptr(Config) config = config_with("");
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_no_error(error);
	const struct plugin *plugin = plugin_host_load_file(host, file, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(plugin->api.abi_major, ==, 1);
	g_assert_cmpuint(plugin->api.abi_minor, ==, 0);
	g_autoptr(Report) report = report_new();
	report->reference = g_strdup("abcdefgh23456777");
	const struct plugin_target target = {
		.plugin = plugin, .report = report, .config = config
	};
	g_autoptr(PluginResult) result = plugin_call(&target, PLUGIN_COMPOSE, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(result->mails->len, ==, 1);
	const struct plugin_mail *mail = result->mails->pdata[0];
	g_assert_cmpstr(mail->to, ==, "abuse@host.example");
	g_assert_cmpstr(mail->text, ==, "abcdefgh23456777");
#endif
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	make_folder();
	g_test_add_func("/plugin-old/1.0", test_old);
	int status = g_test_run();
	remove_folder();
	return status;
}
