/* Mustache: template text to tree. */
#include "compose/mustache-tree.h"

#include <string.h>

enum { MAX_NESTING = 64, MAX_DELIMITER = 16, MAX_TEMPLATE = 1 << 20 };

struct parser {
	const char *name, *begin, *end, *at;
	char *open, *close;
	GPtrArray *stack;  /* of GPtrArray *: where nodes go, innermost last */
	GPtrArray *opened; /* of struct mustache_node *: sections without their end */
	gboolean new_line; /* the next text begins a line */
};

/* One tag as it stands in the text. */
struct tag {
	const char *start, *after; /* its first byte; the byte after it */
	const char *content, *content_end;
	char kind; /* 0: a plain variable */
};

static void
node_free(void *data)
{
	struct mustache_node *node = data;
	g_free(node->text);
	g_strfreev(node->path);
	g_free(node->indent);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_free(node);
}

static void
place(const struct parser *parser, const char *at, gsize *line, gsize *column)
{
	*line = 1;
	const char *start = parser->begin;
	for (const char *p = parser->begin; p < at; p++) {
		if (*p == '\n') {
			++*line;
			start = p + 1;
		}
	}
	*column = (gsize)g_utf8_strlen(start, at - start) + 1;
}

static gboolean
fail(const struct parser *parser, const char *at, GError **error, const char *what,
	const char *name)
{
	gsize line, column;
	place(parser, at, &line, &column);
	g_set_error(error, COMPOSE_ERROR, 0, "%s:%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT ": %s%s%s%s",
		parser->name, line, column, what, name ? " \"" : "", name ? name : "",
		name ? "\"" : "");
	return FALSE;
}

static struct mustache_node *
node_add(struct parser *parser, enum mustache_node_type type, const char *text, gsize length)
{
	struct mustache_node *node = g_new0(struct mustache_node, 1);
	node->type = type;
	node->text = g_strndup(text, length);
	node->length = length;
	g_ptr_array_add(g_ptr_array_index(parser->stack, parser->stack->len - 1), node);
	return node;
}

/* Adds literal text, a node a line, so that a partial's lines can be indented. */
static void
add_text(struct parser *parser, const char *from, const char *to)
{
	while (from < to) {
		const char *newline = memchr(from, '\n', (gsize)(to - from));
		const char *next = newline ? newline + 1 : to;
		node_add(parser, NODE_TEXT, from, (gsize)(next - from))->line_start =
			parser->new_line;
		parser->new_line = newline != NULL;
		from = next;
	}
}

/* A tag that begins a line without text before it still begins the line. */
static void
mark_line(struct parser *parser)
{
	if (parser->new_line)
		node_add(parser, NODE_TEXT, "", 0)->line_start = TRUE;
	parser->new_line = FALSE;
}

static const char *
find(const char *from, const char *end, const char *what)
{
	return memmem(from, (gsize)(end - from), what, strlen(what));
}

/* Finds the next tag; FALSE without error at the end of the text. */
static gboolean
next_tag(struct parser *parser, struct tag *tag, GError **error)
{
	tag->start = find(parser->at, parser->end, parser->open);
	if (!tag->start)
		return FALSE;
	const char *p = tag->start + strlen(parser->open);
	tag->kind = p < parser->end && strchr("#^/>!=&{", *p) && *p ? *p : 0;
	if (tag->kind)
		p++;
	tag->content = p;
	g_autofree char *closing = NULL;
	if (tag->kind == '{' || tag->kind == '=')
		closing = g_strconcat(tag->kind == '{' ? "}" : "=", parser->close, NULL);
	const char *close = closing ? closing : parser->close;
	tag->content_end = find(p, parser->end, close);
	if (!tag->content_end)
		return fail(parser, tag->start, error, "this tag is not closed, it needs", close);
	tag->after = tag->content_end + strlen(close);
	return TRUE;
}

/* Whether the tag is alone on its line(s); then *from is the line's begin, *to the next line's. */
static gboolean
stands_alone(const struct parser *parser, const struct tag *tag, const char **from, const char **to)
{
	const char *p = tag->start;
	while (p > parser->begin && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	if (p > parser->begin && p[-1] != '\n')
		return FALSE;
	*from = p;
	p = tag->after;
	while (p < parser->end && (*p == ' ' || *p == '\t'))
		p++;
	if (p + 1 < parser->end && p[0] == '\r' && p[1] == '\n')
		p++;
	if (p < parser->end && *p != '\n')
		return FALSE;
	*to = p < parser->end ? p + 1 : p;
	return TRUE;
}

static gboolean
set_delimiters(struct parser *parser, const struct tag *tag, const char *text, GError **error)
{
	g_auto(GStrv) parts = g_strsplit_set(text, " \t\r\n", -1);
	const char *found[2] = { NULL, NULL };
	gsize n = 0;
	for (char **part = parts; *part; part++) {
		if (!**part)
			continue;
		if (n == 2 || strlen(*part) > MAX_DELIMITER || strchr(*part, '='))
			n = 2, found[1] = NULL;
		else
			found[n++] = *part;
	}
	if (!found[0] || !found[1])
		return fail(parser, tag->start, error,
			"delimiters are set as in {{=<% %>=}}, two words without =, not", text);
	g_free(parser->open);
	g_free(parser->close);
	parser->open = g_strdup(found[0]);
	parser->close = g_strdup(found[1]);
	return TRUE;
}

static gboolean
open_section(
	struct parser *parser, const struct tag *tag, struct mustache_node *node, GError **error)
{
	if (parser->opened->len >= MAX_NESTING)
		return fail(
			parser, tag->start, error, "sections are nested too deep at", node->text);
	node->children = g_ptr_array_new_with_free_func(node_free);
	g_ptr_array_add(parser->opened, node);
	g_ptr_array_add(parser->stack, node->children);
	return TRUE;
}

static gboolean
close_section(struct parser *parser, const struct tag *tag, const char *name, GError **error)
{
	if (parser->opened->len == 0)
		return fail(
			parser, tag->start, error, "no section is open that could end here:", name);
	const struct mustache_node *node =
		g_ptr_array_index(parser->opened, parser->opened->len - 1);
	if (!g_str_equal(node->text, name)) {
		g_autofree char *what = g_strdup_printf(
			"the section \"%s\" of line %" G_GSIZE_FORMAT " must end before",
			node->text, node->line);
		return fail(parser, tag->start, error, what, name);
	}
	g_ptr_array_set_size(parser->opened, (int)parser->opened->len - 1);
	g_ptr_array_set_size(parser->stack, (int)parser->stack->len - 1);
	return TRUE;
}

static gboolean
name_is_good(const char *name, gboolean is_partial)
{
	if (g_str_equal(name, ".") && !is_partial)
		return TRUE;
	if (!*name || strpbrk(name, " \t\r\n"))
		return FALSE;
	return is_partial ||
	       (name[0] != '.' && !strstr(name, "..") && !g_str_has_suffix(name, "."));
}

static gboolean
add_named(struct parser *parser, const struct tag *tag, const char *name, GError **error)
{
	static const char kinds[] = { '#', '^', '>' };
	static const enum mustache_node_type types[] = { NODE_SECTION, NODE_INVERTED,
		NODE_PARTIAL };
	if (!name_is_good(name, tag->kind == '>'))
		return fail(parser, tag->start, error, "this is no name:", name);
	const char *kind = tag->kind ? memchr(kinds, tag->kind, sizeof kinds) : NULL;
	struct mustache_node *node =
		node_add(parser, kind ? types[kind - kinds] : NODE_VALUE, name, strlen(name));
	node->path = g_str_equal(name, ".") ? NULL : g_strsplit(name, ".", -1);
	node->raw = tag->kind == '{' || tag->kind == '&';
	place(parser, tag->start, &node->line, &node->column);
	if (tag->kind == '#' || tag->kind == '^')
		return open_section(parser, tag, node, error);
	return TRUE;
}

static gboolean
add_tag(struct parser *parser, const struct tag *tag, GError **error)
{
	g_autofree char *name =
		g_strstrip(g_strndup(tag->content, (gsize)(tag->content_end - tag->content)));
	if (tag->kind == '!')
		return TRUE;
	if (tag->kind == '=')
		return set_delimiters(parser, tag, name, error);
	if (tag->kind == '/')
		return close_section(parser, tag, name, error);
	return add_named(parser, tag, name, error);
}

static void
set_indent(struct parser *parser, const struct tag *tag, const char *from)
{
	GPtrArray *nodes = g_ptr_array_index(parser->stack, parser->stack->len - 1);
	struct mustache_node *node = g_ptr_array_index(nodes, nodes->len - 1);
	node->indent = g_strndup(from, (gsize)(tag->start - from));
}

/* A tag with the text before it. */
static gboolean
take_tag(struct parser *parser, const struct tag *tag, GError **error)
{
	const char *from = NULL, *to = NULL;
	gboolean alone =
		tag->kind && strchr("#^/>!=", tag->kind) && stands_alone(parser, tag, &from, &to);
	add_text(parser, parser->at, alone ? from : tag->start);
	if (!alone)
		mark_line(parser);
	if (!add_tag(parser, tag, error))
		return FALSE;
	if (alone && tag->kind == '>')
		set_indent(parser, tag, from);
	if (alone)
		parser->new_line = TRUE;
	parser->at = alone ? to : tag->after;
	return TRUE;
}

static gboolean
parse(struct parser *parser, GError **error)
{
	struct tag tag = { 0 };
	g_autoptr(GError) fault = NULL;
	while (next_tag(parser, &tag, &fault)) {
		if (!take_tag(parser, &tag, error))
			return FALSE;
	}
	if (fault) {
		g_propagate_error(error, g_steal_pointer(&fault));
		return FALSE;
	}
	add_text(parser, parser->at, parser->end);
	if (parser->opened->len == 0)
		return TRUE;
	const struct mustache_node *node =
		g_ptr_array_index(parser->opened, parser->opened->len - 1);
	g_set_error(error, COMPOSE_ERROR, 0,
		"%s:%" G_GSIZE_FORMAT ":%" G_GSIZE_FORMAT ": the section \"%s\" is not closed",
		parser->name, node->line, node->column, node->text);
	return FALSE;
}

struct mustache *
mustache_parse(const char *name, const char *text, gssize length, GError **error)
{
	gsize size = length < 0 ? strlen(text) : (gsize)length;
	if (size > MAX_TEMPLATE || !g_utf8_validate_len(text, size, NULL)) {
		g_set_error(error, COMPOSE_ERROR, 0, "%s: %s", name,
			size > MAX_TEMPLATE ? "a template may have 1 MiB at most"
					    : "the template is no UTF-8 text");
		return NULL;
	}
	g_autoptr(Mustache) template = g_new0(struct mustache, 1);
	template->name = g_strdup(name);
	template->nodes = g_ptr_array_new_with_free_func(node_free);
	struct parser parser = { .name = name,
		.begin = text,
		.at = text,
		.end = text + size,
		.open = g_strdup("{{"),
		.close = g_strdup("}}"),
		.new_line = TRUE,
		.stack = g_ptr_array_new(),
		.opened = g_ptr_array_new() };
	g_ptr_array_add(parser.stack, template->nodes);
	gboolean good = parse(&parser, error);
	g_ptr_array_unref(parser.stack);
	g_ptr_array_unref(parser.opened);
	g_free(parser.open);
	g_free(parser.close);
	return good ? g_steal_pointer(&template) : NULL;
}

void
mustache_free(struct mustache *template)
{
	if (!template)
		return;
	g_free(template->name);
	g_clear_pointer(&template->nodes, g_ptr_array_unref);
	g_free(template);
}
