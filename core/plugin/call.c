#include "plugin/call.h"

#include <string.h>

#include "plugin/error.h"
#include "plugin/handover.h"
#include "plugin/options.h"
#include "plugin/session.h"

static void
free_missing(gpointer data)
{
	struct plugin_missing *missing = data;

	g_free(missing->what);
	g_free(missing->why);
	g_free(missing);
}

static struct plugin_result *
result_new(void)
{
	struct plugin_result *result = g_new0(struct plugin_result, 1);

	result->mails = g_ptr_array_new_with_free_func(handover_mail_free);
	result->requests = g_ptr_array_new_with_free_func((GDestroyNotify)plugin_request_free);
	result->packets = g_ptr_array_new_with_free_func(handover_packet_free);
	result->missing = g_ptr_array_new_with_free_func(free_missing);
	return result;
}

void
plugin_result_free(struct plugin_result *result)
{
	if (!result)
		return;
	g_ptr_array_unref(result->mails);
	g_ptr_array_unref(result->requests);
	g_ptr_array_unref(result->packets);
	g_ptr_array_unref(result->missing);
	g_free(result->ticket);
	g_free(result->status);
	g_free(result->diagnostic);
	g_free(result->next_state);
	g_free(result);
}

static void
session_begin(struct session *session, const struct plugin_target *target)
{
	memset(session, 0, sizeof *session);
	session->context.services = &session_services;
	session->context.core = session;
	session->target = target;
	session->result = result_new();
	session->handed_out = g_ptr_array_new_with_free_func(g_free);
	session->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* Gives the result, which the caller owns. */
static struct plugin_result *
session_end(struct session *session)
{
	g_ptr_array_unref(session->handed_out);
	g_hash_table_unref(session->variables);
	json_decref(session->document);
	json_decref(session->answer);
	g_clear_error(&session->error);
	return g_steal_pointer(&session->result);
}

static int
run(struct session *session)
{
	const struct abate_plugin *api = &session->target->plugin->api;

	switch (session->callback) {
	case PLUGIN_CHECK:
		if (api->check)
			api->check(&session->context);
		return 0;
	case PLUGIN_COMPOSE:
		return api->compose(&session->context);
	case PLUGIN_ANSWER:
		return api->answer ? api->answer(&session->context) : -1;
	case PLUGIN_POLL:
		return api->poll ? api->poll(&session->context) : -1;
	}
	return -1;
}

/* What a callback that returned 0 still owes; NULL when nothing. */
static const char *
owed(const struct session *session)
{
	const struct plugin_result *result = session->result;

	switch (session->callback) {
	case PLUGIN_COMPOSE:
		if (!result->mails->len && !result->requests->len && !result->packets->len)
			return "handed over no message";
		break;
	case PLUGIN_ANSWER:
		if (result->has_verdict == (result->next_state != NULL))
			return "gave neither or both of a verdict and a next request";
		if (result->requests->len != (result->next_state ? 1 : 0))
			return "handed over a request with http(), where next() is wanted";
		break;
	case PLUGIN_POLL:
		if (result->requests->len != 1)
			return "did not hand over one request";
		break;
	case PLUGIN_CHECK:
		break;
	}
	return NULL;
}

static gboolean
judge(const struct session *session, int status, GError **error)
{
	static const char *const names[] = { "check", "compose", "answer", "poll" };
	const char *why = session->error ? session->error->message : NULL;

	if (!why && status != 0)
		why = "gave up without saying why";
	if (!why)
		why = owed(session);
	if (!why)
		return TRUE;
	g_set_error(error, PLUGIN_ERROR, 0, "plugin %s, %s(): %s", session->target->plugin->name,
		names[session->callback], why);
	return FALSE;
}

struct plugin_result *
plugin_call(const struct plugin_target *target, enum plugin_callback callback, GError **error)
{
	struct session session;
	int status;
	gboolean fine;

	session_begin(&session, target);
	session.callback = callback;
	status = run(&session);
	fine = judge(&session, status, error);
	g_autoptr(PluginResult) result = session_end(&session);

	return fine ? g_steal_pointer(&result) : NULL;
}

static int
fit_of(const struct plugin *plugin, const struct plugin_target *target)
{
	struct plugin_target own = *target;
	struct session session;
	int fit;

	if (plugin->error || options_lacking(plugin))
		return ABATE_FIT_NONE;
	own.plugin = plugin;
	session_begin(&session, &own);
	session.matching = TRUE;
	fit = plugin->api.match(&session.context);
	plugin_result_free(session_end(&session));
	return fit;
}

const struct plugin *
plugin_best(const struct plugin_host *host, const struct plugin_target *target)
{
	const char *wanted = target->profile ? target->profile->plugin : NULL;
	const struct plugin *best = wanted ? plugin_host_find(host, wanted) : NULL;
	const GPtrArray *list = plugin_host_list(host);
	int best_fit = ABATE_FIT_NONE;

	if (best && !options_lacking(best))
		return best;
	best = NULL;
	for (guint i = 0; i < list->len; i++) {
		int fit = fit_of(list->pdata[i], target);

		if (fit > best_fit) {
			best_fit = fit;
			best = list->pdata[i];
		}
	}
	return best;
}
