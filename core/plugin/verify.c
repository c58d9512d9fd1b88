#include "plugin/verify.h"

#include <string.h>

#include "plugin/error.h"

enum {
	/* What the descriptor of interface 1.0 held; a smaller one was never released. */
	SMALLEST = offsetof(struct abate_plugin, poll) + sizeof(void *),
	LARGEST = 64 * 1024,
	MAX_NAME = 64,
	MAX_OPTIONS = 100,
};

static gboolean
refuse(GError **error, const char *file, const char *format, ...) G_GNUC_PRINTF(3, 4);

static gboolean
refuse(GError **error, const char *file, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list arguments;

	va_start(arguments, format);
	why = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_set_error(error, PLUGIN_ERROR, 0, "%s %s", file, why);
	return FALSE;
}

gboolean
verify_name(const char *name)
{
	gsize length = strlen(name);

	return g_ascii_islower(*name) && length <= MAX_NAME &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static gboolean
check_version(const struct abate_plugin *theirs, const char *file, GError **error)
{
	if (theirs->size < SMALLEST || theirs->size > LARGEST)
		return refuse(error, file,
			"describes itself in %" G_GSIZE_FORMAT
			" bytes, which no version of the plugin interface does; build it with "
			"ABATE_REGISTER_PLUGIN",
			theirs->size);
	if (theirs->abi_major != ABATE_PLUGIN_MAJOR)
		return refuse(error, file,
			"was built for version %u.%u of the plugin interface, this program has "
			"%d.%d; build it again with this program's abate/plugin.h",
			theirs->abi_major, theirs->abi_minor, ABATE_PLUGIN_MAJOR,
			ABATE_PLUGIN_MINOR);
	return TRUE;
}

static gboolean
check_texts(const struct abate_plugin *api, const char *file, GError **error)
{
	g_autofree char *base = g_path_get_basename(file);
	g_autofree char *expected = api->name ? g_strconcat(api->name, ".so", NULL) : NULL;

	if (!api->name || !verify_name(api->name))
		return refuse(error, file,
			"has no usable name: it begins with a letter and holds a-z, 0-9 and - "
			"only");
	if (strcmp(expected, base) != 0)
		return refuse(error, file, "calls itself \"%s\"; its file must be named %s",
			api->name, expected);
	if (!api->summary || !*api->summary || !g_utf8_validate(api->summary, -1, NULL))
		return refuse(error, file, "has no summary");
	if (!api->version || !*api->version || !g_utf8_validate(api->version, -1, NULL))
		return refuse(error, file, "has no version");
	if ((guint)api->kind > ABATE_NEUTRAL)
		return refuse(error, file, "is of kind %u, which this program does not know",
			(guint)api->kind);
	return TRUE;
}

static gboolean
check_callbacks(const struct abate_plugin *api, const char *file, GError **error)
{
	if (!api->match)
		return refuse(error, file, "lacks the callback match()");
	if (!api->compose)
		return refuse(error, file, "lacks the callback compose()");
	if (!(api->capabilities & (ABATE_CAN_MAIL | ABATE_CAN_HTTP | ABATE_CAN_PACKET)))
		return refuse(error, file,
			"can send nothing: capabilities name no mail, HTTP or "
			"packet");
	if ((api->capabilities & ABATE_CAN_HTTP) && !api->answer)
		return refuse(error, file, "says ABATE_CAN_HTTP but lacks the callback answer()");
	if ((api->capabilities & ABATE_CAN_POLL) && !(api->poll && api->answer))
		return refuse(error, file,
			"says ABATE_CAN_POLL but lacks the callback poll() or answer()");
	return TRUE;
}

static gboolean
check_options(const struct abate_plugin *api, const char *file, GError **error)
{
	gsize count = 0;

	for (const struct abate_option *option = api->options; option && option->name; option++) {
		if ((guint)option->type > ABATE_OPTION_BOOLEAN)
			return refuse(
				error, file, "has the option %s of an unknown type", option->name);
		if (option->secret && option->type != ABATE_OPTION_STRING)
			return refuse(error, file, "has the secret option %s that is no string",
				option->name);
		if (++count > MAX_OPTIONS)
			return refuse(error, file,
				"has more than %d options; does its table end with a NULL name?",
				MAX_OPTIONS);
	}
	return TRUE;
}

gboolean
verify_descriptor(
	gconstpointer descriptor, const char *file, struct abate_plugin *api, GError **error)
{
	const struct abate_plugin *theirs = descriptor;

	if (!check_version(theirs, file, error))
		return FALSE;
	memset(api, 0, sizeof *api);
	memcpy(api, theirs, MIN(theirs->size, sizeof *api));
	return check_texts(api, file, error) && check_callbacks(api, file, error) &&
	       check_options(api, file, error);
}
