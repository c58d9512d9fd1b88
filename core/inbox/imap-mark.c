#include "inbox/imap-mark.h"

char *
imap_mark_text(guint32 validity, guint32 uid)
{
	return g_strdup_printf("%u:%u", validity, uid);
}

gboolean
imap_mark_get(struct store *store, const char *kind, const char *key, guint32 *validity,
	guint32 *uid, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = store_mark_get(store, kind, key, &cause);
	g_auto(GStrv) parts = g_strsplit(text ? text : "", ":", 2);
	guint64 first, second;

	*validity = *uid = 0;
	if (cause) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return FALSE;
	}
	if (!parts[0] || !parts[1] ||
		!g_ascii_string_to_unsigned(parts[0], 10, 1, G_MAXUINT32, &first, NULL) ||
		!g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT32, &second, NULL))
		return TRUE;
	*validity = (guint32)first;
	*uid = (guint32)second;
	return TRUE;
}
