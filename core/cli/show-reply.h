/* What a reply says, for `abate show`. */
#pragma once

#include <jansson.h>

#include "model/reply.h"

/* Sets "headers" (those that matter, as they stand in the mail) and "text" in object; leaves both
 * out where nothing can be made of the mail. Of an API, "text" is the beginning of its answer. */
void show_reply_content(json_t *object, const struct reply *reply);
