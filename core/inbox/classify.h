/* What an answer is: the order in which the signs are asked. */
#pragma once

#include "inbox/mail.h"
#include "inbox/rules.h"

/* All but class and rule may be NULL. */
struct verdict {
	char *class; /* acknowledgement bounce delay vacation question refusal wrong_channel
			actioned human unclassified */
	char *rule;  /* what decided: "dsn", "bounce-sender", "mdn", a rule's name … */
	char *ticket;
	char *reference; /* ours, where the mail carries it */
	char *recipient, *status, *diagnostic;
};
typedef struct verdict Verdict; /* for g_autoptr */

/* Delivery reports first, then machines, then people; in doubt it is "human" or "unclassified". */
struct verdict *classify(const struct mail *mail, const struct rules *rules);
void verdict_free(struct verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)
