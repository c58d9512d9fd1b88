#include "inbox/reason.h"

#include <string.h>

#include "inbox/flow.h"

/* How much of a bounce's words is asked for its reason: it is told early. */
#define WORDS_MAX (4 * 1024)

gboolean
bounce_reason_is_address(const char *reason)
{
	static const char *const bad[] = { "unknown-user", "host-unknown", "disabled", "moved",
		"relay-denied", NULL };

	return reason && g_strv_contains(bad, reason);
}

/* Of an address only "@" is left: what users and hosts are called says nothing. */
static char *
without_addresses(const char *text)
{
	static const char ends[] = " \t\r\n<>()[]\"',;:";
	GString *rest = g_string_sized_new(strlen(text) + 1);

	while (*text) {
		gsize length = strcspn(text, ends);
		const char *at = memchr(text, '@', length);

		if (at)
			g_string_append_c(rest, '@');
		else
			g_string_append_len(rest, text, (gssize)length);
		text += length;
		length = strspn(text, ends);
		g_string_append_len(rest, text, (gssize)length);
		text += length;
	}
	return g_string_free(rest, FALSE);
}

static const char *
by_words(const struct rules *rules, const char *text, gboolean before_status)
{
	g_autofree char *begin = text ? flow_begin(text, WORDS_MAX) : NULL;
	g_autofree char *rest = begin ? without_addresses(begin) : NULL;
	struct look look;

	rules_look(rules, rest, &look);
	return rules_reason(rules, &look, before_status);
}

/* The code that the other server gave says more than the one that ours made of it. */
static char *
better_status(const char *status, const char *diagnostic)
{
	char *given = diagnostic ? dsn_status(diagnostic) : NULL;

	if (given && g_str_has_suffix(given, ".0.0"))
		g_clear_pointer(&given, g_free);
	return given ? given : g_strdup(status);
}

char *
bounce_reason(const struct rules *rules, const char *status, const char *diagnostic,
	struct bounce *bounce)
{
	g_autofree char *code = better_status(status, diagnostic);
	const char *reason = by_words(rules, diagnostic, TRUE);

	if (!reason)
		reason = rules_status_reason(rules, "sure", code);
	if (!reason)
		reason = by_words(rules, diagnostic, FALSE);
	if (!reason && bounce)
		reason = by_words(rules, bounce_line(bounce)->text, FALSE);
	if (!reason)
		reason = rules_status_reason(rules, "vague", code);
	return g_strdup(reason ? reason : "other");
}
