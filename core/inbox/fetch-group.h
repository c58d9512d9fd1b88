/* Mails in groups of one transaction each, so that a position is kept with the mails before it. */
#pragma once

#include "inbox/fetch.h"

/* What is kept of one mail; the rest of a longer one is left out, with a warning. */
#define FETCH_MAX_MAIL (64 * 1024 * 1024)
#define FETCH_GROUP_MAILS 500

struct fetch_group {
	struct store *store;
	const struct fetch_options *options;
	GPtrArray *mails; /* that wait to be taken; NULL where they are prepared */
	guint count;	  /* of all that wait */
	guint fresh;	  /* of these, the ones since the last commit */
	gsize bytes;	  /* of the fresh ones */
	GPtrArray *marks; /* of struct fetch_mark *, that wait with them; may be NULL */
};

/* Lets one mail wait for fetch_group_commit(): no network or file is waited for while the store is
 * locked. */
void fetch_group_add(struct fetch_group *group, const char *source, gint64 received, GBytes *mail);
/* Whether it is time for fetch_group_commit(). */
gboolean fetch_group_is_full(const struct fetch_group *group);
/* Lets a mark of the store wait to be set with the mails. */
void
fetch_group_mark(struct fetch_group *group, const char *kind, const char *key, const char *value);
/* Hands over what waits, in one transaction, which a dry run takes back; TRUE when nothing does.
 * What waited is gone then, also after an error. */
gboolean fetch_group_commit(struct fetch_group *group, GError **error);
/* The same where more mails follow: some may go on waiting, so that threads have something to look
 * at meanwhile. */
gboolean fetch_group_flow(struct fetch_group *group, GError **error);
/* So many, at most. */
guint fetch_group_ahead(const struct fetch_group *group);
/* Forgets what waits. */
void fetch_group_drop(struct fetch_group *group);
/* Whether the caller was asked to end soon. */
gboolean fetch_group_is_stopped(const struct fetch_group *group);
void fetch_group_progress(const struct fetch_group *group, gint64 done, gint64 total);
