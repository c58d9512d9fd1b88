/* What a mail carries that could be a reference of ours, in the order in which it is believed. */
#pragma once

#include "inbox/classify.h"

struct clue {
	const char *key;     /* "in-reply-to" …: see struct match */
	char *value;	     /* a reference, or the Message-ID of a thread */
	gboolean is_message; /* it is a Message-ID */
};

/* Of struct clue *, each value once, a bounded number; free with g_ptr_array_unref. */
GPtrArray *clues_collect(const struct mail *mail, const struct verdict *verdict);
/* Whether a verdict tells of a mail that came back or waits. */
gboolean clues_is_delivery(const struct verdict *verdict);
