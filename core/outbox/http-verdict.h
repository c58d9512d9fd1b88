/* What an HTTP answer means where the plugin does not say, or is not asked. */
#pragma once

#include "outbox/carrier.h"

/* status 0: no answer; sent: the request went out at least in part; safe: it may go out twice. */
enum verdict http_verdict(long status, gboolean sent, gboolean safe);
/* Whether the server asks for patience: the plugin is not asked, and the provider gets no more for
 * a while. */
gboolean http_wants_pause(long status);
/* Seconds that a Retry-After header (seconds or a date) asks for, at most a week; 0: none. */
gint64 http_retry_after(const char *value, gint64 now_s);
