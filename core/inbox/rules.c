#include "inbox/rules.h"

#include <string.h>

#include "inbox/flow.h"
#include "inbox/rules-inner.h"

void
rules_look(const struct rules *rules, const char *text, struct look *look)
{
	/* Regular expressions are run without a check of their own. */
	look->text = text && g_utf8_validate(text, -1, NULL) ? text : NULL;
	if (look->text)
		words_find(rules->words, text, &look->found);
}

static gboolean
takes_back(const struct matcher *doubt, const char *sentence, gsize length)
{
	return doubt && matcher_fits_part(doubt, sentence, length);
}

static gboolean
sentence_says(const struct rule *rule, const char *sentence, gsize length)
{
	gssize end = matcher_end(rule->matcher, sentence, length);

	return end >= 0 && !takes_back(rule->unless, sentence, (gsize)end) &&
	       !takes_back(rule->unless_any, sentence, length);
}

static gboolean
says(const struct rule *rule, const struct look *look)
{
	gsize length;

	if (!rule->unless && !rule->unless_any)
		return matcher_fits(rule->matcher, look);
	if (!matcher_may_fit(rule->matcher, look))
		return FALSE;
	for (const char *at = look->text; (length = flow_sentence(at)) > 0; at += length)
		if (sentence_says(rule, at, length))
			return TRUE;
	return FALSE;
}

static gboolean
fits(const struct rule *rule, const struct look *subject, const struct look *text, gboolean is_auto)
{
	if (rule->when && strcmp(rule->when, is_auto ? "auto" : "person") != 0)
		return FALSE;
	if (strcmp(rule->in, "text") != 0 && says(rule, subject))
		return TRUE;
	return strcmp(rule->in, "subject") != 0 && says(rule, text);
}

const struct rule *
rules_match(const struct rules *rules, const struct look *subject, const struct look *text,
	gboolean is_auto)
{
	for (guint i = 0; i < rules->rules->len; i++) {
		const struct rule *rule = g_ptr_array_index(rules->rules, i);

		if (fits(rule, subject, text, is_auto))
			return rule;
	}
	return NULL;
}

gboolean
rules_see(const struct rules *rules, const char *set, const struct look *look)
{
	const GPtrArray *matchers = g_hash_table_lookup(rules->sets, set);

	for (guint i = 0; matchers && i < matchers->len; i++)
		if (matcher_fits(g_ptr_array_index(matchers, i), look))
			return TRUE;
	return FALSE;
}

char *
rules_pick(const struct rules *rules, const char *set, const struct look *look)
{
	const GPtrArray *matchers = g_hash_table_lookup(rules->sets, set);

	for (guint i = 0; matchers && i < matchers->len; i++) {
		char *found = matcher_find(g_ptr_array_index(matchers, i), look);

		if (found)
			return found;
	}
	return NULL;
}

gssize
rules_where(const struct rules *rules, const char *set, const struct look *look)
{
	const GPtrArray *matchers = g_hash_table_lookup(rules->sets, set);
	gssize first = -1;

	for (guint i = 0; matchers && i < matchers->len; i++) {
		gssize at = matcher_where(g_ptr_array_index(matchers, i), look);

		if (at >= 0 && (first < 0 || at < first))
			first = at;
	}
	return first;
}

gboolean
rules_has(const struct rules *rules, const char *set, const char *text)
{
	struct look look;

	rules_look(rules, text, &look);
	return rules_see(rules, set, &look);
}

char *
rules_find(const struct rules *rules, const char *set, const char *text)
{
	struct look look;

	rules_look(rules, text, &look);
	return rules_pick(rules, set, &look);
}

const char *
rules_reason(const struct rules *rules, const struct look *look, gboolean before_status)
{
	for (guint i = 0; i < rules->reasons->len; i++) {
		const struct rule *rule = g_ptr_array_index(rules->reasons, i);

		if ((rule->before_status || !before_status) && matcher_fits(rule->matcher, look))
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
