#include "inbox/arrivals.h"

#define THREADS_MAX 4

struct entry {
	struct arrival *arrival;
	gboolean is_read;
};

struct arrivals {
	const struct arrival_reading *reading;
	GThread *threads[THREADS_MAX];
	guint count;
	/* What follows is under the lock. */
	GMutex lock;
	GCond work;		     /* there is some, or the end */
	GCond read;		     /* the awaited one is */
	GQueue waiting;		     /* of struct entry * */
	GList *unread;		     /* the first of waiting that nobody has begun; NULL: none */
	const struct entry *awaited; /* NULL: none is */
	guint idle;		     /* threads that wait for work */
	gboolean ends;
};

/* The lock is held, but while it reads. */
static void
read_next(struct arrivals *arrivals)
{
	struct entry *entry = arrivals->unread->data;

	arrivals->unread = arrivals->unread->next;
	g_mutex_unlock(&arrivals->lock);
	arrival_read(entry->arrival, arrivals->reading);
	g_mutex_lock(&arrivals->lock);
	entry->is_read = TRUE;
	if (entry == arrivals->awaited)
		g_cond_signal(&arrivals->read);
}

static void *
work(void *data)
{
	struct arrivals *arrivals = data;

	g_mutex_lock(&arrivals->lock);
	while (!arrivals->ends) {
		if (arrivals->unread)
			read_next(arrivals);
		else {
			arrivals->idle++;
			g_cond_wait(&arrivals->work, &arrivals->lock);
			arrivals->idle--;
		}
	}
	g_mutex_unlock(&arrivals->lock);
	return NULL;
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
	const guint threads = CLAMP(g_get_num_processors() - 1, 1, THREADS_MAX);

	arrivals->reading = reading;
	g_mutex_init(&arrivals->lock);
	g_cond_init(&arrivals->work);
	g_cond_init(&arrivals->read);
	g_queue_init(&arrivals->waiting);
	warm_up(reading);
	/* Where the system gives none, all is read by who waits for it. */
	while (arrivals->count < threads && (arrivals->threads[arrivals->count] = g_thread_try_new(
						     "mails", work, arrivals, NULL)))
		arrivals->count++;
	return arrivals;
}

/* The lock is held. The first that went in, once it is read: who waits for it helps to read. */
static struct arrival *
take_first(struct arrivals *arrivals)
{
	struct entry *entry = g_queue_peek_head(&arrivals->waiting);
	struct arrival *arrival = entry->arrival;

	while (!entry->is_read) {
		if (arrivals->unread) {
			read_next(arrivals);
			continue;
		}
		arrivals->awaited = entry;
		g_cond_wait(&arrivals->read, &arrivals->lock);
		arrivals->awaited = NULL;
	}
	g_free(g_queue_pop_head(&arrivals->waiting));
	return arrival;
}

void
arrivals_forget(struct arrivals *arrivals)
{
	g_mutex_lock(&arrivals->lock);
	/* What nobody has begun, nobody needs to begin. */
	for (; arrivals->unread; arrivals->unread = arrivals->unread->next)
		((struct entry *)arrivals->unread->data)->is_read = TRUE;
	while (arrivals->waiting.length > 0)
		arrival_free(take_first(arrivals));
	g_mutex_unlock(&arrivals->lock);
}

void
arrivals_free(struct arrivals *arrivals)
{
	if (!arrivals)
		return;
	arrivals_forget(arrivals);
	g_mutex_lock(&arrivals->lock);
	arrivals->ends = TRUE;
	g_cond_broadcast(&arrivals->work);
	g_mutex_unlock(&arrivals->lock);
	for (guint i = 0; i < arrivals->count; i++)
		g_thread_join(arrivals->threads[i]);
	g_mutex_clear(&arrivals->lock);
	g_cond_clear(&arrivals->work);
	g_cond_clear(&arrivals->read);
	g_free(arrivals);
}

void
arrivals_push(struct arrivals *arrivals, struct arrival *arrival)
{
	struct entry *entry = g_new0(struct entry, 1);

	entry->arrival = arrival;
	g_mutex_lock(&arrivals->lock);
	g_queue_push_tail(&arrivals->waiting, entry);
	if (!arrivals->unread)
		arrivals->unread = arrivals->waiting.tail;
	if (arrivals->idle > 0)
		g_cond_signal(&arrivals->work);
	g_mutex_unlock(&arrivals->lock);
}

guint
arrivals_count(const struct arrivals *arrivals)
{
	return arrivals->waiting.length;
}

struct arrival *
arrivals_pop(struct arrivals *arrivals)
{
	struct arrival *arrival;

	g_mutex_lock(&arrivals->lock);
	arrival = take_first(arrivals);
	g_mutex_unlock(&arrivals->lock);
	return arrival;
}
