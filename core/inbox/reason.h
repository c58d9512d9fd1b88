/* Why a mail came back, in one word that an abuse desk understands. */
#pragma once

#include "inbox/bounce-text.h"

/* The reason by the enhanced status code (RFC 3463, RFC 5248) and, where that says little, by the
 * mail system's words: "unknown-user", "host-unknown", "disabled", "moved", "relay-denied", "full",
 * "size", "content", "spam", "blocked", "authentication", "policy", "rate", "expired", "network",
 * "system" or "other". diagnostic is the SMTP reply; bounce, whose words are
 * asked last, may be NULL like the others. Free with g_free. */
char *bounce_reason(const struct rules *rules, const char *status, const char *diagnostic,
	struct bounce *bounce);
/* Whether the reason means that the address itself is bad, so that nothing is sent there again.
 * NULL: FALSE. */
gboolean bounce_reason_is_address(const char *reason);
