/* When a report was accepted, answered and followed by a takedown, for `show`. */
#pragma once

#include <jansson.h>

#include "store/store.h"

/* Sets "accepted", "first_reply", "first_human", "says_it_acted", "seen_down" (the last of its
 * indicators, once all are), "back_up" (the first) in object, and the latter two in each of its
 * "indicators". */
gboolean
report_times_set(struct store *store, json_t *object, const struct report *report, GError **error);
