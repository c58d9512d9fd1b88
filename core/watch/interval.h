/* What looks add up to: intervals of up and down, and when to look again. Pure functions. */
#pragma once

#include <glib.h>

#include "model/sighting.h"

enum watch_state { WATCH_UNKNOWN, WATCH_UP, WATCH_DOWN };
/* "unknown", "up", "down"; and back (anything else: unknown). */
const char *watch_state_name(enum watch_state state);
enum watch_state watch_state_parse(const char *name);

/* All sightings of one indicator made at one time. */
struct watch_round {
	gint64 at;
	enum watch_state verdict;
	guint vantages; /* that agree on down; G_MAXUINT where one is enough (RDAP, HTTP) */
};

struct watch_rule {
	guint looks;			/* agreeing rounds that make down, or up again */
	gint64 spacing_us;		/* at least this from the first to the last of them */
	guint vantages;			/* resolvers that must agree on down */
	gint64 shortest_us, longest_us; /* pause between two looks */
};

struct watch_interval {
	enum watch_state state;
	gint64 from;	    /* the first look that saw it */
	gint64 to;	    /* the first look that saw it otherwise; 0: it lasts */
	gint64 last_before; /* the last look that saw it otherwise: the change lies between; 0: none
			     */
};

/* Rounds (struct watch_round) out of sightings (struct sighting *) ordered by time. Sightings of
 * one round have the same time. Within a round: one resolver that gives an address outweighs those
 * that do not; where the name is up, HTTP decides, of a page (is_page) also that nothing is known;
 * RDAP decides only where nothing else tells. Free with g_array_unref. */
GArray *watch_rounds(const GPtrArray *sightings, gboolean is_page);

/* Intervals (struct watch_interval), oldest first. Rounds that tell nothing are passed over. One
 * look makes up at first; down, and up again after it, need the agreement that the rule asks for,
 * and begin with the first look of those that agree. Free with g_array_unref. */
GArray *watch_intervals(const GArray *rounds, const struct watch_rule *rule);

/* How it stands after the last look. */
struct watch_course {
	enum watch_state state;
	gint64 since;	      /* the first look that saw it so; 0: never seen */
	gint64 last_up;	      /* the last look that saw it up, unless it was down then; 0: none */
	gboolean is_changing; /* looks of late say otherwise, but not enough agree yet */
};
struct watch_course watch_now(const GArray *rounds, const struct watch_rule *rule);

/* How long to wait after the last look: the spacing while a change waits for agreement, else an
 * eighth of the age, so that a young one is looked at every few minutes and an old one every few
 * days. age_us: since the report, or for what is down since it went down. */
gint64 watch_pause(gint64 age_us, gboolean is_changing, const struct watch_rule *rule);
