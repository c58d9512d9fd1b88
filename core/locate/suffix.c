/* Hosting and dynamic DNS services, known by the suffix of the names that they give to customers:
 * the private section of the public suffix list, and profiles. */
#include <string.h>

#include "locate/locator.h"

static gboolean
has_contact(const struct route *route)
{
	return route->to != NULL;
}

/* A private suffix without a profile: somebody gives names below it, but nobody told who. */
static void
add_unknown(struct job *job)
{
	const char *suffix = job->indicator->suffix;
	g_autofree char *id = contact_id("suffix-", suffix);
	g_autofree char *name = g_strdup_printf("service of %s", suffix);
	const struct party party = {
		.rung = RUNG_HOST,
		.kind = "hosting",
		.id = id,
		.name = name,
		.reason = "no profile tells of the service that gives names below this suffix",
	};

	contact_add(job, &party);
}

gboolean
suffix_locate(struct job *job, gboolean *address_too)
{
	const struct indicator *indicator = job->indicator;
	const char *suffix = NULL;
	const struct profile *profile =
		profiles_by_suffix(job->locator->profiles, indicator->host, &suffix);
	struct party party = { .rung = RUNG_HOST, .profile = profile };
	gboolean is_ddns;

	*address_too = TRUE;
	/* The service's own name is a domain like any other, but for a suffix that is public. */
	if (profile && !indicator->suffix_is_private && g_strcmp0(suffix, indicator->host) == 0)
		profile = NULL;
	if (!profile) {
		if (indicator->suffix_is_private)
			add_unknown(job);
		return indicator->suffix_is_private;
	}
	is_ddns = strcmp(profile->kind, "ddns") == 0;
	party.kind = is_ddns ? "ddns" : "hosting";
	contact_add(job, &party);
	/* A dynamic name leads to a machine elsewhere; a hosting service is the host itself. */
	*address_too = is_ddns || !has_contact(job->routes->pdata[job->routes->len - 1]);
	return TRUE;
}
