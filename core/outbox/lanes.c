#include "outbox/lanes.h"

#define TROUBLES_IN_A_ROW 3
#define LARGEST_BATCH 50
#define SMALLEST_BATCH 5
#define PAUSE_US G_USEC_PER_SEC
#define STALE_CHECK_US (G_USEC_PER_SEC / 5)
#define FIRST_WINDOW 2
#define LARGEST_WINDOW 16

struct lane {
	GThread *thread;
	GAsyncQueue *work; /* of struct batch *; shared end marker: &end */
	struct lanes *lanes;
	struct carrier *carrier;
	guint window;  /* of its last batch */
	gboolean busy; /* the main thread's */
	GCond answer;
};

struct lanes {
	struct lane *lane;
	guint n, busy, allowed;
	GAsyncQueue *notes;
	guint troubles; /* in a row */
	gboolean worked;
	gint64 pause_until, checked;
	GMutex lock;
	gboolean stopped; /* under lock: no more answers will come */
};

static struct batch end;

static void
batch_free(struct batch *batch)
{
	g_ptr_array_unref(batch->deliveries);
	g_free(batch->trouble);
	g_free(batch);
}

static void
note(struct batch *batch, enum note_kind kind, struct delivery *delivery)
{
	struct note *note = g_new(struct note, 1);

	*note = (struct note){ kind, batch, delivery, 0 };
	g_async_queue_push(batch->lanes->notes, note);
}

/* Asks for the next few when half of the window is used up. */
static void
ask(struct batch *batch, guint place)
{
	const guint wanted = MIN(place + 1 + batch->window, batch->deliveries->len);

	if (wanted <= batch->asked || place + 1 + batch->window / 2 < batch->asked)
		return;
	batch->asked = wanted;
	note(batch, NOTE_ASK, NULL);
}

static gboolean
may_go(struct delivery *delivery, void *user)
{
	struct batch *batch = user;
	struct lanes *lanes = batch->lanes;
	struct lane *lane = &lanes->lane[batch->lane];
	gboolean may;

	g_mutex_lock(&lanes->lock);
	/* Who has to wait although it asked in advance asks for more in future. */
	if (delivery->place > 0 && delivery->place >= batch->cleared)
		batch->window = MIN(batch->window * 2, LARGEST_WINDOW);
	ask(batch, delivery->place);
	while (delivery->place >= batch->cleared && !lanes->stopped)
		g_cond_wait(&lane->answer, &lanes->lock);
	may = delivery->place < batch->cleared && !lanes->stopped;
	lane->window = batch->window;
	g_mutex_unlock(&lanes->lock);
	return may;
}

static void
settled(struct delivery *delivery, void *user)
{
	note(user, NOTE_SETTLED, delivery);
}

static gpointer
run_lane(gpointer user)
{
	struct lane *lane = user;
	struct batch *batch;

	while ((batch = g_async_queue_pop(lane->work)) != &end) {
		carrier_send(lane->carrier, batch->deliveries, &batch->trouble);
		note(batch, NOTE_DONE, NULL);
	}
	return NULL;
}

struct lanes *
lanes_new(const struct config *config, const char *password, guint n, GError **error)
{
	struct lanes *lanes = g_new0(struct lanes, 1);

	lanes->lane = g_new0(struct lane, n);
	lanes->notes = g_async_queue_new_full(g_free);
	lanes->allowed = 1;
	g_mutex_init(&lanes->lock);
	for (guint i = 0; i < n; i++) {
		struct lane *lane = &lanes->lane[i];

		lane->carrier = carrier_new(config, password, error);
		if (!lane->carrier) {
			lanes_free(lanes);
			return NULL;
		}
		lane->work = g_async_queue_new();
		lane->lanes = lanes;
		lane->window = FIRST_WINDOW;
		g_cond_init(&lane->answer);
		lane->thread = g_thread_new("mail lane", run_lane, lane);
		lanes->n = i + 1;
	}
	return lanes;
}

static void
stop(struct lanes *lanes)
{
	g_mutex_lock(&lanes->lock);
	lanes->stopped = TRUE;
	for (guint i = 0; i < lanes->n; i++)
		g_cond_signal(&lanes->lane[i].answer);
	g_mutex_unlock(&lanes->lock);
}

void
lanes_free(struct lanes *lanes)
{
	stop(lanes);
	for (guint i = 0; i < lanes->n; i++) {
		struct lane *lane = &lanes->lane[i];

		g_async_queue_push(lane->work, &end);
		g_thread_join(lane->thread);
		g_async_queue_unref(lane->work);
		carrier_free(lane->carrier);
		g_cond_clear(&lane->answer);
	}
	g_async_queue_unref(lanes->notes);
	g_mutex_clear(&lanes->lock);
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
	batch->lanes = lanes;
	batch->watch = (struct delivery_watch){ may_go, settled, batch };
	while (lanes->lane[batch->lane].busy)
		batch->lane++;
	for (guint i = 0; i < deliveries->len; i++) {
		struct delivery *delivery = g_ptr_array_index(deliveries, i);

		delivery->place = i;
		delivery->watch = &batch->watch;
	}
	batch->window = MAX(lanes->lane[batch->lane].window / 2, FIRST_WINDOW);
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

static void
interrupt_stale(struct lanes *lanes)
{
	const gint64 now = g_get_monotonic_time();

	if (now - lanes->checked < STALE_CHECK_US)
		return;
	lanes->checked = now;
	for (guint i = 0; i < lanes->n; i++)
		carrier_interrupt_stale(lanes->lane[i].carrier, now);
}

GPtrArray *
lanes_listen(struct lanes *lanes, gint64 timeout_ms)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
	struct note *one = g_async_queue_timeout_pop(lanes->notes, (guint64)timeout_ms * 1000);

	for (; one; one = g_async_queue_try_pop(lanes->notes))
		g_ptr_array_add(notes, one);
	interrupt_stale(lanes);
	return notes;
}

void
batch_asks(struct batch *batch, guint *from, guint *to)
{
	g_mutex_lock(&batch->lanes->lock);
	*from = batch->cleared;
	*to = batch->asked;
	g_mutex_unlock(&batch->lanes->lock);
}

void
batch_open(struct batch *batch, guint to)
{
	g_mutex_lock(&batch->lanes->lock);
	batch->cleared = MAX(batch->cleared, to);
	g_cond_signal(&batch->lanes->lane[batch->lane].answer);
	g_mutex_unlock(&batch->lanes->lock);
}

void
lanes_end(struct lanes *lanes, struct batch *batch)
{
	lanes->lane[batch->lane].busy = FALSE;
	lanes->busy--;
	/* A server that closes after so many mails is no trouble, as long as some get through. */
	learn(lanes, batch->trouble && !got_through(batch));
	batch_free(batch);
}

gboolean
lanes_given_up(const struct lanes *lanes)
{
	/* A server that never worked in this run is asked once: a wrong password must not lock an
	 * account. */
	return lanes->troubles >= (lanes->worked ? TROUBLES_IN_A_ROW : 1);
}
