#include "inbox/imap-after.h"

#include "base/log.h"
#include "inbox/imap-mark.h"
#include "inbox/imap-missing.h"

gboolean
imap_after_is_wanted(const struct imap_settings *settings)
{
	return settings->flag || settings->move;
}

char *
imap_set(const GArray *uids)
{
	g_autoptr(GString) set = g_string_new(NULL);

	for (guint i = 0; i < uids->len; i++) {
		guint32 first = g_array_index(uids, guint32, i);
		guint32 last = first;

		while (i + 1 < uids->len && g_array_index(uids, guint32, i + 1) == last + 1)
			last = g_array_index(uids, guint32, ++i);
		g_string_append_printf(set, set->len ? ",%u" : "%u", first);
		if (last > first)
			g_string_append_printf(set, ":%u", last);
	}
	return g_string_free(g_steal_pointer(&set), FALSE);
}

static gboolean
set_flag(struct imap_after *after, const char *set, const char *flag, GError **error)
{
	return imap_send(after->session, error, "UID STORE %s +FLAGS.SILENT (%s)", set, flag) &&
	       imap_finish(after->session, error);
}

/* Without MOVE the mails are marked and stay: expunging would take others' marked mails along. */
static gboolean
move(struct imap_after *after, const char *set, GError **error)
{
	const char *folder = after->settings->move;
	gboolean can;

	if (!imap_can(after->session, "MOVE", &can, error))
		return FALSE;
	if (can)
		return imap_send(after->session, error, "UID MOVE %s %s", set, folder) &&
		       imap_finish(after->session, error);
	if (!after->told)
		log_warning("%s: the server cannot move mails: they are copied to %s and marked "
			    "as deleted; expunge them yourself",
			after->settings->name, folder);
	after->told = TRUE;
	return imap_send(after->session, error, "UID COPY %s %s", set, folder) &&
	       imap_finish(after->session, error) && set_flag(after, set, "\\Deleted", error);
}

static gboolean
remember(struct imap_after *after, guint32 uid, GError **error)
{
	g_autofree char *mark = NULL;

	after->done = MAX(after->done, uid);
	mark = imap_mark_text(after->session->validity, after->done);
	return store_mark_set(after->store, "imap-after", after->settings->name, mark, error);
}

static gboolean
do_set(struct imap_after *after, const char *set, guint32 last, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if ((!after->settings->flag || set_flag(after, set, after->settings->flag, &cause)) &&
		(!after->settings->move || move(after, set, &cause)))
		return remember(after, last, error);
	if (g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_REFUSED)) {
		g_prefix_error(&cause, "[inbox] %s: mails were read, but ",
			after->settings->move ? "imap_move" : "imap_flag");
		after->refusal = g_steal_pointer(&cause);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&cause));
	return FALSE;
}

gboolean
imap_after_start(struct imap_after *after, guint32 position, const GArray *missing, GError **error)
{
	g_autofree char *set = NULL;
	guint32 validity;

	after->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (!imap_after_is_wanted(after->settings))
		return TRUE;
	if (!imap_mark_get(after->store, "imap-after", after->settings->name, &validity,
		    &after->done, error))
		return FALSE;
	/* What was read before it was wanted stays as it is. */
	if (validity != after->session->validity) {
		after->done = 0;
		return remember(after, position, error);
	}
	if (after->done >= position)
		return TRUE;
	set = imap_missing_set(after->done + 1, position, missing);
	return !*set ? remember(after, position, error) : do_set(after, set, position, error);
}

gboolean
imap_after_run(struct imap_after *after, GError **error)
{
	g_autofree char *set = NULL;
	guint32 last;

	if (after->uids->len == 0)
		return TRUE;
	set = imap_set(after->uids);
	last = g_array_index(after->uids, guint32, after->uids->len - 1);
	g_array_set_size(after->uids, 0);
	return after->refusal || !imap_after_is_wanted(after->settings) ||
	       do_set(after, set, last, error);
}

void
imap_after_clear(struct imap_after *after)
{
	g_clear_pointer(&after->uids, g_array_unref);
	g_clear_error(&after->refusal);
}
