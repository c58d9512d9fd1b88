/* One mailbox while it is read: what is asked for, what has come, and how far everything is kept.
 */
#pragma once

#include "inbox/fetch-group.h"
#include "inbox/imap-after.h"
#include "inbox/imap-missing.h"

struct imap_box {
	const struct imap_settings *settings;
	struct imap_session session;
	struct fetch_group group;
	struct imap_after after;
	GArray *uids;	 /* of guint32: what is to be read, in order */
	guint8 *done;	 /* of each whether it was */
	guint whole;	 /* so many from the first on are done */
	gboolean again;	 /* these are missing ones: no position follows from them */
	guint got;	 /* mails that have come */
	guint total;	 /* that were to come, as far as it is known */
	guint32 suspect; /* the mail that was awaited when the connection broke; 0: none */
	guint32 position;
	GArray *waiting; /* of guint32: mails that are taken and not kept yet */
	GArray *missing; /* of struct imap_missed */
	char *kept;	 /* the position as the store has it, and the missing ones */
	char *kept_missing;
};

/* Mails that one command asks for: uids[from] to uids[to - 1]. */
struct imap_flight {
	guint32 tag;
	guint from, to;
};

/* What is to be read from now on; takes the list. */
void imap_box_want(struct imap_box *box, GArray *uids);
guint32 imap_box_uid(const struct imap_box *box, guint index);
/* One of what is to be read is done with. */
void imap_box_handled(struct imap_box *box, guint index);
/* Keeps what was taken, and how far everything is. */
gboolean imap_box_keep(struct imap_box *box, GError **error);
gboolean imap_box_send(struct imap_box *box, struct imap_flight *flight, GError **error);
/* Takes the mails that one command brings; those that do not come are not done then. */
gboolean imap_box_land(struct imap_box *box, const struct imap_flight *flight, GError **error);
/* The name of one mail, as it is kept: free with g_free. */
char *imap_box_source(const struct imap_box *box, guint32 uid);
