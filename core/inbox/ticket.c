#include "inbox/ticket.h"

#include <string.h>

#include "base/log.h"
#include "inbox/flow.h"
#include "inbox/flow.h"
#include "inbox/pattern.h"

/* How much of a text is looked through for a number, and how long one may be. */
#define TEXT_MAX (32 * 1024)
#define TICKET_MAX 100

struct tickets {
	GHashTable *patterns; /* profile's id -> GPtrArray of GRegex * */
};

static void
array_unref(void *array)
{
	g_ptr_array_unref(array);
}

struct tickets *
tickets_new(void)
{
	struct tickets *tickets = g_new0(struct tickets, 1);

	tickets->patterns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, array_unref);
	return tickets;
}

void
tickets_free(struct tickets *tickets)
{
	if (!tickets)
		return;
	g_hash_table_unref(tickets->patterns);
	g_free(tickets);
}

static GPtrArray *
patterns_of(struct tickets *tickets, const struct profile *profile)
{
	GPtrArray *patterns = g_hash_table_lookup(tickets->patterns, profile->id);

	if (patterns)
		return patterns;
	patterns = g_ptr_array_new_with_free_func(pattern_unref);
	g_hash_table_insert(tickets->patterns, g_strdup(profile->id), patterns);
	for (guint i = 0; i < profile->ticket_patterns->len; i++) {
		const char *pattern = g_ptr_array_index(profile->ticket_patterns, i);
		g_autoptr(GError) error = NULL;
		GRegex *regex = pattern_compile(pattern, 0, &error);

		if (regex)
			g_ptr_array_add(patterns, regex);
		else
			log_warning("%s: tickets: %s", profile->file, error->message);
	}
	return patterns;
}

/* A number is one line of plain text. */
static gboolean
is_ticket(const char *ticket)
{
	for (const char *at = ticket; *at; at++)
		if (g_ascii_iscntrl(*at))
			return FALSE;
	return strlen(ticket) <= TICKET_MAX;
}

static char *
find_in(const GPtrArray *patterns, const char *text)
{
	g_autofree char *plain = flow_plain(text);

	for (guint i = 0; i < patterns->len; i++) {
		g_autofree char *ticket =
			pattern_find(g_ptr_array_index(patterns, i), plain ? plain : text);

		if (ticket && is_ticket(g_strstrip(ticket)) && *ticket)
			return g_steal_pointer(&ticket);
	}
	return NULL;
}

char *
tickets_find(struct tickets *tickets, const struct profile *profile, const struct mail *mail)
{
	GPtrArray *patterns;
	char *ticket;

	if (!profile || profile->ticket_patterns->len == 0)
		return NULL;
	patterns = patterns_of(tickets, profile);
	ticket = find_in(patterns, mail->subject);
	if (ticket)
		return ticket;
	g_autofree char *text = flow_begin(mail->text, TEXT_MAX);
	return find_in(patterns, text);
}

const struct profile *
tickets_profile(const struct profiles *profiles, const struct mail *mail)
{
	InternetAddressList *from = g_mime_message_get_from(mail->message);
	InternetAddress *first = from && internet_address_list_length(from) > 0
					 ? internet_address_list_get_address(from, 0)
					 : NULL;
	const char *address =
		INTERNET_ADDRESS_IS_MAILBOX(first)
			? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first))
			: NULL;
	const char *at = address ? strrchr(address, '@') : NULL;

	return profiles && at && at[1] ? profiles_by_mail_domain(profiles, at + 1) : NULL;
}
