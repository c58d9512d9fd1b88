/* How far a mailbox was read, as the store keeps it: "UIDVALIDITY:UID". */
#pragma once

#include "store/store.h"

/* Free with g_free. */
char *imap_mark_text(guint32 validity, guint32 uid);
/* The UID of a mark of that kind and key; *validity is 0 when there is none. */
gboolean imap_mark_get(struct store *store, const char *kind, const char *key, guint32 *validity,
	guint32 *uid, GError **error);
