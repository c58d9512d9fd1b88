#include "outbox/http-job.h"

#include <string.h>

#include "outbox/http-verdict.h"

struct http_job *
http_job_new(const struct exchange_room *room, struct report *report, GError **error)
{
	struct http_job *job = g_new0(struct http_job, 1);

	exchange_init(&job->exchange, room, report);
	job->report = report;
	job->delivery = g_new0(struct delivery, 1);
	job->delivery->report_id = report->id;
	job->delivery->tries = report->tries;
	job->request = exchange_kept_request(
		&job->exchange, report->api_state ? EXCHANGE_NEXT : EXCHANGE_FIRST, error);
	if (!job->request)
		g_clear_pointer(&job, http_job_free);
	return job;
}

static void
forget_answer(struct http_job *job)
{
	job->goes_on = FALSE;
	job->answered = FALSE;
	job->pause_s = 0;
}

void
http_job_free(struct http_job *job)
{
	if (!job)
		return;
	plugin_request_free(job->request);
	exchange_clear(&job->exchange);
	delivery_free(job->delivery);
	report_free(job->report);
	g_free(job);
}

gboolean
http_job_start(struct http_job *job, struct net *net, http_done done, void *user, GError **error)
{
	forget_answer(job);
	return exchange_start(&job->exchange, job->request, net, done, user, error);
}

static void
take_verdict(struct http_job *job)
{
	static const enum verdict verdicts[] = { [ABATE_ACCEPTED] = VERDICT_ACCEPTED,
		[ABATE_REFUSED] = VERDICT_REFUSED,
		[ABATE_DEFERRED] = VERDICT_DEFERRED,
		[ABATE_IN_DOUBT] = VERDICT_IN_DOUBT };
	const struct plugin_result *result = job->exchange.result;

	delivery_set(job->delivery, verdicts[CLAMP((int)result->outcome, 0, 3)],
		result->diagnostic ? result->diagnostic : result->status);
	if (result->outcome == ABATE_DEFERRED)
		job->delivery->wait_s = MAX(job->delivery->wait_s, result->retry_after_s);
}

void
http_job_judge(struct http_job *job, const struct http_answer *answer)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;
	const struct plugin_result *result;

	forget_answer(job);
	exchange_take(&job->exchange, answer);
	job->answered = answer->status != 0;
	job->delivery->wait_s = exchange_patience(answer);
	if (http_wants_pause(answer->status))
		job->pause_s = MAX(job->delivery->wait_s, 60);
	else if (answer->status != 0)
		exchange_ask(&job->exchange, answer, job->report->api_state, &error);
	result = job->exchange.result;
	if (result) {
		job->goes_on = !result->has_verdict && result->requests->len > 0;
		if (!job->goes_on)
			take_verdict(job);
		return;
	}
	if (answer->status == 0)
		words = g_strdup_printf("%s: %s",
			job->report->server ? job->report->server : job->report->provider,
			answer->error);
	else
		words = g_strdup_printf("HTTP %ld%s%s", answer->status, error ? ": " : "",
			error ? error->message : "");
	delivery_set(job->delivery,
		http_verdict(answer->status, answer->sent, job->request->safe_to_repeat), words);
}

static gboolean
keep_step(struct http_job *job, GError **error)
{
	struct plugin_result *result = job->exchange.result;
	struct store *store = job->exchange.room->store;
	struct plugin_request *next = g_ptr_array_steal_index(result->requests, 0);
	g_autofree char *json = plugin_request_to_json(next);
	g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));

	plugin_request_free(job->request);
	job->request = next;
	g_free(job->report->api_state);
	job->report->api_state = g_strdup(result->next_state);
	return store_report_compose(store, job->report, EXCHANGE_NEXT, bytes, error) &&
	       store_report_set_api_state(store, job->report->id, job->report->api_state, error);
}

gboolean
http_job_record(struct http_job *job, GError **error)
{
	const struct plugin_result *result = job->exchange.result;
	struct store *store = job->exchange.room->store;
	g_autoptr(Reply) reply = NULL;

	if (!result)
		return TRUE;
	if (result->ticket &&
		!store_report_set_ticket(store, job->report->id, result->ticket, error))
		return FALSE;
	if (job->goes_on)
		return keep_step(job, error);
	reply = exchange_reply(&job->exchange, "http");
	return store_reply_add(store, reply, NULL, error);
}
