#include "inbox/imap-box.h"

#include "base/log.h"
#include "inbox/imap-mark.h"

/* Answers that nobody asked for, of which a mail counts as many, before we give up. */
#define MAX_STRAY 100000
#define STRAY_MAIL 1000

void
imap_box_want(struct imap_box *box, GArray *uids)
{
	g_clear_pointer(&box->uids, g_array_unref);
	g_free(box->done);
	box->uids = uids;
	box->done = g_new0(guint8, uids->len + 1);
	box->whole = 0;
}

guint32
imap_box_uid(const struct imap_box *box, guint index)
{
	return g_array_index(box->uids, guint32, index);
}

char *
imap_box_source(const struct imap_box *box, guint32 uid)
{
	return g_strdup_printf(
		"%s;UIDVALIDITY=%u;UID=%u", box->settings->source, box->session.validity, uid);
}

void
imap_box_handled(struct imap_box *box, guint index)
{
	box->done[index] = 1;
	for (; box->whole < box->uids->len && box->done[box->whole]; box->whole++)
		if (!box->again)
			box->position = imap_box_uid(box, box->whole);
}

/* Lets a mark wait, and says so, where it has changed. */
static gboolean
mark(struct imap_box *box, const char *kind, char **kept, char *now)
{
	if (g_strcmp0(*kept, now) == 0) {
		g_free(now);
		return FALSE;
	}
	fetch_group_mark(&box->group, kind, box->settings->name, now);
	g_free(*kept);
	*kept = now;
	return TRUE;
}

/* How far everything is when the last mails go on waiting. */
static void
mark_all(struct imap_box *box, guint leave)
{
	const guint32 validity = box->session.validity;
	guint32 position = box->position;

	for (guint i = box->waiting->len - MIN(leave, box->waiting->len); i < box->waiting->len;
		i++)
		position = MIN(position, g_array_index(box->waiting, guint32, i) - 1);
	/* Together: another fetch at the same time may have written its own ones. */
	if (mark(box, "imap", &box->kept, imap_mark_text(validity, position)) && box->missing->len)
		g_clear_pointer(&box->kept_missing, g_free);
	mark(box, "imap-missing", &box->kept_missing, imap_missing_text(validity, box->missing));
}

gboolean
imap_box_keep(struct imap_box *box, GError **error)
{
	if (box->missing)
		mark_all(box, 0);
	g_array_set_size(box->waiting, 0);
	return fetch_group_commit(&box->group, error);
}

/* The same where more mails follow. Missing ones are not missing any more only when they are kept.
 */
static gboolean
flow(struct imap_box *box, GError **error)
{
	const guint ahead = fetch_group_ahead(&box->group);

	if (box->again || ahead == 0)
		return imap_box_keep(box, error);
	mark_all(box, ahead);
	if (box->waiting->len > ahead)
		g_array_remove_range(box->waiting, 0, box->waiting->len - ahead);
	return fetch_group_flow(&box->group, error);
}

/* Where a UID is; the list's length when nobody asked for it, or it came before. */
static guint
find(const struct imap_box *box, guint32 uid)
{
	guint low = box->whole, high = box->uids->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (imap_box_uid(box, middle) < uid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < box->uids->len && imap_box_uid(box, low) == uid && !box->done[low])
		return low;
	return box->uids->len;
}

static gboolean
take(struct imap_box *box, guint index, GError **error)
{
	const struct imap_answer *answer = &box->session.answer;
	g_autofree char *source = imap_box_source(box, answer->uid);

	if (g_bytes_get_size(answer->mail) >= FETCH_MAX_MAIL)
		log_warning("%s: the first %d bytes are read and kept", source, FETCH_MAX_MAIL);
	imap_link_next_step(box->session.link);
	fetch_group_add(&box->group, source, answer->received, answer->mail);
	g_array_append_val(box->waiting, answer->uid);
	if (imap_after_is_wanted(box->settings))
		g_array_append_val(box->after.uids, answer->uid);
	imap_missing_remove(box->missing, answer->uid);
	imap_box_handled(box, index);
	fetch_group_progress(&box->group, ++box->got, box->total);
	if (fetch_group_is_full(&box->group) && !flow(box, error))
		return FALSE;
	if (!fetch_group_is_stopped(&box->group))
		return TRUE;
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_STOPPED, "stopped");
	return FALSE;
}

gboolean
imap_box_send(struct imap_box *box, struct imap_flight *flight, GError **error)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autofree char *set = NULL;

	g_array_append_vals(
		uids, &g_array_index(box->uids, guint32, flight->from), flight->to - flight->from);
	set = imap_set(uids);
	/* PEEK: flags stay. The range: no server sends more than we would keep. */
	if (!imap_send(&box->session, error, "UID FETCH %s (UID INTERNALDATE BODY.PEEK[]<0.%d>)",
		    set, FETCH_MAX_MAIL))
		return FALSE;
	flight->tag = box->session.tag;
	return TRUE;
}

/* What breaks a connection may be one mail that the server stumbles over. */
static void
suspect(struct imap_box *box, const struct imap_flight *flight, const GError *error)
{
	guint index = flight->from;

	while (index < flight->to && box->done[index])
		index++;
	if (index < flight->to && !g_error_matches(error, IMAP_ERROR, IMAP_ERROR_STOPPED))
		box->suspect = imap_box_uid(box, index);
}

static gboolean
landed(struct imap_box *box, const struct imap_flight *flight, GError **error)
{
	const struct imap_answer *answer = &box->session.answer;

	if (answer->number != flight->tag)
		return wire_garbage(error, "an answer to no command of ours");
	if (g_ascii_strcasecmp(answer->status, "BAD") == 0)
		return imap_refused(&box->session, "the server refuses", error);
	return TRUE;
}

/* TRUE, too, for an answer that nobody asked for; *stray says so. */
static gboolean
one(struct imap_box *box, int *stray, GError **error)
{
	const struct imap_answer *answer = &box->session.answer;
	guint index = box->uids->len;

	if (answer->kind == IMAP_FETCH && answer->mail)
		index = find(box, answer->uid);
	if (index == box->uids->len) {
		*stray += answer->mail ? STRAY_MAIL : 1;
		return TRUE;
	}
	*stray = 0;
	return take(box, index, error);
}

gboolean
imap_box_land(struct imap_box *box, const struct imap_flight *flight, GError **error)
{
	const struct imap_answer *answer = &box->session.answer;
	GError *cause = NULL;
	int stray = 0;

	while (stray < MAX_STRAY) {
		if (!imap_read(&box->session, &cause)) {
			suspect(box, flight, cause);
			g_propagate_error(error, cause);
			return FALSE;
		}
		if (answer->kind == IMAP_TAGGED)
			return landed(box, flight, error);
		if (!one(box, &stray, error))
			return FALSE;
	}
	return wire_garbage(error, "mails that nobody asked for");
}
