/* Mails of an IMAP mailbox, by UID: those after the last one that was read. */
#include <string.h>

#include "base/log.h"
#include "inbox/fetch-group.h"
#include "inbox/imap-after.h"
#include "inbox/imap-mark.h"

/* Commands that are on their way at once, so that the server never waits for us, and mails that one
 * asks for: a list of so many UIDs is still a line that any server takes. */
#define FLIGHTS 2
#define FLIGHT_MAILS 200
/* Answers that nobody asked for, of which a mail counts as many, and mails refused one after the
 * other, before we give up. */
#define MAX_STRAY 100000
#define STRAY_MAIL 1000
#define MAX_REFUSED 20

struct mailbox {
	const struct imap_settings *settings;
	struct imap_session session;
	struct fetch_group group;
	struct imap_after after;
	GArray *uids;  /* of guint32: what is to be read, in order */
	guint8 *done;  /* of each whether it was */
	guint whole;   /* so many from the first on are done */
	guint handled; /* in all */
	guint32 position, kept;
};

/* Mails that one command asks for: uids[from] to uids[to - 1]. */
struct flight {
	guint32 tag;
	guint from, to;
};

static guint32
uid_at(const struct mailbox *mailbox, guint index)
{
	return g_array_index(mailbox->uids, guint32, index);
}

/* Keeps what was taken, and how far everything is. */
static gboolean
keep(struct mailbox *mailbox, GError **error)
{
	g_autofree char *mark = imap_mark_text(mailbox->session.validity, mailbox->position);

	if (fetch_group_is_empty(&mailbox->group) && mailbox->position == mailbox->kept)
		return TRUE;
	if (!fetch_group_commit(&mailbox->group, mailbox->settings->name, mark, error))
		return FALSE;
	mailbox->kept = mailbox->position;
	return TRUE;
}

static void
handled(struct mailbox *mailbox, guint index)
{
	mailbox->done[index] = 1;
	mailbox->handled++;
	while (mailbox->whole < mailbox->uids->len && mailbox->done[mailbox->whole])
		mailbox->position = uid_at(mailbox, mailbox->whole++);
	fetch_group_progress(&mailbox->group, mailbox->handled, mailbox->uids->len);
}

/* Where a UID is; the list's length when nobody asked for it, or it came before. */
static guint
find(const struct mailbox *mailbox, guint32 uid)
{
	guint low = mailbox->whole, high = mailbox->uids->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (uid_at(mailbox, middle) < uid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < mailbox->uids->len && uid_at(mailbox, low) == uid && !mailbox->done[low])
		return low;
	return mailbox->uids->len;
}

static gboolean
take(struct mailbox *mailbox, guint index, GError **error)
{
	const struct imap_answer *answer = &mailbox->session.answer;
	g_autofree char *source = g_strdup_printf("%s;UIDVALIDITY=%u;UID=%u",
		mailbox->settings->source, mailbox->session.validity, answer->uid);

	if (g_bytes_get_size(answer->mail) >= FETCH_MAX_MAIL)
		log_warning("%s: the first %d bytes are read and kept", source, FETCH_MAX_MAIL);
	fetch_group_add(&mailbox->group, source, answer->received, answer->mail);
	if (imap_after_is_wanted(mailbox->settings))
		g_array_append_val(mailbox->after.uids, answer->uid);
	handled(mailbox, index);
	if (fetch_group_is_full(&mailbox->group) && !keep(mailbox, error))
		return FALSE;
	if (!fetch_group_is_stopped(&mailbox->group))
		return TRUE;
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_STOPPED, "stopped");
	return FALSE;
}

static gboolean
send_flight(struct mailbox *mailbox, struct flight *flight, GError **error)
{
	/* PEEK: flags stay. The range: no server sends more than we would keep. */
	if (!imap_send(&mailbox->session, error,
		    "UID FETCH %u:%u (UID INTERNALDATE BODY.PEEK[]<0.%d>)",
		    uid_at(mailbox, flight->from), uid_at(mailbox, flight->to - 1), FETCH_MAX_MAIL))
		return FALSE;
	flight->tag = mailbox->session.tag;
	return TRUE;
}

/* Reads what one command brings. Mails that a server cannot give (NO) or leaves out are asked for
 * one by one later. */
static gboolean
land(struct mailbox *mailbox, const struct flight *flight, GError **error)
{
	const struct imap_answer *answer = &mailbox->session.answer;

	for (int stray = 0; stray < MAX_STRAY; stray++) {
		guint index = mailbox->uids->len;

		if (!imap_read(&mailbox->session, error))
			return FALSE;
		if (answer->kind == IMAP_TAGGED && answer->number != flight->tag)
			return wire_garbage(error, "an answer to no command of ours");
		if (answer->kind == IMAP_TAGGED && g_ascii_strcasecmp(answer->status, "BAD") == 0)
			return imap_refused(&mailbox->session, "the server refuses", error);
		if (answer->kind == IMAP_TAGGED)
			return !imap_after_is_wanted(mailbox->settings) ||
			       (keep(mailbox, error) && imap_after_run(&mailbox->after, error));
		if (answer->kind == IMAP_FETCH && answer->mail)
			index = find(mailbox, answer->uid);
		if (index == mailbox->uids->len) {
			stray += answer->mail ? STRAY_MAIL : 0;
			continue;
		}
		if (!take(mailbox, index, error))
			return FALSE;
		stray = 0;
	}
	return wire_garbage(error, "mails that nobody asked for");
}

static gboolean
fetch_many(struct mailbox *mailbox, GError **error)
{
	/* What is done after a fetch must not mix with the next one. */
	guint most = imap_after_is_wanted(mailbox->settings) ? 1 : FLIGHTS;
	struct flight flights[FLIGHTS];
	guint flying = 0, next = 0;

	while (flying > 0 || next < mailbox->uids->len) {
		while (flying < most && next < mailbox->uids->len) {
			struct flight *flight = &flights[flying++];

			flight->from = next;
			next = MIN(next + FLIGHT_MAILS, mailbox->uids->len);
			flight->to = next;
			if (!send_flight(mailbox, flight, error))
				return FALSE;
		}
		if (!land(mailbox, &flights[0], error))
			return FALSE;
		memmove(&flights[0], &flights[1], --flying * sizeof flights[0]);
	}
	return TRUE;
}

/* What did not come with the others: deleted meanwhile, or more than the server can. */
static gboolean
fetch_missing(struct mailbox *mailbox, GError **error)
{
	guint in_a_row = 0;

	for (guint i = mailbox->whole; i < mailbox->uids->len; i++) {
		struct flight flight = { .from = i, .to = i + 1 };

		if (mailbox->done[i])
			continue;
		if (!send_flight(mailbox, &flight, error) || !land(mailbox, &flight, error))
			return FALSE;
		in_a_row = mailbox->done[i] ? 0 : in_a_row + 1;
		if (mailbox->done[i])
			continue;
		if (strcmp(mailbox->session.answer.status, "OK") != 0 && in_a_row == MAX_REFUSED)
			return imap_refused(&mailbox->session, "the server gives no mail", error);
		log_warning("%s;UIDVALIDITY=%u;UID=%u: left out: the server did not give it: %s",
			mailbox->settings->source, mailbox->session.validity, uid_at(mailbox, i),
			mailbox->session.answer.text);
		handled(mailbox, i);
	}
	return keep(mailbox, error);
}

/* The position that was kept; 0 when there is none of this mailbox. */
static gboolean
read_position(struct mailbox *mailbox, GError **error)
{
	guint32 validity, uid;

	if (!imap_mark_get(
		    mailbox->group.store, "imap", mailbox->settings->name, &validity, &uid, error))
		return FALSE;
	if (validity == mailbox->session.validity) {
		mailbox->position = mailbox->kept = uid;
	} else if (validity) {
		/* What is kept of another numbering says nothing. */
		mailbox->kept = G_MAXUINT32;
		log_warning("%s: the server has numbered its mails anew; all are read again, and "
			    "those that are known are left out",
			mailbox->settings->name);
	}
	return TRUE;
}

static gboolean
fetch(struct mailbox *mailbox, GError **error)
{
	if (!imap_open_mailbox(&mailbox->session, mailbox->settings->mailbox,
		    imap_after_is_wanted(mailbox->settings), error) ||
		!read_position(mailbox, error) ||
		!imap_after_start(&mailbox->after, mailbox->position, error))
		return FALSE;
	mailbox->uids = imap_search_after(&mailbox->session, mailbox->position, error);
	if (!mailbox->uids)
		return FALSE;
	mailbox->done = g_new0(guint8, mailbox->uids->len + 1);
	fetch_group_progress(&mailbox->group, 0, mailbox->uids->len);
	if (!fetch_many(mailbox, error) || !fetch_missing(mailbox, error))
		return FALSE;
	if (!mailbox->after.refusal)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&mailbox->after.refusal));
	return FALSE;
}

/* After a fault of the connection: what came before it is kept, and the message says how far. */
static gboolean
save(struct mailbox *mailbox, GError *cause, GError **error)
{
	gboolean is_stop = g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_STOPPED);

	if (cause->domain != IMAP_ERROR) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	if (!keep(mailbox, error)) {
		g_error_free(cause);
		return FALSE;
	}
	if (!is_stop && mailbox->uids && mailbox->uids->len > mailbox->handled)
		g_set_error(error, cause->domain, cause->code,
			"%s: %s; %u of %u mails are read and kept, the next fetch goes on from "
			"there",
			mailbox->settings->name, cause->message, mailbox->handled,
			mailbox->uids->len);
	else
		g_set_error(error, cause->domain, cause->code, "%s: %s", mailbox->settings->name,
			cause->message);
	g_error_free(cause);
	return FALSE;
}

static gboolean
run(const struct imap_settings *settings, struct store *store, const struct fetch_options *options,
	GError **error)
{
	g_autoptr(ImapLink) link = imap_link_open(settings, options->stop, error);
	g_autofree struct mailbox *mailbox = NULL;
	GError *cause = NULL;
	gboolean ok;

	if (!link)
		return FALSE;
	mailbox = g_new0(struct mailbox, 1);
	mailbox->settings = settings;
	mailbox->group = (struct fetch_group){ .store = store, .options = options };
	mailbox->after.settings = settings;
	mailbox->after.session = &mailbox->session;
	mailbox->after.store = store;
	imap_session_start(&mailbox->session, link);
	ok = fetch(mailbox, &cause) || save(mailbox, cause, error);
	fetch_group_drop(&mailbox->group);
	imap_session_end(&mailbox->session);
	imap_after_clear(&mailbox->after);
	g_clear_pointer(&mailbox->uids, g_array_unref);
	g_free(mailbox->done);
	return ok;
}

gboolean
imap_fetch(const struct config *config, struct store *store, const struct fetch_options *options,
	GError **error)
{
	GError *cause = NULL;
	g_autoptr(ImapSettings) settings = imap_settings_read(config, &cause);

	if (settings && run(settings, store, options, &cause))
		return TRUE;
	if (!cause || g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_STOPPED)) {
		g_clear_error(&cause);
		return TRUE;
	}
	g_propagate_error(error, cause);
	return FALSE;
}
