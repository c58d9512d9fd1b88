/* Mustache: the specification's rules as data, and what a broken or hostile template meets. */
#include "compose/mustache.h"

#include <string.h>

static const struct mustache *
partial_of(const char *name, void *user, GError **error)
{
	(void)error;
	return g_hash_table_lookup(user, name);
}

static void
partial_free(void *partial)
{
	mustache_free(partial);
}

static void
run_case(gconstpointer data)
{
	const json_t *test = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) partials =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, partial_free);
	const char *name;
	json_t *text;
	json_object_foreach(json_object_get(test, "partials"), name, text)
	{
		g_hash_table_insert(partials, (char *)name,
			mustache_parse(name, json_string_value(text), -1, &error));
		g_assert_no_error(error);
	}
	g_autoptr(Mustache) template = mustache_parse(
		"test", json_string_value(json_object_get(test, "template")), -1, &error);
	g_assert_no_error(error);
	g_autofree char *got = mustache_render(template, json_object_get(test, "data"),
		MUSTACHE_HTML, partial_of, partials, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, json_string_value(json_object_get(test, "expected")));
}

static void
case_free(void *data)
{
	json_decref(data);
}

static void
add_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	json_error_t fault;
	json_t *file = json_load_file(path, 0, &fault);
	if (!file)
		g_error("%s: %s", path, fault.text);
	gsize i;
	json_t *test;
	json_array_foreach(json_object_get(file, "tests"), i, test)
	{
		g_autofree char *title = g_strdup_printf("/mustache/%.*s/%s/%s",
			(int)strcspn(name, "."), name,
			g_path_is_absolute(folder) && strstr(folder, SOURCE_DIR) ? "own" : "other",
			json_string_value(json_object_get(test, "name")));
		g_test_add_data_func_full(title, json_incref(test), run_case, case_free);
	}
	json_decref(file);
}

static void
add_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_assert_nonnull(dir);
	const char *name;
	while ((name = g_dir_read_name(dir))) {
		if (g_str_has_suffix(name, ".json") && name[0] != '~')
			add_file(folder, name);
	}
}

static void
assert_fault(const char *text, const char *start)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Mustache) template = mustache_parse("a.mustache", text, -1, &error);
	g_assert_null(template);
	g_assert_error(error, COMPOSE_ERROR, 0);
	if (!g_str_has_prefix(error->message, start))
		g_error("\"%s\" does not begin with \"%s\"", error->message, start);
}

static void
test_faults(void)
{
	assert_fault("one\ntwo {{name", "a.mustache:2:5: this tag is not closed");
	assert_fault("{{{name}}", "a.mustache:1:1: this tag is not closed");
	assert_fault("日本 {{name", "a.mustache:1:4: this tag is not closed");
	assert_fault("a\n\n  {{#list}}\nb", "a.mustache:3:3: the section \"list\" is not closed");
	assert_fault("{{#a}}{{#b}}{{/a}}", "a.mustache:1:13: the section \"b\" of line 1 must end");
	assert_fault("x{{/a}}", "a.mustache:1:2: no section is open");
	assert_fault("{{}}", "a.mustache:1:1: this is no name");
	assert_fault("{{a b}}", "a.mustache:1:1: this is no name");
	assert_fault("{{a..b}}", "a.mustache:1:1: this is no name");
	assert_fault("{{=<%=}}", "a.mustache:1:1: delimiters are set");
	assert_fault("{{=a b c=}}", "a.mustache:1:1: delimiters are set");
	assert_fault("\xff\xfe", "a.mustache: the template is no UTF-8");
}

static void
test_nesting(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < 10000; i++)
		g_string_append(text, "{{#a}}");
	assert_fault(text->str, "a.mustache:1:385: sections are nested too deep");
}

static char *
render(const char *text, const char *json, GError **error)
{
	g_autoptr(Mustache) template = mustache_parse("a.mustache", text, -1, error);
	g_assert_nonnull(template);
	json_t *values = json_loads(json, 0, NULL);
	g_assert_nonnull(values);
	char *got = mustache_render(template, values, MUSTACHE_TEXT, NULL, NULL, error);
	json_decref(values);
	return got;
}

static void
test_values_are_never_run(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = render("{{a}}|{{{a}}}|{{#a}}{{.}}{{/a}}",
		"{\"a\": \"{{secret}}{{>/etc/passwd}}{{=<% %>=}}\", \"secret\": \"s\"}", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==,
		"{{secret}}{{>/etc/passwd}}{{=<% %>=}}|{{secret}}{{>/etc/passwd}}{{=<% %>=}}|"
		"{{secret}}{{>/etc/passwd}}{{=<% %>=}}");
}

static void
test_text_escape(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got =
		render("{{a}}", "{\"a\": \"<&\\u001b[31m\\r\\n\\tx\\u007f\\u0007日本\"}", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, "<&[31m\n\tx日本");
}

static void
test_empty_text_is_false(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = render("{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\": \"\"}", &error);
	g_assert_cmpstr(got, ==, "no");
}

static const struct mustache *
partial_self(const char *name, void *user, GError **error)
{
	if (g_str_equal(name, "self"))
		return *(struct mustache **)user;
	g_set_error(error, COMPOSE_ERROR, 0, "there is no template \"%s\"", name);
	return NULL;
}

static void
test_partial_faults(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Mustache) template = mustache_parse("a.mustache", "\n {{>self}}", -1, &error);
	g_assert_null(
		mustache_render(template, NULL, MUSTACHE_TEXT, partial_self, &template, &error));
	g_assert_cmpstr(
		error->message, ==, "a.mustache:2:2: partials are nested too deep at \"self\"");
	g_clear_error(&error);
	g_autoptr(Mustache) other = mustache_parse("b.mustache", "{{>gone}}", -1, &error);
	g_assert_null(mustache_render(other, NULL, MUSTACHE_TEXT, partial_self, &other, &error));
	g_assert_cmpstr(error->message, ==, "b.mustache:1:1: there is no template \"gone\"");
}

static void
test_output_is_bounded(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new("{\"a\": [0");
	for (int i = 0; i < 300; i++)
		g_string_append(json, ",0");
	g_string_append(json, "]}");
	g_string_append(text, "{{#a}}{{#a}}{{#a}}");
	for (int i = 0; i < 100; i++)
		g_string_append(text, "0123456789");
	g_string_append(text, "{{/a}}{{/a}}{{/a}}");
	g_autoptr(GError) error = NULL;
	g_assert_null(render(text->str, json->str, &error));
	g_assert_nonnull(strstr(error->message, "16 MiB"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_folder(SOURCE_DIR "/tests/data/mustache");
	if (g_getenv("MUSTACHE_SPEC"))
		add_folder(g_getenv("MUSTACHE_SPEC"));
	g_test_add_func("/mustache/faults", test_faults);
	g_test_add_func("/mustache/nesting", test_nesting);
	g_test_add_func("/mustache/values-are-never-run", test_values_are_never_run);
	g_test_add_func("/mustache/text-escape", test_text_escape);
	g_test_add_func("/mustache/empty-text-is-false", test_empty_text_is_false);
	g_test_add_func("/mustache/partial-faults", test_partial_faults);
	g_test_add_func("/mustache/output-is-bounded", test_output_is_bounded);
	return g_test_run();
}
