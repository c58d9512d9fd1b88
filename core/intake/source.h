/* A file read line by line through a bounded buffer. */
#pragma once

#include <glib.h>

/* The longest line of text and CSV; longer ones are a fault and are passed over. */
#define SOURCE_LINE_MAX (64 * 1024)

enum source_status {
	SOURCE_LINE, /* a line of valid text */
	SOURCE_BAD,  /* a line that is none; see reason */
	SOURCE_END,  /* no more, or the file can be read no further: see error */
};

struct source {
	const char *file;
	int fd;
	gsize line_max;
	char *buffer;
	gsize start, end; /* what is left in the buffer */
	gboolean at_end, failed;
	GString *line;	/* the current line, without its end */
	gint64 number;	/* its number, 1… */
	gint64 column;	/* where a bad line is bad; 0: not known */
	GString *again; /* lines to be read once more, see source_unread() */
	const char *reason;
};
typedef struct source Source; /* for g_autoptr */

/* "-": standard input. NULL and error when it cannot be opened or is no text. */
struct source *source_open(const char *file, GError **error);
void source_free(struct source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

/* The next line into source->line. */
enum source_status source_next(struct source *source);
/* The next byte, whatever it is; -1 at the end. For formats that do not go by lines. */
int source_byte(struct source *source);
/* Gives lines back (each with its line feed), to be read again from line number on. */
void source_unread(struct source *source, const char *lines, gsize length, gint64 number);
/* What stands at the beginning, before anything is read. */
const char *source_peek(struct source *source, gsize *length);
/* FALSE and error when reading failed. */
gboolean source_finish(struct source *source, GError **error);
