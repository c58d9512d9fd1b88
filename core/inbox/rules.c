#include "inbox/rules.h"

#include <jansson.h>
#include <string.h>

#include "base/config.h"
#include "base/paths.h"
#include "inbox/pattern.h"

struct rules {
	GPtrArray *rules;	    /* of struct rule * */
	GHashTable *sets;	    /* name -> GPtrArray of GRegex * */
	GPtrArray *reasons;	    /* of struct rule *, class being the reason */
	GHashTable *status_reasons; /* "sure 1.1" -> reason */
};

static void
rule_free(void *data)
{
	struct rule *rule = data;

	g_free(rule->name);
	g_free(rule->class);
	g_free(rule->in);
	g_free(rule->when);
	if (rule->regex)
		g_regex_unref(rule->regex);
	g_free(rule);
}

void
rules_free(struct rules *rules)
{
	if (!rules)
		return;
	g_ptr_array_unref(rules->rules);
	g_hash_table_unref(rules->sets);
	g_ptr_array_unref(rules->reasons);
	g_hash_table_unref(rules->status_reasons);
	g_free(rules);
}

static GRegex *
compile(const char *pattern, GError **error)
{
	return pattern_compile(
		pattern ? pattern : "(", G_REGEX_CASELESS | G_REGEX_MULTILINE, error);
}

static gboolean
read_rule(struct rules *rules, const json_t *object, GError **error)
{
	struct rule *rule = g_new0(struct rule, 1);
	const char *in = json_string_value(json_object_get(object, "in"));

	g_ptr_array_add(rules->rules, rule);
	rule->name = g_strdup(json_string_value(json_object_get(object, "name")));
	rule->class = g_strdup(json_string_value(json_object_get(object, "class")));
	rule->when = g_strdup(json_string_value(json_object_get(object, "when")));
	rule->in = g_strdup(in ? in : "any");
	rule->regex = compile(json_string_value(json_object_get(object, "pattern")), error);
	if (!rule->regex)
		g_prefix_error(error, "rule \"%s\": ", rule->name ? rule->name : "?");
	else if (!rule->name || !rule->class)
		g_set_error(error, CONFIG_ERROR, 0, "a rule needs a name and a class");
	return rule->regex && rule->name && rule->class;
}

static gboolean
read_set(struct rules *rules, const char *name, const json_t *array, GError **error)
{
	GPtrArray *set = g_ptr_array_new_with_free_func(pattern_unref);
	const json_t *value;
	size_t i;

	g_hash_table_insert(rules->sets, g_strdup(name), set);
	json_array_foreach(array, i, value)
	{
		GRegex *regex = compile(json_string_value(value), error);
		if (!regex) {
			g_prefix_error(error, "set \"%s\": ", name);
			return FALSE;
		}
		g_ptr_array_add(set, regex);
	}
	return TRUE;
}

static gboolean
read_reason(struct rules *rules, const json_t *object, GError **error)
{
	struct rule *rule = g_new0(struct rule, 1);

	g_ptr_array_add(rules->reasons, rule);
	rule->class = g_strdup(json_string_value(json_object_get(object, "reason")));
	rule->regex = compile(json_string_value(json_object_get(object, "pattern")), error);
	if (!rule->regex)
		g_prefix_error(error, "reason \"%s\": ", rule->class ? rule->class : "?");
	else if (!rule->class)
		g_set_error(error, CONFIG_ERROR, 0, "a pattern of \"reasons\" needs its reason");
	return rule->regex && rule->class;
}

static void
read_status_reasons(struct rules *rules, json_t *root)
{
	json_t *table, *value;
	const char *kind, *code;

	json_object_foreach(root, kind, table) json_object_foreach(table, code, value)
		g_hash_table_insert(rules->status_reasons, g_strdup_printf("%s %s", kind, code),
			g_strdup(json_string_value(value)));
}

static gboolean
read_all(struct rules *rules, json_t *root, GError **error)
{
	const json_t *value;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(root, "rules"), i,
		value) if (!read_rule(rules, value, error)) return FALSE;
	json_object_foreach(json_object_get(root, "sets"), name,
		value) if (!read_set(rules, name, value, error)) return FALSE;
	json_array_foreach(json_object_get(root, "reasons"), i,
		value) if (!read_reason(rules, value, error)) return FALSE;
	read_status_reasons(rules, json_object_get(root, "status_reasons"));
	return TRUE;
}

static void
array_unref(void *array)
{
	g_ptr_array_unref(array);
}

struct rules *
rules_load(const char *path, GError **error)
{
	g_autofree char *own = g_build_filename(paths_data(), "reply-rules.json", NULL);
	g_autoptr(Rules) rules = g_new0(struct rules, 1);
	json_error_t fault;
	json_t *root = json_load_file(path ? path : own, 0, &fault);
	gboolean ok = FALSE;

	rules->rules = g_ptr_array_new_with_free_func(rule_free);
	rules->sets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
	rules->reasons = g_ptr_array_new_with_free_func(rule_free);
	rules->status_reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!root)
		g_set_error(error, CONFIG_ERROR, 0, "line %d: %s", fault.line, fault.text);
	else
		ok = read_all(rules, root, error);
	json_decref(root);
	if (ok)
		return g_steal_pointer(&rules);
	g_prefix_error(error, "%s: ", path ? path : own);
	/* Whatever the fault was, it is one of the configuration. */
	if (error && *error)
		(*error)->domain = CONFIG_ERROR;
	return NULL;
}

static gboolean
fits(const struct rule *rule, const char *subject, const char *text, gboolean is_auto)
{
	if (rule->when && strcmp(rule->when, is_auto ? "auto" : "person") != 0)
		return FALSE;
	if (strcmp(rule->in, "text") != 0 && g_regex_match(rule->regex, subject, 0, NULL))
		return TRUE;
	return strcmp(rule->in, "subject") != 0 && g_regex_match(rule->regex, text, 0, NULL);
}

const struct rule *
rules_match(const struct rules *rules, const char *subject, const char *text, gboolean is_auto)
{
	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = g_ptr_array_index(rules->rules, i);

		if (fits(rule, subject, text, is_auto))
			return rule;
	}
	return NULL;
}

gboolean
rules_has(const struct rules *rules, const char *set, const char *text)
{
	const GPtrArray *patterns = g_hash_table_lookup(rules->sets, set);

	for (guint i = 0; text && patterns && i < patterns->len; i++)
		if (g_regex_match(g_ptr_array_index(patterns, i), text, 0, NULL))
			return TRUE;
	return FALSE;
}

char *
rules_find(const struct rules *rules, const char *set, const char *text)
{
	const GPtrArray *patterns = g_hash_table_lookup(rules->sets, set);

	for (guint i = 0; text && patterns && i < patterns->len; i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (g_regex_match(g_ptr_array_index(patterns, i), text, 0, &match))
			return g_match_info_fetch(match, 1);
	}
	return NULL;
}

const char *
rules_reason(const struct rules *rules, const char *text)
{
	for (guint i = 0; text && i < rules->reasons->len; i++) {
		const struct rule *rule = g_ptr_array_index(rules->reasons, i);

		if (g_regex_match(rule->regex, text, 0, NULL))
			return rule->class;
	}
	return NULL;
}

const char *
rules_status_reason(const struct rules *rules, const char *table, const char *status)
{
	const char *dot = status ? strchr(status, '.') : NULL;
	g_autofree char *key = g_strdup_printf("%s %s", table, dot ? dot + 1 : "");

	return dot ? g_hash_table_lookup(rules->status_reasons, key) : NULL;
}
