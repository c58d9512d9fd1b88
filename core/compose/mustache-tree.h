/* The tree that mustache-parse.c makes and mustache-render.c walks. */
#pragma once

#include "compose/mustache.h"

enum mustache_node_type {
	NODE_TEXT,
	NODE_VALUE,
	NODE_SECTION,
	NODE_INVERTED,
	NODE_PARTIAL,
};

struct mustache_node {
	enum mustache_node_type type;
	char *text;	     /* literal text, name, or a partial's name */
	gsize length;	     /* of text */
	char **path;	     /* the name split at dots; NULL for "." */
	gboolean raw;	     /* NODE_VALUE: without escaping */
	gboolean line_start; /* NODE_TEXT: begins a line of the template */
	char *indent;	     /* NODE_PARTIAL standing alone on its line; else NULL */
	gsize line, column;  /* of the tag, from 1 */
	GPtrArray *children; /* of sections */
};

struct mustache {
	char *name;
	GPtrArray *nodes; /* of struct mustache_node * */
};
