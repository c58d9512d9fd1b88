/* What providers were told of: whose address a sender has, and which report a text that names an
 * indicator is about. */
#pragma once

#include "inbox/sender.h"
#include "store/store.h"

/* Read from the store when first asked for, and then kept. */
struct told_index;
typedef struct told_index ToldIndex; /* for g_autoptr */

/* Both borrowed. */
struct told_index *told_index_new(struct store *store, const struct senders *senders);
void told_index_free(struct told_index *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ToldIndex, told_index_free)

/* The providers with reports that wait, to whom the address belongs: a set of char *, borrowed. An
 * empty one when there is none; NULL on an error. */
GHashTable *told_providers(struct told_index *index, const char *address, GError **error);
/* Whether the address belongs to the report's provider and to nobody whom it is about. */
gboolean told_belongs(struct told_index *index, const char *address, const struct report *report,
	gboolean *belongs, GError **error);
/* The one report that waits at this provider and has an indicator that text names, or its host; 0
 * when there is none or more than one. */
gboolean told_find(struct told_index *index, const char *provider, const char *text, gint64 *report,
	GError **error);
