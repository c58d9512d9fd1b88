/* What becomes of mails in the mailbox after they are kept: a flag, or a move to a folder. */
#pragma once

#include "inbox/imap-session.h"
#include "store/store.h"

struct imap_after {
	const struct imap_settings *settings;
	struct imap_session *session;
	struct store *store;
	GArray *uids;	 /* of guint32, kept and not yet done with, in order */
	GError *refusal; /* the first one; nothing more is tried then */
	guint32 done;	 /* up to this UID, all */
	gboolean told;
};

/* All borrowed. Does what a fetch that was cut had left, up to position, but for missing mails (of
 * struct imap_missed), which were not read. FALSE when the connection
 * or the store fails; that the server refuses is in after->refusal and stops no fetch. */
gboolean
imap_after_start(struct imap_after *after, guint32 position, const GArray *missing, GError **error);
/* Does it for after->uids, and empties them. */
gboolean imap_after_run(struct imap_after *after, GError **error);
void imap_after_clear(struct imap_after *after);
/* Whether anything is to be done. */
gboolean imap_after_is_wanted(const struct imap_settings *settings);
/* UIDs as "1:3,7". Free with g_free. */
char *imap_set(const GArray *uids);
