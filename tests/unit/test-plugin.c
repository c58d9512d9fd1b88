/* The plugin host: what is refused and why, with plugins built here. The store of bad plugins is C
 * text, so that each says what is wrong with it. */
#include "test-plugin.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- plugins made here --- */
#define HEAD                                                                                       \
	"#include <abate/plugin.h>\n"                                                              \
	"static enum abate_fit match(struct abate_context *c) { (void)c; return 10; }\n"           \
	"static int compose(struct abate_context *c) { (void)c; return 0; }\n"
#define FACTS                                                                                      \
	".summary = \"s\", .version = \"1\", .kind = ABATE_DDNS, "                                 \
	".capabilities = ABATE_CAN_MAIL, .match = match, .compose = compose"
#define GOOD HEAD "ABATE_REGISTER_PLUGIN(.name = \"good\", " FACTS ");\n"

/* Loads one file beside the built-in ones; FALSE and the reason when refused. */
static gboolean
loads(const char *file, char **reason)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_with("");
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_no_error(error);
	gboolean good = plugin_host_load_file(host, file, &error) != NULL;
	*reason = error ? g_strdup(error->message) : NULL;
	g_assert_true(good == !error);
	return good;
}

/* One sentence that names the file and holds the words. */
static void
assert_refused(const char *file, const char *words)
{
	g_autofree char *reason = NULL;
	g_assert_false(loads(file, &reason));
	if (!strstr(reason, words))
		g_error("\"%s\" does not say \"%s\"", reason, words);
	g_assert_null(strchr(reason, '\n'));
	g_assert_nonnull(strstr(reason, folder));
}

static void
assert_text_refused(const char *name, const char *text, const char *words)
{
	g_autofree char *file = build(name, text);
	assert_refused(file, words);
}

static void
test_good(void)
{
	g_autofree char *file = build("good", GOOD);
	g_autofree char *reason = NULL;
	g_assert_true(loads(file, &reason));
	g_assert_null(reason);
}

static void
test_built_in(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_with("");
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_no_error(error);
	const GPtrArray *list = plugin_host_list(host);
	g_assert_cmpuint(list->len, >=, 5);
	for (guint i = 0; i < list->len; i++) {
		const struct plugin *plugin = list->pdata[i];
		g_assert_cmpstr(plugin->error, ==, NULL);
		g_assert_true(plugin_host_find(host, plugin->name) == plugin);
		g_assert_nonnull(plugin_kind_name(plugin->api.kind));
		if (i > 0)
			g_assert_cmpstr(
				((const struct plugin *)list->pdata[i - 1])->name, <, plugin->name);
	}
	g_assert_null(plugin_host_find(host, "nothing"));
}

/* --- what they say of themselves --- */
static void
test_version(void)
{
	assert_text_refused("major",
		HEAD "const struct abate_plugin ABATE_EXPORT abate_plugin = { sizeof "
		     "abate_plugin, 2, 7, .name = \"major\", " FACTS " };\n",
		"version 2.7");
	assert_text_refused("cut",
		HEAD "const struct abate_plugin ABATE_EXPORT abate_plugin = { 24, 1, 0, .name "
		     "= \"cut\", " FACTS " };\n",
		"24 bytes");
}

/* A newer one of the same major has members that this program does not know. */
static void
test_newer(void)
{
	g_autofree char *reason = NULL;
	g_autofree char *file = build("newer",
		HEAD "struct big { struct abate_plugin first; void *more[4]; };\n"
		     "extern const struct big ABATE_EXPORT newer __asm__(\"abate_plugin\");\n"
		     "const struct big newer = { { sizeof(struct big), 1, 9, .name = "
		     "\"newer\", " FACTS " }, { 0 } };\n");
	if (!loads(file, &reason))
		g_error("%s", reason);
}

static void
test_facts(void)
{
	assert_text_refused(
		"other", HEAD "ABATE_REGISTER_PLUGIN(.name = \"name\", " FACTS ");\n", "name.so");
	assert_text_refused("no-match",
		HEAD "ABATE_REGISTER_PLUGIN(.name = \"no-match\", " FACTS ", .match = 0);\n",
		"match()");
	assert_text_refused("no-answer",
		HEAD "ABATE_REGISTER_PLUGIN(.name = \"no-answer\", " FACTS
		     ", .capabilities = ABATE_CAN_HTTP);\n",
		"answer()");
	assert_text_refused("no-poll",
		HEAD "ABATE_REGISTER_PLUGIN(.name = \"no-poll\", " FACTS
		     ", .capabilities = ABATE_CAN_MAIL | ABATE_CAN_POLL);\n",
		"poll()");
	assert_text_refused("no-kind",
		HEAD "ABATE_REGISTER_PLUGIN(.name = \"no-kind\", " FACTS ", .kind = 99);\n",
		"kind");
	assert_text_refused("no-summary",
		HEAD "ABATE_REGISTER_PLUGIN(.name = \"no-summary\", " FACTS ", .summary = 0);\n",
		"summary");
}

/* --- what the linker finds --- */
static void
test_linking(void)
{
	assert_text_refused("undefined",
		"extern int not_there(void);\n#include <abate/plugin.h>\n"
		"static enum abate_fit match(struct abate_context *c) { (void)c; return 0; }\n"
		"static int compose(struct abate_context *c) { (void)c; return not_there(); }\n"
		"ABATE_REGISTER_PLUGIN(.name = \"undefined\", " FACTS ");\n",
		"undefined symbol: not_there");
	assert_text_refused("nothing", "int nothing;\n", "abate_plugin");
	write_text("garbage.so", "this is no ELF file, though it is long enough to look at: "
				 "garbage, garbage, garbage, garbage");
	g_autofree char *garbage = path_of("garbage.so");
	assert_refused(garbage, "ELF");
}

/* --- whose it is --- */
static void
test_writable(void)
{
	g_autofree char *file = build("good", GOOD);
	g_assert_cmpint(g_chmod(file, 0757), ==, 0);
	assert_refused(file, "writable by others");
	g_assert_cmpint(g_chmod(file, 0775), ==, 0);
	assert_refused(file, "writable by its group");
	g_assert_cmpint(g_chmod(file, 0755), ==, 0);
	g_assert_cmpint(g_chmod(folder, 0777), ==, 0);
	assert_refused(file, "writable by others");
	/* Sticky helps a folder above, not the plugin's own. */
	g_assert_cmpint(g_chmod(folder, 01777), ==, 0);
	assert_refused(file, "writable by others");
	g_assert_cmpint(g_chmod(folder, 0700), ==, 0);
}

static void
test_not_a_file(void)
{
	g_autofree char *dir = path_of("dir.so");
	g_autofree char *missing = path_of("missing.so");
	g_autofree char *text = path_of("text.c");
	g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
	assert_refused(dir, "not a regular file");
	assert_refused(missing, "No such file");
	write_text("text.c", "");
	assert_refused(text, "NAME.so");
}

/* A link counts as what it points to: its folder is looked at too. */
static void
test_link(void)
{
	g_autofree char *inner = path_of("open");
	g_autofree char *built = build("linked", HEAD "ABATE_REGISTER_PLUGIN(.name = "
						      "\"linked\", " FACTS ");\n");
	g_autofree char *moved = path_of("open/linked.so");
	g_assert_cmpint(g_mkdir(inner, 0755), ==, 0);
	g_assert_cmpint(g_rename(built, moved), ==, 0);
	g_assert_cmpint(symlink(moved, built), ==, 0);
	g_autofree char *reason = NULL;
	g_assert_true(loads(built, &reason));
	g_assert_cmpint(g_chmod(inner, 0777), ==, 0);
	assert_refused(built, "writable by others");
	g_assert_cmpint(g_chmod(inner, 0755), ==, 0);
}

/* --- the folder and the configuration --- */
static void
assert_config_refused(const char *text, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_with(text);
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_null(host);
	g_assert_true(error->domain == CONFIG_ERROR);
	g_assert_nonnull(strstr(error->message, "abate.conf"));
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

#define TABLE                                                                                      \
	"static const struct abate_option options[] = {\n"                                         \
	"{ \"key\", ABATE_OPTION_STRING, 0, \"h\", 1, 0 },\n"                                      \
	"{ \"count\", ABATE_OPTION_INTEGER, \"3\", \"h\", 0, 0 },\n"                               \
	"{ \"loud\", ABATE_OPTION_BOOLEAN, \"no\", \"h\", 0, 0 }, { 0 } };\n"

static void
test_options(void)
{
	g_autofree char *inner = path_of("more");
	g_assert_cmpint(g_mkdir(inner, 0755), ==, 0);
	g_autofree char *file = build("more/opt", HEAD TABLE
		"ABATE_REGISTER_PLUGIN(.name = \"opt\", " FACTS ", .options = options);\n");
	const char *start = "[paths]\nplugins = more\n[plugin opt]\n";
	g_autoptr(GError) error = NULL;
	g_autofree char *good =
		g_strconcat(start, "key_command = cat x\ncount = 5\nloud = yes\n", NULL);
	g_autofree char *unknown = g_strconcat(start, "keys = 1\n", NULL);
	g_autofree char *number = g_strconcat(start, "count = many\n", NULL);
	g_autofree char *command = g_strconcat(start, "count_command = x\n", NULL);
	g_autofree char *two = g_strconcat(start, "key = s3cret\nkey_file = x\n", NULL);
	g_autoptr(Config) config = config_with(good);
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_no_error(error);
	g_assert_nonnull(plugin_host_find(host, "opt"));
	assert_config_refused(
		two, ":3: [plugin opt] only one of key, key_command, key_file and key_env");
	assert_config_refused(unknown, ":4: [plugin opt] has no key \"keys\"");
	assert_config_refused(number, ":4: [plugin opt] count wants a whole number");
	assert_config_refused(command, "count_command");
	assert_config_refused(
		"[plugin opd]\nkey = 1\n", ":1: [plugin opd]: there is no plugin \"opd\"");
}

/* Refused ones are listed with their reason and do not stop the rest. */
static void
test_listed(void)
{
	g_autofree char *inner = path_of("listed");
	g_assert_cmpint(g_mkdir(inner, 0755), ==, 0);
	g_autofree char *good = build("listed/good", GOOD);
	g_autofree char *bad = build("listed/bad", "int bad;\n");
	g_autofree char *twice = build("listed/ddns", HEAD "ABATE_REGISTER_PLUGIN(.name = "
							   "\"ddns\", " FACTS ");\n");
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = config_with("[paths]\nplugins = listed\n");
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);
	g_assert_no_error(error);
	g_assert_nonnull(plugin_host_find(host, "good"));
	g_assert_null(plugin_host_find(host, "bad"));
	g_assert_false(g_str_has_prefix(plugin_host_find(host, "ddns")->file, folder));
	guint refused = 0;
	for (guint i = 0; i < plugin_host_list(host)->len; i++) {
		const struct plugin *plugin = plugin_host_list(host)->pdata[i];
		refused += plugin->error != NULL;
		g_assert_true(!plugin->error || g_str_has_prefix(plugin->file, folder));
	}
	g_assert_cmpuint(refused, ==, 2);
}

static int
run(const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	int status;
	g_spawn_sync(folder, (char **)argv, NULL,
		G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
		&status, &error);
	g_assert_no_error(error);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What `plugin new` writes builds and loads as it stands, and nothing is written over. */
static void
test_new(void)
{
	write_text("abate.conf", "");
	for (enum abate_kind kind = ABATE_REGISTRAR; kind <= ABATE_NEUTRAL; kind++) {
		g_autofree char *name = g_strconcat("my-", plugin_kind_name(kind), NULL);
		const char *const make[] = { BUILD_DIR "/abate", "plugin", "new", name, "--kind",
			plugin_kind_name(kind), NULL };
		g_assert_cmpint(run(make), ==, 0);
		g_assert_cmpint(run(make), ==, 3);
		g_autofree char *source = g_strdup_printf("%s/%s/%s.c", folder, name, name);
		g_autofree char *text = NULL;
		g_assert_true(g_file_get_contents(source, &text, NULL, NULL));
		g_assert_null(strchr(text, '@'));
		g_autofree char *file = build(name, text);
		const char *const check[] = { BUILD_DIR "/abate", "plugin", "check", file, NULL };
		g_assert_cmpint(run(check), ==, 0);
		g_assert_cmpint(g_chmod(file, 0777), ==, 0);
		g_assert_cmpint(run(check), ==, 1);
	}
	const char *const bad[] = { BUILD_DIR "/abate", "plugin", "new", "../x", "--kind", "ddns",
		NULL };
	g_assert_cmpint(run(bad), ==, 2);
}

static void
test_kinds(void)
{
	enum abate_kind kind;
	g_assert_cmpstr(plugin_kind_name(ABATE_JPRS), ==, "jprs");
	g_assert_true(plugin_kind_parse("neutral", &kind));
	g_assert_cmpint(kind, ==, ABATE_NEUTRAL);
	g_assert_false(plugin_kind_parse("neutrals", &kind));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	make_folder();
	g_test_add_func("/plugin/good", test_good);
	g_test_add_func("/plugin/built-in", test_built_in);
	g_test_add_func("/plugin/version", test_version);
	g_test_add_func("/plugin/newer", test_newer);
	g_test_add_func("/plugin/facts", test_facts);
	g_test_add_func("/plugin/linking", test_linking);
	g_test_add_func("/plugin/writable", test_writable);
	g_test_add_func("/plugin/not-a-file", test_not_a_file);
	g_test_add_func("/plugin/link", test_link);
	g_test_add_func("/plugin/options", test_options);
	g_test_add_func("/plugin/listed", test_listed);
	g_test_add_func("/plugin/new", test_new);
	g_test_add_func("/plugin/kinds", test_kinds);
	int status = g_test_run();
	remove_folder();
	return status;
}
