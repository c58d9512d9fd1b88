#include "inbox/imap-missing.h"

#include "base/text.h"

static struct imap_missed *
at(const GArray *list, guint index)
{
	return &g_array_index(list, struct imap_missed, index);
}

/* Of the first one that does not come before it. */
static guint
place(const GArray *list, guint32 uid)
{
	guint index = 0;

	while (index < list->len && at(list, index)->uid < uid)
		index++;
	return index;
}

struct imap_missed *
imap_missing_find(const GArray *list, guint32 uid)
{
	const guint index = place(list, uid);

	return index < list->len && at(list, index)->uid == uid ? at(list, index) : NULL;
}

struct imap_missed *
imap_missing_add(GArray *list, guint32 uid)
{
	const guint32 now = (guint32)(text_now() / G_USEC_PER_SEC);
	const struct imap_missed missed = { .uid = uid, .since = now };
	const guint index = place(list, uid);

	if (index < list->len && at(list, index)->uid == uid)
		return at(list, index);
	if (list->len >= IMAP_MISSING_MOST)
		return NULL;
	g_array_insert_val(list, index, missed);
	return at(list, index);
}

gboolean
imap_missing_is_lost(const struct imap_missed *missed)
{
	return missed->runs >= IMAP_MISSING_RUNS &&
	       missed->since + IMAP_MISSING_S <= text_now() / G_USEC_PER_SEC;
}

void
imap_missing_remove(GArray *list, guint32 uid)
{
	const guint index = place(list, uid);

	if (index < list->len && at(list, index)->uid == uid)
		g_array_remove_index(list, index);
}

char *
imap_missing_text(guint32 validity, const GArray *list)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%u:", validity);
	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%u*%u@%u", i ? "," : "", at(list, i)->uid,
			at(list, i)->runs, at(list, i)->since);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean
number(const char *text, guint32 *value)
{
	guint64 wide;

	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &wide, NULL))
		return FALSE;
	*value = (guint32)wide;
	return TRUE;
}

static void
add_text(GArray *list, const char *text)
{
	g_auto(GStrv) parts = g_strsplit_set(text, "*@", 3);
	struct imap_missed missed;
	struct imap_missed *added;

	if (g_strv_length(parts) != 3 || !number(parts[0], &missed.uid) ||
		!number(parts[1], &missed.runs) || !number(parts[2], &missed.since))
		return;
	added = missed.uid > 0 ? imap_missing_add(list, missed.uid) : NULL;
	if (added)
		*added = missed;
}

GArray *
imap_missing_read(struct store *store, const char *key, guint32 validity, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = store_mark_get(store, "imap-missing", key, &cause);
	g_auto(GStrv) parts = g_strsplit(text ? text : "", ":", 2);
	g_auto(GStrv) items = NULL;
	GArray *list;
	guint32 of;

	if (cause) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return NULL;
	}
	list = g_array_new(FALSE, FALSE, sizeof(struct imap_missed));
	if (!parts[0] || !parts[1] || !number(parts[0], &of) || of != validity)
		return list;
	items = g_strsplit(parts[1], ",", -1);
	for (guint i = 0; items[i]; i++)
		add_text(list, items[i]);
	return list;
}

char *
imap_missing_set(guint32 first, guint32 last, const GArray *list)
{
	g_autoptr(GString) set = g_string_new(NULL);
	guint64 from = first;

	for (guint i = 0; i <= list->len; i++) {
		const guint64 end = i == list->len ? (guint64)last + 1 : at(list, i)->uid;

		if (end < from)
			continue;
		if (MIN(end, (guint64)last + 1) > from)
			g_string_append_printf(set, "%s%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
				set->len ? "," : "", from, MIN(end - 1, last));
		from = end + 1;
	}
	return g_string_free(g_steal_pointer(&set), FALSE);
}
