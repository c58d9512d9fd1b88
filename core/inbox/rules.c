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
		words_find(rules->words, text, strlen(text), &look->found);
}

/* A sentence of a text that was looked at. */
struct sentence {
	struct look look; /* its text goes on behind it */
	gsize length;
};

/* A text that rules ask, and its sentences as soon as one asks for them. */
struct asked {
	const struct rules *rules;
	const struct look *look;
	GArray *sentences; /* of struct sentence; NULL: not yet */
};

static const GArray *
sentences_of(struct asked *asked)
{
	struct sentence sentence;

	if (asked->sentences)
		return asked->sentences;
	asked->sentences = g_array_new(FALSE, FALSE, sizeof sentence);
	for (const char *at = asked->look->text; (sentence.length = flow_sentence(at)) > 0;
		at += sentence.length) {
		sentence.look.text = at;
		words_find(asked->rules->words, at, sentence.length, &sentence.look.found);
		g_array_append_val(asked->sentences, sentence);
	}
	return asked->sentences;
}

static gboolean
takes_back(const struct matcher *doubt, const struct sentence *sentence, gsize length)
{
	return doubt && matcher_may_fit(doubt, &sentence->look) &&
	       matcher_fits_part(doubt, sentence->look.text, length);
}

static gboolean
sentence_says(const struct rule *rule, const struct sentence *sentence)
{
	gssize end = matcher_may_fit(rule->matcher, &sentence->look)
			     ? matcher_end(rule->matcher, sentence->look.text, sentence->length)
			     : -1;

	return end >= 0 && !takes_back(rule->unless, sentence, (gsize)end) &&
	       !takes_back(rule->unless_any, sentence, sentence->length);
}

static gboolean
says(const struct rule *rule, struct asked *asked)
{
	const GArray *sentences;

	if (!rule->unless && !rule->unless_any)
		return matcher_fits(rule->matcher, asked->look);
	if (!matcher_may_fit(rule->matcher, asked->look))
		return FALSE;
	sentences = sentences_of(asked);
	for (guint i = 0; i < sentences->len; i++)
		if (sentence_says(rule, &g_array_index(sentences, struct sentence, i)))
			return TRUE;
	return FALSE;
}

static gboolean
fits(const struct rule *rule, struct asked *subject, struct asked *text, gboolean is_auto)
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
	struct asked asked[] = { { rules, subject, NULL }, { rules, text, NULL } };
	const struct rule *found = NULL;

	for (guint i = 0; i < rules->rules->len && !found; i++) {
		const struct rule *rule = g_ptr_array_index(rules->rules, i);

		if (fits(rule, &asked[0], &asked[1], is_auto))
			found = rule;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(asked); i++)
		g_clear_pointer(&asked[i].sentences, g_array_unref);
	return found;
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
