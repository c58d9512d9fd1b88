/* What an HTTP answer means where the plugin does not say, or is not asked. */
#pragma once

#include "outbox/carrier.h"

/* status 0: no answer; sent: the request went out at least in part; safe: it may go out twice. */
enum verdict http_verdict(long status, gboolean sent, gboolean safe);
