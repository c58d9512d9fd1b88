#include "inbox/poll-job.h"

#include "base/text.h"
#include "inbox/advance.h"
#include "inbox/poll-pace.h"

#define MAX_STEPS 5

struct poll_job *
poll_job_new(const struct exchange_room *room, struct report *report)
{
	struct poll_job *job = g_new0(struct poll_job, 1);

	job->report = report;
	job->state = report->ticket ? NULL : g_strdup(report->api_state);
	exchange_init(&job->exchange, room, report);
	return job;
}

void
poll_job_free(struct poll_job *job)
{
	exchange_clear(&job->exchange);
	plugin_request_free(job->request);
	report_free(job->report);
	g_free(job->state);
	g_free(job->words);
	g_free(job);
}

static void
set_outcome(struct poll_job *job, enum poll_outcome outcome, const char *words)
{
	job->outcome = outcome;
	g_free(job->words);
	job->words = g_strdup(words);
}

gboolean
poll_job_start(struct poll_job *job, struct net *net, http_done done)
{
	g_autoptr(GError) error = NULL;

	if (!job->request)
		job->request = exchange_poll_request(&job->exchange, &error);
	if (job->request && exchange_start(&job->exchange, job->request, net, done, job, &error))
		return TRUE;
	job->is_over = !error;
	job->goes_on = FALSE;
	set_outcome(job, error ? POLL_FAULT : POLL_TOLD, error ? error->message : NULL);
	return FALSE;
}

static gboolean
refuses_login(long status)
{
	return status == 401 || status == 403 || status == 407;
}

/* The answer to this step wants another one. */
static void
take_step(struct poll_job *job)
{
	struct plugin_result *result = job->exchange.result;

	if (++job->steps > MAX_STEPS) {
		set_outcome(job, POLL_FAULT, "the plugin asks for ever more requests");
		return;
	}
	plugin_request_free(job->request);
	job->request = g_ptr_array_steal_index(result->requests, 0);
	g_free(job->state);
	job->state = g_strdup(result->next_state);
	job->goes_on = TRUE;
}

static void
take_result(struct poll_job *job, long status)
{
	const struct plugin_result *result = job->exchange.result;
	const char *words = result->diagnostic ? result->diagnostic : result->status;

	if (refuses_login(status)) {
		set_outcome(job, POLL_LOGIN, words);
	} else if (!result->has_verdict) {
		take_step(job);
	} else if (result->outcome == ABATE_ACCEPTED || result->outcome == ABATE_REFUSED) {
		set_outcome(job, POLL_TOLD, NULL);
	} else {
		job->wait_s = MAX(job->wait_s, result->retry_after_s);
		set_outcome(job, POLL_FAULT, words);
	}
}

void
poll_job_judge(struct poll_job *job, const struct http_answer *answer)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *words = g_strdup_printf("HTTP %ld", answer->status);

	exchange_take(&job->exchange, answer);
	job->goes_on = FALSE;
	job->wait_s = exchange_patience(answer);
	if (answer->status == 0)
		set_outcome(job, POLL_FAULT, answer->error);
	else if (http_wants_pause(answer->status))
		set_outcome(job, POLL_PAUSE, words);
	else if (exchange_ask(&job->exchange, answer, job->state, &error))
		take_result(job, answer->status);
	else
		set_outcome(job, refuses_login(answer->status) ? POLL_LOGIN : POLL_FAULT,
			error->message);
	if (job->outcome == POLL_LOGIN && !job->words)
		job->words = g_steal_pointer(&words);
}

/* What was asked for is the ticket; how the report stands is asked with that the next time. */
static gboolean
keep_ticket(const struct poll_job *job, enum poll_news *news, GError **error)
{
	const char *ticket = job->exchange.result->ticket;

	if (!ticket)
		return TRUE;
	*news = POLL_NEWS;
	return store_report_set_ticket(job->exchange.room->store, job->report->id, ticket, error);
}

/* Whether an answer says what the last one said; a time or a number of the request in it may have
 * changed meanwhile. */
static gboolean
says_the_same(const struct reply *reply, const struct reply *last)
{
	return g_strcmp0(reply->class_name, last->class_name) == 0 &&
	       g_strcmp0(reply->status, last->status) == 0 &&
	       g_strcmp0(reply->diagnostic, last->diagnostic) == 0 &&
	       g_strcmp0(reply->ticket, last->ticket) == 0;
}

static gboolean
keep_answer(const struct poll_job *job, enum poll_news *news, GError **error)
{
	struct store *store = job->exchange.room->store;
	g_autoptr(Reply) reply = exchange_reply(&job->exchange, "poll");
	g_autoptr(Reply) last = NULL;

	if (!store_poll_last(store, job->report->id, &last, error))
		return FALSE;
	if (last && says_the_same(reply, last))
		return TRUE;
	*news = POLL_NEWS;
	return store_reply_add(store, reply, NULL, error) &&
	       advance_report(store, reply, NULL, error);
}

static gboolean
keep(const struct poll_job *job, enum poll_news *news, GError **error)
{
	if (job->is_over)
		return TRUE;
	return job->report->ticket ? keep_answer(job, news, error) : keep_ticket(job, news, error);
}

static gboolean
is_last(const struct poll_job *job)
{
	if (job->outcome != POLL_TOLD)
		return FALSE;
	return job->is_over || (job->report->ticket && job->exchange.result->final);
}

gboolean
poll_job_record(struct poll_job *job, gint64 not_before, enum poll_news *news, gboolean *is_final,
	GError **error)
{
	const struct exchange_room *room = job->exchange.room;
	const gint64 now = text_now();
	const gint64 base = poll_base(
		room->profiles ? profiles_by_id(room->profiles, job->report->provider) : NULL);
	gint64 next = poll_next(job->report->sent, now, base, g_random_double());

	*news = POLL_SAME;
	if (job->outcome == POLL_TOLD && !keep(job, news, error))
		return FALSE;
	if (is_last(job))
		next = 0;
	if (next && job->outcome == POLL_PAUSE)
		next = not_before;
	else if (next)
		next = MAX(next, MAX(not_before, now + job->wait_s * G_USEC_PER_SEC));
	*is_final = next == 0;
	return store_poll_set(room->store, job->report->id, next, error);
}
