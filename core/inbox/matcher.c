#include "inbox/matcher.h"

#include "inbox/pattern.h"
#include "inbox/required.h"

/* The numbers of the pattern's words; NULL when it has none or they are too many. */
static GArray *
enter_words(const char *pattern, struct words *words)
{
	g_autoptr(GPtrArray) required = required_words(pattern);
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
	struct matcher *matcher;

	if (!regex)
		return NULL;
	matcher = g_new0(struct matcher, 1);
	matcher->regex = regex;
	matcher->needed = enter_words(pattern, words);
	return matcher;
}

void
matcher_free(void *data)
{
	struct matcher *matcher = data;

	if (!matcher)
		return;
	g_regex_unref(matcher->regex);
	g_clear_pointer(&matcher->needed, g_array_unref);
	g_free(matcher);
}

gboolean
matcher_may_fit(const struct matcher *matcher, const struct look *look)
{
	if (!look->text || !matcher->needed)
		return look->text != NULL;
	for (guint i = 0; i < matcher->needed->len; i++)
		if (words_has(&look->found, g_array_index(matcher->needed, guint, i)))
			return TRUE;
	return FALSE;
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
