/* Compose: routes in, reports with their exact bytes out. */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "model/profile.h"
#include "plugin/host.h"
#include "store/store.h"

struct composer;
typedef struct composer Composer; /* for g_autoptr */

/* All borrowed and needed until composer_free(). */
struct composer *composer_new(const struct config *config, const struct profiles *profiles,
	const struct plugin_host *plugins, struct store *store, GError **error);
void composer_free(struct composer *composer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Composer, composer_free)

struct compose_counts {
	gint64 ready, held, manual;
};
/* Makes the reports of a case (0: all cases) out of the routes that no report covers yet: one
 * report for all indicators of a case to one provider by one channel, up to the profile's limit.
 * Composed bytes are kept in the store; a report that may not go out is held with the reason. One
 * report that fails is held with its error and the rest goes on. */
gboolean composer_run(
	struct composer *composer, gint64 case_id, struct compose_counts *counts, GError **error);
/* Composes one report again (after its case or evidence changed); draft, held or ready only. */
gboolean composer_report(struct composer *composer, gint64 report_id, GError **error);
/* Makes the report that withdraws one that a provider got: a mail to the same address, or to the
 * provider's where it went by API; else a form, for a person. It is then ready, held or manual like
 * any other. A report that was only prepared is cancelled instead:
 * error. */
gboolean
composer_retract(struct composer *composer, gint64 report_id, gint64 *retraction, GError **error);
/* Makes the report that reminds who got one, about those of its indicators that are not down (of
 * gint64): a mail in the thread of the first; a form, for a person, where nobody can be reached by
 * mail. It is then ready, held or manual like any other. Error when the report is itself a
 * follow-up, was withdrawn, reached nobody, or has a follow-up that has not gone out: of
 * COMPOSE_ERROR, with nothing written. */
gboolean composer_follow_up(struct composer *composer, gint64 report_id, const GArray *indicators,
	gint64 *follow_up, GError **error);
