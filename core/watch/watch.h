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
	const GPtrArray *sightings;	/* of struct sighting *: those of this look */
	const struct sighting *telling; /* that of them which says most; NULL: none */
	gint64 next;			/* when it will be looked at again */
	/* Came back up: what a follow-up would quote. 0 and NULL when there is none. */
	gint64 report_id;
	const char *ticket;
};
typedef void (*watch_seen)(const struct watch_result *result, void *user);

struct watch_counts {
	gint64 watched;	  /* reported indicators */
	gint64 due;	  /* those whose time had come */
	gint64 looked;	  /* at so many of them yet */
	gint64 elsewhere; /* another run looks at so many of them */
	gint64 told;	  /* so many of them told something */
	gint64 blind;	  /* so many did not as no resolver works: the fault is ours */
	gint64 up, down, unknown, went_down, came_back;
};

struct watch_wish {
	gint64 case_id;	  /* 0: all */
	gboolean all_now; /* also where it is not time yet */
	const volatile int
		*stop;	 /* set by a signal: end soon, the rest is due still; may be NULL */
	watch_seen seen; /* may be NULL */
	void *user;
};
/* Looks at the reported indicators whose time has come, keeps the sightings and sets their states.
 */
gboolean watch_run(const struct config *config, struct store *store, const struct watch_wish *wish,
	struct watch_counts *counts, GError **error);

/* The rule that [watch] sets. */
void watch_rule_read(const struct config *config, struct watch_rule *rule);

/* All sightings of an indicator, oldest first (of struct sighting *); NULL and error. Free with
 * g_ptr_array_unref. */
GPtrArray *watch_history(struct store *store, gint64 indicator_id, GError **error);
