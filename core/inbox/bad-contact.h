/* Contacts that bounces show to be bad. */
#pragma once

#include "model/reply.h"
#include "store/store.h"

/* Marks the report's contact, where the bounce says that its address is no good. */
gboolean bad_contact_mark(struct store *store, const struct reply *bounce,
	const struct report *report, GError **error);
/* Takes that mark back where somebody of the contact's house answered the report that bounced. */
gboolean bad_contact_answered(struct store *store, const struct reply *answer,
	const struct report *report, GError **error);
/* Takes that mark back, as the bounce that made it was not the report's, unless that of another
 * report says the same; *freed: nothing says any more that it is bad. */
gboolean bad_contact_free(struct store *store, const struct reply *bounce,
	const struct report *report, gboolean *freed, GError **error);
