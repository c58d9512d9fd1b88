/* include/abate/plugin.h stands alone: as strict C11 and as C++, with nothing included before it,
 * and a plugin of a few lines compiles against it in both. */
#include <glib.h>
#include <glib/gstdio.h>

#define PLUGIN                                                                                     \
	"#include <abate/plugin.h>\n"                                                              \
	"static enum abate_fit match(struct abate_context *c)\n"                                   \
	"{ (void)c; return ABATE_FIT_NONE; }\n"                                                    \
	"static int compose(struct abate_context *c) { return c ? 0 : -1; }\n"
/* C++ wants the members in their order. */
#define REGISTERED                                                                                 \
	PLUGIN "ABATE_REGISTER_PLUGIN(.name = \"tiny\", .summary = \"s\", .version = \"1\", "      \
	       ".kind = ABATE_HOSTING, .capabilities = ABATE_CAN_MAIL, .options = NULL, "          \
	       ".match = match, .check = NULL, .compose = compose, .answer = NULL, "               \
	       ".poll = NULL);\n"

static gboolean
has_program(const char *name)
{
	g_autofree char *path = g_find_program_in_path(name);

	return path != NULL;
}

/* Whether the text compiles, with every warning an error. */
static gboolean
compiles(const char *compiler, const char *standard, const char *ending, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("abate-header-XXXXXX", &error);
	g_assert_no_error(error);
	g_autofree char *file = g_strconcat(folder, "/plugin", ending, NULL);
	g_autofree char *include = g_strconcat("-I", SOURCE_DIR, "/include", NULL);
	g_autofree char *words = NULL;
	const char *argv[] = { compiler, standard, "-pedantic-errors", "-Wall", "-Wextra",
		"-Wconversion", "-Werror", "-fsyntax-only", include, file, NULL };
	int status = -1;

	g_file_set_contents(file, text, -1, &error);
	g_assert_no_error(error);
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &words,
		&status, &error);
	g_assert_no_error(error);
	g_unlink(file);
	g_rmdir(folder);
	if (status != 0)
		g_test_message("%s %s: %s", compiler, standard, words);
	return status == 0;
}

static void
test_c(void)
{
	g_assert_true(compiles("gcc", "-std=c11", ".c", "#include <abate/plugin.h>\nint x;\n"));
	g_assert_true(compiles("gcc", "-std=c11", ".c", REGISTERED));
	/* The test can fail: a member that does not exist. */
	g_assert_false(compiles("gcc", "-std=c11", ".c",
		PLUGIN "ABATE_REGISTER_PLUGIN(.name = \"tiny\", .nothing = match);\n"));
}

static void
test_cpp(void)
{
	if (!has_program("g++")) {
		g_test_skip("no g++");
		return;
	}
	g_assert_true(compiles("g++", "-std=c++11", ".cpp", "#include <abate/plugin.h>\nint x;\n"));
	g_assert_true(compiles("g++", "-std=c++20", ".cpp", REGISTERED));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plugin-header/c", test_c);
	g_test_add_func("/plugin-header/c++", test_cpp);
	return g_test_run();
}
