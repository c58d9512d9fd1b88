/* One exchange with a provider's API, for sending and polling alike: a plugin's request goes out
 * with its secrets filled in, and the plugin reads the answer, of which no secret is kept. */
#pragma once

#include "model/reply.h"
#include "net/http.h"
#include "plugin/call.h"
#include "plugin/secrets.h"
#include "store/store.h"

/* What the exchanges of a run share; all borrowed. */
struct exchange_room {
	struct store *store;
	const struct config *config;
	const struct profiles *profiles; /* may be NULL */
	const struct plugin_host *plugins;
	struct secrets_cache *secrets;
};

struct exchange {
	const struct exchange_room *room;
	const struct report *report;  /* borrowed */
	GPtrArray *secrets;	      /* of char *: that went out, and must not be kept */
	GBytes *answer;		      /* of exchange_take(): without them */
	struct plugin_result *result; /* what the plugin said; NULL when it was not asked */
};

/* As what kind the store keeps the first request of a report, and the next one of a chain. */
#define EXCHANGE_FIRST "application/http"
#define EXCHANGE_NEXT "application/http; step=next"

void exchange_init(
	struct exchange *exchange, const struct exchange_room *room, const struct report *report);
void exchange_clear(struct exchange *exchange);

/* The request that the store keeps of the report; NULL and error when there is none. */
struct plugin_request *
exchange_kept_request(const struct exchange *exchange, const char *kind, GError **error);
/* The request that asks how the report stands: the plugin's poll for its ticket; where a chain has
 * not brought one yet, its last step once more. NULL without error where neither can be. */
struct plugin_request *exchange_poll_request(const struct exchange *exchange, GError **error);
/* Starts a request with its secrets filled in. FALSE and error when they are not to be had. Forgets
 * the answer before. */
gboolean exchange_start(struct exchange *exchange, const struct plugin_request *request,
	struct net *net, http_done done, void *user, GError **error);
/* Keeps what came, without the secrets. */
void exchange_take(struct exchange *exchange, const struct http_answer *answer);
/* Asks the plugin what the answer means: sets result, whose words are free of secrets. state: what
 * the chain's step before left; may be NULL. FALSE and error when it cannot tell. */
gboolean exchange_ask(struct exchange *exchange, const struct http_answer *answer,
	const char *state, GError **error);
/* What the plugin said as a reply of this report, its source "http:R1:" and the time. */
struct reply *exchange_reply(const struct exchange *exchange, const char *source);

/* The loop that such requests run on. NULL and error when it cannot be. */
struct net *
exchange_net(const struct config *config, gint64 parallel, gint64 per_host, GError **error);
/* [send] parallel within its bounds. */
gint64 exchange_parallel(const struct config *config);

/* Whether the server asks for patience: the plugin is not asked, and the provider gets no more for
 * a while. */
gboolean http_wants_pause(long status);
/* Seconds that a Retry-After header (seconds or a date) asks for, at most a week; 0: none. */
gint64 http_retry_after(const char *value, gint64 now_s);
/* The same of an answer's headers. */
gint64 exchange_patience(const struct http_answer *answer);
