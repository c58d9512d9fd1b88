/*
 * .jp names. JPRS does not judge how a name is used: its desk takes information on fraudulent
 * registrations only (X-ARF's type suspicious_registration), as a form that a person fills in. For
 * all else the contact that WHOIS shows, often the designated operator, and the host are asked.
 */
#include <string.h>

#include "base/text.h"
#include "locate/locator.h"

struct search {
	struct job *job;
	char *server;
};

gboolean
jp_is_name(const char *domain)
{
	return g_str_has_suffix(domain, ".jp");
}

static void
add_desk(struct job *job)
{
	const struct profile *profile = profiles_by_tld(job->locator->profiles, "jp");
	const char *type = job->abuse_case ? job->abuse_case->type : NULL;
	gboolean fraudulent = g_strcmp0(type, "suspicious_registration") == 0;
	const struct party party = {
		.rung = fraudulent ? RUNG_REGISTRAR : RUNG_REGISTRY,
		.kind = "jprs",
		.profile = profile,
		.note = fraudulent ? NULL
				   : "JPRS takes information on fraudulent registrations only "
				     "(type suspicious_registration)",
	};

	if (profile)
		contact_add(job, &party);
}

static void
add_contact(struct search *search, const struct whois_object *object, gint64 at, const char *reason)
{
	struct job *job = search->job;
	gboolean to_owner = job->nature == NATURE_COMPROMISED;
	const char *mail =
		object ? contact_mail(object->abuse ? object->abuse : object->contact_mail) : NULL;
	g_autofree char *id = contact_id(to_owner ? "owner-" : "jp-contact-",
		mail && !to_owner ? strchr(mail, '@') + 1 : job->indicator->domain);
	g_autofree char *name =
		g_strdup_printf("%s of %s", to_owner ? "owner" : "contact", job->indicator->domain);
	g_autofree char *source = g_strdup_printf("WHOIS %s: contact of the name", search->server);
	g_autoptr(GPtrArray) others = others_new();
	const struct party party = {
		.rung = to_owner ? RUNG_HOST : RUNG_REGISTRAR,
		.kind = to_owner ? "hosting" : "registrar",
		.id = id,
		.name = object && object->registrar_name && !to_owner ? object->registrar_name
								      : name,
		.mail = mail,
		.source = source,
		.others = others,
		.at = at,
		.reason = reason ? reason : "WHOIS shows no contact address",
	};

	if (object)
		others_add(others, object->contact_mail, source);
	contact_add(job, &party);
}

static void
on_whois(const char *text, gint64 at, const char *error, void *user)
{
	struct search *search = user;
	struct job *job = search->job;
	struct whois_object *object = text ? whois_parse(text, search->server) : NULL;
	g_autofree char *reason = object && object->not_found
					  ? g_strdup("WHOIS: the name is not registered")
				  : object ? NULL
					   : g_strdup_printf("WHOIS %s: %s", search->server, error);

	add_contact(search, object, at, reason);
	whois_object_free(object);
	g_free(search->server);
	g_free(search);
	job_release(job);
}

void
jp_locate(struct job *job)
{
	struct locator *locator = job->locator;
	struct search *search = g_new0(struct search, 1);
	g_autofree char *query = NULL;
	const char *server;

	add_desk(job);
	job_hold(job);
	search->job = job;
	if (whois_servers_find(locator->whois_servers, job->indicator->domain, &server, &query)) {
		search->server = g_strdup(server);
		lookup_whois(locator, server, query, on_whois, search);
	} else {
		search->server = g_strdup("of .jp");
		on_whois(NULL, 0, "the table of WHOIS servers names none", search);
	}
}
