#include "cli/records.h"

#include <string.h>

#define SQLITE "sqlite:"

/* NULL when the url needs no change. */
static char *
absolute_url(const struct config *config, const char *url)
{
	const char *file = url + strlen(SQLITE);
	g_autofree char *folder = NULL, *top = NULL, *absolute = NULL;

	if (!g_str_has_prefix(url, SQLITE) || *file == '/' || *file == ':' || !config_file(config))
		return NULL;
	folder = g_path_get_dirname(config_file(config));
	top = g_canonicalize_filename(folder, NULL);
	absolute = g_canonicalize_filename(file, top);
	return g_strconcat(SQLITE, absolute, NULL);
}

struct store *
records_open(const struct config *config, gboolean create, GError **error)
{
	const char *url = config_string(config, "store", "url");
	g_autofree char *absolute = absolute_url(config, url);

	return store_open(absolute ? absolute : url, create, error);
}

gboolean
record_id_parse(const char *text, char letter, gint64 *id)
{
	guint64 number;

	if (g_ascii_toupper(*text) == letter)
		text++;
	if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &number, NULL))
		return FALSE;
	*id = (gint64)number;
	return TRUE;
}
