#include "inbox/matcher.h"

#include "inbox/pattern.h"
#include "inbox/required.h"

/* The words' numbers; NULL when there are none or too many. */
static GArray *
enter_words(const GPtrArray *required, struct words *words)
{
	GArray *needed = required ? g_array_new(FALSE, FALSE, sizeof(guint)) : NULL;

	for (guint i = 0; required && i < required->len; i++) {
		guint number = words_add(words, g_ptr_array_index(required, i));

		if (number == WORDS_MAX_COUNT) {
			g_array_unref(needed);
			return NULL;
		}
		g_array_append_val(needed, number);
	}
	return needed;
}

struct matcher *
matcher_new(const char *pattern, struct words *words, GError **error)
{
	GRegex *regex = pattern_compile(
		pattern ? pattern : "(", G_REGEX_CASELESS | G_REGEX_MULTILINE, error);
	struct required required;
	struct matcher *matcher;

	if (!regex)
		return NULL;
	required = required_words(pattern);
	matcher = g_new0(struct matcher, 1);
	matcher->regex = regex;
	matcher->needed[0] = enter_words(required.one, words);
	matcher->needed[1] = enter_words(required.other, words);
	required_clear(&required);
	return matcher;
}

void
matcher_free(void *data)
{
	struct matcher *matcher = data;

	if (!matcher)
		return;
	g_regex_unref(matcher->regex);
	for (gsize i = 0; i < G_N_ELEMENTS(matcher->needed); i++)
		g_clear_pointer(&matcher->needed[i], g_array_unref);
	g_free(matcher);
}

static gboolean
has_any(const struct look *look, const GArray *needed)
{
	for (guint i = 0; i < needed->len; i++)
		if (words_has(&look->found, g_array_index(needed, guint, i)))
			return TRUE;
	return FALSE;
}

gboolean
matcher_may_fit(const struct matcher *matcher, const struct look *look)
{
	if (!look->text)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(matcher->needed); i++)
		if (matcher->needed[i] && !has_any(look, matcher->needed[i]))
			return FALSE;
	return TRUE;
}

gboolean
matcher_fits(const struct matcher *matcher, const struct look *look)
{
	return matcher_may_fit(matcher, look) && g_regex_match(matcher->regex, look->text, 0, NULL);
}

gboolean
matcher_fits_part(const struct matcher *matcher, const char *text, gsize length)
{
	return g_regex_match_full(matcher->regex, text, (gssize)length, 0, 0, NULL, NULL);
}

gssize
matcher_end(const struct matcher *matcher, const char *text, gsize length)
{
	g_autoptr(GMatchInfo) match = NULL;
	int end = -1;

	if (g_regex_match_full(matcher->regex, text, (gssize)length, 0, 0, &match, NULL))
		g_match_info_fetch_pos(match, 0, NULL, &end);
	return end;
}

char *
matcher_find(const struct matcher *matcher, const struct look *look)
{
	return matcher_may_fit(matcher, look) ? pattern_find(matcher->regex, look->text) : NULL;
}

gssize
matcher_where(const struct matcher *matcher, const struct look *look)
{
	g_autoptr(GMatchInfo) match = NULL;
	int start = -1;

	if (matcher_may_fit(matcher, look) && g_regex_match(matcher->regex, look->text, 0, &match))
		g_match_info_fetch_pos(match, 0, &start, NULL);
	return start;
}
