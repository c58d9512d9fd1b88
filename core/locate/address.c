/* Whoever runs the network of an address: RDAP of the regional registry. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "locate/locator.h"

/* Addresses of one name that are looked up. */
#define MAX_ADDRESSES 4

struct question {
	struct job *job;
	char *address; /* or the name, for DNS */
	char *url;
};

static struct question *
question_new(struct job *job, const char *address)
{
	struct question *question = g_new0(struct question, 1);

	job_hold(job);
	question->job = job;
	question->address = g_strdup(address);
	return question;
}

static void
question_end(struct question *question)
{
	struct job *job = question->job;

	g_free(question->address);
	g_free(question->url);
	g_free(question);
	job_release(job);
}

static void
not_found(struct job *job, const char *subject, const char *reason)
{
	g_autofree char *id = contact_id("host-", subject);
	g_autofree char *name = g_strdup_printf("host of %s", subject);
	const struct party party = {
		.rung = RUNG_HOST,
		.kind = "hosting",
		.id = id,
		.name = name,
		.reason = reason,
	};

	contact_add(job, &party);
}

static gboolean
in_block(const guint8 *address, guint32 prefix, int bits)
{
	guint32 value = (guint32)address[0] << 24 | (guint32)address[1] << 16 |
			(guint32)address[2] << 8 | address[3];

	return value >> (32 - bits) == prefix >> (32 - bits);
}

/* Nobody outside answers for an address of a private network. */
static gboolean
is_local(const char *address)
{
	guint8 b[16];

	if (inet_pton(AF_INET, address, b) == 1)
		return b[0] == 0 || b[0] == 10 || b[0] == 127 || b[0] >= 224 ||
		       in_block(b, 0xa9fe0000, 16) || in_block(b, 0xac100000, 12) ||
		       in_block(b, 0xc0a80000, 16) || in_block(b, 0x64400000, 10);
	if (inet_pton(AF_INET6, address, b) != 1)
		return TRUE;
	return b[0] == 0 || b[0] == 0xff || (b[0] & 0xfe) == 0xfc ||
	       (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

/* A registry's or a clearing house's mailbox does not make it a host. */
static const struct profile *
if_host(const struct profile *profile)
{
	if (profile &&
		(strcmp(profile->kind, "hosting") == 0 || strcmp(profile->kind, "registrar") == 0))
		return profile;
	return NULL;
}

/* The provider's own profile, by the network or by the domain of its abuse address. */
static const struct profile *
profile_of(const struct locator *locator, const char *address, const char *mail)
{
	const struct profile *profile = profiles_by_address(locator->profiles, address);

	if (!profile && mail)
		profile = profiles_by_mail_domain(locator->profiles, strchr(mail, '@') + 1);
	return if_host(profile);
}

/* Where the network has no abuse desk of its own: whoever announces it. */
static const struct profile *
profile_by_origin(const struct locator *locator, const struct rdap_object *object)
{
	const struct profile *profile = NULL;

	for (guint i = 0; i < object->origin_asns->len && !profile; i++)
		profile =
			if_host(profiles_by_asn(locator->profiles, object->origin_asns->pdata[i]));
	return profile;
}

static void
add_network(struct question *question, const struct rdap_object *object, gint64 at)
{
	const char *mail = contact_mail(object->abuse);
	const char *network = object->network ? object->network : question->address;
	struct locator *locator = question->job->locator;
	const struct profile *profile = profile_of(locator, question->address, mail);
	g_autofree char *id = contact_id("net-", network);
	g_autofree char *source = g_strdup_printf("RDAP %s: entity with role abuse", question->url);
	g_autoptr(GPtrArray) others = others_new();
	g_autofree char *reason =
		object->faults->len
			? g_strdup_printf("%s: %s", question->url, (char *)object->faults->pdata[0])
			: g_strdup_printf("%s names no abuse contact", question->url);
	const struct party party = {
		.rung = RUNG_HOST,
		.kind = "hosting",
		.profile = profile || mail ? profile : profile_by_origin(locator, object),
		.id = id,
		.name = object->organisation ? object->organisation
			: object->name	     ? object->name
					     : network,
		.mail = mail,
		.source = source,
		.others = others,
		.at = at,
		.reason = reason,
	};

	others_add_rdap(others, object, question->url, OTHERS_OF_NETWORK);
	contact_add(question->job, &party);
}

static void
on_rdap(const char *text, gint64 at, const char *error, void *user)
{
	struct question *question = user;
	g_autoptr(GError) fault = NULL;
	struct rdap_object *object =
		text ? rdap_parse(text, strlen(text), question->url, &fault) : NULL;
	const struct profile *profile = profile_of(question->job->locator, question->address, NULL);

	if (object) {
		add_network(question, object, at);
	} else if (profile) {
		const struct party party = {
			.rung = RUNG_HOST, .kind = "hosting", .profile = profile
		};

		contact_add(question->job, &party);
	} else {
		g_autofree char *reason = g_strdup_printf(
			"RDAP of %s: %s", question->address, fault ? fault->message : error);

		not_found(question->job, question->address, reason);
	}
	rdap_object_free(object);
	question_end(question);
}

void
address_locate(struct job *job, const char *address)
{
	struct locator *locator = job->locator;
	const char *base =
		locator->bootstrap ? rdap_bootstrap_address(locator->bootstrap, address) : NULL;
	struct question *question;

	if (is_local(address) && !locator->allow_private) {
		not_found(job, address, "an address of a private or reserved network");
		return;
	}
	question = question_new(job, address);
	if (!base) {
		on_rdap(NULL, 0,
			locator->bootstrap_error ? locator->bootstrap_error
						 : "no registry has this address",
			question);
		return;
	}
	question->url = rdap_url(base, "ip", address);
	lookup_rdap(locator, question->url, on_rdap, question);
}

/* A and AAAA of one name, put together. */
struct host {
	struct job *job;
	char *name;
	GPtrArray *addresses; /* of char * */
	char *error;
	int open;
};

static void
host_settle(struct host *host)
{
	struct job *job = host->job;

	for (guint i = 0; i < host->addresses->len && i < MAX_ADDRESSES; i++)
		address_locate(job, host->addresses->pdata[i]);
	if (host->addresses->len == 0) {
		g_autofree char *reason = g_strdup_printf("%s has no address%s%s", host->name,
			host->error ? ": " : "", host->error ? host->error : "");

		not_found(job, host->name, reason);
	}
	g_ptr_array_unref(host->addresses);
	g_free(host->name);
	g_free(host->error);
	g_free(host);
	job_release(job);
}

static void
on_addresses(const char *text, gint64 at, const char *error, void *user)
{
	struct host *host = user;
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

	(void)at;
	for (guint i = 0; lines[i]; i++)
		if (*lines[i])
			g_ptr_array_add(host->addresses, g_strdup(lines[i]));
	if (error && !host->error)
		host->error = g_strdup(error);
	if (--host->open == 0)
		host_settle(host);
}

void
address_locate_host(struct job *job, const char *name)
{
	struct locator *locator = job->locator;
	const GPtrArray *known = locator->hosts ? g_hash_table_lookup(locator->hosts, name) : NULL;
	struct host *host = g_new0(struct host, 1);

	job_hold(job);
	host->job = job;
	host->name = g_strdup(name);
	host->addresses = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; known && i < known->len; i++)
		g_ptr_array_add(host->addresses, g_strdup(known->pdata[i]));
	if (known) {
		host_settle(host);
		return;
	}
	host->open = 2;
	lookup_dns(locator, name, DNS_A, on_addresses, host);
	lookup_dns(locator, name, DNS_AAAA, on_addresses, host);
}

static void
on_exchangers(const char *text, gint64 at, const char *error, void *user)
{
	struct question *question = user;
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", 2);

	(void)at;
	(void)error;
	/* Without an exchanger, mail goes to the name itself (RFC 5321). */
	address_locate_host(question->job, lines[0] && *lines[0] ? lines[0] : question->address);
	question_end(question);
}

void
address_locate_mail(struct job *job, const char *domain)
{
	struct locator *locator = job->locator;

	if (locator->hosts && g_hash_table_contains(locator->hosts, domain))
		address_locate_host(job, domain);
	else
		lookup_dns(locator, domain, DNS_MX, on_exchangers, question_new(job, domain));
}
