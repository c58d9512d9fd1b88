#include "inbox/receive.h"

#include <string.h>

#include "base/text.h"
#include "inbox/advance.h"
#include "inbox/arrivals.h"
#include "inbox/match.h"

const char *const received_classes[] = { "acknowledgement", "human", "question", "actioned",
	"refusal", "wrong_channel", "bounce", "delay", "vacation", "unclassified", NULL };

/* A Message-ID as long as a line of a mail may be; longer ones are somebody's game. */
#define ID_MAX 998

struct receiver {
	const struct config *config;
	struct store *store;
	struct rules *rules;
	struct senders *senders;
	struct finder *finder;
	char **trusted;
	struct arrival_reading reading;
	struct arrivals *arrivals;
};

/* A mail that is being kept. */
struct keeping {
	struct receiver *receiver;
	struct arrival *arrival;
	struct match match;
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
	receiver->rules = rules_load(NULL, error);
	receiver->senders = receiver->rules ? senders_new(profiles, error) : NULL;
	if (!receiver->senders)
		return NULL;
	receiver->finder = finder_new(store, receiver->senders);
	receiver->reading.rules = receiver->rules;
	receiver->reading.trusted = receiver->trusted;
	receiver->reading.below = config_boolean(config, "inbox", "trusted_below");
	if (!store_reply_digests(store, &receiver->reading.crlf, error))
		return NULL;
	receiver->arrivals = arrivals_new(&receiver->reading);
	return g_steal_pointer(&receiver);
}

void
receiver_free(struct receiver *receiver)
{
	if (!receiver)
		return;
	arrivals_free(receiver->arrivals);
	finder_free(receiver->finder);
	senders_free(receiver->senders);
	rules_free(receiver->rules);
	g_strfreev(receiver->trusted);
	g_free(receiver);
}

/* Adds to why a reply does not count or what is odd about it. */
static void
note(struct reply *reply, const char *words)
{
	char *before = reply->note;

	reply->note = before ? g_strdup_printf("%s; %s", before, words) : g_strdup(words);
	g_free(before);
}

/* Notes where it is not. */
static gboolean
is_of_provider(struct keeping *keeping)
{
	if (!keeping->match.of_provider) {
		note(keeping->reply, "the sender is not of the provider");
		return FALSE;
	}
	if (keeping->arrival->authentic)
		return TRUE;
	note(keeping->reply, "no server that we trust vouches for the sender");
	return FALSE;
}

/* Whether the sender is of our house: a colleague, or the ticket system of our own desk. */
static gboolean
is_of_our_house(const struct keeping *keeping)
{
	static const char *const keys[][2] = { { "mail", "from" }, { "reporter", "email" } };
	const struct senders *senders = keeping->receiver->senders;
	const char *sender = keeping->arrival->sender;
	g_autofree char *house = sender ? senders_house(senders, sender) : NULL;

	for (gsize i = 0; house && i < G_N_ELEMENTS(keys); i++) {
		const char *own = config_string(keeping->receiver->config, keys[i][0], keys[i][1]);
		g_autofree char *ours = own ? senders_house(senders, own) : NULL;

		if (g_strcmp0(house, ours) == 0)
			return g_ascii_strcasecmp(own, sender) == 0 || !keeping->match.of_provider;
	}
	return FALSE;
}

/* A copy of what we sent, or a note of our own: no answer. */
static gboolean
is_our_own(const struct keeping *keeping)
{
	const char *id = keeping->arrival->message_id;

	return (id && g_strcmp0(id, keeping->match.report->message_id) == 0) ||
	       is_of_our_house(keeping);
}

/* Whoever got the report knows its reference too, so what a stranger says was done is only an
 * answer. */
static void
judge_answer(struct keeping *keeping)
{
	struct reply *reply = keeping->reply;
	gboolean of_provider;

	if (is_our_own(keeping)) {
		note(reply, "it is from ourselves");
		return;
	}
	if (keeping->match.by_person && keeping->arrival->authentic) {
		reply->counts = TRUE;
		reply->weak = FALSE;
		return;
	}
	of_provider = is_of_provider(keeping);
	reply->counts = keeping->match.by_reference || of_provider;
	if (of_provider || !keeping->match.by_reference ||
		g_strcmp0(reply->class_name, "actioned") != 0)
		return;
	g_free(reply->class_name);
	reply->class_name = g_strdup("human");
	note(reply, "it says that it acted, which counts as an answer only");
}

static void
judge(struct keeping *keeping)
{
	struct reply *reply = keeping->reply;

	if (!keeping->match.report)
		return;
	reply->report_id = keeping->match.report->id;
	/* No answer comes before what it answers. */
	if (reply->received < keeping->match.report->sent && keeping->arrival->filed > 0)
		reply->received = MIN(keeping->arrival->filed, text_now());
	reply->match = g_strdup(keeping->match.key);
	reply->weak = !keeping->match.by_reference;
	if (g_strcmp0(reply->rule, "delivered") == 0) {
		reply->counts = keeping->match.by_reference;
		note(reply, "delivered: a mail system says so, nobody has answered yet");
		return;
	}
	if (strcmp(reply->class_name, "bounce") != 0 && strcmp(reply->class_name, "delay") != 0) {
		judge_answer(keeping);
		return;
	}
	reply->counts = keeping->match.by_reference;
	if (!reply->counts)
		note(reply, "it names the recipient, but does not carry the reference");
}

static void
fill_reply(struct reply *reply, const struct arrival *arrival)
{
	const struct verdict *verdict = arrival->verdict;

	reply->class_name = g_strdup(verdict->class);
	reply->ticket = g_strdup(verdict->ticket);
	reply->status = g_strdup(verdict->status);
	reply->recipient = g_strdup(verdict->recipient);
	reply->diagnostic = g_strdup(verdict->diagnostic);
	reply->reason = g_strdup(verdict->reason);
	reply->rule = g_strdup(verdict->rule);
	reply->from = g_strdup(arrival->sender ? arrival->sender : arrival->shown_from);
	reply->subject = *arrival->mail->subject ? g_strdup(arrival->mail->subject) : NULL;
	if (g_bytes_get_size(arrival->content) > MAIL_MAX_SIZE)
		note(reply, "of a mail this large only the beginning was looked at");
}

static void
note_broken(struct reply *reply, const struct arrival *arrival)
{
	g_autofree char *words = NULL;

	if (!arrival->mail)
		reply->broken = g_strdup("nothing in it");
	else if (arrival->mail->bare)
		reply->broken = g_strdup("no headers");
	else if (!arrival->sender && !arrival->shown_from)
		reply->broken = g_strdup("no sender");
	if (!reply->broken)
		return;
	words = g_strconcat("broken: ", reply->broken, NULL);
	note(reply, words);
}

/* Of which report it is, and whether it counts. */
static gboolean
match(struct keeping *keeping, GError **error)
{
	struct finder *finder = keeping->receiver->finder;
	struct arrival *arrival = keeping->arrival;

	note_broken(keeping->reply, arrival);
	if (!arrival->mail) {
		keeping->reply->class_name = g_strdup("unclassified");
		keeping->reply->rule = g_strdup("broken");
		return TRUE;
	}
	if (!finder_find(finder, arrival, &keeping->match, error))
		return FALSE;
	if (keeping->match.report)
		finder_ticket(finder, arrival, keeping->match.report);
	fill_reply(keeping->reply, arrival);
	judge(keeping);
	return TRUE;
}

static void
count(const struct keeping *keeping, gboolean bounced, struct received_counts *counts)
{
	const struct reply *reply = keeping->reply;

	counts->broken += reply->broken != NULL;
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
keep(struct keeping *keeping, struct received_counts *counts, GError **error)
{
	struct store *store = keeping->receiver->store;
	gboolean is_new, bounced = FALSE;

	if (!store_reply_add(store, keeping->reply, &is_new, error))
		return FALSE;
	if (!is_new) {
		counts->known++;
		return TRUE;
	}
	if (keeping->reply->counts &&
		!advance_known(store, keeping->match.report, keeping->reply, &bounced, error))
		return FALSE;
	count(keeping, bounced, counts);
	return TRUE;
}

static gboolean
keep_new(struct keeping *keeping, struct received_counts *counts, GError **error)
{
	struct reply *reply = keeping->reply;
	const gint64 now = text_now();

	reply->source = g_strdup(keeping->arrival->source);
	reply->content = g_bytes_ref(keeping->arrival->content);
	reply->digest = g_strdup(keeping->arrival->digest);
	reply->sha256 = g_strdup(keeping->arrival->sha256);
	reply->sha256_crlf = g_strdup(keeping->arrival->sha256_crlf);
	if (keeping->arrival->message_id && strlen(keeping->arrival->message_id) <= ID_MAX)
		reply->message_id = g_strdup(keeping->arrival->message_id);
	/* A time to come is a wrong one. */
	reply->received =
		keeping->arrival->received > 0 ? MIN(keeping->arrival->received, now) : now;
	return match(keeping, error) && keep(keeping, counts, error);
}

/* In one transaction, so that two fetches at once keep it once. */
static gboolean
keep_arrival(struct receiver *receiver, struct arrival *arrival, struct received_counts *counts,
	GError **error)
{
	struct keeping keeping = { .receiver = receiver, .arrival = arrival };
	gboolean ok = store_begin(receiver->store, error);

	if (!ok)
		return FALSE;
	keeping.reply = reply_new();
	ok = keep_new(&keeping, counts, error);
	if (ok)
		ok = store_commit(receiver->store, error);
	else
		store_rollback(receiver->store);
	match_clear(&keeping.match);
	reply_free(keeping.reply);
	return ok;
}

static gboolean
keep_first(struct receiver *receiver, struct received_counts *counts, GError **error)
{
	struct arrival *arrival = arrivals_pop(receiver->arrivals);
	const gboolean ok = keep_arrival(receiver, arrival, counts, error);

	counts->read++;
	arrival_free(arrival);
	return ok;
}

void
receiver_prepare(struct receiver *receiver, const char *source, gint64 received, GBytes *mail)
{
	arrivals_push(receiver->arrivals, arrival_new(source, received, mail));
}

gboolean
receiver_settle(
	struct receiver *receiver, guint leave, struct received_counts *counts, GError **error)
{
	while (arrivals_count(receiver->arrivals) > leave)
		if (!keep_first(receiver, counts, error))
			return FALSE;
	return TRUE;
}

void
receiver_forget(struct receiver *receiver)
{
	arrivals_forget(receiver->arrivals);
}

gboolean
receiver_take(struct receiver *receiver, const char *source, gint64 received, GBytes *mail,
	struct received_counts *counts, GError **error)
{
	receiver_prepare(receiver, source, received, mail);
	if (receiver_settle(receiver, 0, counts, error))
		return TRUE;
	receiver_forget(receiver);
	return FALSE;
}
