#include "inbox/early.h"

#include "inbox/advance.h"

gboolean
early_keep(struct store *store, const struct report *report, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);

	/* The others never were on their way. */
	return (report->state != REPORT_SENDING && report->state != REPORT_MANUAL) ||
	       store_mark_set(store, "early", key, report_state_name(report->state), error);
}

static void
take_early(const char *key, const char *value G_GNUC_UNUSED, gint64 at G_GNUC_UNUSED, void *user)
{
	const gint64 id = g_ascii_strtoll(key + (*key == 'R'), NULL, 10);

	g_array_append_val((GArray *)user, id);
}

struct early {
	struct store *store;
	GError **error;
	gboolean fine;
};

static gboolean
apply_early(const struct reply *reply, void *user)
{
	struct early *early = user;

	early->fine = !reply->counts || advance_report(early->store, reply, NULL, early->error);
	return early->fine;
}

/* One that is still not out waits on. */
static gboolean
settle(struct store *store, gint64 id, GError **error)
{
	g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, id);
	g_autoptr(Report) report = store_report_get(store, id, error);
	struct early early = { store, error, TRUE };

	if (!report || !report_state_is_out(report->state))
		return report != NULL;
	return store_replies_each(store, id, apply_early, &early, error) && early.fine &&
	       store_mark_clear(store, "early", key, error);
}

static gboolean
settle_all(struct store *store, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	gboolean fine = store_marks_each(store, "early", take_early, ids, error);

	for (guint i = 0; fine && i < ids->len; i++)
		fine = settle(store, g_array_index(ids, gint64, i), error);
	return fine;
}

gboolean
early_apply(struct store *store, GError **error)
{
	if (!store_begin(store, error))
		return FALSE;
	if (settle_all(store, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}
