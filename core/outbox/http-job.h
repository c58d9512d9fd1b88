/* One report on its way by HTTP: the request, and what the plugin makes of the answer. */
#pragma once

#include "outbox/carrier.h"
#include "outbox/outbox.h"
#include "plugin/exchange.h"

struct http_job {
	struct exchange exchange;
	void *user;   /* the queue's, like the next two */
	gint64 begun; /* monotonic */
	gboolean stalls;
	struct report *report;
	struct plugin_request *request;
	/* after http_job_judge(): */
	struct delivery *delivery;
	gboolean goes_on;  /* the answer led to a next request */
	gint64 pause_s;	   /* the server asks for that much patience; 0: none */
	gboolean answered; /* whatever it was */
};

/* Takes the report. The request is the one kept for the step at which the report is. NULL and error
 * when there is none. */
struct http_job *
http_job_new(const struct exchange_room *room, struct report *report, GError **error);
void http_job_free(struct http_job *job);
/* Starts the request with its secrets filled in. FALSE and error when they are not to be had. */
gboolean
http_job_start(struct http_job *job, struct net *net, http_done done, void *user, GError **error);
/* Sets delivery, and the exchange's result where the plugin was asked. */
void http_job_judge(struct http_job *job, const struct http_answer *answer);
/* Records what the answer brought besides the verdict: ticket, the answer itself, and for a chain
 * the state and the next request, which is then the job's. Within the caller's transaction. */
gboolean http_job_record(struct http_job *job, GError **error);
