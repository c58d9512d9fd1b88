#include "cli/composing.h"

#include "base/log.h"
#include "cli/reminders.h"
#include "compose/compose.h"

static gboolean
take_id(const struct report *report, void *user)
{
	g_array_append_val((GArray *)user, report->id);
	return TRUE;
}

static gboolean
try_held_again(struct composer *composer, struct store *store, gint64 case_id, GError **error)
{
	const struct report_filter filter = { .case_id = case_id, .state = "held" };
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (!store_reports_each(store, &filter, take_id, ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!composer_report(composer, g_array_index(ids, gint64, i), error))
			return FALSE;
	return TRUE;
}

gboolean
composing_run(const struct config *config, struct store *store, gint64 case_id, GError **error)
{
	g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Profiles) profiles = profiles_load_configured(config, faults, error);
	g_autoptr(PluginHost) plugins = profiles ? plugin_host_new(config, error) : NULL;
	g_autoptr(Composer) composer =
		plugins ? composer_new(config, profiles, plugins, store, error) : NULL;
	struct compose_counts counts;

	for (guint i = 0; i < faults->len; i++)
		log_warning("%s", (const char *)g_ptr_array_index(faults, i));
	return composer && reminders_settle(composer, store, case_id, error) &&
	       try_held_again(composer, store, case_id, error) &&
	       composer_run(composer, case_id, &counts, error);
}

/* The drops of one report, from first on; *next is behind them. */
static gboolean
drop_from(struct store *store, const GArray *drops, guint first, guint *next, GError **error)
{
	const gint64 id = g_array_index(drops, struct drop, first).report_id;

	for (*next = first; *next < drops->len; (*next)++) {
		const struct drop *drop = &g_array_index(drops, struct drop, *next);

		if (drop->report_id != id)
			break;
		if (!store_report_drop(store, id, drop->indicator_id, drop->reason, error))
			return FALSE;
	}
	return TRUE;
}

/* The list and the bytes change together. */
static gboolean
shorten(struct composer *composer, struct store *store, const GArray *drops, guint first,
	guint *next, GError **error)
{
	const gint64 id = g_array_index(drops, struct drop, first).report_id;
	g_autoptr(Report) report = NULL;

	if (!store_begin(store, error))
		return FALSE;
	report = store_report_get(store, id, error);
	if (report && report->state != REPORT_READY) {
		for (*next = first; *next < drops->len; (*next)++)
			if (g_array_index(drops, struct drop, *next).report_id != id)
				break;
		return store_commit(store, error);
	}
	if (report && drop_from(store, drops, first, next, error) &&
		composer_report(composer, id, error)) {
		log_info("R%" G_GINT64_FORMAT " goes without %u that are down or moved away", id,
			*next - first);
		return store_commit(store, error);
	}
	store_rollback(store);
	return FALSE;
}

gboolean
composing_without(
	const struct config *config, struct store *store, const GArray *drops, GError **error)
{
	g_autoptr(Profiles) profiles = NULL;
	g_autoptr(PluginHost) plugins = NULL;
	g_autoptr(Composer) composer = NULL;

	if (drops->len == 0)
		return TRUE;
	profiles = profiles_load_configured(config, NULL, error);
	plugins = profiles ? plugin_host_new(config, error) : NULL;
	composer = plugins ? composer_new(config, profiles, plugins, store, error) : NULL;
	for (guint i = 0; composer && i < drops->len;)
		if (!shorten(composer, store, drops, i, &i, error))
			return FALSE;
	return composer != NULL;
}
