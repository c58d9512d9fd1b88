#include "ledger/observations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct observation {
	guint64 series;
	guint64 time_and_happened; /* twice the time, plus one when it happened */
};

/* A sorted part of the file, while it is merged: what is read of it and what is not. */
struct run {
	struct observation *next, *end;
	off_t at;
	gsize left;
};

struct observations {
	struct observation *held; /* while runs are merged, their buffers */
	gsize n, at_once;
	int file;     /* negative: none needed yet */
	GArray *runs; /* of gsize: how many are in each */
	GError *error;
};

struct observations *
observations_new(gsize at_once)
{
	struct observations *observations = g_new0(struct observations, 1);

	observations->held = g_new0(struct observation, at_once);
	observations->at_once = at_once;
	observations->file = -1;
	observations->runs = g_array_new(FALSE, FALSE, sizeof(gsize));
	return observations;
}

void
observations_free(struct observations *observations)
{
	if (!observations)
		return;
	if (observations->file >= 0)
		close(observations->file);
	g_array_unref(observations->runs);
	g_clear_error(&observations->error);
	g_free(observations->held);
	g_free(observations);
}

static gboolean
is_before(const struct observation *a, const struct observation *b)
{
	return a->series != b->series ? a->series < b->series
				      : a->time_and_happened < b->time_and_happened;
}

static int
compare(const void *a, const void *b)
{
	return is_before(b, a) - is_before(a, b);
}

static void
fail(struct observations *observations, const char *what)
{
	const int code = errno;

	if (!observations->error)
		g_set_error(&observations->error, G_FILE_ERROR, g_file_error_from_errno(code),
			"cannot %s a file in %s to sort the times in: %s", what, g_get_tmp_dir(),
			g_strerror(code));
}

static void
open_file(struct observations *observations)
{
	g_autofree char *name = g_build_filename(g_get_tmp_dir(), "abate-XXXXXX", NULL);

	observations->file = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
	if (observations->file >= 0)
		unlink(name);
	else
		fail(observations, "make");
}

static void
write_run(struct observations *observations)
{
	const char *bytes = (const char *)observations->held;
	gsize left = observations->n * sizeof(struct observation);

	qsort(observations->held, observations->n, sizeof(struct observation), compare);
	if (observations->file < 0)
		open_file(observations);
	while (left > 0 && !observations->error) {
		const ssize_t written = write(observations->file, bytes, left);

		if (written < 0 && errno != EINTR)
			fail(observations, "write");
		else if (written > 0) {
			bytes += written;
			left -= (gsize)written;
		}
	}
	g_array_append_val(observations->runs, observations->n);
	observations->n = 0;
}

void
observations_add(
	struct observations *observations, guint64 series, gint64 time_us, gboolean happened)
{
	const struct observation one = { series, (guint64)time_us * 2 + (happened != 0) };

	if (observations->error)
		return;
	if (observations->n == observations->at_once)
		write_run(observations);
	observations->held[observations->n++] = one;
}

static void
give(const struct observation *one, observations_fn fn, void *user)
{
	fn(one->series, (gint64)(one->time_and_happened / 2), one->time_and_happened % 2 != 0,
		user);
}

/* Reads on, into the run's part of the buffer. FALSE at its end, and when reading failed. */
static gboolean
fill(struct observations *observations, struct run *run, struct observation *buffer, gsize room)
{
	const gsize size = MIN(run->left, room) * sizeof *buffer;
	gsize got = 0;

	while (got < size && !observations->error) {
		const ssize_t n = pread(
			observations->file, (char *)buffer + got, size - got, run->at + (off_t)got);

		if (n > 0)
			got += (gsize)n;
		else if (n == 0 || errno != EINTR)
			fail(observations, "read");
	}
	run->next = buffer;
	run->end = buffer + got / sizeof *buffer;
	run->at += (off_t)got;
	run->left -= got / sizeof *buffer;
	return got > 0 && !observations->error;
}

static struct run *
begin_runs(struct observations *observations)
{
	struct run *runs = g_new0(struct run, observations->runs->len);
	off_t at = 0;

	for (guint i = 0; i < observations->runs->len; i++) {
		runs[i].at = at;
		runs[i].left = g_array_index(observations->runs, gsize, i);
		at += (off_t)(runs[i].left * sizeof(struct observation));
	}
	return runs;
}

static void
merge(struct observations *observations, observations_fn fn, void *user)
{
	g_autofree struct run *runs = begin_runs(observations);
	const guint n = observations->runs->len;
	const gsize room = MAX(observations->at_once / n, 1);
	/* More runs than fit one observation each: only where next to nothing is held. */
	g_autofree struct observation *own =
		n > observations->at_once ? g_new0(struct observation, n) : NULL;
	struct observation *buffer = own ? own : observations->held;

	for (;;) {
		struct run *least = NULL;

		for (guint i = 0; i < n; i++) {
			if (runs[i].next == runs[i].end &&
				!fill(observations, &runs[i], buffer + i * room, room))
				continue;
			if (!least || is_before(runs[i].next, least->next))
				least = &runs[i];
		}
		if (!least || observations->error)
			return;
		give(least->next++, fn, user);
	}
}

gboolean
observations_each(struct observations *observations, observations_fn fn, void *user, GError **error)
{
	if (observations->runs->len == 0) {
		qsort(observations->held, observations->n, sizeof(struct observation), compare);
		for (gsize i = 0; i < observations->n; i++)
			give(&observations->held[i], fn, user);
	} else {
		write_run(observations);
		merge(observations, fn, user);
	}
	observations->n = 0;
	if (!observations->error)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&observations->error));
	return FALSE;
}
