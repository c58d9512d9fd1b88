/* Mustache: tree and values to text. */
#include "compose/mustache-tree.h"

#include <string.h>

enum { MAX_DEPTH = 128, MAX_PARTIALS = 32, MAX_OUTPUT = 16 << 20 };

struct render {
	const struct mustache *template; /* the one being rendered, for messages */
	enum mustache_escape escape;
	mustache_partial_fn partial;
	void *user;
	const json_t *stack[MAX_DEPTH];
	guint depth, partials;
	GString *indent; /* of the partials being rendered */
	GString *out;
	GError **error;
};

static gboolean render_nodes(struct render *render, const GPtrArray *nodes);

static gboolean
fail(struct render *render, const struct mustache_node *node, const char *what)
{
	g_set_error(render->error, COMPOSE_ERROR, 0,
		"%s:%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT ": %s \"%s\"", render->template->name,
		node->line, node->column, what, node->text);
	return FALSE;
}

/* The first word of a name is looked for from the innermost context outwards, the rest in it. */
static const json_t *
lookup(const struct render *render, char *const *path)
{
	if (!path)
		return render->stack[render->depth - 1];
	const json_t *value = NULL;
	for (guint i = render->depth; i > 0 && !value; i--)
		value = json_object_get(render->stack[i - 1], path[0]);
	for (path++; value && *path; path++)
		value = json_object_get(value, *path);
	return value;
}

static gboolean
is_false(const json_t *value)
{
	return !value || json_is_null(value) || json_is_false(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
append_html(GString *out, const char *text, gsize length)
{
	gsize from = 0;
	for (gsize i = 0; i < length; i++) {
		const char *entity = html_entity(text[i]);
		if (!entity)
			continue;
		g_string_append_len(out, text + from, (gssize)(i - from));
		g_string_append(out, entity);
		from = i + 1;
	}
	g_string_append_len(out, text + from, (gssize)(length - from));
}

static void
append_text(GString *out, const char *text, gsize length)
{
	gsize from = 0;
	for (gsize i = 0; i < length; i++) {
		guchar c = (guchar)text[i];
		if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t')
			continue;
		g_string_append_len(out, text + from, (gssize)(i - from));
		from = i + 1;
	}
	g_string_append_len(out, text + from, (gssize)(length - from));
}

static void
append_escaped(struct render *render, const char *text, gsize length)
{
	if (render->escape == MUSTACHE_HTML)
		append_html(render->out, text, length);
	else
		append_text(render->out, text, length);
}

/* The shortest decimal form that reads back as the same number. */
static void
append_real(GString *out, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	for (int digits = 15; digits <= 17; digits++) {
		char format[] = { '%', '.', '1', (char)('0' + digits - 10), 'g', '\0' };
		g_ascii_formatd(text, sizeof text, format, value);
		if (!(g_ascii_strtod(text, NULL) < value) && !(g_ascii_strtod(text, NULL) > value))
			break;
	}
	g_string_append(out, text);
}

static gboolean
render_value(struct render *render, const struct mustache_node *node)
{
	const json_t *value = lookup(render, node->path);
	if (json_is_string(value) && node->raw)
		g_string_append_len(
			render->out, json_string_value(value), (gssize)json_string_length(value));
	else if (json_is_string(value))
		append_escaped(render, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		g_string_append_printf(
			render->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		append_real(render->out, json_real_value(value));
	else if (json_is_boolean(value))
		g_string_append(render->out, json_is_true(value) ? "true" : "false");
	return TRUE;
}

static gboolean
render_in(struct render *render, const struct mustache_node *node, const json_t *context)
{
	if (render->depth >= MAX_DEPTH)
		return fail(render, node, "contexts are nested too deep at");
	render->stack[render->depth++] = context;
	gboolean good = render_nodes(render, node->children);
	render->depth--;
	return good;
}

static gboolean
render_section(struct render *render, const struct mustache_node *node)
{
	const json_t *value = lookup(render, node->path);
	if (is_false(value))
		return TRUE;
	if (!json_is_array(value))
		return render_in(render, node, value);
	for (gsize i = 0; i < json_array_size(value); i++) {
		if (!render_in(render, node, json_array_get(value, i)))
			return FALSE;
	}
	return TRUE;
}

static gboolean
render_partial(struct render *render, const struct mustache_node *node)
{
	if (!render->partial)
		return TRUE;
	if (render->partials >= MAX_PARTIALS)
		return fail(render, node, "partials are nested too deep at");
	GError *fault = NULL;
	const struct mustache *partial = render->partial(node->text, render->user, &fault);
	if (fault) {
		g_propagate_prefixed_error(render->error, fault,
			"%s:%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT ": ", render->template->name,
			node->line, node->column);
		return FALSE;
	}
	if (!partial)
		return TRUE;
	const struct mustache *outer = render->template;
	gsize indent = render->indent->len;
	g_string_append(render->indent, node->indent ? node->indent : "");
	render->template = partial;
	render->partials++;
	gboolean good = render_nodes(render, partial->nodes);
	render->partials--;
	render->template = outer;
	g_string_truncate(render->indent, indent);
	return good;
}

static gboolean
render_text(struct render *render, const struct mustache_node *node)
{
	if (node->line_start && render->indent->len)
		g_string_append_len(render->out, render->indent->str, (gssize)render->indent->len);
	g_string_append_len(render->out, node->text, (gssize)node->length);
	return TRUE;
}

static gboolean
render_node(struct render *render, const struct mustache_node *node)
{
	switch (node->type) {
	case NODE_TEXT:
		return render_text(render, node);
	case NODE_VALUE:
		return render_value(render, node);
	case NODE_SECTION:
		return render_section(render, node);
	case NODE_INVERTED:
		return !is_false(lookup(render, node->path)) ||
		       render_nodes(render, node->children);
	case NODE_PARTIAL:
		return render_partial(render, node);
	}
	return TRUE;
}

static gboolean
render_nodes(struct render *render, const GPtrArray *nodes)
{
	for (guint i = 0; i < nodes->len; i++) {
		const struct mustache_node *node = g_ptr_array_index(nodes, i);
		if (!render_node(render, node))
			return FALSE;
		if (render->out->len > MAX_OUTPUT)
			return fail(render, node, "the text grew over 16 MiB at");
	}
	return TRUE;
}

char *
mustache_render(const struct mustache *template, const json_t *values, enum mustache_escape escape,
	mustache_partial_fn partial, void *user, GError **error)
{
	struct render render = { .template = template,
		.escape = escape,
		.partial = partial,
		.user = user,
		.stack = { values },
		.depth = 1,
		.error = error };
	render.indent = g_string_new(NULL);
	render.out = g_string_sized_new(2048);
	gboolean good = render_nodes(&render, template->nodes);
	g_string_free(render.indent, TRUE);
	return g_string_free(render.out, !good);
}
