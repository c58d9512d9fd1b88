#include "inbox/imap-session.h"

#include <string.h>

#include "base/text.h"
#include "inbox/fetch-group.h"

/* More UIDs than this are no mailbox. */
#define MAX_MAILS (16 * 1024 * 1024)
/* Answers that no command asked for. */
#define MAX_STRAY 100000

void
imap_session_start(struct imap_session *session, struct imap_link *link)
{
	session->link = link;
	session->wire.fill = imap_link_fill;
	session->wire.user = link;
	session->limits.mail = FETCH_MAX_MAIL;
	session->limits.found = MAX_MAILS;
}

void
imap_session_end(struct imap_session *session)
{
	/* Polite, and no matter when it fails. */
	imap_send(session, NULL, "LOGOUT");
	imap_answer_clear(&session->answer);
}

gboolean
imap_send(struct imap_session *session, GError **error, const char *format, ...)
{
	g_autoptr(GString) line = g_string_new(NULL);
	va_list arguments;

	session->tag++;
	g_string_append_printf(line, "a%u ", session->tag);
	va_start(arguments, format);
	g_string_append_vprintf(line, format, arguments);
	va_end(arguments);
	g_string_append(line, "\r\n");
	imap_link_next_step(session->link);
	return imap_link_send(session->link, line->str, line->len, error);
}

gboolean
imap_refused(const struct imap_session *session, const char *what, GError **error)
{
	g_autofree char *safe = text_for_terminal(session->answer.text);

	g_set_error(error, IMAP_ERROR, IMAP_ERROR_REFUSED, "%s: %s %s", what,
		session->answer.status, safe);
	return FALSE;
}

gboolean
imap_read(struct imap_session *session, GError **error)
{
	const struct imap_answer *answer = &session->answer;

	imap_link_next_answer(session->link);
	if (!imap_answer_read(&session->wire, &session->limits, &session->answer, error))
		return FALSE;
	if (answer->kind == IMAP_STATUS && g_ascii_strcasecmp(answer->status, "BYE") == 0)
		return imap_refused(session, "the server ended the session", error);
	return TRUE;
}

/* What is told on the way. */
static void
note(struct imap_session *session)
{
	const struct imap_answer *answer = &session->answer;
	guint64 value;

	if (answer->kind == IMAP_COUNT && g_ascii_strcasecmp(answer->status, "EXISTS") == 0)
		session->empty = answer->number == 0;
	if (answer->kind == IMAP_OTHER && g_ascii_strcasecmp(answer->status, "CAPABILITY") == 0)
		g_strlcpy(session->capabilities, answer->text, sizeof session->capabilities);
	if (answer->kind != IMAP_STATUS || answer->text[0] != '[')
		return;
	value = g_ascii_strtoull(
		strchr(answer->text, ' ') ? strchr(answer->text, ' ') : "", NULL, 10);
	if (value > G_MAXUINT32)
		return;
	if (g_ascii_strncasecmp(answer->text, "[UIDVALIDITY ", 13) == 0)
		session->validity = (guint32)value;
}

gboolean
imap_finish(struct imap_session *session, GError **error)
{
	const struct imap_answer *answer = &session->answer;

	for (int i = 0; i < MAX_STRAY; i++) {
		if (!imap_read(session, error))
			return FALSE;
		note(session);
		if (answer->kind == IMAP_TAGGED && answer->number == session->tag)
			return g_ascii_strcasecmp(answer->status, "OK") == 0 ||
			       imap_refused(session, "the server refuses", error);
	}
	return wire_garbage(error, "it does not end");
}

gboolean
imap_open_mailbox(
	struct imap_session *session, const char *mailbox, gboolean change, GError **error)
{
	session->validity = 0;
	session->empty = FALSE;
	if (!imap_send(session, error, "%s %s", change ? "SELECT" : "EXAMINE", mailbox) ||
		!imap_finish(session, error))
		return FALSE;
	if (session->validity > 0)
		return TRUE;
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_REFUSED,
		"the server gives no UIDVALIDITY, so that its mails cannot be told apart");
	return FALSE;
}

static int
compare(gconstpointer a, gconstpointer b)
{
	guint32 first = *(const guint32 *)a;
	guint32 second = *(const guint32 *)b;

	return (first > second) - (first < second);
}

/* "n:*" always finds the last mail, even one before n. */
static void
sort_after(GArray *uids, guint32 after)
{
	guint kept = 0;

	g_array_sort(uids, compare);
	for (guint i = 0; i < uids->len; i++) {
		guint32 uid = g_array_index(uids, guint32, i);

		if (uid > after && (kept == 0 || uid > g_array_index(uids, guint32, kept - 1)))
			g_array_index(uids, guint32, kept++) = uid;
	}
	g_array_set_size(uids, kept);
}

gboolean
imap_search(struct imap_session *session, const char *set, GArray *uids, GError **error)
{
	gboolean ok;

	session->limits.numbers = uids;
	ok = imap_send(session, error, "UID SEARCH UID %s", set) && imap_finish(session, error);
	session->limits.numbers = NULL;
	return ok;
}

/* UIDNEXT could spare it, where no server were wrong about it. */
GArray *
imap_search_after(struct imap_session *session, guint32 uid, GError **error)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	char set[32];

	/* In an empty mailbox some servers refuse to search. */
	if (uid == G_MAXUINT32 || session->empty)
		return g_steal_pointer(&uids);
	g_snprintf(set, sizeof set, "%u:*", uid + 1);
	if (!imap_search(session, set, uids, error))
		return NULL;
	sort_after(uids, uid);
	return g_steal_pointer(&uids);
}

gboolean
imap_can(struct imap_session *session, const char *capability, gboolean *can, GError **error)
{
	g_auto(GStrv) words = NULL;

	if (!session->capabilities[0] &&
		(!imap_send(session, error, "CAPABILITY") || !imap_finish(session, error)))
		return FALSE;
	words = g_strsplit(session->capabilities, " ", -1);
	*can = g_strv_contains((const char *const *)words, capability);
	return TRUE;
}
