/* The template folders: built-in first, the user's over it; parsed once, kept. */
#pragma once

#include "base/config.h"
#include "compose/mustache.h"

struct templates;
typedef struct templates Templates; /* for g_autoptr */

/* Folders in their order; a later one overrides. Each holds a folder a language. */
struct templates *templates_new(const char *const *folders);
/* The built-in folder and those of [paths] templates. */
struct templates *templates_new_from_config(const struct config *config);
void templates_free(struct templates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)

/* FOLDER/LANGUAGE/NAME.mustache, English when the language has none. NULL and error. Borrowed. */
const struct mustache *
templates_get(struct templates *templates, const char *language, const char *name, GError **error);
/* Renders one with its partials out of the same folders. Free with g_free. */
char *templates_render(struct templates *templates, const char *language, const char *name,
	const json_t *values, enum mustache_escape escape, GError **error);
/* Renders a text that is no file, as a profile's subject; place is for messages. */
char *templates_render_text(struct templates *templates, const char *place, const char *text,
	const json_t *values, GError **error);
/* Takes a first line "Subject: …" and the empty line after it off the text. NULL when there is
 * none. Free with g_free. */
char *templates_take_subject(char *text);
