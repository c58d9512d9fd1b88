#include "compose/packet.h"

#include "base/text.h"

#include <string.h>

/* Each line safe to show; line ends stay. */
static json_t *
lines(const char *text)
{
	if (!text)
		return json_null();
	g_auto(GStrv) parts = g_strsplit(text, "\n", -1);
	for (char **part = parts; *part; part++) {
		char *safe = text_for_terminal(g_strchomp(*part));
		g_free(*part);
		*part = safe;
	}
	g_autofree char *joined = g_strjoinv("\n", parts);
	return json_string_nocheck(joined);
}

static json_t *
fields_of(const struct plugin_packet *packet)
{
	json_t *fields = json_array();
	for (guint i = 0; i < packet->labels->len && i < packet->values->len; i++) {
		json_t *field = json_object();
		const char *value = g_ptr_array_index(packet->values, i);
		gsize rows = 1;
		for (const char *p = value; p && *p; p++)
			rows += *p == '\n';
		json_object_set_new(field, "label", lines(g_ptr_array_index(packet->labels, i)));
		json_object_set_new(field, "value", lines(value));
		json_object_set_new(field, "rows", json_integer((json_int_t)MIN(rows, 30)));
		json_array_append_new(fields, field);
	}
	return fields;
}

static json_t *
files_of(const GPtrArray *evidence)
{
	json_t *files = json_array();
	for (guint i = 0; evidence && i < evidence->len; i++) {
		const struct evidence *file = g_ptr_array_index(evidence, i);
		json_t *item = json_object();
		json_object_set_new(item, "name", lines(file->name));
		json_object_set_new(item, "sha256", lines(file->sha256));
		json_object_set_new(item, "size",
			json_integer(
				file->content ? (json_int_t)g_bytes_get_size(file->content) : 0));
		json_array_append_new(files, item);
	}
	return files;
}

/* Only a web address becomes a link: no javascript:, no file:. */
static gboolean
is_web(const char *url)
{
	return url && (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://"));
}

gboolean
packet_render(struct templates *templates, const char *language, json_t *values,
	const struct plugin_packet *packet, const GPtrArray *evidence, char **text, char **html,
	GError **error)
{
	json_t *tree = json_object();
	json_t *files = files_of(packet->attach_evidence ? evidence : NULL);
	json_object_set_new(tree, "title", lines(packet->title));
	json_object_set_new(tree, "url", lines(packet->url));
	json_object_set_new(tree, "link", is_web(packet->url) ? lines(packet->url) : json_null());
	json_object_set_new(tree, "instructions", lines(packet->instructions));
	json_object_set_new(tree, "fields", fields_of(packet));
	json_object_set_new(tree, "has_files", json_boolean(json_array_size(files)));
	json_object_set_new(tree, "files", files);
	json_object_set_new(values, "packet", tree);
	*html = NULL;
	*text = templates_render(templates, language, "packet", values, MUSTACHE_TEXT, error);
	if (*text)
		*html = templates_render(
			templates, language, "packet-html", values, MUSTACHE_HTML, error);
	if (*html)
		return TRUE;
	g_clear_pointer(text, g_free);
	return FALSE;
}
