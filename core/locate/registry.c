/* The registry of a TLD, by profile: the rung above the registrar. */
#include <string.h>

#include "locate/locator.h"

void
registry_locate(struct job *job)
{
	const char *dot = strrchr(job->indicator->domain, '.');
	const struct profile *profile =
		profiles_by_tld(job->locator->profiles, dot ? dot + 1 : job->indicator->domain);
	const struct party party = {
		.rung = RUNG_REGISTRY,
		.kind = "registry",
		.profile = profile,
		.reason = "no contact of its abuse desk is known",
		.note = job->indicator->type == INDICATOR_MAIL ? "a mailbox: whoever runs the mail "
								 "is asked, not for the whole name"
							       : NULL,
	};

	/* JPRS has rules of its own: jp.c. */
	if (profile && strcmp(profile->kind, "jprs") != 0)
		contact_add(job, &party);
}
