#include <jansson.h>

#include "base/config.h"
#include "base/paths.h"
#include "inbox/rules-inner.h"

static void
rule_free(void *data)
{
	struct rule *rule = data;

	g_free(rule->name);
	g_free(rule->class);
	g_free(rule->in);
	g_free(rule->when);
	matcher_free(rule->matcher);
	g_free(rule);
}

static void
array_unref(void *array)
{
	g_ptr_array_unref(array);
}

static struct rules *
rules_new(void)
{
	struct rules *rules = g_new0(struct rules, 1);

	rules->words = words_new();
	rules->rules = g_ptr_array_new_with_free_func(rule_free);
	rules->reasons = g_ptr_array_new_with_free_func(rule_free);
	rules->unless = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, matcher_free);
	rules->sets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
	rules->status_reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return rules;
}

void
rules_free(struct rules *rules)
{
	if (!rules)
		return;
	g_ptr_array_unref(rules->rules);
	g_ptr_array_unref(rules->reasons);
	g_hash_table_unref(rules->unless);
	g_hash_table_unref(rules->sets);
	g_hash_table_unref(rules->status_reasons);
	words_free(rules->words);
	g_free(rules);
}

static char *
string_of(const json_t *object, const char *key)
{
	return g_strdup(json_string_value(json_object_get(object, key)));
}

/* Makes the patterns of the set that a rule names one, once for all rules that do: every sentence
 * that the rule fits is asked. */
static gboolean
read_unless(struct rules *rules, const json_t *rule, const char *key, const json_t *sets,
	GError **error)
{
	const char *name = json_string_value(json_object_get(rule, key));
	const json_t *set = name ? json_object_get(sets, name) : NULL;
	g_autoptr(GString) all = g_string_new(NULL);
	struct matcher *unless;
	const json_t *value;
	size_t i;

	if (!name || g_hash_table_contains(rules->unless, name))
		return TRUE;
	if (!json_is_array(set)) {
		g_set_error(error, CONFIG_ERROR, 0, "%s: there is no set \"%s\"", key, name);
		return FALSE;
	}
	json_array_foreach(set, i, value)
	{
		g_string_append_printf(all, "%s(?:%s)", i > 0 ? "|" : "", json_string_value(value));
	}
	unless = matcher_new(all->str, rules->words, error);
	if (unless)
		g_hash_table_insert(rules->unless, g_strdup(name), unless);
	return unless != NULL;
}

static gboolean
add_rule(struct rules *rules, const json_t *object, const char *pattern, GError **error)
{
	struct rule *rule = g_new0(struct rule, 1);
	const char *unless = json_string_value(json_object_get(object, "unless"));
	const char *unless_any = json_string_value(json_object_get(object, "unless_any"));

	g_ptr_array_add(rules->rules, rule);
	rule->name = string_of(object, "name");
	rule->class = string_of(object, "class");
	rule->when = string_of(object, "when");
	rule->in = string_of(object, "in");
	if (!rule->in)
		rule->in = g_strdup("any");
	rule->unless = unless ? g_hash_table_lookup(rules->unless, unless) : NULL;
	rule->unless_any = unless_any ? g_hash_table_lookup(rules->unless, unless_any) : NULL;
	rule->matcher = matcher_new(pattern, rules->words, error);
	return rule->matcher != NULL;
}

static gboolean
read_rule(struct rules *rules, const json_t *object, const json_t *sets, GError **error)
{
	const char *name = json_string_value(json_object_get(object, "name"));
	gboolean ok = name && json_string_value(json_object_get(object, "class"));
	const json_t *value;
	size_t i;

	if (!ok)
		g_set_error(error, CONFIG_ERROR, 0, "a rule needs a name and a class");
	ok = ok && read_unless(rules, object, "unless", sets, error) &&
	     read_unless(rules, object, "unless_any", sets, error);
	json_array_foreach(json_object_get(object, "patterns"), i, value)
	{
		ok = ok && add_rule(rules, object, json_string_value(value), error);
	}
	if (!ok)
		g_prefix_error(error, "rule \"%s\": ", name ? name : "?");
	return ok;
}

/* As with rules. */
static gboolean
read_reason(struct rules *rules, const json_t *object, GError **error)
{
	gboolean before_status = json_is_true(json_object_get(object, "before_status"));
	const json_t *value;
	size_t i;

	json_array_foreach(json_object_get(object, "patterns"), i, value)
	{
		struct rule *rule = g_new0(struct rule, 1);

		g_ptr_array_add(rules->reasons, rule);
		rule->class = string_of(object, "reason");
		rule->before_status = before_status;
		rule->matcher = matcher_new(json_string_value(value), rules->words, error);
		if (!rule->matcher)
			g_prefix_error(error, "reason \"%s\": ", rule->class ? rule->class : "?");
		else if (!rule->class)
			g_set_error(error, CONFIG_ERROR, 0, "patterns need their reason");
		if (!rule->matcher || !rule->class)
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_set(struct rules *rules, const char *name, const json_t *array, GError **error)
{
	GPtrArray *set = g_ptr_array_new_with_free_func(matcher_free);
	const json_t *value;
	size_t i;

	g_hash_table_insert(rules->sets, g_strdup(name), set);
	json_array_foreach(array, i, value)
	{
		struct matcher *matcher =
			matcher_new(json_string_value(value), rules->words, error);
		if (!matcher) {
			g_prefix_error(error, "set \"%s\": ", name);
			return FALSE;
		}
		g_ptr_array_add(set, matcher);
	}
	return TRUE;
}

static void
read_status_reasons(struct rules *rules, json_t *root)
{
	json_t *table, *value;
	const char *kind, *code;

	json_object_foreach(root, kind, table)
	{
		json_object_foreach(table, code, value)
		{
			g_hash_table_insert(rules->status_reasons,
				g_strdup_printf("%s %s", kind, code),
				g_strdup(json_string_value(value)));
		}
	}
}

static gboolean
read_all(struct rules *rules, json_t *root, GError **error)
{
	json_t *value;
	const char *name;
	size_t i;

	json_array_foreach(json_object_get(root, "rules"), i, value)
	{
		if (!read_rule(rules, value, json_object_get(root, "sets"), error))
			return FALSE;
	}
	json_array_foreach(json_object_get(root, "reasons"), i, value)
	{
		if (!read_reason(rules, value, error))
			return FALSE;
	}
	json_object_foreach(json_object_get(root, "sets"), name, value)
	{
		if (!read_set(rules, name, value, error))
			return FALSE;
	}
	read_status_reasons(rules, json_object_get(root, "status_reasons"));
	return TRUE;
}

struct rules *
rules_load(const char *path, GError **error)
{
	g_autofree char *own = g_build_filename(paths_data(), "reply-rules.json", NULL);
	g_autoptr(Rules) rules = rules_new();
	json_error_t fault;
	json_t *root = json_load_file(path ? path : own, 0, &fault);
	gboolean ok = FALSE;

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
