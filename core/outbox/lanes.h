/*
 * Lanes: threads that each run one mail session at a time. Threads and not processes: a session
 * that hangs is bounded by the carrier's time limits (and woken from a hanging connect), and a lane
 * shares the program's memory, so that a mail's bytes need no copy. The store is the main thread's
 * alone: a lane sends it notes. Before a mail goes out its lane asks, and waits until the main
 * thread has the intent on disk; it asks for a few mails in advance, and for more only when it had
 * to wait, so that a crash leaves no more in doubt than what was about to go.
 */
#pragma once

#include <glib.h>

#include "outbox/carrier.h"

struct lanes;

/* What one lane has to send in one session. */
struct batch {
	GPtrArray *deliveries; /* of struct delivery *, owned */
	char *trouble;	       /* why the server was of no use; NULL when it was */
	struct delivery_watch watch;
	guint lane;		      /* inside */
	guint asked, cleared, window; /* inside, under the lanes' lock */
	struct lanes *lanes;
};

enum note_kind {
	NOTE_ASK,     /* the next mails want to go: batch_open() */
	NOTE_SETTLED, /* a mail has its verdict */
	NOTE_DONE,    /* the session is over: lanes_end() */
};
struct note {
	enum note_kind kind;
	struct batch *batch;
	struct delivery *delivery; /* settled */
	guint to;		   /* of the main thread: those before may go */
};

struct lanes *lanes_new(const struct config *config, const char *password, guint n, GError **error);
/* Ends those that wait for an answer, and waits for what runs. */
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
/* All that the lanes have to say (of struct note *), waiting for the first one up to timeout_ms.
 * Free with g_ptr_array_unref. */
GPtrArray *lanes_listen(struct lanes *lanes, gint64 timeout_ms);
/* The mails of the batch that want to go: from *from, before *to. */
void batch_asks(struct batch *batch, guint *from, guint *to);
/* Those before to may go: their intent is on disk. */
void batch_open(struct batch *batch, guint to);
/* The lane of a batch that is done is free again. Frees the batch. */
void lanes_end(struct lanes *lanes, struct batch *batch);
/* Whether the server has made trouble so often that this run should end. */
gboolean lanes_given_up(const struct lanes *lanes);
