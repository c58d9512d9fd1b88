#include "inbox/sender.h"

#include <string.h>

#include "base/config.h"
#include "base/paths.h"
#include "base/text.h"
#include "inbox/domain.h"

struct senders {
	const struct profiles *profiles;
	GHashTable *shared; /* of char * */
};

/* The only mailbox of a list; NULL when it is a group or one of many. Borrowed. */
static const char *
only_address(InternetAddressList *list)
{
	InternetAddress *one = list && internet_address_list_length(list) == 1
				       ? internet_address_list_get_address(list, 0)
				       : NULL;

	return one && INTERNET_ADDRESS_IS_MAILBOX(one)
		       ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one))
		       : NULL;
}

/* The only From as it is written; NULL when there is none. With a second one the one that is
 * checked and the one that is shown may differ. Borrowed. */
static const char *
only_from(const struct mail *mail)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));
	const int n = g_mime_header_list_get_count(headers);
	const char *from = NULL;

	for (int i = 0; i < n; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);

		if (g_ascii_strcasecmp(g_mime_header_get_name(header), "From") != 0)
			continue;
		if (from)
			return NULL;
		from = g_mime_header_get_raw_value(header);
	}
	return from;
}

/* The text without what is in quotes or comments; NULL where one does not end. */
static char *
bare_of(const char *text)
{
	g_autoptr(GString) bare = g_string_new(NULL);
	gboolean quoted = FALSE;
	int depth = 0;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text == '"' && depth == 0)
			quoted = !quoted;
		else if (!quoted && (*text == '(' || (*text == ')' && depth > 0)))
			depth += *text == '(' ? 1 : -1;
		else if (!quoted && depth == 0)
			g_string_append_c(bare, *text);
	}
	return quoted || depth > 0 ? NULL : g_strstrip(g_strdup(bare->str));
}

/* Whether From can be read in one way only: as "ADDRESS" or "NAME <ADDRESS>", whose name is no
 * other address. What has two may be checked by one of them and shown by the other. */
static gboolean
is_plain(const char *from, const char *address)
{
	g_autofree char *bare = bare_of(from);
	char *open = bare ? strchr(bare, '<') : NULL;

	if (!strchr(address, '@') || strchr(address, '@') != strrchr(address, '@'))
		return FALSE;
	if (!open)
		return g_strcmp0(bare, address) == 0;
	*open = '\0';
	if (strncmp(open + 1, address, strlen(address)) != 0 ||
		strcmp(open + 1 + strlen(address), ">") != 0)
		return FALSE;
	return !strchr(bare, '@') || strcmp(g_strstrip(bare), address) == 0;
}

char *
sender_address(const struct mail *mail)
{
	const char *from = only_from(mail);
	const char *address = from ? only_address(g_mime_message_get_from(mail->message)) : NULL;
	g_autofree char *domain = domain_of(address), *whole = NULL, *lower = NULL;

	if (!from || !domain || !is_plain(from, address))
		return NULL;
	whole = g_strdup_printf("%.*s@%s", (int)(strrchr(address, '@') - address), address, domain);
	lower = g_utf8_validate(whole, -1, NULL) ? g_ascii_strdown(whole, -1) : NULL;
	return lower && strlen(lower) <= 254 ? g_steal_pointer(&lower) : NULL;
}

static void
read_shared(GHashTable *shared, char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		(*line)[strcspn(*line, "#")] = '\0';
		if (*g_strstrip(*line))
			g_hash_table_add(shared, g_ascii_strdown(*line, -1));
	}
}

struct senders *
senders_new(const struct profiles *profiles, GError **error)
{
	g_autofree char *file = g_build_filename(paths_data(), "shared-mail-domains.conf", NULL);
	g_autofree char *text = NULL;
	struct senders *senders;

	if (!g_file_get_contents(file, &text, NULL, error))
		return NULL;
	senders = g_new0(struct senders, 1);
	senders->profiles = profiles;
	senders->shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	read_shared(senders->shared, text);
	return senders;
}

void
senders_free(struct senders *senders)
{
	if (!senders)
		return;
	g_hash_table_unref(senders->shared);
	g_free(senders);
}

static gboolean
is_shared(const struct senders *senders, const char *domain)
{
	for (const char *at = domain; at; at = strchr(at, '.')) {
		at += *at == '.';
		if (g_hash_table_contains(senders->shared, at))
			return TRUE;
	}
	return FALSE;
}

char *
senders_house(const struct senders *senders, const char *address)
{
	g_autofree char *domain = domain_of(address);
	g_autofree char *registrable = domain_registrable(domain);

	if (!domain)
		return NULL;
	if (registrable && !is_shared(senders, domain))
		return g_steal_pointer(&registrable);
	return g_ascii_strdown(address, -1);
}

const struct profile *
senders_profile(const struct senders *senders, const char *provider)
{
	return senders->profiles && provider ? profiles_by_id(senders->profiles, provider) : NULL;
}

/* The address that the report went to, or one that the profile names as the provider's desk. */
static gboolean
is_desk(const char *address, const struct report *report, const struct profile *profile)
{
	if (report->channel == CHANNEL_MAIL && report->to &&
		g_ascii_strcasecmp(address, report->to) == 0)
		return TRUE;
	for (guint i = 0; profile && i < profile->channels->len; i++) {
		const struct profile_channel *channel = g_ptr_array_index(profile->channels, i);

		if (channel->type == CHANNEL_MAIL && channel->address &&
			g_ascii_strcasecmp(address, channel->address) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The domain of the address that a report went to; NULL when it went another way. */
static char *
contact_of(const struct report *report)
{
	return report->channel == CHANNEL_MAIL ? domain_of(report->to) : NULL;
}

/* Whether it is the very domain of the report's contact or one of the profile's mail domains. */
static gboolean
is_own(const char *domain, const struct report *report, const struct profile *profile)
{
	g_autofree char *contact = contact_of(report);

	if (g_strcmp0(domain, contact) == 0)
		return TRUE;
	for (guint i = 0; profile && i < profile->mail_domains->len; i++)
		if (g_ascii_strcasecmp(domain, g_ptr_array_index(profile->mail_domains, i)) == 0)
			return TRUE;
	return FALSE;
}

/* Whether it may be a customer's, who gets a name below one that the profile lists. */
static gboolean
is_lent(const char *domain, const struct profile *profile)
{
	for (guint i = 0; profile && i < profile->suffixes->len; i++)
		if (domain_is_within(domain, g_ptr_array_index(profile->suffixes, i)))
			return TRUE;
	return FALSE;
}

/* A profile may name a shared domain too: whoever has an address there is not the provider. */
static gboolean
is_of_profile(const struct senders *senders, const char *domain, const struct profile *profile)
{
	for (guint i = 0; profile && i < profile->mail_domains->len; i++) {
		const char *own = g_ptr_array_index(profile->mail_domains, i);

		if (domain_is_within(domain, own) && domain_aligned(domain, own) &&
			!is_shared(senders, own))
			return TRUE;
	}
	return FALSE;
}

gboolean
senders_belong(const struct senders *senders, const char *address, const struct report *report)
{
	const struct profile *profile = senders_profile(senders, report->provider);
	g_autofree char *domain = domain_of(address), *contact = contact_of(report);
	g_autofree char *registrable = domain_registrable(domain);

	if (!domain)
		return FALSE;
	if (is_desk(address, report, profile))
		return TRUE;
	if (!registrable || is_shared(senders, domain) ||
		(is_lent(domain, profile) && !is_own(domain, report, profile)))
		return FALSE;
	return domain_aligned(domain, contact) || is_of_profile(senders, domain, profile);
}

gboolean
senders_reported(const struct senders *senders, const char *address, const struct report *report,
	const char *host)
{
	const struct profile *profile = senders_profile(senders, report->provider);
	g_autofree char *domain = domain_of(address);
	g_autofree char *registrable = domain_registrable(domain);

	if (!domain || is_desk(address, report, profile))
		return FALSE;
	if (domain_is_within(domain, host))
		return TRUE;
	return registrable && domain_is_within(host, registrable) &&
	       !is_own(domain, report, profile);
}
