#include "inbox/fetch-group.h"

/* Large mails wait in the transaction, so it ends earlier with them. */
#define GROUP_BYTES (32 * 1024 * 1024)

gboolean
fetch_group_take(struct fetch_group *group, const char *source, gint64 received, GBytes *mail,
	GError **error)
{
	if (group->mails == 0 && !store_begin(group->store, error))
		return FALSE;
	group->mails++;
	group->bytes += g_bytes_get_size(mail);
	if (group->options->take(source, received, mail, group->options->user, error))
		return TRUE;
	fetch_group_drop(group);
	return FALSE;
}

gboolean
fetch_group_is_full(const struct fetch_group *group)
{
	return group->mails >= FETCH_GROUP_MAILS || group->bytes >= GROUP_BYTES;
}

gboolean
fetch_group_commit(
	struct fetch_group *group, const char *mark_key, const char *mark, GError **error)
{
	if (group->mails == 0)
		return !mark_key || store_mark_set(group->store, "imap", mark_key, mark, error);
	if ((group->options->settle && !group->options->settle(group->options->user, error)) ||
		(mark_key && !store_mark_set(group->store, "imap", mark_key, mark, error))) {
		fetch_group_drop(group);
		return FALSE;
	}
	group->mails = 0;
	group->bytes = 0;
	return store_commit(group->store, error);
}

void
fetch_group_drop(struct fetch_group *group)
{
	if (group->mails > 0)
		store_rollback(group->store);
	if (group->options->forget)
		group->options->forget(group->options->user);
	group->mails = 0;
	group->bytes = 0;
}

gboolean
fetch_group_is_stopped(const struct fetch_group *group)
{
	return group->options->stop && *group->options->stop;
}

void
fetch_group_progress(const struct fetch_group *group, gint64 done, gint64 total)
{
	if (group->options->progress)
		group->options->progress(done, total, group->options->user);
}
