/* A mail on its way in, and what can be told of it without the store. */
#pragma once

#include "inbox/classify.h"

struct arrival {
	char *source;
	gint64 received; /* 0: not told */
	GBytes *content;
	/* Set by arrival_read(). */
	char *digest;		 /* hex SHA-256 */
	struct mail *mail;	 /* NULL: nothing could be made of it, … */
	char *fault;		 /* … and why */
	char *sender;		 /* as sender_address() gives it; may be NULL */
	struct verdict *verdict; /* NULL without a mail */
};

struct arrival *arrival_new(const char *source, gint64 received, GBytes *content);
void arrival_free(struct arrival *arrival);
/* May be called in any thread. */
void arrival_read(struct arrival *arrival, const struct rules *rules);
