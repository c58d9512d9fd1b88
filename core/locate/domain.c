/* The registrar of a name: RDAP by IANA's bootstrap, `related` followed once, else WHOIS with one
 * referral; and for a compromised site its owner's own contact. */
#include <string.h>

#include "base/text.h"
#include "locate/locator.h"

struct search {
	struct job *job;
	char *url;    /* RDAP */
	char *server; /* WHOIS */
	char *name, *iana_id, *mail, *owner;
	char *source, *owner_source;	  /* of mail and owner */
	GPtrArray *others, *other_owners; /* of struct other *: for when those bounced */
	gint64 at;
	char *answered; /* what answered, for the reason */
	char *fault;	/* why there is no contact; NULL: the answer has none */
	gboolean followed;
};

static void
search_end(struct search *search)
{
	struct job *job = search->job;

	g_free(search->url);
	g_free(search->server);
	g_free(search->name);
	g_free(search->iana_id);
	g_free(search->mail);
	g_free(search->owner);
	g_free(search->source);
	g_free(search->owner_source);
	g_ptr_array_unref(search->others);
	g_ptr_array_unref(search->other_owners);
	g_free(search->answered);
	g_free(search->fault);
	g_free(search);
	job_release(job);
}

/* Keeps the first text that was told. */
static void
keep(char **field, const char *text)
{
	if (!*field && text && *text)
		*field = g_strdup(text);
}

static void
keep_mail(struct search *search, const char *mail, const char *source, gint64 at)
{
	others_add(search->others, mail, source);
	if (search->mail || !contact_mail(mail))
		return;
	search->mail = g_strdup(mail);
	search->source = g_strdup(source);
	search->at = at;
}

static void
keep_owner(struct search *search, const char *mail, const char *answered)
{
	if (!search->owner && mail)
		search->owner_source = g_strdup_printf("%s: the domain's own contact", answered);
	keep(&search->owner, mail);
}

/* Somebody is there who did not bounce, or nobody was named at all. */
static gboolean
has_good_mail(const struct search *search)
{
	struct locator *locator = search->job->locator;

	return !search->mail || !bad_words(locator, search->mail) ||
	       others_good(locator, search->others);
}

static void
add_registrar(struct search *search)
{
	struct job *job = search->job;
	const struct indicator *indicator = job->indicator;
	const struct profile *profile =
		search->iana_id ? profiles_by_iana_id(job->locator->profiles, search->iana_id)
				: NULL;
	g_autofree char *id = search->iana_id ? g_strconcat("iana-", search->iana_id, NULL)
			      : search->name  ? contact_id("registrar-", search->name)
					      : contact_id("registrar-of-", indicator->domain);
	g_autofree char *name = g_strdup_printf("registrar of %s", indicator->domain);
	g_autofree char *reason =
		search->fault	   ? g_strdup(search->fault)
		: search->answered ? g_strdup_printf("%s names no abuse contact", search->answered)
				   : g_strdup("nobody answers for this name");
	const struct party party = {
		.rung = RUNG_REGISTRAR,
		.kind = "registrar",
		.profile = profile,
		.id = id,
		.name = search->name ? search->name : name,
		.mail = search->mail,
		.source = search->source,
		.others = search->others,
		.at = search->at,
		.reason = reason,
		.note = indicator->type == INDICATOR_MAIL ? "a mailbox: whoever runs the mail is "
							    "asked, not for the whole name"
							  : NULL,
	};

	contact_add(job, &party);
}

/* The owner of a compromised site is told; to an attacker nobody writes. */
static void
add_owner(struct search *search)
{
	struct job *job = search->job;
	const char *domain = job->indicator->domain;
	g_autofree char *id = contact_id("owner-", domain);
	g_autofree char *name = g_strdup_printf("owner of %s", domain);
	const struct party party = {
		.rung = RUNG_HOST,
		.kind = "hosting",
		.id = id,
		.name = name,
		.mail = search->owner,
		.source = search->owner_source,
		.others = search->other_owners,
		.at = search->at ? search->at : text_now(),
	};

	if (job->nature == NATURE_COMPROMISED && contact_mail(search->owner))
		contact_add(job, &party);
}

static void
settle(struct search *search)
{
	add_registrar(search);
	add_owner(search);
	search_end(search);
}

/* --- WHOIS --- */

static gboolean
is_host_name(const char *name)
{
	return *name && strchr(name, '.') &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
		       strlen(name);
}

static void ask_whois(struct search *search, const char *server, const char *query);

static void
take_whois(struct search *search, const struct whois_object *object, gint64 at)
{
	g_autofree char *registrar =
		g_strdup_printf("WHOIS %s: registrar's abuse contact", search->server);
	g_autofree char *top = g_strdup_printf("WHOIS %s: abuse contact", search->server);
	g_autofree char *answered = g_strdup_printf("WHOIS %s", search->server);

	keep(&search->name, object->registrar_name);
	keep(&search->iana_id, object->registrar_iana_id);
	keep_owner(search, object->contact_mail, answered);
	keep_mail(search, object->registrar_abuse, registrar, at);
	keep_mail(search, object->abuse, top, at);
	g_free(search->answered);
	search->answered = g_steal_pointer(&answered);
}

static void
on_whois(const char *text, gint64 at, const char *error, void *user)
{
	struct search *search = user;
	struct whois_object *object = text ? whois_parse(text, search->server) : NULL;

	if (object && object->not_found) {
		keep(&search->fault, "WHOIS: the name is not registered");
	} else if (object) {
		/* What RDAP could not tell matters no more. */
		g_clear_pointer(&search->fault, g_free);
		take_whois(search, object, at);
	} else if (!search->answered) {
		g_autofree char *fault =
			g_strdup_printf("%s%sWHOIS %s: %s", search->fault ? search->fault : "",
				search->fault ? "; " : "", search->server, error);

		g_free(search->fault);
		search->fault = g_steal_pointer(&fault);
	}
	if (object && !object->not_found && (!search->mail || !has_good_mail(search)) &&
		!search->followed && object->referral && is_host_name(object->referral)) {
		search->followed = TRUE;
		ask_whois(search, object->referral, search->job->indicator->domain);
	} else {
		settle(search);
	}
	whois_object_free(object);
}

static void
ask_whois(struct search *search, const char *server, const char *query)
{
	g_free(search->server);
	search->server = g_strdup(server);
	lookup_whois(search->job->locator, server, query, on_whois, search);
}

/* Where RDAP has no answer. */
static void
start_whois(struct search *search)
{
	struct locator *locator = search->job->locator;
	g_autofree char *query = NULL;
	const char *server;

	search->followed = FALSE;
	if (whois_servers_find(
		    locator->whois_servers, search->job->indicator->domain, &server, &query)) {
		ask_whois(search, server, query);
		return;
	}
	keep(&search->fault, "no RDAP and no WHOIS server is known for this suffix");
	settle(search);
}

/* --- RDAP --- */

static void
take_rdap(struct search *search, const struct rdap_object *object, gint64 at)
{
	g_autofree char *registrar =
		g_strdup_printf("RDAP %s: registrar's entity with role abuse", search->url);
	g_autofree char *top = g_strdup_printf("RDAP %s: entity with role abuse", search->url);
	g_autofree char *answered = g_strdup_printf("RDAP %s", search->url);

	keep(&search->name, object->registrar_name);
	keep(&search->iana_id, object->registrar_iana_id);
	keep_owner(search, object->registrant_mail, answered);
	keep_mail(search, object->registrar_abuse, registrar, at);
	keep_mail(search, object->abuse, top, at);
	others_add_rdap(search->others, object, search->url, OTHERS_OF_REGISTRAR);
	others_add_rdap(search->other_owners, object, search->url, OTHERS_OF_OWNER);
	if (object->faults->len && !search->fault)
		search->fault = g_strdup_printf(
			"RDAP %s: %s", search->url, (char *)object->faults->pdata[0]);
	g_free(search->answered);
	search->answered = g_steal_pointer(&answered);
}

static void on_rdap(const char *text, gint64 at, const char *error, void *user);

static void
ask_rdap(struct search *search, const char *url)
{
	g_free(search->url);
	search->url = g_strdup(url);
	lookup_rdap(search->job->locator, search->url, on_rdap, search);
}

/* The registry's answer may leave the contacts to the registrar's own. */
static gboolean
wants_more(const struct search *search, const struct rdap_object *object)
{
	gboolean wants_owner = search->job->nature == NATURE_COMPROMISED && !search->owner;

	return object->related && !search->followed &&
	       (!search->mail || !has_good_mail(search) || wants_owner);
}

static void
on_rdap(const char *text, gint64 at, const char *error, void *user)
{
	struct search *search = user;
	g_autoptr(GError) fault = NULL;
	struct rdap_object *object =
		text ? rdap_parse(text, strlen(text), search->url, &fault) : NULL;

	if (object) {
		take_rdap(search, object, at);
	} else if (!search->fault) {
		search->fault =
			g_strdup_printf("RDAP %s: %s", search->url, fault ? fault->message : error);
	}
	if (object && wants_more(search, object)) {
		search->followed = TRUE;
		ask_rdap(search, object->related);
	} else if (search->answered && has_good_mail(search)) {
		settle(search);
	} else {
		start_whois(search);
	}
	rdap_object_free(object);
}

void
domain_locate(struct job *job)
{
	struct locator *locator = job->locator;
	const char *domain = job->indicator->domain;
	const char *base =
		locator->bootstrap ? rdap_bootstrap_domain(locator->bootstrap, domain) : NULL;
	struct search *search = g_new0(struct search, 1);

	job_hold(job);
	search->job = job;
	search->others = others_new();
	search->other_owners = others_new();
	if (base) {
		g_autofree char *url = rdap_url(base, "domain", domain);

		ask_rdap(search, url);
	} else {
		keep(&search->fault, locator->bootstrap_error);
		start_whois(search);
	}
}
