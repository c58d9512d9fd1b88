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
/* Whether the address belongs to the report's provider: it is the one that the report went to or a
 * desk that the profile names; or, where its domain is not shared by many nor lent to customers by
 * the profile's suffixes, it has the registrable domain of the contact or is within one of the
 * profile's mail domains. See also senders_reported(). */
gboolean
senders_belong(const struct senders *senders, const char *address, const struct report *report);
/* Whether the address may be of whom host was reported of: it is of that host or below it, or it is
 * of another name in a domain that gave host its name, as a hosting house gives them to customers.
 * Never the address that the report went to, nor a desk that the profile names. */
gboolean senders_reported(const struct senders *senders, const char *address,
	const struct report *report, const char *host);
/* The provider's profile; NULL when it has none. Borrowed. */
const struct profile *senders_profile(const struct senders *senders, const char *provider);
