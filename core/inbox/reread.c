#include "inbox/reread.h"

#include <string.h>

#include "inbox/classify.h"

/* What a stranger says was done was kept as an answer only. */
static gboolean
was_lowered(const struct reply *reply, const struct verdict *verdict)
{
	return strcmp(verdict->class, "actioned") == 0 &&
	       g_strcmp0(reply->class_name, "human") == 0 &&
	       g_strcmp0(reply->rule, verdict->rule) == 0;
}

static struct verdict *
read_as(const struct rules *rules, const struct profile *profile, const struct reply *reply)
{
	g_autoptr(Mail) mail =
		reply->digest && reply->content ? mail_parse(reply->content, NULL) : NULL;
	g_autoptr(Tickets) tickets = tickets_new();
	struct verdict *verdict = mail ? classify(mail, rules) : NULL;

	if (verdict)
		classify_ticket(verdict, mail, tickets, profile);
	return verdict;
}

gboolean
reread_reply(struct store *store, const struct rules *rules, const struct profiles *profiles,
	struct reply *reply, const struct report *report, GError **error)
{
	g_autoptr(Verdict) verdict =
		read_as(rules, profiles_by_id(profiles, report->provider), reply);
	const gboolean lowered = verdict && was_lowered(reply, verdict);
	const gboolean ticket =
		verdict && verdict->ticket && g_strcmp0(verdict->ticket, reply->ticket) != 0;

	if (!lowered && !ticket)
		return TRUE;
	if (lowered) {
		g_free(reply->class_name);
		reply->class_name = g_strdup(verdict->class);
	}
	if (ticket) {
		g_free(reply->ticket);
		reply->ticket = g_strdup(verdict->ticket);
	}
	return store_reply_reread(store, reply, error);
}
