#include "intake/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "intake/host.h"

#define BUFFER_SIZE (256 * 1024)

static void
set_failure(const struct source *source, int number, GError **error)
{
	g_set_error(error, INTAKE_ERROR, INTAKE_ERROR_FILE, "%s: cannot be read: %s", source->file,
		g_strerror(number));
}

/* Fills the buffer as far as the file gives; what is left moves to the front. */
static void
fill(struct source *source)
{
	ssize_t got;

	if (source->start > 0) {
		memmove(source->buffer, source->buffer + source->start,
			source->end - source->start);
		source->end -= source->start;
		source->start = 0;
	}
	if (source->end == BUFFER_SIZE || source->at_end)
		return;
	do {
		got = read(source->fd, source->buffer + source->end, BUFFER_SIZE - source->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		source->failed = errno != 0;
	if (got <= 0)
		source->at_end = TRUE;
	else
		source->end += (gsize)got;
}

/* A file of another encoding is told at once, not line by line. */
static gboolean
skip_mark(struct source *source, GError **error)
{
	const char *p = source->buffer;
	gsize length = source->end;

	if (length >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
		g_set_error(error, INTAKE_ERROR, INTAKE_ERROR_FILE,
			"%s: is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8", source->file);
		return FALSE;
	}
	if (length >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		source->start = 3;
	return TRUE;
}

struct source *
source_open(const char *file, GError **error)
{
	g_autoptr(Source) source = g_new0(struct source, 1);

	source->file = file;
	source->line_max = SOURCE_LINE_MAX;
	source->line = g_string_new(NULL);
	source->again = g_string_new(NULL);
	source->buffer = g_malloc(BUFFER_SIZE);
	source->fd = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0) {
		set_failure(source, errno, error);
		return NULL;
	}
	errno = 0;
	while (!source->at_end && source->end < BUFFER_SIZE)
		fill(source);
	if (source->failed) {
		set_failure(source, errno, error);
		return NULL;
	}
	return skip_mark(source, error) ? g_steal_pointer(&source) : NULL;
}

void
source_free(struct source *source)
{
	if (!source)
		return;
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	g_string_free(source->line, TRUE);
	g_string_free(source->again, TRUE);
	g_free(source->buffer);
	g_free(source);
}

/* Appends up to the line feed; TRUE when it was there. */
static gboolean
take(struct source *source, const char *from, gsize length, gsize *used, gboolean *too_long)
{
	const char *feed = memchr(from, '\n', length);
	gsize part = feed ? (gsize)(feed - from) : length;

	if (source->line->len + part > source->line_max)
		*too_long = TRUE;
	else if (!*too_long)
		g_string_append_len(source->line, from, (gssize)part);
	*used = part + (feed != NULL);
	return feed != NULL;
}

/* FALSE at the end of the file. */
static gboolean
read_line(struct source *source, gboolean *too_long)
{
	gboolean any = FALSE;
	gsize used;

	g_string_truncate(source->line, 0);
	if (source->again->len > 0) {
		take(source, source->again->str, source->again->len, &used, too_long);
		g_string_erase(source->again, 0, (gssize)used);
		return TRUE;
	}
	for (;;) {
		gboolean whole;

		if (source->start == source->end)
			fill(source);
		if (source->start == source->end)
			return any;
		any = TRUE;
		whole = take(source, source->buffer + source->start, source->end - source->start,
			&used, too_long);
		source->start += used;
		if (whole)
			return TRUE;
	}
}

static enum source_status
bad(struct source *source, const char *reason, gint64 column)
{
	source->reason = reason;
	source->column = column;
	return SOURCE_BAD;
}

enum source_status
source_next(struct source *source)
{
	gboolean too_long = FALSE;
	GString *line = source->line;
	const char *end;

	if (!read_line(source, &too_long))
		return SOURCE_END;
	source->number++;
	if (too_long)
		return bad(source, "the line is too long to be read", 0);
	if (line->len > 0 && line->str[line->len - 1] == '\r')
		g_string_truncate(line, line->len - 1);
	end = memchr(line->str, '\0', line->len);
	if (end)
		return bad(source, "a NUL byte: this is no text", end - line->str + 1);
	if (!g_utf8_validate(line->str, (gssize)line->len, &end))
		return bad(source, "not UTF-8 text", end - line->str + 1);
	return SOURCE_LINE;
}

int
source_byte(struct source *source)
{
	int byte;

	if (source->start == source->end)
		fill(source);
	if (source->start == source->end)
		return -1;
	if (source->number == 0)
		source->number = 1;
	byte = (guchar)source->buffer[source->start++];
	if (byte == '\n')
		source->number++;
	return byte;
}

void
source_unread(struct source *source, const char *lines, gsize length, gint64 number)
{
	g_string_prepend_len(source->again, lines, (gssize)length);
	source->number = number - 1;
}

const char *
source_peek(struct source *source, gsize *length)
{
	*length = source->end - source->start;
	return source->buffer + source->start;
}

gboolean
source_finish(struct source *source, GError **error)
{
	if (source->failed)
		set_failure(source, EIO, error);
	return !source->failed;
}
