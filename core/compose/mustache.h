/*
 * Mustache templates over JSON values: variables, sections, inverted sections, comments, partials
 * and set delimiters, by the rules of the specification. There are no lambdas: a value is only ever
 * text, never parsed and never run.
 *
 *	g_autoptr(Mustache) template = mustache_parse("registrar.mustache", text, -1, &error);
 *	char *mail = mustache_render(template, values, MUSTACHE_TEXT, NULL, NULL, &error);
 */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A fault of a template or a report; messages about templates begin "FILE:LINE:COLUMN: ". */
#define COMPOSE_ERROR (g_quark_from_static_string("abate-compose"))

/* What {{name}} does to a value; {{{name}}} and {{&name}} give it as it is. */
enum mustache_escape {
	MUSTACHE_TEXT, /* for plain text: control characters but tab and line feed are dropped */
	MUSTACHE_HTML, /* the five characters of HTML become entities */
};

struct mustache;
typedef struct mustache Mustache; /* for g_autoptr */

/* Parses; length -1: text ends with NUL. name is for messages. NULL and error with the place. */
struct mustache *mustache_parse(const char *name, const char *text, gssize length, GError **error);
void mustache_free(struct mustache *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mustache, mustache_free)

/* Finds a partial, borrowed. NULL without error: there is none, and nothing is put in its place. */
typedef const struct mustache *(*mustache_partial_fn)(const char *name, void *user, GError **error);

/* Renders with the values (an object; anything else is only reached by "."). partial may be NULL.
 * An empty string is false, as false, null and the empty list. Free with g_free. */
char *mustache_render(const struct mustache *template, const json_t *values,
	enum mustache_escape escape, mustache_partial_fn partial, void *user, GError **error);
