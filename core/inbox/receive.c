#include "inbox/receive.h"

#include <string.h>

#include "base/text.h"
#include "inbox/advance.h"
#include "inbox/authentication.h"
#include "inbox/classify.h"
#include "inbox/domain.h"
#include "inbox/match.h"
#include "inbox/received.h"

const char *const received_classes[] = { "acknowledgement", "human", "question", "actioned",
	"refusal", "wrong_channel", "bounce", "delay", "vacation", "unclassified", NULL };

struct receiver {
	const struct config *config;
	struct store *store;
	struct rules *rules;
	struct senders *senders;
	struct finder *finder;
	char **trusted; /* servers whose Authentication-Results are believed */
	gboolean below;
};

/* One mail on its way in. */
struct arrival {
	struct receiver *receiver;
	struct mail *mail; /* NULL: nothing could be made of it */
	struct verdict *verdict;
	struct match match;
	char *sender;
	struct reply *reply;
};

struct receiver *
receiver_new(const struct config *config, const struct profiles *profiles, struct store *store,
	GError **error)
{
	g_autoptr(Receiver) receiver = g_new0(struct receiver, 1);

	receiver->config = config;
	receiver->store = store;
	receiver->trusted = config_list(config, "inbox", "trusted_authserv");
	receiver->below = config_boolean(config, "inbox", "trusted_below");
	receiver->rules = rules_load(NULL, error);
	receiver->senders = receiver->rules ? senders_new(profiles, error) : NULL;
	if (!receiver->senders)
		return NULL;
	receiver->finder = finder_new(store, receiver->senders);
	return g_steal_pointer(&receiver);
}

void
receiver_free(struct receiver *receiver)
{
	if (!receiver)
		return;
	finder_free(receiver->finder);
	senders_free(receiver->senders);
	rules_free(receiver->rules);
	g_strfreev(receiver->trusted);
	g_free(receiver);
}

static void
arrival_clear(struct arrival *arrival)
{
	match_clear(&arrival->match);
	verdict_free(arrival->verdict);
	mail_free(arrival->mail);
	reply_free(arrival->reply);
	g_free(arrival->sender);
}

/* Adds to why a reply does not count or what is odd about it. */
static void
note(struct reply *reply, const char *words)
{
	char *before = reply->note;

	reply->note = before ? g_strdup_printf("%s; %s", before, words) : g_strdup(words);
	g_free(before);
}

/* Whose address it is, when a server that we trust was asked and vouches for it. */
static gboolean
is_authentic(const struct arrival *arrival)
{
	const struct receiver *receiver = arrival->receiver;
	g_autofree char *domain = domain_of(arrival->sender);

	return !receiver->trusted[0] ||
	       authentication_passes(arrival->mail, receiver->trusted, receiver->below, domain);
}

/* Who it claims to be, where that matters to a person. */
static gboolean
is_of_provider(struct arrival *arrival)
{
	const struct report *report = arrival->match.report;

	if (!arrival->sender ||
		!senders_belong(arrival->receiver->senders, arrival->sender, report)) {
		note(arrival->reply, "the sender is not of the provider");
		return FALSE;
	}
	if (is_authentic(arrival))
		return TRUE;
	note(arrival->reply, "no server that we trust vouches for the sender");
	return FALSE;
}

/* Whoever got the report knows its reference too, so what a stranger says was done is only an
 * answer. */
static void
judge_answer(struct arrival *arrival)
{
	struct reply *reply = arrival->reply;
	const gboolean of_provider = is_of_provider(arrival);

	reply->counts = arrival->match.by_reference || of_provider;
	if (of_provider || !arrival->match.by_reference ||
		g_strcmp0(reply->class_name, "actioned") != 0)
		return;
	g_free(reply->class_name);
	reply->class_name = g_strdup("human");
	note(reply, "it says that it acted, which counts as an answer only");
}

static void
judge(struct arrival *arrival)
{
	struct reply *reply = arrival->reply;

	if (!arrival->match.report)
		return;
	reply->report_id = arrival->match.report->id;
	reply->match = g_strdup(arrival->match.key);
	reply->weak = !arrival->match.by_reference;
	if (strcmp(reply->class_name, "bounce") != 0 && strcmp(reply->class_name, "delay") != 0) {
		judge_answer(arrival);
		return;
	}
	reply->counts = arrival->match.by_reference;
	if (!reply->counts)
		note(reply, "it names the recipient, but does not carry the reference");
}

/* The first address in From as it is written, where no one can be told. */
static char *
shown_sender(const struct mail *mail)
{
	const char *from = mail_header(mail, "From");

	return from ? g_utf8_make_valid(from, (gssize)MIN(strlen(from), 254)) : NULL;
}

static void
fill_reply(struct arrival *arrival)
{
	struct reply *reply = arrival->reply;
	const struct verdict *verdict = arrival->verdict;

	reply->class_name = g_strdup(verdict->class);
	reply->ticket = g_strdup(verdict->ticket);
	reply->status = g_strdup(verdict->status);
	reply->recipient = g_strdup(verdict->recipient);
	reply->diagnostic = g_strdup(verdict->diagnostic);
	reply->reason = g_strdup(verdict->reason);
	reply->rule = g_strdup(verdict->rule);
	reply->from = arrival->sender ? g_strdup(arrival->sender) : shown_sender(arrival->mail);
	reply->subject = *arrival->mail->subject ? g_strdup(arrival->mail->subject) : NULL;
	if (g_bytes_get_size(reply->content) > MAIL_MAX_SIZE)
		note(reply, "of a mail this large only the beginning was looked at");
}

/* Reads it: what it says, who says it, and of which report. */
static gboolean
read_arrival(struct arrival *arrival, GError **error)
{
	struct receiver *receiver = arrival->receiver;
	struct reply *reply = arrival->reply;
	g_autoptr(GError) fault = NULL;

	arrival->mail = mail_parse(reply->content, &fault);
	if (!arrival->mail) {
		reply->class_name = g_strdup("unclassified");
		reply->rule = g_strdup("broken");
		note(reply, fault->message);
		return TRUE;
	}
	arrival->sender = sender_address(arrival->mail);
	arrival->verdict = classify(arrival->mail, receiver->rules);
	if (!finder_find(receiver->finder, arrival->mail, arrival->verdict, arrival->sender,
		    &arrival->match, error))
		return FALSE;
	if (arrival->match.report)
		finder_ticket(
			receiver->finder, arrival->mail, arrival->verdict, arrival->match.report);
	fill_reply(arrival);
	judge(arrival);
	return TRUE;
}

/* When it came; a time to come is a wrong one. */
static void
set_time(struct arrival *arrival, gint64 received)
{
	const gint64 now = text_now();

	if (received <= 0 && arrival->mail)
		received = received_time(arrival->mail);
	arrival->reply->received = received > 0 ? MIN(received, now) : now;
}

static void
count(const struct arrival *arrival, gboolean bounced, struct received_counts *counts)
{
	const struct reply *reply = arrival->reply;

	counts->broken += !arrival->mail || arrival->mail->bare;
	if (!reply->report_id)
		counts->unmatched++;
	else if (reply->weak)
		counts->weak++;
	else
		counts->matched++;
	counts->bounced += bounced;
	for (gsize i = 0; received_classes[i]; i++)
		counts->classes[i] += g_strcmp0(reply->class_name, received_classes[i]) == 0;
}

static gboolean
keep(struct arrival *arrival, struct received_counts *counts, GError **error)
{
	struct store *store = arrival->receiver->store;
	gboolean is_new, bounced = FALSE;

	if (!store_reply_add(store, arrival->reply, &is_new, error))
		return FALSE;
	if (!is_new) {
		counts->known++;
		return TRUE;
	}
	if (arrival->reply->counts && !advance_report(store, arrival->reply, &bounced, error))
		return FALSE;
	count(arrival, bounced, counts);
	return TRUE;
}

/* In one transaction, so that two fetches at once keep it once. */
static gboolean
take(struct arrival *arrival, gint64 received, struct received_counts *counts, GError **error)
{
	struct store *store = arrival->receiver->store;
	gboolean known;

	if (!store_reply_known(store, arrival->reply, &known, error))
		return FALSE;
	if (known) {
		counts->known++;
		return TRUE;
	}
	if (!read_arrival(arrival, error))
		return FALSE;
	set_time(arrival, received);
	return keep(arrival, counts, error);
}

gboolean
receiver_take(struct receiver *receiver, const char *source, gint64 received, GBytes *mail,
	struct received_counts *counts, GError **error)
{
	struct arrival arrival = { .receiver = receiver, .reply = reply_new() };
	gboolean ok;

	arrival.reply->source = g_strdup(source);
	arrival.reply->content = g_bytes_ref(mail);
	arrival.reply->digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, mail);
	counts->read++;
	ok = store_begin(receiver->store, error);
	if (ok) {
		ok = take(&arrival, received, counts, error);
		if (!ok)
			store_rollback(receiver->store);
		else
			ok = store_commit(receiver->store, error);
	}
	arrival_clear(&arrival);
	return ok;
}
