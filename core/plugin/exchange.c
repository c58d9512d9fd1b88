#include "plugin/exchange.h"

#include <curl/curl.h>

#include "base/text.h"
#include "plugin/error.h"
#include "plugin/redact.h"

#define WEEK (7 * 86400)
#define MAX_ANSWER (1024 * 1024)
#define MAX_PARALLEL 512

void
exchange_init(
	struct exchange *exchange, const struct exchange_room *room, const struct report *report)
{
	*exchange = (struct exchange){
		.room = room, .report = report, .secrets = g_ptr_array_new_with_free_func(g_free)
	};
}

static void
forget_answer(struct exchange *exchange)
{
	g_clear_pointer(&exchange->result, plugin_result_free);
	g_clear_pointer(&exchange->answer, g_bytes_unref);
}

void
exchange_clear(struct exchange *exchange)
{
	forget_answer(exchange);
	g_ptr_array_unref(exchange->secrets);
}

/* NULL stays NULL; *fine turns FALSE with error. */
static char *
fill(struct exchange *exchange, const char *text, gboolean *fine, GError **error)
{
	if (!text || !*fine)
		return NULL;
	redact_collect(exchange->room->secrets, text, exchange->secrets);
	char *filled = secrets_fill(exchange->room->secrets, text, error);
	*fine = filled != NULL;
	return filled;
}

gboolean
exchange_start(struct exchange *exchange, const struct plugin_request *from, struct net *net,
	http_done done, void *user, GError **error)
{
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	gboolean fine = TRUE;

	forget_answer(exchange);
	g_ptr_array_set_size(exchange->secrets, 0);
	g_autofree char *url = fill(exchange, from->url, &fine, error);
	g_autofree char *body = fill(exchange, from->body, &fine, error);
	g_autofree char *username = fill(exchange, from->username, &fine, error);
	g_autofree char *password = fill(exchange, from->password, &fine, error);

	for (guint i = 0; from->headers && i < from->headers->len; i++)
		g_ptr_array_add(
			headers, fill(exchange, g_ptr_array_index(from->headers, i), &fine, error));
	if (!fine)
		return FALSE;
	g_ptr_array_add(headers, NULL);
	redact_login(username, password, exchange->secrets);
	/* Credentials and a report must not follow a redirect to who knows where. */
	const struct http_request request = { .method = from->method,
		.url = url,
		.headers = (const char *const *)headers->pdata,
		.body = body,
		.max_bytes = MAX_ANSWER,
		.aws_sigv4 = from->aws_sigv4,
		.username = username,
		.password = password,
		.no_redirect = TRUE };
	http_start(net, &request, done, user);
	return TRUE;
}

void
exchange_take(struct exchange *exchange, const struct http_answer *answer)
{
	forget_answer(exchange);
	exchange->answer = redact_bytes(answer->body, exchange->secrets);
}

static GPtrArray *
indicators_of(const struct exchange *exchange, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	const GArray *ids = exchange->report->indicators;

	for (guint i = 0; i < ids->len; i++) {
		struct indicator *indicator = store_indicator_get(
			exchange->room->store, g_array_index(ids, gint64, i), error);

		if (!indicator)
			return NULL;
		g_ptr_array_add(list, indicator);
	}
	return g_steal_pointer(&list);
}

/* Calls the plugin with what the store knows of the report; target holds what else there is. */
static struct plugin_result *
call(const struct exchange *exchange, struct plugin_target *target, enum plugin_callback callback,
	GError **error)
{
	const struct exchange_room *room = exchange->room;
	const struct report *report = exchange->report;

	target->plugin = report->plugin ? plugin_host_find(room->plugins, report->plugin) : NULL;
	if (!target->plugin) {
		g_set_error(error, PLUGIN_ERROR, 0, "the plugin %s is not there to read the answer",
			report->plugin ? report->plugin : "(none)");
		return NULL;
	}
	g_autoptr(AbuseCase) abuse_case = store_case_get(room->store, report->case_id, error);
	g_autoptr(GPtrArray) indicators = abuse_case ? indicators_of(exchange, error) : NULL;

	if (!indicators)
		return NULL;
	target->abuse_case = abuse_case;
	target->report = report;
	target->profile = room->profiles ? profiles_by_id(room->profiles, report->provider) : NULL;
	target->indicators = indicators;
	target->config = room->config;
	return plugin_call(target, callback, error);
}

struct plugin_request *
exchange_kept_request(const struct exchange *exchange, const char *kind, GError **error)
{
	g_autoptr(GBytes) bytes =
		store_report_bytes(exchange->room->store, exchange->report->id, kind, error);
	const char *json;
	gsize size;

	if (!bytes)
		return NULL;
	json = g_bytes_get_data(bytes, &size);
	return plugin_request_from_json(json, size, error);
}

static struct plugin_request *
last_step(const struct exchange *exchange, GError **error)
{
	struct plugin_request *request =
		exchange->report->api_state ? exchange_kept_request(exchange, EXCHANGE_NEXT, error)
					    : NULL;

	if (request && !request->safe_to_repeat)
		g_clear_pointer(&request, plugin_request_free);
	return request;
}

struct plugin_request *
exchange_poll_request(const struct exchange *exchange, GError **error)
{
	struct plugin_target target = { 0 };
	g_autoptr(PluginResult) result = NULL;

	if (!exchange->report->ticket)
		return last_step(exchange, error);
	result = call(exchange, &target, PLUGIN_POLL, error);
	return result ? g_ptr_array_steal_index(result->requests, 0) : NULL;
}

static void
redact_in_place(char **text, const GPtrArray *secrets)
{
	char *clean = redact_text(*text, secrets);

	g_free(*text);
	*text = clean;
}

gboolean
exchange_ask(struct exchange *exchange, const struct http_answer *answer, const char *state,
	GError **error)
{
	gsize size;
	const char *data = g_bytes_get_data(answer->body, &size);
	g_autofree char *copy = g_strndup(data ? data : "", size);
	g_autofree char *body = g_utf8_make_valid(copy, -1);
	struct plugin_target target = { .answer_status = (int)answer->status,
		.answer_headers = answer->headers,
		.answer_body = body,
		.answer_state = state };
	struct plugin_result *result = call(exchange, &target, PLUGIN_ANSWER, error);

	if (!result)
		return FALSE;
	redact_in_place(&result->ticket, exchange->secrets);
	redact_in_place(&result->status, exchange->secrets);
	redact_in_place(&result->diagnostic, exchange->secrets);
	exchange->result = result;
	return TRUE;
}

struct reply *
exchange_reply(const struct exchange *exchange, const char *source)
{
	static const char *const classes[] = { "unclassified", "acknowledgement", "bounce", "delay",
		"vacation", "question", "refusal", "wrong_channel", "actioned", "human" };
	const guint class = (guint)exchange->result->reply_class;
	struct reply *reply = reply_new();

	reply->report_id = exchange->report->id;
	reply->class_name = g_strdup(classes[class < G_N_ELEMENTS(classes) ? class : 0]);
	reply->match = g_strdup("answer");
	reply->counts = TRUE;
	reply->ticket = g_strdup(exchange->result->ticket);
	reply->status = g_strdup(exchange->result->status);
	reply->diagnostic = g_strdup(exchange->result->diagnostic);
	reply->from = g_strdup(exchange->report->server);
	reply->received = text_now();
	reply->source = g_strdup_printf("%s:R%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, source,
		exchange->report->id, reply->received);
	reply->content = g_bytes_ref(exchange->answer);
	return reply;
}

gint64
exchange_parallel(const struct config *config)
{
	return CLAMP(config_integer(config, "send", "parallel"), 1, MAX_PARALLEL);
}

struct net *
exchange_net(const struct config *config, gint64 parallel, gint64 per_host, GError **error)
{
	const struct net_options options = {
		.allow_private = config_boolean(config, "lookup", "allow_private"),
		.timeout_ms = CLAMP(config_integer(config, "send", "timeout"), 1, 3600) * 1000,
		.parallel = parallel,
		.parallel_per_host = per_host,
		.dns_servers = config_string(config, "lookup", "dns_servers"),
	};

	return net_new(&options, error);
}

gboolean
http_wants_pause(long status)
{
	return status == 429 || status == 503;
}

gint64
http_retry_after(const char *value, gint64 now_s)
{
	gint64 seconds;

	if (!value)
		return 0;
	if (g_ascii_isdigit(*value))
		seconds = (gint64)MIN(g_ascii_strtoull(value, NULL, 10), (guint64)WEEK);
	else
		seconds = (gint64)curl_getdate(value, NULL) - now_s;
	return CLAMP(seconds, 0, WEEK);
}

gint64
exchange_patience(const struct http_answer *answer)
{
	const char *value =
		answer->headers ? g_hash_table_lookup(answer->headers, "retry-after") : NULL;

	return http_retry_after(value, text_now() / G_USEC_PER_SEC);
}
