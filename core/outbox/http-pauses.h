/* Providers that get nothing more for a while: they ask for patience, or do not answer. */
#pragma once

#include "outbox/http-job.h"

struct http_pauses;

struct http_pauses *http_pauses_new(struct store *store);
void http_pauses_free(struct http_pauses *pauses);
/* A request to it waits for long already: for so many seconds. */
void http_pauses_stall(struct http_pauses *pauses, const char *provider, gint64 seconds);
/* Whether reports of several providers came by: only then can one block another. */
gboolean http_pauses_are_shared(const struct http_pauses *pauses);
/* What the job's end says of its provider: patience asked for, or no answer several times in a
 * row; or that it answers after all. */
void http_pauses_note(struct http_pauses *pauses, const struct http_job *job);
/* Removes from the claimed reports those of such providers: they are given back until then, and
 * counted in *held_back. Within the caller's transaction. */
gboolean http_pauses_filter(
	struct http_pauses *pauses, GPtrArray *reports, gint64 *held_back, GError **error);
