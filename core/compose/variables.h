/* What templates see: docs/abate-templates.7 lists the names. */
#pragma once

#include <jansson.h>

#include "compose/circumstances.h"
#include "plugin/call.h"

enum { MAX_ATTACHED = 7000000 }; /* bytes of files in one mail; many servers stop at 10 MB */

struct variables_input {
	const struct plugin_target *target;
	const char *language;
	gsize unlisted; /* further URLs of the same domains, not in the text */
	gboolean has_xarf;
	gint64 now;
	const struct circumstances *circumstances; /* NULL: nothing came before */
	gboolean pages_are_seen; /* else a URL that is up is a name that resolves, no more */
};

/* The tree for one report; json_decref it. Texts are one line (but descriptions) and free of
 * control and format characters; indicators are defanged. */
json_t *variables_build(const struct variables_input *input);
/* Those files of the evidence that fit into a mail, in their order. Unref the array. */
GPtrArray *variables_attached(const GPtrArray *evidence);
