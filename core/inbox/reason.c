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
bounce_reason(const struct rules *rules, const char *status, const char *diagnostic,
	struct bounce *bounce)
{
	const char *reason = rules_status_reason(rules, "sure", status);
	struct look reply;

	rules_look(rules, diagnostic, &reply);
	if (!reason)
		reason = rules_reason(rules, &reply);
	if (!reason && bounce)
		reason = rules_reason(rules, bounce_line(bounce));
	if (!reason)
		reason = rules_status_reason(rules, "vague", status);
	return g_strdup(reason ? reason : "other");
}
