/* One mailbox of a server: commands, and what they answer. */
#pragma once

#include "inbox/imap-answer.h"
#include "inbox/imap-link.h"

struct imap_session {
	struct imap_link *link;
	struct imap_wire wire;
	struct imap_answer answer; /* the last one */
	struct imap_limits limits;
	guint32 tag;	  /* of the last command */
	guint32 validity; /* UIDVALIDITY */
	gboolean empty;	  /* the mailbox has no mail */
	char capabilities[1024];
};

/* link is borrowed. */
void imap_session_start(struct imap_session *session, struct imap_link *link);
void imap_session_end(struct imap_session *session);
/* Sends a command without waiting; its tag is session->tag then. */
gboolean imap_send(struct imap_session *session, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* Reads one answer into session->answer; BYE is an error. */
gboolean imap_read(struct imap_session *session, GError **error);
/* Reads up to the answer to the last command; IMAP_ERROR_REFUSED when it is not OK. Other answers
 * are left out. */
gboolean imap_finish(struct imap_session *session, GError **error);
/* Sets IMAP_ERROR_REFUSED with the server's words; always FALSE. */
gboolean imap_refused(const struct imap_session *session, const char *what, GError **error);
/* Opens a mailbox (quoted), for reading only or to set flags and move mails too. */
gboolean imap_open_mailbox(
	struct imap_session *session, const char *mailbox, gboolean change, GError **error);
/* Adds those UIDs of a set ("1:3,7") to a list that the mailbox has. */
gboolean imap_search(struct imap_session *session, const char *set, GArray *uids, GError **error);
/* The UIDs after one, in order, each once. Free with g_array_unref. */
GArray *imap_search_after(struct imap_session *session, guint32 uid, GError **error);
/* Whether the server can do it ("MOVE"). */
gboolean
imap_can(struct imap_session *session, const char *capability, gboolean *can, GError **error);
