/* Who a reply comes from, and whether that is the provider that got the report. */
#pragma once

#include "inbox/mail.h"
#include "model/profile.h"
#include "model/report.h"

/* The one address in From, in lower case with its domain in A-labels; NULL when there is none or
 * more than one, or when it can be read in two ways. Free with g_free. */
char *sender_address(const struct mail *mail);

/* What is known of whose addresses are whose. */
struct senders;
typedef struct senders Senders; /* for g_autoptr */

/* Reads the list of shared mail domains. profiles are borrowed; may be NULL. */
struct senders *senders_new(const struct profiles *profiles, GError **error);
void senders_free(struct senders *senders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Senders, senders_free)

/* What an address of a provider is known by: its registrable domain, or the whole address where
 * that domain is a public suffix or shared by many. NULL when it is no address. Free with g_free.
 */
char *senders_house(const struct senders *senders, const char *address);
/* Whether the address belongs to the report's provider: it has the house of the address that the
 * report went to, or one of the profile's mail domains. */
gboolean
senders_belong(const struct senders *senders, const char *address, const struct report *report);
/* The provider's profile; NULL when it has none. Borrowed. */
const struct profile *senders_profile(const struct senders *senders, const char *provider);
