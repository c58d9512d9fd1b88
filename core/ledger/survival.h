/*
 * The Kaplan–Meier estimate of the time to an event, where observations that still run are
 * censored. Fed in order of time, so that it needs no memory for the observations. Kaplan and Meier
 * (1958); percentiles as R's survival package gives them: the first time at which the curve is
 * below the level; where it lies on the level exactly, the middle of that stretch, be it up to the
 * last observation. What is censored at the time of an event was still at risk then. All are
 * watched from time 0: there is no left truncation.
 */
#pragma once

#include <glib.h>

#define SURVIVAL_LEVELS 2 /* median and 90th percentile */
#define SURVIVAL_MARKS 4  /* shares after 1, 3, 7 and 30 days */

/* One step of the curve. */
struct survival_step {
	double time_s, surviving;
};

struct survival {
	gint64 n, events, censored;
	double median_s, p90_s;		/* negative: not reached */
	double share[SURVIVAL_MARKS];	/* with the event by then; negative: nobody was watched so
					   long */
	gint64 watched[SURVIVAL_MARKS]; /* so many still were then: at risk, as R has it */
	gint64 left[SURVIVAL_MARKS];	/* so many were censored before */
	GArray *steps;	/* of struct survival_step up to the last mark, when asked for; else NULL */
	double nearest; /* set it after survival_begin: steps that are nearer together than this
			   share of their time become one, so that a curve of a million
			   observations stays small; 0: all are kept */
	/* inside */
	gint64 at_risk, deaths, leaving;
	int next_mark;
	double now_s, surviving;
	double level_from[SURVIVAL_LEVELS]; /* when the curve came to lie on the level; negative:
					       not yet */
	double level_at[SURVIVAL_LEVELS];   /* the percentile, once known; negative: not yet */
};

/* n is the number of observations that survival_add() will bring. */
void survival_begin(struct survival *survival, gint64 n, gboolean with_steps);
/* Times must not decrease and not be negative. happened: the event; else censored at that time. */
void survival_add(struct survival *survival, double time_s, gboolean happened);
/* Closes the last step and fills in the results. */
void survival_end(struct survival *survival);
/* Frees the steps. */
void survival_clear(struct survival *survival);
/* Days of mark i: 1, 3, 7, 30. */
int survival_mark_days(int i);
