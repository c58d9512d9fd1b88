/* A provider's working time. */
#pragma once

#include "model/profile.h"

/* The first time from now on (microseconds, UTC) that lies in the hours and days, in their time
 * zone; now when there are none. Pure but for the table of time zones. */
gint64 hours_open_at(const struct profile_limits *limits, gint64 now);
