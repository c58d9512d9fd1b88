/* A packet: one page that tells a person what to put into which form. */
#pragma once

#include <jansson.h>

#include "compose/templates.h"
#include "plugin/call.h"

/* Puts "packet" into values and renders the page as text and as HTML; free both with g_free. */
gboolean packet_render(struct templates *templates, const char *language, json_t *values,
	const struct plugin_packet *packet, const GPtrArray *evidence, char **text, char **html,
	GError **error);
