/* Replies that are read before their report is known to be out: while it is being sent, or before a
 * person said that the form was submitted. */
#pragma once

#include "store/store.h"

/* Remembers that such a reply came. */
gboolean early_keep(struct store *store, const struct report *report, GError **error);
/* Applies those whose report is out by now. */
gboolean early_apply(struct store *store, GError **error);
