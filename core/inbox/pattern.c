#include "inbox/pattern.h"

/* Steps of one match: the longest text that rules read takes a hundredth of it. */
#define LIMITS "(*LIMIT_MATCH=1000000)(*LIMIT_DEPTH=20000)"

GRegex *
pattern_compile(const char *pattern, GRegexCompileFlags flags, GError **error)
{
	g_autofree char *bounded = g_strconcat(LIMITS, pattern, NULL);

	/* To look for any of Unicode's line ends at each "^" takes ten times as long. */
	return g_regex_new(bounded, flags | G_REGEX_OPTIMIZE | G_REGEX_NEWLINE_ANYCRLF, 0, error);
}

char *
pattern_find(const GRegex *regex, const char *text)
{
	g_autoptr(GMatchInfo) match = NULL;
	char *found = NULL;

	if (g_regex_match(regex, text, 0, &match))
		found = g_match_info_fetch(match, 1);
	if (found && !*found)
		g_clear_pointer(&found, g_free);
	return found;
}

void
pattern_unref(void *regex)
{
	g_regex_unref(regex);
}
