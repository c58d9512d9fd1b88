#include "cli/nobody-there.h"

#include "inbox/reason.h"

/* The enhanced status behind the code; NULL: there is none. */
static char *
status_of(const char *words)
{
	g_autoptr(GRegex) regex = g_regex_new(
		"^5[0-9][0-9][ -]#?(5\\.[0-9]{1,3}\\.[0-9]{1,3})(?![0-9.])", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(regex, words, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

/* Some servers give the sender's fault the status of a recipient's. */
static gboolean
is_about_us(const char *words)
{
	return g_regex_match_simple(
		"\\bsender|mail from|from address|return[- ]path", words, G_REGEX_CASELESS, 0);
}

gboolean
nobody_there(const struct rules *rules, const char *words)
{
	g_autofree char *status = NULL;
	g_autofree char *reason = NULL;

	if (!words || *words != '5' || is_about_us(words))
		return FALSE;
	status = status_of(words);
	reason = bounce_reason(rules, status, words, NULL);
	/* Relaying is another matter here: it is our own server that speaks. */
	return bounce_reason_is_address(reason) && !g_str_equal(reason, "relay-denied");
}
