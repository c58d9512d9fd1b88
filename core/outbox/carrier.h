/* What every carrier does: takes composed mails to where they go and says what became of each. */
#pragma once

#include <glib.h>

#include "base/config.h"

enum verdict {
	VERDICT_NONE,	  /* never reached: goes back to the queue as it was */
	VERDICT_ACCEPTED, /* the server has it */
	VERDICT_REFUSED,  /* permanent, with the server's words */
	VERDICT_DEFERRED, /* for now */
	VERDICT_IN_DOUBT, /* went out whole, and no answer came */
};

struct delivery;
/* What a carrier tells while it sends, in the thread of its lane. */
struct delivery_watch {
	/* Before the first byte of a mail goes out: waits until that is on disk. FALSE: it must not
	 * go, not even in part. */
	gboolean (*may_go)(struct delivery *delivery, void *user);
	/* It has its verdict, and is the carrier's no more. */
	void (*settled)(struct delivery *delivery, void *user);
	void *user;
};

struct delivery {
	gint64 report_id;
	gint64 tries;
	gint64 wait_s; /* when deferred: the server asks for so much patience; 0: it does not say */
	char *reference; /* for ENVID (RFC 3461); may be NULL */
	char *to;
	GBytes *bytes;
	enum verdict verdict;
	char *words;	      /* the server's, or ours; NULL when accepted without any */
	gboolean handed_over; /* inside: the carrier took the last byte */
	gint settled;	      /* inside, atomic: told to the watch */
	guint place;	      /* in its batch */
	const struct delivery_watch *watch; /* borrowed; NULL: nobody wants to know */
};
void delivery_free(struct delivery *delivery);
/* Sets verdict and words (copied). */
void delivery_set(struct delivery *delivery, enum verdict verdict, const char *words);
/* For carriers: ask and tell the watch. */
gboolean delivery_may_go(struct delivery *delivery);
void delivery_settle(struct delivery *delivery);

/* One connection's worth of state; used by one thread at a time. */
struct carrier;
/* By [mail] carrier. password may be NULL. NULL and CONFIG_ERROR when the configuration is wrong.
 */
struct carrier *carrier_new(const struct config *config, const char *password, GError **error);
void carrier_free(struct carrier *carrier);
/* Sends (of struct delivery *), one after the other, and sets the verdicts of those that were
 * reached; the watch hears of each as soon as it is known. FALSE when the server could not be used
 * as it should: *trouble says why (free with g_free). Blocks for a bounded time. */
gboolean carrier_send(struct carrier *carrier, GPtrArray *deliveries, char **trouble);
/* From another thread: ends a connect() that hangs. */
void carrier_interrupt_stale(struct carrier *carrier, gint64 now);
/* Where mails go, for people: "smtp mail.example.org:587". Free with g_free. */
char *carrier_describe(const struct config *config);
