#include "inbox/reason.h"

#include <string.h>

gboolean
bounce_reason_is_address(const char *reason)
{
	static const char *const bad[] = { "unknown-user", "host-unknown", "disabled", "moved",
		"relay-denied", NULL };

	return reason && g_strv_contains(bad, reason);
}

char *
bounce_reason(
	const struct rules *rules, const char *status, const char *diagnostic, const char *words)
{
	const char *reason = rules_status_reason(rules, "sure", status);

	if (!reason)
		reason = rules_reason(rules, diagnostic);
	if (!reason)
		reason = rules_reason(rules, words);
	if (!reason)
		reason = rules_status_reason(rules, "vague", status);
	return g_strdup(reason ? reason : "other");
}
