#include "outbox/http-queue.h"

#include "base/text.h"
#include "outbox/http-job.h"
#include "outbox/http-pauses.h"
#include "outbox/outcome.h"
#include "outbox/owner.h"

#define TURN_MS 100

struct http_queue {
	struct exchange_room room;
	struct pacing *pacing;
	const struct outbox_options *options;
	struct outbox_counts *counts;
	struct net *net;
	GHashTable *jobs; /* set of struct http_job *: on the wire or done */
	GQueue done;	  /* of struct http_job *, judged and not recorded yet */
	struct http_pauses *pauses;
	char *owner;
	gint64 begun;
	guint parallel, on_wire;
	guint stalled; /* on the wire for long, and not counted there */
	gint64 stall_us, timeout_s;
	gboolean drained;
};

static gboolean
stopping(const struct http_queue *queue)
{
	return queue->options->stop && *queue->options->stop;
}

static void
on_answer(const struct http_answer *answer, void *user)
{
	struct http_job *job = user;
	struct http_queue *queue = job->user;

	http_job_judge(job, answer);
	if (job->stalls)
		queue->stalled--;
	else
		queue->on_wire--;
	g_queue_push_tail(&queue->done, job);
}

/* What cannot be started ends as if the server had refused it, with the reason. */
static void
start(struct http_queue *queue, struct http_job *job)
{
	g_autoptr(GError) error = NULL;

	job->begun = g_get_monotonic_time();
	job->stalls = FALSE;
	if (http_job_start(job, queue->net, on_answer, job, &error)) {
		queue->on_wire++;
		return;
	}
	job->answered = TRUE; /* it is not the server's fault */
	delivery_set(job->delivery, VERDICT_DEFERRED, error->message);
	g_queue_push_tail(&queue->done, job);
}

static gboolean
fail_one(struct http_queue *queue, gint64 id, const char *words, GError **error)
{
	struct delivery delivery = {
		.report_id = id, .verdict = VERDICT_REFUSED, .words = (char *)words
	};

	return outcome_record(queue->room.store, &delivery, queue->counts, error);
}

/* Intent before the first byte, all of them in the caller's transaction. */
static gboolean
put_on_wire(struct http_queue *queue, GPtrArray *reports, GPtrArray *jobs, GError **error)
{
	if (!http_pauses_filter(queue->pauses, reports, &queue->counts->held_back, error))
		return FALSE;
	while (reports->len > 0) {
		struct report *report = g_ptr_array_steal_index(reports, 0);
		const gint64 id = report->id;
		g_autoptr(GError) fault = NULL;
		struct http_job *job = http_job_new(&queue->room, report, &fault);

		if (!job && !fail_one(queue, id, fault->message, error))
			return FALSE;
		if (!job)
			continue;
		job->user = queue;
		g_hash_table_add(queue->jobs, job);
		g_ptr_array_add(jobs, job);
		if (!store_report_on_wire(queue->room.store, id, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
feed(struct http_queue *queue, GError **error)
{
	const struct claim_filter filter = { "http", queue->options->case_id,
		queue->options->report_id };
	/* The clock may have been set back: what was given back since is not due either. */
	const gint64 due = MIN(queue->begun, text_now());
	g_autoptr(GPtrArray) jobs = g_ptr_array_new();
	g_autoptr(GPtrArray) reports = store_reports_claim(queue->room.store, queue->owner, &filter,
		due, queue->parallel - queue->on_wire, error);

	if (!reports)
		return FALSE;
	queue->drained = reports->len == 0;
	if (queue->drained)
		return TRUE;
	if (!pacing_filter(queue->pacing, reports, &queue->counts->held_back, error) ||
		!store_begin(queue->room.store, error))
		return FALSE;
	if (!put_on_wire(queue, reports, jobs, error)) {
		store_rollback(queue->room.store);
		return FALSE;
	}
	if (!store_commit(queue->room.store, error))
		return FALSE;
	for (guint i = 0; i < jobs->len; i++)
		start(queue, g_ptr_array_index(jobs, i));
	return TRUE;
}

static gboolean
record(struct http_queue *queue, struct http_job *job, GError **error)
{
	http_pauses_note(queue->pauses, job);
	if (!http_job_record(job, error))
		return FALSE;
	/* The next step of a chain: state and request are on disk before it goes out. */
	return job->goes_on ||
	       outcome_record(queue->room.store, job->delivery, queue->counts, error);
}

/* One commit for all that came in during a turn. */
static gboolean
record_done(struct http_queue *queue, GError **error)
{
	if (g_queue_is_empty(&queue->done))
		return TRUE;
	if (!store_begin(queue->room.store, error))
		return FALSE;
	for (GList *item = queue->done.head; item; item = item->next)
		if (!record(queue, item->data, error)) {
			store_rollback(queue->room.store);
			return FALSE;
		}
	if (!store_commit(queue->room.store, error))
		return FALSE;
	for (guint n = g_queue_get_length(&queue->done); n > 0; n--) {
		struct http_job *job = g_queue_pop_head(&queue->done);

		if (job->goes_on)
			start(queue, job);
		else
			g_hash_table_remove(queue->jobs, job);
	}
	if (queue->options->progress)
		queue->options->progress(queue->counts, 0, queue->options->user);
	return TRUE;
}

/* Requests that wait for long give their place to those of other providers; their own gets no more
 * until it is known what became of them. */
static void
note_stalls(struct http_queue *queue)
{
	const gint64 before = g_get_monotonic_time() - queue->stall_us;
	GHashTableIter iter;
	void *item;

	if (!http_pauses_are_shared(queue->pauses))
		return;
	g_hash_table_iter_init(&iter, queue->jobs);
	while (queue->stalled < queue->parallel && g_hash_table_iter_next(&iter, &item, NULL)) {
		struct http_job *job = item;

		if (job->stalls || job->begun > before)
			continue;
		job->stalls = TRUE;
		queue->on_wire--;
		queue->stalled++;
		http_pauses_stall(queue->pauses, job->report->provider, queue->timeout_s);
	}
}

static gboolean
run(struct http_queue *queue, GError **error)
{
	while (TRUE) {
		gboolean more = !queue->drained && !stopping(queue);

		/* Refilled in groups: a claim and a commit for each single one would be slow. */
		if (more && queue->on_wire <= queue->parallel - queue->parallel / 8)
			if (!feed(queue, error))
				return FALSE;
		if (queue->on_wire + queue->stalled > 0)
			net_turn(queue->net, TURN_MS);
		if (!record_done(queue, error))
			return FALSE;
		note_stalls(queue);
		if ((queue->drained || stopping(queue)) && queue->on_wire + queue->stalled == 0 &&
			g_queue_is_empty(&queue->done))
			return TRUE;
	}
}

static gboolean
has_requests(
	struct store *store, const struct outbox_options *options, gint64 *found, GError **error)
{
	const struct report_filter filter = {
		.case_id = options->case_id, .state = "ready", .channel = "http"
	};

	return store_reports_count(store, &filter, found, error);
}

gboolean
http_queue_run(struct store *store, const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, struct pacing *pacing,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error)
{
	struct http_queue queue = { .room = { store, config, profiles, plugins },
		.pacing = pacing,
		.options = options,
		.counts = counts,
		.begun = text_now() };
	gint64 found = 0;
	gboolean fine;

	if (!has_requests(store, options, &found, error))
		return FALSE;
	if (!found || !plugins)
		return TRUE;
	queue.parallel = (guint)exchange_parallel(config);
	queue.timeout_s = CLAMP(config_integer(config, "send", "timeout"), 1, 3600);
	queue.stall_us = queue.timeout_s * G_USEC_PER_SEC / 4;
	/* As many again may stall. */
	queue.net = exchange_net(config, 2 * queue.parallel, 2 * queue.parallel, error);
	if (!queue.net)
		return FALSE;
	queue.room.secrets = secrets_cache_new(config);
	queue.owner = owner_name();
	queue.jobs = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)http_job_free, NULL);
	queue.pauses = http_pauses_new(store);
	fine = run(&queue, error);
	net_free(queue.net);
	g_queue_clear(&queue.done);
	g_hash_table_unref(queue.jobs);
	http_pauses_free(queue.pauses);
	g_free(queue.owner);
	secrets_cache_free(queue.room.secrets);
	return fine;
}
