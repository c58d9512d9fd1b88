/* The kinds of things that `abate list` shows: how each is found and what its row says. */
#pragma once

#include "cli/table.h"
#include "store/store.h"

struct list {
	struct store *store; /* NULL for providers and plugins */
	const struct config *config;
	struct table *table;	      /* NULL: JSON */
	gint64 case_id, indicator_id; /* filters: 0 and NULL take all */
	const char *state, *provider, *subject;
	struct reply_filter replies;
	GHashTable *court; /* "I5" -> when it was marked (gint64); set by the list of indicators */
	GError *error;	   /* of a lookup within the list */
};

enum list_filter {
	FILTER_CASE = 1 << 0,
	FILTER_STATE = 1 << 1,
	FILTER_PROVIDER = 1 << 2,
	FILTER_SUBJECT = 1 << 3,
	FILTER_REPLY = 1 << 4, /* unmatched, weak, report and class */
	FILTER_INDICATOR = 1 << 5,
};

struct list_kind {
	const char *name;
	unsigned int filters; /* of enum list_filter: what it can be narrowed by */
	gboolean stored;      /* needs the store */
	const char *const *columns;
	gboolean (*each)(struct list *list, GError **error);
};

/* NULL when there is none of that name. */
const struct list_kind *list_kind_find(const char *name);
