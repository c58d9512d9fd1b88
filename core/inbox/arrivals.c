#include "inbox/arrivals.h"

/* A larger mail is freed at once. */
#define LARGE (gsize)(64 * 1024)
#define THREADS_MAX 4

/* Whoever comes first reads it: a thread, or who waits for it. */
enum stage { STAGE_NEW, STAGE_TAKEN, STAGE_READ, STAGE_OVER };

struct entry {
	gatomicrefcount references; /* one of the queue, one of the pool */
	int stage;		    /* of enum stage, under the lock */
	struct arrival *arrival;
};

struct arrivals {
	const struct arrival_reading *reading;
	GThreadPool *pool;
	GMutex lock;
	GCond read;
	GQueue waiting; /* of struct entry * */
};

static void
entry_unref(struct entry *entry)
{
	if (!g_atomic_ref_count_dec(&entry->references))
		return;
	arrival_free(entry->arrival);
	g_free(entry);
}

/* Whether it is the caller's to be read. */
static gboolean
take(struct arrivals *arrivals, struct entry *entry)
{
	gboolean is_new;

	g_mutex_lock(&arrivals->lock);
	is_new = entry->stage == STAGE_NEW;
	if (is_new)
		entry->stage = STAGE_TAKEN;
	g_mutex_unlock(&arrivals->lock);
	return is_new;
}

static void
read_entry(struct arrivals *arrivals, struct entry *entry)
{
	arrival_read(entry->arrival, arrivals->reading);
	g_mutex_lock(&arrivals->lock);
	entry->stage = STAGE_READ;
	g_cond_broadcast(&arrivals->read);
	g_mutex_unlock(&arrivals->lock);
}

static void
work(void *data, void *user)
{
	struct arrivals *arrivals = user;
	struct entry *entry = data;

	/* What is over is only to be freed. */
	if (take(arrivals, entry))
		read_entry(arrivals, entry);
	entry_unref(entry);
}

/* GMime registers a type when it is first used, without a lock: this uses all that mails need
 * before there are threads. */
static void
warm_up(const struct arrival_reading *reading)
{
	static const char mail[] =
		"From: a <a@example.org>, g: b@example.org;\nTo: c@example.org\n"
		"Subject: =?iso-8859-1?q?=E9?=\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
		"References: <d@example.org>\nMIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary=b\n\n"
		"--b\nContent-Type: text/plain; charset=iso-8859-1\n"
		"Content-Transfer-Encoding: quoted-printable\n\n=E9\n"
		"--b\nContent-Type: text/html; charset=utf-8\n"
		"Content-Transfer-Encoding: base64\nContent-Disposition: inline\n\nYQ==\n"
		"--b\nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n"
		"--b\nContent-Type: message/partial; id=x; number=1\n\nx\n"
		"--b\nContent-Type: multipart/signed; boundary=s\n\n--s\n\nx\n--s--\n"
		"--b\nContent-Type: multipart/encrypted; boundary=e\n\n--e\n\nx\n--e--\n"
		"--b\nContent-Type: application/octet-stream\n\nx\n"
		"--b\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n--b--\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(mail, sizeof mail - 1);
	struct arrival *arrival = arrival_new("", 0, bytes);

	arrival_read(arrival, reading);
	arrival_free(arrival);
}

struct arrivals *
arrivals_new(const struct arrival_reading *reading)
{
	struct arrivals *arrivals = g_new0(struct arrivals, 1);
	const int threads = (int)MIN(g_get_num_processors(), THREADS_MAX);

	arrivals->reading = reading;
	g_mutex_init(&arrivals->lock);
	g_cond_init(&arrivals->read);
	g_queue_init(&arrivals->waiting);
	warm_up(reading);
	/* NULL where the system gives no thread: then all is read by who waits. */
	arrivals->pool = g_thread_pool_new(work, arrivals, MAX(threads - 1, 1), FALSE, NULL);
	return arrivals;
}

/* What no thread has begun, none needs to begin. */
void
arrivals_forget(struct arrivals *arrivals)
{
	struct entry *entry;

	while ((entry = g_queue_pop_head(&arrivals->waiting))) {
		take(arrivals, entry);
		entry_unref(entry);
	}
}

void
arrivals_free(struct arrivals *arrivals)
{
	if (!arrivals)
		return;
	arrivals_forget(arrivals);
	if (arrivals->pool)
		g_thread_pool_free(arrivals->pool, FALSE, TRUE);
	g_mutex_clear(&arrivals->lock);
	g_cond_clear(&arrivals->read);
	g_free(arrivals);
}

void
arrivals_push(struct arrivals *arrivals, struct arrival *arrival)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->arrival = arrival;
	g_atomic_ref_count_init(&entry->references);
	g_queue_push_tail(&arrivals->waiting, entry);
	if (!arrivals->pool)
		return;
	g_atomic_ref_count_inc(&entry->references);
	g_thread_pool_push(arrivals->pool, entry, NULL);
}

guint
arrivals_count(const struct arrivals *arrivals)
{
	return arrivals->waiting.length;
}

struct arrival *
arrivals_pop(struct arrivals *arrivals)
{
	struct entry *entry = g_queue_pop_head(&arrivals->waiting);
	struct arrival *arrival;

	if (take(arrivals, entry))
		read_entry(arrivals, entry);
	g_mutex_lock(&arrivals->lock);
	while (entry->stage != STAGE_READ)
		g_cond_wait(&arrivals->read, &arrivals->lock);
	g_mutex_unlock(&arrivals->lock);
	arrival = g_steal_pointer(&entry->arrival);
	entry_unref(entry);
	return arrival;
}

void
arrivals_done(struct arrivals *arrivals, struct arrival *arrival)
{
	struct entry *entry;

	if (!arrivals->pool || g_bytes_get_size(arrival->content) > LARGE) {
		arrival_free(arrival);
		return;
	}
	entry = g_new0(struct entry, 1);
	entry->arrival = arrival;
	entry->stage = STAGE_OVER;
	g_atomic_ref_count_init(&entry->references);
	g_thread_pool_push(arrivals->pool, entry, NULL);
}
