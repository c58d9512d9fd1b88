/* One call of a plugin: the services it gets, and what it handed over. */
#pragma once

#include <glib.h>

#include "model/case.h"
#include "model/profile.h"
#include "model/report.h"
#include "plugin/host.h"

/* What the plugin may read. All borrowed; any may be NULL but plugin. */
struct plugin_target {
	const struct plugin *plugin;
	const struct abuse_case *abuse_case;
	const struct report *report;
	const struct profile *profile; /* NULL: a provider without one */
	GPtrArray *indicators;	       /* of const struct indicator * */
	GPtrArray *routes;	       /* of const struct route *, one an indicator: "source" */
	GPtrArray *evidence;	       /* of const struct evidence * */
	const struct config *config;
	/* Given by the compose stage: renders a template with the extra variables (char * -> char
	 * *) to text to be freed; and makes X-ARF. NULL and error on failure. */
	char *(*render)(const struct plugin_target *target, const char *name, GHashTable *extra,
		GError **error);
	char *(*xarf)(const struct plugin_target *target, gsize i, GError **error);
	void *user;
	/* For answer(). */
	int answer_status; /* HTTP; 0: a mail */
	GHashTable *answer_headers;
	const char *answer_body, *answer_state;
};

/* A copy of struct abate_http whose strings are owned. Secrets are still placeholders. */
struct plugin_request {
	char *method, *url, *body, *idempotency_key, *aws_sigv4, *username, *password;
	GPtrArray *headers; /* of char *: "Name: value" */
	gboolean safe_to_repeat;
};
void plugin_request_free(struct plugin_request *request);
/* As JSON text and back: what the store keeps and preview shows. */
char *plugin_request_to_json(const struct plugin_request *request);
struct plugin_request *plugin_request_from_json(const char *json, gsize length, GError **error);

struct plugin_mail {
	char *to, *subject, *text;
	gboolean attach_xarf, attach_evidence;
};
struct plugin_packet {
	char *url, *title, *instructions;
	GPtrArray *labels, *values; /* of char * */
	gboolean attach_evidence;
};
struct plugin_missing {
	enum abate_gravity gravity;
	char *what, *why;
};

/* What a call brought; each array holds structs of the above, never NULL. */
struct plugin_result {
	GPtrArray *mails, *requests, *packets, *missing;
	gboolean has_verdict;
	enum abate_outcome outcome;
	enum abate_class reply_class;
	char *ticket, *status, *diagnostic;
	gint64 retry_after_s;
	gboolean final;
	char *next_state; /* with a chain: requests holds the next one */
};
typedef struct plugin_result PluginResult; /* for g_autoptr */
void plugin_result_free(struct plugin_result *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PluginResult, plugin_result_free)

enum plugin_callback { PLUGIN_CHECK, PLUGIN_COMPOSE, PLUGIN_ANSWER, PLUGIN_POLL };
/* Calls; NULL and error when the plugin or a service refused. */
struct plugin_result *
plugin_call(const struct plugin_target *target, enum plugin_callback callback, GError **error);
/* match() of every loaded plugin; the best one, NULL when none fits. Borrowed. A profile's plugin
 * name wins when it is loaded. */
const struct plugin *
plugin_best(const struct plugin_host *host, const struct plugin_target *target);
