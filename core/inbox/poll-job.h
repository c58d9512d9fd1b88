/* One poll: the question to an API, and what its answer means for the report. */
#pragma once

#include "plugin/exchange.h"

enum poll_outcome {
	POLL_TOLD,  /* the provider says how the report stands */
	POLL_FAULT, /* no answer, or none that tells */
	POLL_PAUSE, /* the server asks for patience */
	POLL_LOGIN, /* it does not let us in */
};

struct poll_job {
	void *user; /* the queue's */
	struct report *report;
	struct exchange exchange;
	struct plugin_request *request;
	char *state; /* what the chain's step before left; NULL at first */
	guint steps;
	gboolean is_over; /* there is nothing that could be asked */
	/* after poll_job_judge(): */
	enum poll_outcome outcome;
	char *words;	  /* why it is not told; may be NULL */
	gint64 wait_s;	  /* the server asks for so much patience; 0: it does not say */
	gboolean goes_on; /* the answer led to a next request */
};

/* Takes the report. */
struct poll_job *poll_job_new(const struct exchange_room *room, struct report *report);
void poll_job_free(struct poll_job *job);
/* Starts the request (the first, or the next of a chain). FALSE after setting the outcome when it
 * cannot be. */
gboolean poll_job_start(struct poll_job *job, struct net *net, http_done done);
void poll_job_judge(struct poll_job *job, const struct http_answer *answer);

enum poll_news { POLL_SAME, POLL_NEWS };
/* Keeps an answer that tells something new, moves the report on, and sets when it is polled next
 * (not before a time; 0: by its age alone); *is_final: never again. Within the caller's
 * transaction. */
gboolean poll_job_record(struct poll_job *job, gint64 not_before, enum poll_news *news,
	gboolean *is_final, GError **error);
