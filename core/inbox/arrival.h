/* A mail on its way in, and what can be told of it without the store. */
#pragma once

#include "inbox/classify.h"

struct arrival {
	char *source;
	gint64 received; /* 0: not told, not even by the mail itself once it is read */
	gint64 filed;	 /* its file's time, where received is not that; 0: none */
	GBytes *content;
	/* Set by arrival_read(). */
	char *digest, *sha256, *sha256_crlf; /* as a reply's */
	struct mail *mail;   /* closed; NULL: nothing is in it; then the rest is NULL */
	char *sender;	     /* as sender_address() gives it; may be NULL */
	char *message_id;    /* without <>; may be NULL */
	char *shown_from;    /* as it is written, where there is no sender; may be NULL */
	gboolean authentic;  /* a trusted server vouches for the sender, or none is set */
	GPtrArray *vouchers; /* of char *: domains by which it does, as far as they are told */
	struct verdict *verdict;
	GPtrArray *clues; /* see clues_collect() */
};

/* How mails are read; borrowed. */
struct arrival_reading {
	const struct rules *rules;
	char *const *trusted; /* servers whose Authentication-Results are believed */
	gboolean below;	      /* see authentication_passes() */
	gboolean crlf;	      /* sha256_crlf is wanted */
};

struct arrival *arrival_new(const char *source, gint64 received, GBytes *content);
void arrival_free(struct arrival *arrival);
/* May be called in any thread. */
void arrival_read(struct arrival *arrival, const struct arrival_reading *reading);
