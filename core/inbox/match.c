#include "inbox/match.h"

#include <string.h>

#include "base/text.h"
#include "inbox/clues.h"
#include "inbox/domain.h"
#include "inbox/numbers.h"

/* Shorter numbers stand in too many mails. */
#define TICKET_MIN 5
/* How long a bounce may take that says no more than whom it could not reach. */
#define BOUNCE_DAYS 6

struct finder {
	struct store *store;
	const struct senders *senders;
	struct told_index *told;
	struct tickets *tickets;
};

struct search {
	struct finder *finder;
	const struct arrival *arrival;
	const struct mail *mail;
	const struct verdict *verdict;
	const char *sender;
	struct match *match;
	GError **error;
};

struct finder *
finder_new(struct store *store, const struct senders *senders)
{
	struct finder *finder = g_new0(struct finder, 1);

	finder->store = store;
	finder->senders = senders;
	finder->told = told_index_new(store, senders);
	finder->tickets = tickets_new();
	return finder;
}

void
finder_free(struct finder *finder)
{
	if (!finder)
		return;
	told_index_free(finder->told);
	tickets_free(finder->tickets);
	g_free(finder);
}

void
match_clear(struct match *match)
{
	g_clear_pointer(&match->report, report_free);
}

/* Takes report, which may be NULL without an error. FALSE on an error. */
static gboolean
found(struct search *search, struct report *report, const char *key, gboolean by_reference,
	GError *failure)
{
	if (failure) {
		g_propagate_error(search->error, failure);
		return FALSE;
	}
	search->match->report = report;
	search->match->key = report ? key : NULL;
	search->match->by_reference = report && by_reference;
	return TRUE;
}

/* A Message-ID without the reference in it could be guessed. */
static gboolean
by_clue(struct search *search, const struct clue *clue)
{
	GError *failure = NULL;
	struct report *report = store_report_known(search->finder->store,
		clue->is_message ? "message_id" : "reference", clue->value, &failure);

	return found(search, report, clue->key, !clue->is_message, failure);
}

static gboolean
by_reference(struct search *search)
{
	const GPtrArray *clues = search->arrival->clues;

	for (guint i = 0; i < clues->len && !search->match->report; i++)
		if (!by_clue(search, clues->pdata[i]))
			return FALSE;
	return TRUE;
}

/* FALSE on an error. */
static gboolean
belongs(struct search *search, const struct report *report, gboolean *does)
{
	return told_belongs(search->finder->told, search->sender, report, does, search->error);
}

/* The reply that the mail answers, or of which it is another copy, leads to its report. */
static gboolean
by_one_id(struct search *search, const char *message_id)
{
	g_autoptr(Reply) reply = NULL;
	GError *failure = NULL;

	if (!store_reply_thread(search->finder->store, message_id, &reply, search->error))
		return FALSE;
	if (!reply)
		return TRUE;
	search->match->by_person = g_strcmp0(reply->match, "assigned") == 0 && search->sender &&
				   g_strcmp0(reply->from, search->sender) == 0;
	struct report *report = store_report_get(search->finder->store, reply->report_id, &failure);
	return found(search, report, "thread", FALSE, failure);
}

static gboolean
by_thread(struct search *search)
{
	const GPtrArray *clues = search->arrival->clues;
	const char *own = search->arrival->message_id;

	if (clues_is_delivery(search->verdict) || (own && !by_one_id(search, own)))
		return clues_is_delivery(search->verdict);
	for (guint i = 0; i < clues->len && !search->match->report; i++) {
		const struct clue *clue = clues->pdata[i];

		if (clue->is_message && !by_one_id(search, clue->value))
			return FALSE;
	}
	return TRUE;
}

/* The newest report with that number whose provider the sender belongs to; else, when stranger, the
 * only one that has it, as desks also write from elsewhere: that one does not count. */
static gboolean
by_number(struct search *search, const char *ticket, gboolean stranger)
{
	g_autoptr(GPtrArray) list =
		store_reports_with_ticket(search->finder->store, ticket, search->error);
	struct report **slot = NULL;

	if (!list)
		return FALSE;
	for (guint i = 0; i < list->len && !slot; i++) {
		gboolean does;

		if (!belongs(search, list->pdata[i], &does))
			return FALSE;
		if (does)
			slot = (struct report **)&list->pdata[i];
	}
	if (!slot && stranger && list->len == 1 && strlen(ticket) >= TICKET_MIN)
		slot = (struct report **)&list->pdata[0];
	if (!slot)
		return TRUE;
	return found(search, g_steal_pointer(slot), "ticket", FALSE, NULL);
}

/* By the patterns of the providers that the sender may be. */
static gboolean
by_own_patterns(struct search *search, GHashTable *providers)
{
	GHashTableIter iter;
	void *provider;

	g_hash_table_iter_init(&iter, providers);
	while (!search->match->report && g_hash_table_iter_next(&iter, &provider, NULL)) {
		const struct profile *profile = senders_profile(search->finder->senders, provider);
		g_autofree char *ticket =
			tickets_find(search->finder->tickets, profile, search->mail);

		if (ticket && !by_number(search, ticket, FALSE))
			return FALSE;
	}
	return TRUE;
}

/* By any word that is a number seen before. */
static gboolean
by_known_number(struct search *search, const char *text, gboolean stranger)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	numbers_collect(text, words);
	for (guint i = 0; i < words->len && !search->match->report; i++)
		if (!by_number(search, words->pdata[i], stranger))
			return FALSE;
	return TRUE;
}

static gboolean
by_ticket(struct search *search)
{
	const char *general = search->verdict->ticket;
	GHashTable *providers = told_providers(search->finder->told, search->sender, search->error);

	if (!providers || clues_is_delivery(search->verdict))
		return providers != NULL;
	if (!by_own_patterns(search, providers) ||
		(!search->match->report && general && !by_number(search, general, TRUE)) ||
		(!search->match->report && !by_known_number(search, search->mail->subject, TRUE)))
		return FALSE;
	return search->match->report || g_hash_table_size(providers) == 0 ||
	       by_known_number(search, search->mail->text, FALSE);
}

/* A bounce that names no more than whom it could not reach. */
static gboolean
by_recipient(struct search *search)
{
	const char *recipient = search->verdict->recipient;
	const gint64 since = text_now() - BOUNCE_DAYS * 24 * 3600 * (gint64)G_USEC_PER_SEC;
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	GHashTable *providers;
	GHashTableIter iter;
	void *provider;

	if (!clues_is_delivery(search->verdict) || !recipient)
		return TRUE;
	providers = told_providers(search->finder->told, recipient, search->error);
	if (!providers)
		return FALSE;
	g_hash_table_iter_init(&iter, providers);
	while (g_hash_table_iter_next(&iter, &provider, NULL)) {
		GPtrArray *list = store_reports_to(
			search->finder->store, provider, recipient, since, search->error);

		if (!list)
			return FALSE;
		g_ptr_array_extend_and_steal(all, list);
	}
	if (all->len != 1)
		return TRUE;
	return found(search, g_steal_pointer(&all->pdata[0]), "recipient", FALSE, NULL);
}

/* The one report that waits at the sender's and is about what the mail names. */
static gboolean
by_indicator(struct search *search)
{
	g_autofree char *text = NULL;
	GError *failure = NULL;
	GHashTable *providers;
	GHashTableIter iter;
	void *provider;
	gint64 id = 0, one = 0;

	if (clues_is_delivery(search->verdict))
		return TRUE;
	providers = told_providers(search->finder->told, search->sender, search->error);
	if (!providers || g_hash_table_size(providers) == 0)
		return providers != NULL;
	text = g_strconcat(search->mail->subject, "\n", search->mail->text, NULL);
	g_hash_table_iter_init(&iter, providers);
	while (g_hash_table_iter_next(&iter, &provider, NULL)) {
		if (!told_find(search->finder->told, provider, text, &one, search->error))
			return FALSE;
		if (one && id)
			return TRUE;
		id = one ? one : id;
	}
	if (!id)
		return TRUE;
	g_autoptr(Report) report = store_report_get(search->finder->store, id, &failure);
	gboolean does = FALSE;
	if (report && !belongs(search, report, &does))
		return FALSE;
	if (report && !does)
		return TRUE;
	return found(search, g_steal_pointer(&report), "sender-and-indicator", FALSE, failure);
}

/* Whether the domain may vouch for the sender: relaxed alignment lets one do so that the provider
 * lends to a customer. */
static gboolean
may_vouch(struct search *search, const char *domain, gboolean *may, GError **error)
{
	g_autofree char *own = domain_of(search->sender);
	g_autofree char *any = g_strconcat("any@", domain, NULL);

	*may = domain_is_within(own, domain);
	return *may || told_belongs(search->finder->told, any, search->match->report, may, error);
}

/* Where it is told by which domains the sender is vouched for, one of them has to be the
 * provider's.
 */
static gboolean
judge_sender(struct search *search, GError **error)
{
	const GPtrArray *vouchers = search->arrival->vouchers;
	struct match *match = search->match;
	gboolean vouched = vouchers->len == 0;

	if (!told_belongs(search->finder->told, search->sender, match->report, &match->of_provider,
		    error))
		return FALSE;
	for (guint i = 0; match->of_provider && !vouched && i < vouchers->len; i++) {
		if (!may_vouch(search, vouchers->pdata[i], &vouched, error))
			return FALSE;
	}
	match->of_provider &= vouched;
	return TRUE;
}

gboolean
finder_find(
	struct finder *finder, const struct arrival *arrival, struct match *match, GError **error)
{
	static gboolean (*const steps[])(struct search *) = { by_reference, by_thread, by_ticket,
		by_recipient, by_indicator };
	GError *failure = NULL;
	struct search search = { finder, arrival, arrival->mail, arrival->verdict, arrival->sender,
		match, &failure };

	*match = (struct match){ 0 };
	for (gsize i = 0; i < G_N_ELEMENTS(steps) && !match->report; i++)
		if (!steps[i](&search)) {
			g_propagate_error(error, failure);
			return FALSE;
		}
	return !match->report || judge_sender(&search, error);
}

void
finder_ticket(struct finder *finder, struct arrival *arrival, const struct report *report)
{
	classify_ticket(arrival->verdict, arrival->mail, finder->tickets,
		senders_profile(finder->senders, report->provider));
}
