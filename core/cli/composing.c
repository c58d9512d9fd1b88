#include "cli/composing.h"

#include "base/log.h"
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
	return composer && try_held_again(composer, store, case_id, error) &&
	       composer_run(composer, case_id, &counts, error);
}
