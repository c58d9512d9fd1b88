/* One call under way: what the services share. */
#pragma once

#include <jansson.h>

#include "plugin/call.h"

struct session {
	struct abate_context context; /* first: what the plugin holds */
	const struct plugin_target *target;
	enum plugin_callback callback;
	gboolean matching; /* match(): nothing may be handed over */
	struct plugin_result *result;
	GPtrArray *handed_out; /* of char *: lives until the callback returns */
	GHashTable *variables; /* of set() */
	json_t *document, *answer;
	gboolean answer_was_read;
	GError *error; /* the first thing a service refused */
};

extern const struct abate_services session_services;

struct session *session_of(struct abate_context *ctx);
/* Cleans the text (taken over, may be NULL) and keeps it for the plugin. */
const char *session_hand_out(struct session *session, char *text);
/* Keeps the first error (taken over); gives -1. */
int session_refuse(struct session *session, GError *error);
/* fields.c: the values of field(), indicator() and evidence(). Free with g_free. */
char *fields_value(const struct plugin_target *target, const char *name);
char *fields_indicator(const struct plugin_target *target, gsize i, const char *name);
char *fields_evidence(const struct plugin_target *target, gsize i, const char *name);
