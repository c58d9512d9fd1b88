/* Mails that the server did not give: later fetches ask for them again, after all others, and give
 * up after some. */
#pragma once

#include "store/store.h"

/* More than these are no single mails that a server cannot read. */
#define IMAP_MISSING_MOST 1000
/* One is given up after so many fetches and so many seconds: what is ill may get well. */
#define IMAP_MISSING_RUNS 3
#define IMAP_MISSING_S (24 * 60 * 60)

struct imap_missed {
	guint32 uid;
	guint32 runs;  /* fetches that asked for it in vain */
	guint32 since; /* the first one, in seconds since the epoch */
};

/* What the store keeps of a mailbox (key), of struct imap_missed, by UID; empty when it is of
 * another UIDVALIDITY. Free with g_array_unref. */
GArray *imap_missing_read(struct store *store, const char *key, guint32 validity, GError **error);
/* The same as the store keeps it: "UIDVALIDITY:UID*runs@since,UID*…". Free with g_free. */
char *imap_missing_text(guint32 validity, const GArray *list);
/* NULL when it is not there. */
struct imap_missed *imap_missing_find(const GArray *list, guint32 uid);
/* Adds one that is not there yet, since now; NULL when there are too many. */
struct imap_missed *imap_missing_add(GArray *list, guint32 uid);
/* Whether it is time to give one up. */
gboolean imap_missing_is_lost(const struct imap_missed *missed);
void imap_missing_remove(GArray *list, guint32 uid);
/* The UIDs from first to last that are not there, as "1:2,4:9"; empty when all are. Free with
 * g_free. */
char *imap_missing_set(guint32 first, guint32 last, const GArray *list);
