#include "inbox/fetch-group.h"

/* What waits is in memory. */
#define GROUP_BYTES (32 * 1024 * 1024)

struct waiting {
	char *source;
	gint64 received;
	GBytes *mail;
};

struct fetch_mark {
	char *kind, *key, *value;
};

static void
mark_free(gpointer data)
{
	struct fetch_mark *mark = data;

	g_free(mark->kind);
	g_free(mark->key);
	g_free(mark->value);
	g_free(mark);
}

void
fetch_group_mark(struct fetch_group *group, const char *kind, const char *key, const char *value)
{
	struct fetch_mark *mark = g_new(struct fetch_mark, 1);

	mark->kind = g_strdup(kind);
	mark->key = g_strdup(key);
	mark->value = g_strdup(value);
	if (!group->marks)
		group->marks = g_ptr_array_new_with_free_func(mark_free);
	g_ptr_array_add(group->marks, mark);
}

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
	const struct fetch_options *options = group->options;
	struct waiting *waiting;

	group->count++;
	group->fresh++;
	group->bytes += g_bytes_get_size(mail);
	if (options->prepare) {
		options->prepare(source, received, mail, options->user);
		return;
	}
	waiting = g_new(struct waiting, 1);
	waiting->source = g_strdup(source);
	waiting->received = received;
	waiting->mail = g_bytes_ref(mail);
	if (!group->mails)
		group->mails = g_ptr_array_new_with_free_func(waiting_free);
	g_ptr_array_add(group->mails, waiting);
}

gboolean
fetch_group_is_full(const struct fetch_group *group)
{
	return group->fresh >= FETCH_GROUP_MAILS || group->bytes >= GROUP_BYTES;
}

static gboolean
hand_over(const struct fetch_group *group, guint leave, GError **error)
{
	const struct fetch_options *options = group->options;

	if (options->prepare)
		return options->settle(leave, options->user, error);
	for (guint i = 0; group->mails && i < group->mails->len; i++) {
		const struct waiting *waiting = g_ptr_array_index(group->mails, i);

		if (!options->take(waiting->source, waiting->received, waiting->mail, options->user,
			    error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
set_marks(const struct fetch_group *group, GError **error)
{
	for (guint i = 0; group->marks && i < group->marks->len; i++) {
		const struct fetch_mark *mark = g_ptr_array_index(group->marks, i);

		if (!store_mark_set(group->store, mark->kind, mark->key, mark->value, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
commit(struct fetch_group *group, guint leave, GError **error)
{
	gboolean ok;

	if (!store_begin(group->store, error)) {
		fetch_group_drop(group);
		return FALSE;
	}
	ok = hand_over(group, leave, error) && set_marks(group, error);
	if (!ok || group->options->dry_run)
		store_rollback(group->store);
	else
		ok = store_commit(group->store, error);
	g_clear_pointer(&group->marks, g_ptr_array_unref);
	if (!ok || leave == 0)
		fetch_group_drop(group);
	group->count = MIN(group->count, leave);
	group->fresh = 0;
	group->bytes = 0;
	return ok;
}

gboolean
fetch_group_commit(struct fetch_group *group, GError **error)
{
	return (group->count == 0 && !group->marks) || commit(group, 0, error);
}

guint
fetch_group_ahead(const struct fetch_group *group)
{
	/* Half of them, so that there is work while the disk is waited for. Large mails do not wait
	 * for more of them. */
	return group->options->prepare && group->bytes < GROUP_BYTES / 4 ? group->count / 2 : 0;
}

gboolean
fetch_group_flow(struct fetch_group *group, GError **error)
{
	return commit(group, fetch_group_ahead(group), error);
}

void
fetch_group_drop(struct fetch_group *group)
{
	g_clear_pointer(&group->mails, g_ptr_array_unref);
	g_clear_pointer(&group->marks, g_ptr_array_unref);
	if (group->options && group->options->prepare && group->count > 0)
		group->options->forget(group->options->user);
	group->count = 0;
	group->fresh = 0;
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
