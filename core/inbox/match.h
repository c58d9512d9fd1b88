/* Which report a mail answers, and by what that is known. */
#pragma once

#include "inbox/arrival.h"
#include "inbox/told.h"

struct finder;
typedef struct finder Finder; /* for g_autoptr */

/* Both borrowed. */
struct finder *finder_new(struct store *store, const struct senders *senders);
void finder_free(struct finder *finder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finder, finder_free)

struct match {
	struct report *report; /* without its indicators; NULL: of none that we know */
	const char *key;       /* the first that fits of "in-reply-to", "references", "address",
				  "subject", "envid", "returned-headers", "text", "thread",
				  "ticket", "recipient", "sender-and-indicator" */
	gboolean of_provider;  /* the sender is of the report's provider, and so is who vouches */
	gboolean by_reference; /* it carries the report's unguessable reference */
	gboolean by_person;    /* it goes on in the thread of a reply of the same sender that a
				  person gave to the report */
};
void match_clear(struct match *match);

/* FALSE only when the store fails. */
gboolean finder_find(
	struct finder *finder, const struct arrival *arrival, struct match *match, GError **error);
/* Puts the ticket that the report's provider's own patterns find into the verdict. */
void finder_ticket(struct finder *finder, struct arrival *arrival, const struct report *report);
