#include "outbox/mail-queue.h"

#include "base/log.h"
#include "base/password.h"
#include "base/text.h"
#include "outbox/lanes.h"
#include "outbox/outcome.h"
#include "outbox/owner.h"

#define POLL_MS 200
#define MAX_LANES 64

struct mail_queue {
	struct store *store;
	struct pacing *pacing;
	const struct outbox_options *options;
	struct outbox_counts *counts;
	struct lanes *lanes;
	char *owner;
	gint64 begun; /* what is deferred in this run is not due again in it */
	gboolean drained;
	char *trouble; /* the last */
};

static gboolean
stopping(const struct mail_queue *queue)
{
	return queue->options->stop && *queue->options->stop;
}

static struct delivery *
delivery_of(struct store *store, const struct report *report, GError **error)
{
	GBytes *bytes = store_report_bytes(store, report->id, "message/rfc822", error);
	struct delivery *delivery;

	if (!bytes)
		return NULL;
	delivery = g_new0(struct delivery, 1);
	delivery->report_id = report->id;
	delivery->tries = report->tries;
	delivery->to = g_strdup(report->to);
	delivery->reference = g_strdup(report->reference);
	delivery->bytes = bytes;
	return delivery;
}

/* The bytes of what may go now of what was claimed; the rest is given back. */
static GPtrArray *
deliveries_of(struct mail_queue *queue, GPtrArray *reports, GError **error)
{
	g_autoptr(GPtrArray) deliveries =
		g_ptr_array_new_with_free_func((GDestroyNotify)delivery_free);

	if (!pacing_filter(queue->pacing, reports, &queue->counts->held_back, error))
		return NULL;
	for (guint i = 0; i < reports->len; i++) {
		struct delivery *delivery =
			delivery_of(queue->store, g_ptr_array_index(reports, i), error);

		if (!delivery)
			return NULL;
		g_ptr_array_add(deliveries, delivery);
	}
	return g_steal_pointer(&deliveries);
}

/* Hands one batch to a free lane, when there is one and there is something to send. */
static gboolean
feed(struct mail_queue *queue, GError **error)
{
	const struct claim_filter filter = { "mail", queue->options->case_id,
		queue->options->report_id };
	/* The clock may have been set back: what was given back since is not due either. */
	const gint64 due = MIN(queue->begun, text_now());
	g_autoptr(GPtrArray) reports = NULL;
	g_autoptr(GPtrArray) deliveries = NULL;

	reports = store_reports_claim(
		queue->store, queue->owner, &filter, due, lanes_batch_size(queue->lanes), error);
	if (!reports)
		return FALSE;
	queue->drained = reports->len == 0;
	if (queue->drained)
		return TRUE;
	deliveries = deliveries_of(queue, reports, error);
	if (!deliveries)
		return FALSE;
	if (deliveries->len > 0)
		lanes_give(queue->lanes, g_steal_pointer(&deliveries));
	return TRUE;
}

/* Intent before the first byte: after the commit a crash leaves these mails in doubt. */
static gboolean
put_on_wire(struct mail_queue *queue, struct note *note, GError **error)
{
	guint from;

	batch_asks(note->batch, &from, &note->to);
	for (; from < note->to; from++) {
		const struct delivery *delivery = g_ptr_array_index(note->batch->deliveries, from);

		if (!g_atomic_int_get(&delivery->settled) &&
			!store_report_on_wire(queue->store, delivery->report_id, error))
			return FALSE;
	}
	return TRUE;
}

/* What had no verdict when its session ended was never reached. */
static gboolean
record_left(struct mail_queue *queue, const struct batch *batch, GError **error)
{
	for (guint i = 0; i < batch->deliveries->len; i++) {
		const struct delivery *delivery = g_ptr_array_index(batch->deliveries, i);

		if (!g_atomic_int_get(&delivery->settled) &&
			!outcome_record(queue->store, delivery, queue->counts, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
heed(struct mail_queue *queue, struct note *note, GError **error)
{
	switch (note->kind) {
	case NOTE_ASK:
		return put_on_wire(queue, note, error);
	case NOTE_SETTLED:
		return outcome_record(queue->store, note->delivery, queue->counts, error);
	case NOTE_DONE:
		break;
	}
	return record_left(queue, note->batch, error);
}

/* After the commit. */
static void
answer(struct mail_queue *queue, struct note *note)
{
	struct batch *batch = note->batch;

	if (note->kind == NOTE_ASK)
		batch_open(batch, note->to);
	if (note->kind != NOTE_DONE)
		return;
	if (batch->trouble) {
		g_free(queue->trouble);
		queue->trouble = g_strdup(batch->trouble);
	}
	lanes_end(queue->lanes, batch);
}

/* One commit for all that the lanes have said meanwhile. */
static gboolean
take(struct mail_queue *queue, GError **error)
{
	g_autoptr(GPtrArray) notes = lanes_listen(queue->lanes, POLL_MS);

	if (notes->len == 0)
		return TRUE;
	if (!store_begin(queue->store, error))
		return FALSE;
	for (guint i = 0; i < notes->len; i++)
		if (!heed(queue, g_ptr_array_index(notes, i), error)) {
			store_rollback(queue->store);
			return FALSE;
		}
	if (!store_commit(queue->store, error))
		return FALSE;
	for (guint i = 0; i < notes->len; i++)
		answer(queue, g_ptr_array_index(notes, i));
	if (queue->options->progress)
		queue->options->progress(queue->counts, 0, queue->options->user);
	return TRUE;
}

static gboolean
run(struct mail_queue *queue, GError **error)
{
	while (TRUE) {
		gboolean more =
			!queue->drained && !stopping(queue) && !lanes_given_up(queue->lanes);

		if (!more && lanes_busy_count(queue->lanes) == 0)
			return TRUE;
		while (more && !queue->drained && lanes_free_count(queue->lanes) > 0)
			if (!feed(queue, error))
				return FALSE;
		if (lanes_busy_count(queue->lanes) > 0 || !queue->drained)
			if (!take(queue, error))
				return FALSE;
	}
}

static gboolean
conclude(const struct mail_queue *queue, GError **error)
{
	const struct outbox_counts *counts = queue->counts;

	if (!queue->trouble)
		return TRUE;
	if (counts->accepted + counts->refused + counts->deferred + counts->in_doubt > 0) {
		log_warning("%s; what was not sent stays in the queue", queue->trouble);
		return TRUE;
	}
	g_set_error(error, OUTBOX_ERROR, 0, "%s; nothing was sent, all stays in the queue",
		queue->trouble);
	return FALSE;
}

static gboolean
has_mails(struct store *store, const struct outbox_options *options, GError **error)
{
	const struct report_filter filter = {
		.case_id = options->case_id, .state = "ready", .channel = "mail"
	};
	gint64 found = 0;

	return store_reports_count(store, &filter, &found, error) && found > 0;
}

gboolean
mail_queue_run(struct store *store, const struct config *config, struct pacing *pacing,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error)
{
	gint64 n = CLAMP(config_integer(config, "mail", "lanes"), 1, MAX_LANES);
	struct mail_queue queue = {
		.store = store, .pacing = pacing, .options = options, .counts = counts
	};
	g_autofree char *password = NULL;
	g_autoptr(GError) failure = NULL;
	gboolean fine;

	if (!has_mails(store, options, &failure)) {
		if (failure)
			g_propagate_error(error, g_steal_pointer(&failure));
		return !failure;
	}
	if (!password_read(config, "mail", &password, error))
		return FALSE;
	queue.lanes = lanes_new(config, password, (guint)n, error);
	if (!queue.lanes)
		return FALSE;
	queue.owner = owner_name();
	queue.begun = text_now();
	fine = run(&queue, error);
	lanes_free(queue.lanes);
	fine = fine && conclude(&queue, error);
	g_free(queue.owner);
	g_free(queue.trouble);
	return fine;
}
