/* JSON for plugins: building a document and reading an answer by JSON pointers (RFC 6901). */
#pragma once

#include <glib.h>
#include <jansson.h>

/* Puts value (taken over) into *root at pointer, making objects and arrays on the way; "-" appends
 * to an array. FALSE and error when the pointer is bad or meets a scalar. */
gboolean json_put(json_t **root, const char *pointer, json_t *value, GError **error);
/* The value at pointer; NULL when there is none. Borrowed. */
json_t *json_at(json_t *root, const char *pointer);
/* The text of a scalar; NULL for null, objects and arrays. Free with g_free. */
char *json_scalar_text(const json_t *value);
