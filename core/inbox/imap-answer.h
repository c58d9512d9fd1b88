/* What an IMAP server answers, one answer at a time. */
#pragma once

#include "inbox/imap-wire.h"

enum imap_answer_kind {
	IMAP_TAGGED, /* to the command number: status, text */
	IMAP_STATUS, /* untagged OK, NO, BAD, BYE, PREAUTH: status, text */
	IMAP_FETCH,  /* uid, received, mail */
	IMAP_SEARCH, /* its numbers were added to found */
	IMAP_COUNT,  /* number, and status what of: EXISTS, EXPUNGE … */
	IMAP_FOLDER, /* a folder's name in text, as it goes over the wire */
	IMAP_OTHER,  /* status is its first word, text what follows */
};
struct imap_answer {
	enum imap_answer_kind kind;
	guint32 number;
	char status[32];
	char text[1024]; /* cut */
	guint32 uid;	 /* 0: not told */
	gint64 received; /* INTERNALDATE in microseconds, UTC; 0: not told */
	GBytes *mail;	 /* BODY[]; NULL: not told */
};

/* What may come at most. */
struct imap_limits {
	gsize mail;	 /* bytes */
	gsize found;	 /* numbers of a search */
	GArray *numbers; /* of guint32, where a search's numbers go; NULL: they are left out */
};

/* Reads the next answer; what answer held before is released first. */
gboolean imap_answer_read(struct imap_wire *wire, const struct imap_limits *limits,
	struct imap_answer *answer, GError **error);
/* Whether the server says that it only cannot now (RFC 5530). */
gboolean imap_is_temporary(const char *words);
/* Releases the mail. */
void imap_answer_clear(struct imap_answer *answer);
/* INTERNALDATE, as "17-Jul-1996 02:44:25 -0700"; 0 when it is none. */
gint64 imap_date(const char *text);
