/* What the replies that count do to their report. */
#pragma once

#include "model/reply.h"
#include "store/store.h"

/* How a report that stands so stands with one reply more, as far as the ladder of states allows: in
 * whatever order replies are taken, they come to the same state and times. wire: when it went out,
 * should the reply be what shows that it did. */
void advance_standing(struct report_standing *standing, const struct reply *reply, gint64 wire);

/* Moves the report of the reply on; keeps the ticket, and with a bounce that says the address is
 * bad, marks the contact. Steps that are not allowed, as a late acknowledgement of an answered
 * report, are left out. *bounced (may be NULL): it has bounced now. FALSE only when the store
 * fails.
 */
gboolean
advance_report(struct store *store, const struct reply *reply, gboolean *bounced, GError **error);
/* The same with the report as it is in the store now. */
gboolean advance_known(struct store *store, struct report *report, const struct reply *reply,
	gboolean *bounced, GError **error);

/* Derives how a report stands from its outcome and the replies that it still has, after one has
 * left it; takes back what a bounce that left had marked. *contact_freed: the contact is not marked
 * as bad any more. */
gboolean advance_again(struct store *store, gint64 report_id, const struct reply *left,
	gboolean *contact_freed, GError **error);
