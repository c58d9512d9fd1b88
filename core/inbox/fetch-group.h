/* Mails in groups of one transaction each, so that a position is kept with the mails before it. */
#pragma once

#include "inbox/fetch.h"

/* What is kept of one mail; the rest of a longer one is left out, with a warning. */
#define FETCH_MAX_MAIL (64 * 1024 * 1024)
#define FETCH_GROUP_MAILS 200

struct fetch_group {
	struct store *store;
	const struct fetch_options *options;
	guint mails; /* in the open transaction */
	gsize bytes;
};

/* Hands one mail over, in a transaction that it begins when none is open; undoes that on an error.
 */
gboolean fetch_group_take(struct fetch_group *group, const char *source, gint64 received,
	GBytes *mail, GError **error);
/* Whether it is time for fetch_group_commit(). */
gboolean fetch_group_is_full(const struct fetch_group *group);
/* Keeps what was taken; TRUE when nothing was. mark_key not NULL: sets that mark of kind "imap" in
 * the same transaction. */
gboolean fetch_group_commit(
	struct fetch_group *group, const char *mark_key, const char *mark, GError **error);
/* Forgets what was taken since the last commit. */
void fetch_group_drop(struct fetch_group *group);
/* Whether the caller was asked to end soon. */
gboolean fetch_group_is_stopped(const struct fetch_group *group);
void fetch_group_progress(const struct fetch_group *group, gint64 done, gint64 total);
