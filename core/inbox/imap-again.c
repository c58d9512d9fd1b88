#include "inbox/imap-again.h"

#include "base/log.h"
#include "base/text.h"

/* UIDs in one line, which any server takes. */
#define LINE_UIDS 200
/* Mails refused when none is given: not they are at fault. */
#define MAX_REFUSED 20

static guint32
missed_uid(const struct imap_box *box, guint index)
{
	return g_array_index(box->missing, struct imap_missed, index).uid;
}

/* Adds those of one line that the mailbox still has. */
static gboolean
search_some(struct imap_box *box, guint from, GArray *there, GError **error)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autofree char *set = NULL;

	for (guint i = from; i < MIN(from + LINE_UIDS, box->missing->len); i++) {
		const guint32 uid = missed_uid(box, i);

		g_array_append_val(uids, uid);
	}
	set = imap_set(uids);
	return imap_search(&box->session, set, there, error);
}

static int
compare(gconstpointer a, gconstpointer b)
{
	const guint32 first = *(const guint32 *)a;
	const guint32 second = *(const guint32 *)b;

	return (first > second) - (first < second);
}

/* The missing ones that the mailbox still has, in order; the others are forgotten. */
static GArray *
search(struct imap_box *box, GError **error)
{
	g_autoptr(GArray) there = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint from = 0; from < box->missing->len; from += LINE_UIDS)
		if (!search_some(box, from, there, error))
			return NULL;
	g_array_sort(there, compare);
	for (guint i = box->missing->len; i-- > 0;) {
		const guint32 uid = missed_uid(box, i);

		if (!g_array_binary_search(there, &uid, compare, NULL))
			g_array_remove_index(box->missing, i);
	}
	g_array_set_size(there, 0);
	for (guint i = 0; i < box->missing->len; i++) {
		const guint32 uid = missed_uid(box, i);

		g_array_append_val(there, uid);
	}
	return g_steal_pointer(&there);
}

void
imap_again_missed(struct imap_box *box, guint32 uid, const char *words)
{
	struct imap_missed *missed = imap_missing_add(box->missing, uid);
	g_autofree char *source = imap_box_source(box, uid);
	g_autofree char *safe = text_for_terminal(words);

	if (!missed)
		return;
	missed->runs += !imap_is_temporary(words);
	/* One break of the connection says nothing yet. */
	if (!box->again)
		return;
	if (box->group.options->missing)
		++*box->group.options->missing;
	if (!imap_missing_is_lost(missed)) {
		log_warning("%s: the server did not give it: %s; the next fetch asks again", source,
			safe);
		return;
	}
	log_warning("%s: the server did not give it to %u fetches: %s; it is not asked for again: "
		    "look at it with a mail program",
		source, missed->runs, safe);
	fetch_group_mark(&box->group, "imap-unreadable", source, safe);
	imap_missing_remove(box->missing, uid);
}

/* The server's words with a mail that did not come. */
static char *
words_of(const struct imap_answer *answer)
{
	return g_ascii_strcasecmp(answer->status, "OK") == 0
		       ? g_strdup("left out without a word")
		       : g_strdup_printf("%s %s", answer->status, answer->text);
}

struct refused {
	GPtrArray *words; /* of each mail that was asked for; NULL: it came */
	guint count;
};

static gboolean
ask(struct imap_box *box, struct refused *refused, GError **error)
{
	const struct imap_answer *answer = &box->session.answer;
	const guint index = refused->words->len;
	struct imap_flight flight = { .from = index, .to = index + 1 };
	char *words = NULL;

	if (!imap_box_send(box, &flight, error) || !imap_box_land(box, &flight, error))
		return FALSE;
	if (!box->done[index])
		words = words_of(answer);
	g_ptr_array_add(refused->words, words);
	refused->count += !box->done[index];
	if (box->got == 0 && refused->count == MAX_REFUSED)
		return imap_refused(&box->session, "the server gives no mail", error);
	return !imap_after_is_wanted(box->settings) ||
	       (imap_box_keep(box, error) && imap_after_run(&box->after, error));
}

static gboolean
ask_all(struct imap_box *box, GError **error)
{
	struct refused refused = { .words = g_ptr_array_new_with_free_func(g_free) };
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < box->uids->len; i++)
		ok = ask(box, &refused, error);
	for (guint i = 0; ok && i < refused.words->len; i++) {
		const char *words = g_ptr_array_index(refused.words, i);

		if (words)
			imap_again_missed(box, imap_box_uid(box, i), words);
	}
	g_ptr_array_unref(refused.words);
	return ok && imap_box_keep(box, error);
}

gboolean
imap_again(struct imap_box *box, GError **error)
{
	GArray *uids;

	if (box->missing->len == 0)
		return imap_box_keep(box, error);
	uids = search(box, error);
	if (!uids)
		return FALSE;
	box->again = TRUE;
	imap_box_want(box, uids);
	return ask_all(box, error);
}
