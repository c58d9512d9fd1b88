/*
 * Golden files: plugins/<name>/tests/<case>.json goes through the real host into the built plugin,
 * what comes out must equal <case>.expected.json. GOLDEN_UPDATE=1 writes the expected files.
 */
#include "plugin/call.h"

#include "model/indicator.h"

#include "test-plugin.h"

#include <jansson.h>
#include <string.h>

static const char *
text_at(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void
free_indicator(void *indicator)
{
	indicator_free(indicator);
}

static void
put(json_t *object, const char *name, const char *value)
{
	if (value)
		json_object_set_new(object, name, json_string(value));
}

/* Stands in for the templates: tells which one was asked for. */
static char *
render(const struct plugin_target *target G_GNUC_UNUSED, const char *name,
	GHashTable *extra G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
	return g_strdup_printf("template %s", name);
}

static char *
xarf(const struct plugin_target *target G_GNUC_UNUSED, gsize i, GError **error G_GNUC_UNUSED)
{
	return g_strdup_printf("{\"xarf_version\":\"4.0.0\",\"number\":%u}", (guint)i);
}

static struct config *
make_config(const char *plugin, const json_t *options)
{
	GString *text = g_string_new("[reporter]\nname = Hanako Yamada\nemail = me@csirt.example\n"
				     "organisation = Example CSIRT\n");
	const char *key;
	json_t *value;

	g_string_append_printf(text, "[plugin %s]\n", plugin);
	json_object_foreach((json_t *)options, key, value)
		g_string_append_printf(text, "%s = %s\n", key, json_string_value(value));
	g_autofree char *all = g_string_free(text, FALSE);

	return config_with(all);
}

static void
add_indicators(struct plugin_target *target, const json_t *list)
{
	target->indicators = g_ptr_array_new_with_free_func(free_indicator);
	for (gsize i = 0; i < json_array_size(list); i++) {
		const json_t *from = json_array_get(list, i);
		struct indicator *indicator = indicator_new();

		g_assert_true(indicator_type_parse(text_at(from, "type"), &indicator->type));
		indicator->value = g_strdup(text_at(from, "value"));
		indicator->host = g_strdup(text_at(from, "host"));
		indicator->domain = g_strdup(text_at(from, "domain"));
		g_ptr_array_add(target->indicators, indicator);
	}
}

static void
fill_report(struct report *report, const char *plugin, const json_t *from)
{
	report->provider = g_strdup(plugin);
	report->kind = g_strdup(text_at(from, "kind"));
	report->to = g_strdup(text_at(from, "to") ? text_at(from, "to") : plugin);
	const char *channel = text_at(from, "channel");

	report->channel = CHANNEL_HTTP;
	g_assert_true(!channel || channel_parse(channel, &report->channel));
	report->follow_up_of = json_integer_value(json_object_get(from, "follow_up"));
	report->reference = g_strdup("abcdefgh23456777");
	report->ticket = g_strdup(text_at(from, "ticket"));
}

static void
fill_answer(struct plugin_target *target, const json_t *answer)
{
	const char *key;
	json_t *value;

	target->answer_headers = g_hash_table_new(g_str_hash, g_str_equal);
	target->answer_status = (int)json_integer_value(json_object_get(answer, "status"));
	target->answer_body = text_at(answer, "body");
	target->answer_state = text_at(answer, "state");
	json_object_foreach(json_object_get(answer, "headers"), key, value) g_hash_table_insert(
		target->answer_headers, (char *)key, (char *)json_string_value(value));
}

static void
put_mails(json_t *all, const struct plugin_result *result)
{
	for (guint i = 0; i < result->mails->len; i++) {
		const struct plugin_mail *mail = result->mails->pdata[i];
		json_t *shown = json_object();

		put(shown, "to", mail->to);
		put(shown, "subject", mail->subject);
		put(shown, "text", mail->text);
		json_object_set_new(shown, "attach_xarf", json_boolean(mail->attach_xarf));
		json_object_set_new(shown, "attach_evidence", json_boolean(mail->attach_evidence));
		json_object_set_new(all, "mail", shown);
	}
}

static void
put_packets(json_t *all, const struct plugin_result *result)
{
	for (guint i = 0; i < result->packets->len; i++) {
		const struct plugin_packet *packet = result->packets->pdata[i];
		json_t *shown = json_object();
		json_t *fields = json_array();

		put(shown, "url", packet->url);
		put(shown, "title", packet->title);
		put(shown, "instructions", packet->instructions);
		for (guint j = 0; j < packet->labels->len; j++)
			json_array_append_new(fields, json_pack("[ss]", packet->labels->pdata[j],
							      packet->values->pdata[j]));
		json_object_set_new(shown, "fields", fields);
		json_object_set_new(
			shown, "attach_evidence", json_boolean(packet->attach_evidence));
		json_object_set_new(all, "packet", shown);
	}
}

static json_t *
result_json(const struct plugin_result *result)
{
	static const char *const outcomes[] = { "accepted", "refused", "deferred", "in_doubt" };
	static const char *const classes[] = { "unclassified", "acknowledgement", "bounce", "delay",
		"vacation", "question", "refusal", "wrong_channel", "actioned", "human" };
	json_t *all = json_object();

	for (guint i = 0; i < result->requests->len; i++) {
		g_autofree char *text = plugin_request_to_json(result->requests->pdata[i]);

		json_object_set_new(all, "request", json_loads(text, 0, NULL));
	}
	put_mails(all, result);
	put_packets(all, result);
	for (guint i = 0; i < result->missing->len; i++) {
		const struct plugin_missing *missing = result->missing->pdata[i];

		json_object_set_new(all, missing->what,
			json_string(missing->gravity == ABATE_NEEDED ? "needed" : "advice"));
	}
	put(all, "next_state", result->next_state);
	if (!result->has_verdict)
		return all;
	put(all, "outcome", outcomes[result->outcome]);
	put(all, "class", classes[result->reply_class]);
	put(all, "ticket", result->ticket);
	put(all, "status", result->status);
	put(all, "diagnostic", result->diagnostic);
	json_object_set_new(all, "retry_after_s", json_integer(result->retry_after_s));
	json_object_set_new(all, "final", json_boolean(result->final));
	return all;
}

static enum plugin_callback
callback_of(const json_t *input)
{
	const char *const names[] = { "check", "compose", "answer", "poll" };
	const char *wanted = text_at(input, "call");

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_strcmp0(names[i], wanted) == 0)
			return (enum plugin_callback)i;
	g_assert_not_reached();
}

static void
compare(json_t *result, const char *file)
{
	g_autofree char *base = g_strndup(file, strlen(file) - strlen(".json"));
	g_autofree char *expected_file = g_strconcat(base, ".expected.json", NULL);

	if (g_getenv("GOLDEN_UPDATE"))
		json_dump_file(result, expected_file, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_t *expected = json_load_file(expected_file, 0, NULL);

	if (!json_equal(result, expected)) {
		char *text = json_dumps(result, JSON_INDENT(1) | JSON_SORT_KEYS);

		g_test_message("%s: came out as %s", file, text);
		free(text);
		g_test_fail();
	}
	json_decref(expected);
}

static void
run(const char *plugin, const json_t *input, const char *file)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = make_config(plugin, json_object_get(input, "options"));
	g_autoptr(PluginHost) host = plugin_host_new(config, &error);

	g_assert_no_error(error);
	g_autoptr(AbuseCase) abuse_case = abuse_case_new();
	g_autoptr(Report) report = report_new();
	const json_t *of_case = json_object_get(input, "case");
	struct plugin_target target = { .abuse_case = abuse_case,
		.report = report,
		.config = config,
		.render = render,
		.xarf = xarf };

	abuse_case->title = g_strdup("A golden case");
	abuse_case->type = g_strdup(of_case ? text_at(of_case, "type") : "phishing");
	abuse_case->description = g_strdup(text_at(of_case, "description"));
	abuse_case->nature = NATURE_MALICIOUS;
	if (text_at(of_case, "nature"))
		g_assert_true(nature_parse(text_at(of_case, "nature"), &abuse_case->nature));
	fill_report(report, plugin, json_object_get(input, "report"));
	add_indicators(&target, json_object_get(input, "indicators"));
	fill_answer(&target, json_object_get(input, "answer"));
	target.plugin = plugin_best(host, &target);
	g_assert_nonnull(target.plugin);
	g_assert_cmpstr(target.plugin->name, ==, plugin);
	g_autoptr(PluginResult) result = plugin_call(&target, callback_of(input), &error);

	g_assert_no_error(error);
	json_t *shown = result_json(result);

	compare(shown, file);
	json_decref(shown);
	g_ptr_array_unref(target.indicators);
	g_hash_table_unref(target.answer_headers);
}

static void
test_golden(gconstpointer data)
{
	const char *file = data;
	g_autofree char *tests = g_path_get_dirname(file);
	g_autofree char *plugin_folder = g_path_get_dirname(tests);
	g_autofree char *plugin = g_path_get_basename(plugin_folder);
	json_error_t fault;
	json_t *input = json_load_file(file, 0, &fault);

	if (!input)
		g_error("%s:%d: %s", file, fault.line, fault.text);
	run(plugin, input, file);
	json_decref(input);
}

static void
add_folder(const char *plugin)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR, "plugins", plugin, "tests", NULL);
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *name;

	while (entries && (name = g_dir_read_name(entries))) {
		if (!g_str_has_suffix(name, ".json") || g_str_has_suffix(name, ".expected.json"))
			continue;
		char *file = g_build_filename(path, name, NULL);
		g_autofree char *test = g_strdup_printf("/golden/%s/%s", plugin, name);

		g_test_add_data_func_full(test, file, test_golden, g_free);
	}
}

int
main(int argc, char **argv)
{
	g_autofree char *path = g_build_filename(SOURCE_DIR, "plugins", NULL);
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *name;

	g_test_init(&argc, &argv, NULL);
	make_folder();
	while (entries && (name = g_dir_read_name(entries)))
		add_folder(name);
	int status = g_test_run();

	remove_folder();
	return status;
}
