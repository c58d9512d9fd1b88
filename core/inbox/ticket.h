/* The provider's ticket number in an answer: by its profile's patterns first. */
#pragma once

#include "inbox/mail.h"
#include "model/profile.h"

/* The profiles' patterns, each compiled once, when it is first asked for. */
struct tickets;
typedef struct tickets Tickets; /* for g_autoptr */

struct tickets *tickets_new(void);
void tickets_free(struct tickets *tickets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tickets, tickets_free)

/* The ticket number that the profile's patterns find in the subject or the text; NULL when there is
 * none, or no profile. Free with g_free. */
char *tickets_find(struct tickets *tickets, const struct profile *profile, const struct mail *mail);
/* The profile of whom the mail says it is from, by the domain of From, or NULL. Borrowed. This
 * proves nothing: use it to show what a mail would give, or where the report is not known. */
const struct profile *tickets_profile(const struct profiles *profiles, const struct mail *mail);
