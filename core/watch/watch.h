/* Watch: whether what was reported is still up. */
#pragma once

#include "base/config.h"
#include "store/store.h"
#include "watch/interval.h"

/* What one look at an indicator brought; lives until the callback returns. */
struct watch_result {
	const struct indicator *indicator; /* with the state before */
	enum watch_state before, after;
	gint64 since;	      /* when the state after began, as far as looks tell; 0: never seen */
	gboolean is_changing; /* looks of late say otherwise, but not enough agree yet */
	const GPtrArray *sightings; /* of struct sighting *: those of this look */
	gint64 next;		    /* when it will be looked at again */
	/* Came back up: what a follow-up would quote. 0 and NULL when there is none. */
	gint64 report_id;
	const char *ticket;
};
typedef void (*watch_seen)(const struct watch_result *result, void *user);

struct watch_counts {
	gint64 watched; /* reported indicators */
	gint64 due;	/* those whose time had come */
	gint64 looked;	/* at so many of them yet; another run may have the rest */
	gint64 up, down, unknown, went_down, came_back;
};

/* Looks at the reported indicators of a case (0: all) whose time has come (all_now: at every one),
 * keeps the sightings and sets their states. seen may be NULL. */
gboolean watch_run(const struct config *config, struct store *store, gint64 case_id,
	gboolean all_now, watch_seen seen, void *user, struct watch_counts *counts, GError **error);

/* The rule that [watch] sets. */
void watch_rule_read(const struct config *config, struct watch_rule *rule);

/* All sightings of an indicator, oldest first (of struct sighting *); NULL and error. Free with
 * g_ptr_array_unref. */
GPtrArray *watch_history(struct store *store, gint64 indicator_id, GError **error);
