#include "outbox/packets.h"

#include <errno.h>
#include <glib/gstdio.h>

struct writing {
	struct store *store;
	const struct outbox_options *options;
	struct outbox_counts *counts;
	const char *folder;
	GError *error;
};

char *
packets_folder(const struct config *config)
{
	char *set = config_path(config, "send", "packets");
	g_autofree char *beside = NULL;

	if (set)
		return set;
	beside = config_file(config) ? g_path_get_dirname(config_file(config)) : g_strdup(".");
	return g_build_filename(beside, "packets", NULL);
}

static gboolean
write_page(struct writing *writing, gint64 id, const char *kind, const char *ending)
{
	g_autoptr(GBytes) bytes = store_report_bytes(writing->store, id, kind, &writing->error);
	g_autofree char *name = g_strdup_printf("R%" G_GINT64_FORMAT "%s", id, ending);
	g_autofree char *path = g_build_filename(writing->folder, name, NULL);
	gsize length;
	const char *text;

	if (!bytes)
		return FALSE;
	text = g_bytes_get_data(bytes, &length);
	return g_file_set_contents_full(
		path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &writing->error);
}

static gboolean
write_report(const struct report *report, void *user)
{
	struct writing *writing = user;

	if (writing->options->report_id && writing->options->report_id != report->id)
		return TRUE;
	if (g_mkdir_with_parents(writing->folder, 0700) != 0) {
		g_set_error(&writing->error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s",
			writing->folder, g_strerror(errno));
		return FALSE;
	}
	if (!write_page(writing, report->id, "text/html", ".html") ||
		!write_page(writing, report->id, "text/plain", ".txt"))
		return FALSE;
	writing->counts->manual++;
	return TRUE;
}

gboolean
packets_write(struct store *store, const struct config *config,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error)
{
	const struct report_filter filter = { .case_id = options->case_id, .state = "manual" };
	g_autofree char *folder = packets_folder(config);
	struct writing writing = { store, options, counts, folder, NULL };

	if (!store_reports_each(store, &filter, write_report, &writing, error))
		return FALSE;
	if (!writing.error)
		return TRUE;
	g_propagate_error(error, writing.error);
	return FALSE;
}
