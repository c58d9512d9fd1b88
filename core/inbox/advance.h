/* What a reply that counts does to its report. */
#pragma once

#include "model/reply.h"
#include "store/store.h"

/* Moves the report of the reply on, as far as the ladder of states allows; keeps the ticket, and
 * with a bounce that says the address is bad, marks the contact. Steps that are not allowed, as a
 * late acknowledgement of an answered report, are left out. *bounced (may be NULL): it has bounced
 * now. FALSE only when the store fails. */
gboolean
advance_report(struct store *store, const struct reply *reply, gboolean *bounced, GError **error);
/* The same with the report as it is in the store now. */
gboolean advance_known(struct store *store, struct report *report, const struct reply *reply,
	gboolean *bounced, GError **error);
