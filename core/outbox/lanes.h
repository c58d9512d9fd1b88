/*
 * Lanes: threads that each run one mail session at a time. Threads and not processes: a session
 * that hangs is bounded by the carrier's time limits (and woken from a hanging connect), and a lane
 * shares the program's memory, so that a mail's bytes need no copy. The store is the main thread's
 * alone.
 */
#pragma once

#include <glib.h>

#include "outbox/carrier.h"

struct lanes;

/* A batch on its way back. */
struct batch {
	GPtrArray *deliveries; /* of struct delivery *, owned */
	char *trouble;	       /* why the server was of no use; NULL when it was */
	guint lane;	       /* inside */
};
void batch_free(struct batch *batch);

struct lanes *lanes_new(const struct config *config, const char *password, guint n, GError **error);
/* Waits for what runs. */
void lanes_free(struct lanes *lanes);
/* How many more batches may be handed over now: few at first, more with each that goes well, half
 * as many when the server makes trouble. */
guint lanes_free_count(const struct lanes *lanes);
/* How many mails the next batch should hold: few while the server is new, so that more lanes soon
 * join. */
guint lanes_batch_size(const struct lanes *lanes);
guint lanes_busy_count(const struct lanes *lanes);
/* Takes the deliveries. */
void lanes_give(struct lanes *lanes, GPtrArray *deliveries);
/* A batch that is done, within timeout_ms; NULL when there is none. */
struct batch *lanes_take(struct lanes *lanes, gint64 timeout_ms);
/* Whether the server has made trouble so often that this run should end. */
gboolean lanes_given_up(const struct lanes *lanes);
