/* The words and literals that an IMAP server says (RFC 3501). It is hostile: every size is bounded.
 */
#pragma once

#include <glib.h>

#define IMAP_ERROR (g_quark_from_static_string("abate-imap"))
enum imap_error {
	IMAP_ERROR_BROKEN,  /* the connection has ended */
	IMAP_ERROR_GARBAGE, /* what came is no IMAP, or more than anybody wants */
	IMAP_ERROR_REFUSED, /* the server said NO or BAD */
	IMAP_ERROR_SLOW,    /* it was waited for long enough */
	IMAP_ERROR_STOPPED, /* by the caller */
};

/* Gives at least one byte, or an error; *got 0: the connection has ended. */
typedef gboolean (*imap_fill)(void *user, char *buffer, gsize space, gsize *got, GError **error);

struct imap_wire {
	imap_fill fill;
	void *user;
	gsize at, end;
	char buffer[64 * 1024];
};

/* Sets IMAP_ERROR_GARBAGE; always FALSE. */
gboolean wire_garbage(GError **error, const char *words);
/* The next character, which stays … */
gboolean wire_peek(struct imap_wire *wire, char *c, GError **error);
/* … or is read … */
gboolean wire_next(struct imap_wire *wire, char *c, GError **error);
/* … and must be this one. */
gboolean wire_want(struct imap_wire *wire, char wanted, GError **error);
gboolean wire_line_end(struct imap_wire *wire, GError **error);
/* A word up to a space, a bracket of a list or the line's end, which stays. */
gboolean wire_word(struct imap_wire *wire, char *text, gsize space, GError **error);
/* The rest of the line, without its end; text may be NULL, and what does not fit is left out. */
gboolean wire_rest(struct imap_wire *wire, char *text, gsize space, GError **error);
/* A quoted text, after its first quote; text NULL: skipped. */
gboolean wire_quoted(struct imap_wire *wire, GString *text, GError **error);
/* A literal's length, after its "{"; more than max is an error. */
gboolean wire_literal_length(struct imap_wire *wire, gsize max, gsize *length, GError **error);
/* Its bytes. Free with g_bytes_unref. */
GBytes *wire_literal(struct imap_wire *wire, gsize length, GError **error);
/* A value that nobody asked for: a word, a text, or a list of such. */
gboolean wire_skip_value(struct imap_wire *wire, GError **error);
/* Digits, at most max. */
gboolean wire_number(const char *text, guint64 max, guint64 *value);
