/* What goes out without a question: [send] trusted_providers and trusted_cases. */
#pragma once

#include "cli/command.h"
#include "store/store.h"

struct trusted;
typedef struct trusted Trusted; /* for g_autoptr */

/* Both borrowed. */
struct trusted *trusted_new(const struct config *config, struct store *store);
void trusted_free(struct trusted *trusted);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trusted, trusted_free)

/* Whether the report's provider or its case is trusted. FALSE with error when the store fails. */
gboolean trusted_has(struct trusted *trusted, const struct report *report, GError **error);
