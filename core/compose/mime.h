/* One report as the exact bytes of one mail, by GMime. */
#pragma once

#include <glib.h>

#include "compose/sign.h"
#include "model/case.h"

struct mime_mail {
	const char *from_name, *from; /* name may be NULL */
	const char *to;
	const char *reply_to; /* NULL: none */
	const char *subject;  /* made one line here */
	const char *text;     /* UTF-8, lines end with LF */
	const char *message_id;
	const char *in_reply_to;   /* Message-ID of the thread's first mail; NULL: begins one */
	const char *reference;	   /* makes the boundary: no randomness, so tests can compare */
	gint64 date;		   /* microseconds, UTC */
	const GPtrArray *xarf;	   /* of char *: JSON texts; may be NULL */
	const GPtrArray *evidence; /* of const struct evidence *: those to attach; may be NULL */
	struct signer *signer;	   /* NULL: not signed */
};

/* Bytes with CRLF line ends, 7-bit, no line over 998. NULL and error when an address is none or
 * signing fails. */
GBytes *mime_compose(const struct mime_mail *mail, GError **error);
/* A text as one line without control characters, at most so many characters. Free with g_free. */
char *mime_one_line(const char *text, glong most);
/* A file name that is safe in a header and on any disk. Free with g_free. */
char *mime_file_name(const char *name);
