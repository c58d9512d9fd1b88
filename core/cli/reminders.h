/* Follow-ups that wait while what they are about goes down. */
#pragma once

#include "compose/compose.h"

/* Cancels those of a case (0: all) of which everything is down by now, and takes what is down out
 * of the ready ones: nobody is reminded of what they did. */
gboolean
reminders_settle(struct composer *composer, struct store *store, gint64 case_id, GError **error);
