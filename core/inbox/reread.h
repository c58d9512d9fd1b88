/* A mail that a person gave to a report is read again as one of its provider's. */
#pragma once

#include "inbox/rules.h"
#include "model/profile.h"
#include "store/store.h"

/* What speaks for the provider counts as that now: that they acted, and the ticket that their own
 * patterns find. The reply in the store and in memory is changed with an event; an API's answer
 * never is. FALSE only when the store fails. */
gboolean
reread_reply(struct store *store, const struct rules *rules, const struct profiles *profiles,
	struct reply *reply, const struct report *report, GError **error);
