/* What an answer is: the order in which the signs are asked. */
#pragma once

#include "inbox/mail.h"
#include "inbox/rules.h"
#include "inbox/ticket.h"

/* All but class and rule may be NULL. */
struct verdict {
	char *class; /* acknowledgement bounce delay vacation question refusal wrong_channel
			actioned human unclassified */
	char *rule; /* what decided: "dsn", "delivered", "bounce-sender", "mdn", a rule's name … */
	char *ticket;
	char *reference; /* ours, where the mail carries it */
	char *recipient, *status, *diagnostic;
	char *reason; /* of a bounce or delay: see bounce_reason() */
};
typedef struct verdict Verdict; /* for g_autoptr */

/* Delivery reports first, then machines, then people; in doubt it is "human" or "unclassified". */
struct verdict *classify(const struct mail *mail, const struct rules *rules);
/* Puts the ticket that the provider's own patterns find in place of the one that general patterns
 * found. Call it as soon as the provider is known; profile may be NULL. A bounce has no ticket. */
void classify_ticket(struct verdict *verdict, const struct mail *mail, struct tickets *tickets,
	const struct profile *profile);
void verdict_free(struct verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)
