#include "outbox/lanes.h"

#define TROUBLES_IN_A_ROW 3
#define LARGEST_BATCH 50
#define SMALLEST_BATCH 5
#define PAUSE_US G_USEC_PER_SEC

struct lane {
	GThread *thread;
	GAsyncQueue *work; /* of struct batch *; shared end marker: &end */
	GAsyncQueue *done; /* the lanes' own; borrowed */
	struct carrier *carrier;
	gboolean busy; /* the main thread's */
};

struct lanes {
	struct lane *lane;
	guint n, busy, allowed;
	GAsyncQueue *done;
	guint troubles; /* in a row */
	gboolean worked;
	gint64 pause_until;
};

static struct batch end;

void
batch_free(struct batch *batch)
{
	g_ptr_array_unref(batch->deliveries);
	g_free(batch->trouble);
	g_free(batch);
}

static gpointer
run_lane(gpointer user)
{
	struct lane *lane = user;
	struct batch *batch;

	while ((batch = g_async_queue_pop(lane->work)) != &end) {
		carrier_send(lane->carrier, batch->deliveries, &batch->trouble);
		g_async_queue_push(lane->done, batch);
	}
	return NULL;
}

struct lanes *
lanes_new(const struct config *config, const char *password, guint n, GError **error)
{
	struct lanes *lanes = g_new0(struct lanes, 1);

	lanes->lane = g_new0(struct lane, n);
	lanes->done = g_async_queue_new();
	lanes->allowed = 1;
	for (guint i = 0; i < n; i++) {
		struct lane *lane = &lanes->lane[i];

		lane->carrier = carrier_new(config, password, error);
		if (!lane->carrier) {
			lanes_free(lanes);
			return NULL;
		}
		lane->work = g_async_queue_new();
		lane->done = lanes->done;
		lane->thread = g_thread_new("mail lane", run_lane, lane);
		lanes->n = i + 1;
	}
	return lanes;
}

void
lanes_free(struct lanes *lanes)
{
	for (guint i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->lane[i];

		g_async_queue_push(lane->work, &end);
		g_thread_join(lane->thread);
		g_async_queue_unref(lane->work);
		carrier_free(lane->carrier);
	}
	g_async_queue_unref(lanes->done);
	g_free(lanes->lane);
	g_free(lanes);
}

guint
lanes_free_count(const struct lanes *lanes)
{
	if (lanes->busy >= lanes->allowed || g_get_monotonic_time() < lanes->pause_until)
		return 0;
	return lanes->allowed - lanes->busy;
}

guint
lanes_batch_size(const struct lanes *lanes)
{
	return MAX(LARGEST_BATCH * lanes->allowed / lanes->n, SMALLEST_BATCH);
}

guint
lanes_busy_count(const struct lanes *lanes)
{
	return lanes->busy;
}

void
lanes_give(struct lanes *lanes, GPtrArray *deliveries)
{
	struct batch *batch = g_new0(struct batch, 1);

	batch->deliveries = deliveries;
	while (lanes->lane[batch->lane].busy)
		batch->lane++;
	lanes->lane[batch->lane].busy = TRUE;
	lanes->busy++;
	g_async_queue_push(lanes->lane[batch->lane].work, batch);
}

/* Grows slowly, shrinks fast, as Postfix does for a destination. */
static void
learn(struct lanes *lanes, gboolean trouble)
{
	if (!trouble) {
		lanes->worked = TRUE;
		lanes->troubles = 0;
		lanes->allowed = MIN(lanes->allowed + 1, lanes->n);
		return;
	}
	lanes->troubles++;
	lanes->allowed = MAX(lanes->allowed / 2, 1);
	lanes->pause_until = g_get_monotonic_time() + PAUSE_US * lanes->troubles;
}

static gboolean
got_through(const struct batch *batch)
{
	for (guint i = 0; i < batch->deliveries->len; i++) {
		const struct delivery *delivery = g_ptr_array_index(batch->deliveries, i);

		if (delivery->verdict == VERDICT_ACCEPTED || delivery->verdict == VERDICT_REFUSED)
			return TRUE;
	}
	return FALSE;
}

struct batch *
lanes_take(struct lanes *lanes, gint64 timeout_ms)
{
	struct batch *batch = g_async_queue_timeout_pop(lanes->done, (guint64)timeout_ms * 1000);

	if (!batch) {
		for (guint i = 0; i < lanes->n; i++)
			carrier_interrupt_stale(lanes->lane[i].carrier, g_get_monotonic_time());
		return NULL;
	}
	lanes->lane[batch->lane].busy = FALSE;
	lanes->busy--;
	/* A server that closes after so many mails is no trouble, as long as some get through. */
	learn(lanes, batch->trouble && !got_through(batch));
	return batch;
}

gboolean
lanes_given_up(const struct lanes *lanes)
{
	/* A server that never worked in this run is asked once: a wrong password must not lock an
	 * account. */
	return lanes->troubles >= (lanes->worked ? TROUBLES_IN_A_ROW : 1);
}
