/* Receive: a mail in, a kept reply out, matched to its report, which moves on where the sender may
 * move it. */
#pragma once

#include "base/config.h"
#include "model/profile.h"
#include "store/store.h"

struct receiver;
typedef struct receiver Receiver; /* for g_autoptr */

/* All borrowed and needed until receiver_free(); profiles may be NULL. */
struct receiver *receiver_new(const struct config *config, const struct profiles *profiles,
	struct store *store, GError **error);
void receiver_free(struct receiver *receiver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Receiver, receiver_free)

struct received_counts {
	gint64 read;			 /* mails that came */
	gint64 known;			 /* of these: read before */
	gint64 broken;			 /* of the new ones: see broken of struct reply */
	gint64 matched, weak, unmatched; /* of the new ones */
	gint64 bounced;			 /* reports that bounced for good */
	gint64 classes[10];		 /* of the new ones, in the order of received_classes */
};
/* The classes' names, NULL-ended. */
extern const char *const received_classes[];
/* Keeps one mail, whatever it is: reading it again changes nothing. source: where it was read from
 * ("maildir:…", "imap:…"); received: when our server got it (microseconds, UTC; 0: not told).
 * Counts it in counts. FALSE only when the store fails. Put many into one transaction. */
gboolean receiver_take(struct receiver *receiver, const char *source, gint64 received, GBytes *mail,
	struct received_counts *counts, GError **error);
/* The same in two steps, for many mails: threads read what is prepared while it waits, and settling
 * keeps it, in order, but for the last ones (leave, at most). Settle in a transaction; forget after
 * a rollback. */
void receiver_prepare(struct receiver *receiver, const char *source, gint64 received, GBytes *mail);
gboolean receiver_settle(
	struct receiver *receiver, guint leave, struct received_counts *counts, GError **error);
void receiver_forget(struct receiver *receiver);
