#include "inbox/fetch-group.h"

/* What waits is in memory. */
#define GROUP_BYTES (32 * 1024 * 1024)

struct waiting {
	char *source;
	gint64 received;
	GBytes *mail;
};

static void
waiting_free(gpointer data)
{
	struct waiting *waiting = data;

	g_free(waiting->source);
	g_bytes_unref(waiting->mail);
	g_free(waiting);
}

void
fetch_group_add(struct fetch_group *group, const char *source, gint64 received, GBytes *mail)
{
	struct waiting *waiting = g_new(struct waiting, 1);

	waiting->source = g_strdup(source);
	waiting->received = received;
	waiting->mail = g_bytes_ref(mail);
	if (!group->mails)
		group->mails = g_ptr_array_new_with_free_func(waiting_free);
	g_ptr_array_add(group->mails, waiting);
	group->bytes += g_bytes_get_size(mail);
}

gboolean
fetch_group_is_empty(const struct fetch_group *group)
{
	return !group->mails;
}

gboolean
fetch_group_is_full(const struct fetch_group *group)
{
	return group->mails &&
	       (group->mails->len >= FETCH_GROUP_MAILS || group->bytes >= GROUP_BYTES);
}

static gboolean
hand_over(const struct fetch_group *group, GError **error)
{
	const struct fetch_options *options = group->options;

	for (guint i = 0; group->mails && i < group->mails->len; i++) {
		const struct waiting *waiting = g_ptr_array_index(group->mails, i);

		if (!options->take(waiting->source, waiting->received, waiting->mail, options->user,
			    error))
			return FALSE;
	}
	return !options->settle || options->settle(options->user, error);
}

gboolean
fetch_group_commit(
	struct fetch_group *group, const char *mark_key, const char *mark, GError **error)
{
	gboolean ok;

	if (!group->mails && !mark_key)
		return TRUE;
	if (!store_begin(group->store, error)) {
		fetch_group_drop(group);
		return FALSE;
	}
	ok = hand_over(group, error) &&
	     (!mark_key || store_mark_set(group->store, "imap", mark_key, mark, error));
	fetch_group_drop(group);
	if (ok)
		return store_commit(group->store, error);
	store_rollback(group->store);
	if (group->options->forget)
		group->options->forget(group->options->user);
	return FALSE;
}

void
fetch_group_drop(struct fetch_group *group)
{
	g_clear_pointer(&group->mails, g_ptr_array_unref);
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
