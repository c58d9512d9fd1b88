#include "outbox/http-job.h"

#include <string.h>

#include "base/text.h"
#include "outbox/http-verdict.h"
#include "outbox/redact.h"

#define FIRST "application/http"
#define NEXT "application/http; step=next"

struct http_job *
http_job_new(const struct http_room *room, struct report *report, GError **error)
{
	const char *kind = report->api_state ? NEXT : FIRST;
	g_autoptr(GBytes) bytes = store_report_bytes(room->store, report->id, kind, error);
	struct plugin_request *request = NULL;
	gsize size;

	if (bytes) {
		const char *json = g_bytes_get_data(bytes, &size);
		request = plugin_request_from_json(json, size, error);
	}
	if (!request) {
		report_free(report);
		return NULL;
	}
	struct http_job *job = g_new0(struct http_job, 1);
	job->room = room;
	job->report = report;
	job->request = request;
	job->secrets = g_ptr_array_new_with_free_func(g_free);
	job->delivery = g_new0(struct delivery, 1);
	job->delivery->report_id = report->id;
	job->delivery->tries = report->tries;
	return job;
}

static void
forget_answer(struct http_job *job)
{
	g_clear_pointer(&job->result, plugin_result_free);
	g_clear_pointer(&job->answer, g_bytes_unref);
	job->goes_on = FALSE;
	job->pause_s = 0;
}

void
http_job_free(struct http_job *job)
{
	if (!job)
		return;
	forget_answer(job);
	plugin_request_free(job->request);
	g_ptr_array_unref(job->secrets);
	delivery_free(job->delivery);
	report_free(job->report);
	g_free(job);
}

/* NULL stays NULL; *fine turns FALSE with error. */
static char *
fill(struct http_job *job, const char *text, gboolean *fine, GError **error)
{
	if (!text || !*fine)
		return NULL;
	redact_collect(job->room->config, text, job->secrets);
	char *filled = plugin_fill_secrets(job->room->config, text, error);
	*fine = filled != NULL;
	return filled;
}

gboolean
http_job_start(struct http_job *job, struct net *net, http_done done, void *user, GError **error)
{
	const struct plugin_request *from = job->request;
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	gboolean fine = TRUE;

	forget_answer(job);
	g_ptr_array_set_size(job->secrets, 0);
	g_autofree char *url = fill(job, from->url, &fine, error);
	g_autofree char *body = fill(job, from->body, &fine, error);
	g_autofree char *username = fill(job, from->username, &fine, error);
	g_autofree char *password = fill(job, from->password, &fine, error);

	for (guint i = 0; from->headers && i < from->headers->len; i++)
		g_ptr_array_add(
			headers, fill(job, g_ptr_array_index(from->headers, i), &fine, error));
	if (!fine)
		return FALSE;
	g_ptr_array_add(headers, NULL);
	/* Credentials and a report must not follow a redirect to who knows where. */
	const struct http_request request = { .method = from->method,
		.url = url,
		.headers = (const char *const *)headers->pdata,
		.body = body,
		.max_bytes = 1024 * 1024,
		.aws_sigv4 = from->aws_sigv4,
		.username = username,
		.password = password,
		.no_redirect = TRUE };
	http_start(net, &request, done, user);
	return TRUE;
}

static GPtrArray *
indicators_of(const struct http_job *job, GError **error)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	const GArray *ids = job->report->indicators;

	for (guint i = 0; i < ids->len; i++) {
		struct indicator *indicator =
			store_indicator_get(job->room->store, g_array_index(ids, gint64, i), error);
		if (!indicator) {
			g_ptr_array_unref(list);
			return NULL;
		}
		g_ptr_array_add(list, indicator);
	}
	return list;
}

static struct plugin_result *
ask_plugin(const struct http_job *job, const struct http_answer *answer, GError **error)
{
	const struct http_room *room = job->room;
	const struct report *report = job->report;
	const struct plugin *plugin =
		report->plugin ? plugin_host_find(room->plugins, report->plugin) : NULL;
	if (!plugin) {
		g_set_error(error, OUTBOX_ERROR, 0, "the plugin %s is not there to read the answer",
			report->plugin ? report->plugin : "(none)");
		return NULL;
	}
	g_autoptr(AbuseCase) abuse_case = store_case_get(room->store, report->case_id, error);
	g_autoptr(GPtrArray) indicators = abuse_case ? indicators_of(job, error) : NULL;
	if (!indicators)
		return NULL;
	gsize size;
	const char *data = g_bytes_get_data(answer->body, &size);
	g_autofree char *copy = g_strndup(data ? data : "", size);
	g_autofree char *body = g_utf8_make_valid(copy, -1);
	const struct plugin_target target = { .plugin = plugin,
		.abuse_case = abuse_case,
		.report = report,
		.profile = room->profiles ? profiles_by_id(room->profiles, report->provider) : NULL,
		.indicators = indicators,
		.config = room->config,
		.answer_status = (int)answer->status,
		.answer_headers = answer->headers,
		.answer_body = body,
		.answer_state = report->api_state };
	return plugin_call(&target, PLUGIN_ANSWER, error);
}

static void
take_verdict(struct http_job *job)
{
	static const enum verdict verdicts[] = { [ABATE_ACCEPTED] = VERDICT_ACCEPTED,
		[ABATE_REFUSED] = VERDICT_REFUSED,
		[ABATE_DEFERRED] = VERDICT_DEFERRED,
		[ABATE_IN_DOUBT] = VERDICT_IN_DOUBT };
	const struct plugin_result *result = job->result;

	g_autofree char *words =
		redact_text(result->diagnostic ? result->diagnostic : result->status, job->secrets);

	delivery_set(job->delivery, verdicts[CLAMP((int)result->outcome, 0, 3)], words);
	if (result->outcome == ABATE_DEFERRED)
		job->delivery->wait_s = MAX(job->delivery->wait_s, result->retry_after_s);
}

void
http_job_judge(struct http_job *job, const struct http_answer *answer)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;
	const char *retry_after =
		answer->headers ? g_hash_table_lookup(answer->headers, "retry-after") : NULL;

	forget_answer(job);
	job->answer = redact_bytes(answer->body, job->secrets);
	job->delivery->wait_s = http_retry_after(retry_after, text_now() / G_USEC_PER_SEC);
	if (http_wants_pause(answer->status))
		job->pause_s = MAX(job->delivery->wait_s, 60);
	else if (answer->status != 0)
		job->result = ask_plugin(job, answer, &error);
	if (job->result) {
		job->goes_on = !job->result->has_verdict && job->result->requests->len > 0;
		if (!job->goes_on)
			take_verdict(job);
		return;
	}
	if (answer->status == 0)
		words = g_strdup_printf("%s: %s", job->report->server, answer->error);
	else
		words = g_strdup_printf("HTTP %ld%s%s", answer->status, error ? ": " : "",
			error ? error->message : "");
	delivery_set(job->delivery,
		http_verdict(answer->status, answer->sent, job->request->safe_to_repeat), words);
}

static gboolean
keep_step(struct http_job *job, GError **error)
{
	struct plugin_request *next = g_ptr_array_steal_index(job->result->requests, 0);
	g_autofree char *json = plugin_request_to_json(next);
	g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));

	plugin_request_free(job->request);
	job->request = next;
	g_free(job->report->api_state);
	job->report->api_state = g_strdup(job->result->next_state);
	return store_report_compose(job->room->store, job->report, NEXT, bytes, error) &&
	       store_report_set_api_state(
		       job->room->store, job->report->id, job->report->api_state, error);
}

static gboolean
keep_answer(const struct http_job *job, GError **error)
{
	static const char *const classes[] = { "unclassified", "acknowledgement", "bounce", "delay",
		"vacation", "question", "refusal", "wrong_channel", "actioned", "human" };
	const guint class = (guint)job->result->reply_class;
	g_autoptr(Reply) reply = reply_new();
	gboolean is_new;

	reply->report_id = job->report->id;
	reply->class_name = g_strdup(classes[class < G_N_ELEMENTS(classes) ? class : 0]);
	reply->match = g_strdup("answer");
	reply->counts = TRUE;
	reply->ticket = g_strdup(job->result->ticket);
	reply->status = g_strdup(job->result->status);
	reply->diagnostic = redact_text(job->result->diagnostic, job->secrets);
	reply->from = g_strdup(job->report->server);
	reply->received = text_now();
	reply->source = g_strdup_printf(
		"http:R%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, job->report->id, reply->received);
	reply->content = g_bytes_ref(job->answer);
	return store_reply_add(job->room->store, reply, &is_new, error);
}

gboolean
http_job_record(struct http_job *job, GError **error)
{
	if (!job->result)
		return TRUE;
	if (job->result->ticket && !store_report_set_ticket(job->room->store, job->report->id,
					   job->result->ticket, error))
		return FALSE;
	if (job->goes_on)
		return keep_step(job, error);
	return keep_answer(job, error);
}
