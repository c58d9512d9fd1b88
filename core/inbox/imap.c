/* Mails of an IMAP mailbox, by UID: those after the last one that was read, and what is missing. */
#include <string.h>

#include "base/log.h"
#include "inbox/imap-again.h"
#include "inbox/imap-folders.h"
#include "inbox/imap-mark.h"

/* Commands that are on their way at once, so that the server never waits for us, and mails that one
 * asks for: a list of so many UIDs is still a line that any server takes. */
#define FLIGHTS 4
#define FLIGHT_MAILS 200

/* What a command did not bring is asked for again later; FALSE when that are too many. */
static gboolean
leave_for_later(struct imap_box *box, const struct imap_flight *flight)
{
	for (guint i = flight->from; i < flight->to; i++) {
		if (box->done[i])
			continue;
		if (!imap_missing_add(box->missing, imap_box_uid(box, i)))
			return FALSE;
		imap_box_handled(box, i);
	}
	return TRUE;
}

/* Reads what one command brings, and does what is wanted afterwards. */
static gboolean
land(struct imap_box *box, const struct imap_flight *flight, gboolean *full, GError **error)
{
	if (!imap_box_land(box, flight, error))
		return FALSE;
	*full = !leave_for_later(box, flight) || *full;
	return !imap_after_is_wanted(box->settings) ||
	       (imap_box_keep(box, error) && imap_after_run(&box->after, error));
}

/* *full: the server leaves out so many that the last ones were not asked for. */
static gboolean
fetch_many(struct imap_box *box, gboolean *full, GError **error)
{
	/* What is done after a fetch must not mix with the next one. */
	guint most = imap_after_is_wanted(box->settings) ? 1 : FLIGHTS;
	struct imap_flight flights[FLIGHTS];
	guint flying = 0, next = 0;

	while (flying > 0 || (next < box->uids->len && !*full)) {
		while (flying < most && next < box->uids->len && !*full) {
			struct imap_flight *flight = &flights[flying++];

			flight->from = next;
			next = MIN(next + FLIGHT_MAILS, box->uids->len);
			flight->to = next;
			if (!imap_box_send(box, flight, error))
				return FALSE;
		}
		if (!land(box, &flights[0], full, error))
			return FALSE;
		memmove(&flights[0], &flights[1], --flying * sizeof flights[0]);
	}
	return TRUE;
}

/* The position that was kept, 0 when there is none of this mailbox; and what is missing. */
static gboolean
read_position(struct imap_box *box, GError **error)
{
	const char *name = box->settings->name;
	guint32 validity, uid;

	if (!imap_mark_get(box->group.store, "imap", name, &validity, &uid, error))
		return FALSE;
	if (validity == box->session.validity) {
		box->position = uid;
		box->kept = imap_mark_text(validity, uid);
	} else if (validity) {
		/* What is kept of another numbering says nothing. */
		log_warning("%s: the server has numbered its mails anew; all are read again, and "
			    "those that are known are left out",
			name);
	}
	box->missing = imap_missing_read(box->group.store, name, box->session.validity, error);
	if (!box->missing)
		return FALSE;
	box->kept_missing = imap_missing_text(box->session.validity, box->missing);
	return TRUE;
}

/* Those after the position, but for the missing ones. */
static gboolean
search_new(struct imap_box *box, guint32 *last, GError **error)
{
	GArray *uids = imap_search_after(&box->session, box->position, error);
	guint kept = 0;

	if (!uids)
		return FALSE;
	*last = uids->len ? g_array_index(uids, guint32, uids->len - 1) : box->position;
	for (guint i = 0; i < uids->len; i++) {
		const guint32 uid = g_array_index(uids, guint32, i);

		if (!imap_missing_find(box->missing, uid))
			g_array_index(uids, guint32, kept++) = uid;
	}
	g_array_set_size(uids, kept);
	imap_box_want(box, uids);
	box->total = uids->len + box->missing->len;
	fetch_group_progress(&box->group, 0, box->total);
	return TRUE;
}

static gboolean
fetch_mails(struct imap_box *box, GError **error)
{
	gboolean full = FALSE;
	guint32 last;

	if (!search_new(box, &last, error) || !fetch_many(box, &full, error))
		return FALSE;
	if (!full)
		box->position = last;
	if (!imap_again(box, error))
		return FALSE;
	if (!full)
		return TRUE;
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_REFUSED,
		"the server leaves out more than %d mails; the others are not asked for yet",
		IMAP_MISSING_MOST);
	return FALSE;
}

static gboolean
open_box(struct imap_box *box, GError **error)
{
	GError *cause = NULL;

	if (imap_open_mailbox(&box->session, box->settings->mailbox,
		    imap_after_is_wanted(box->settings), &cause))
		return TRUE;
	if (g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_REFUSED) &&
		box->session.answer.kind == IMAP_TAGGED)
		imap_folders_tell(&box->session, box->settings->mailbox, cause);
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean
fetch(struct imap_box *box, GError **error)
{
	if (!open_box(box, error) || !read_position(box, error) ||
		!imap_after_start(&box->after, box->position, box->missing, error) ||
		!fetch_mails(box, error))
		return FALSE;
	if (!box->after.refusal)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&box->after.refusal));
	return FALSE;
}

/* After a fault of the connection: what came before it is kept, and the message says how far. */
static gboolean
save(struct imap_box *box, GError *cause, GError **error)
{
	const char *name = box->settings->name;

	if (cause->domain != IMAP_ERROR) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	if (box->suspect)
		imap_again_missed(box, box->suspect, cause->message);
	if (!imap_box_keep(box, error)) {
		g_error_free(cause);
		return FALSE;
	}
	if (cause->code != IMAP_ERROR_STOPPED && box->total > box->got)
		g_set_error(error, cause->domain, cause->code,
			"%s: %s; %u of %u mails are read and kept, the next fetch goes on from "
			"there",
			name, cause->message, box->got, box->total);
	else
		g_set_error(error, cause->domain, cause->code, "%s: %s", name, cause->message);
	g_error_free(cause);
	return FALSE;
}

static void
clear(struct imap_box *box)
{
	fetch_group_drop(&box->group);
	imap_session_end(&box->session);
	imap_after_clear(&box->after);
	g_clear_pointer(&box->uids, g_array_unref);
	g_clear_pointer(&box->missing, g_array_unref);
	g_array_unref(box->waiting);
	g_free(box->done);
	g_free(box->kept);
	g_free(box->kept_missing);
}

static gboolean
run(const struct imap_settings *settings, struct store *store, const struct fetch_options *options,
	guint *got, GError **error)
{
	g_autoptr(ImapLink) link = imap_link_open(settings, options->stop, error);
	g_autofree struct imap_box *box = NULL;
	GError *cause = NULL;
	gboolean ok;

	if (!link)
		return FALSE;
	box = g_new0(struct imap_box, 1);
	box->settings = settings;
	box->waiting = g_array_new(FALSE, FALSE, sizeof(guint32));
	box->group = (struct fetch_group){ .store = store, .options = options };
	box->after.settings = settings;
	box->after.session = &box->session;
	box->after.store = store;
	imap_session_start(&box->session, link);
	ok = fetch(box, &cause) || save(box, cause, error);
	*got = box->got;
	clear(box);
	return ok;
}

/* A server that was too slow for once and gave mails before is connected to once more. */
static gboolean
run_patiently(const struct imap_settings *settings, struct store *store,
	const struct fetch_options *options, GError **error)
{
	g_autoptr(GError) cause = NULL;
	guint got = 0;

	if (run(settings, store, options, &got, &cause))
		return TRUE;
	/* A dry run would read the same ones again. */
	if (got == 0 || options->dry_run || !g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_SLOW)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	log_warning("%s; trying once more right now", cause->message);
	return run(settings, store, options, &got, error);
}

gboolean
imap_fetch(const struct config *config, struct store *store, const struct fetch_options *options,
	GError **error)
{
	GError *cause = NULL;
	g_autoptr(ImapSettings) settings = imap_settings_read(config, &cause);

	if (settings && options->dry_run) {
		g_clear_pointer(&settings->flag, g_free);
		g_clear_pointer(&settings->move, g_free);
	}
	if (settings && run_patiently(settings, store, options, &cause))
		return TRUE;
	if (!cause || g_error_matches(cause, IMAP_ERROR, IMAP_ERROR_STOPPED)) {
		g_clear_error(&cause);
		return TRUE;
	}
	g_propagate_error(error, cause);
	return FALSE;
}
