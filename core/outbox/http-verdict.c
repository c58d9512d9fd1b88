#include "outbox/http-verdict.h"

#include "plugin/exchange.h"

enum verdict
http_verdict(long status, gboolean sent, gboolean safe)
{
	if (status == 0)
		return sent && !safe ? VERDICT_IN_DOUBT : VERDICT_DEFERRED;
	/* A gateway that got no answer from behind cannot know either. */
	if (status == 502 || status == 504)
		return safe ? VERDICT_DEFERRED : VERDICT_IN_DOUBT;
	/* Credentials are the configuration's fault, not the report's: it waits. */
	if (http_wants_pause(status) || status >= 500 || status == 401 || status == 403 ||
		status == 407 || status == 408 || status == 425)
		return VERDICT_DEFERRED;
	if (status / 100 == 2)
		return VERDICT_IN_DOUBT;
	return VERDICT_REFUSED;
}
