/* The ladder of escalation for one indicator that is not down: who is waited for, who is followed
 * up, and whether the next rung is due. Pure functions on times. */
#pragma once

#include "ledger/overdue.h"

/* One report about the indicator. */
struct ladder_report {
	gint64 id, follow_up_of;
	enum rung rung;
	enum report_state state;
	const char *provider; /* interned */
	gint64 created, sent; /* microseconds, UTC; sent 0: not yet */
	gint64 answered;      /* acknowledged or answered, the first of them; 0: not yet */
	gint64 followed_up;   /* when it was last followed up, for whatever indicator; 0: never */
	gboolean waiting;     /* a follow-up of it has not gone out yet */
	gboolean withdrawn;
	gboolean is_retraction;
	gint64 astray;	/* when nobody got it, and who else could is not looked up yet; 0: it is */
	gboolean moved; /* taken back, as its contact was no good */
	struct overdue_times times; /* of its provider */
};
/* Reads one; of all reports about one indicator come the rows together. */
void ladder_report_read(const struct overdue_row *row, const struct config *config,
	const struct profiles *profiles, struct ladder_report *report);

/* When one of the reports about an indicator that is not down (of struct ladder_report, ordered by
 * id) became overdue; 0: it is not. Who never got it is not, nor is a follow-up by itself; an
 * answer to a follow-up answers the report, and after the return of what was down they are waited
 * for only once they were told. back: when it last came back up; 0: never. This alone says what
 * overdue is, for whoever counts or lists it; cancelled reports and those that did not go out may
 * be left out. */
gint64 ladder_overdue(const GArray *reports, guint i, gint64 back, gint64 now);

struct ladder_rule {
	gint64 pause_us;   /* between two follow-ups of a report */
	gint64 follow_ups; /* so many, then the next rung */
	gint64 now;
};

/* [escalate] follow_up_hours and follow_ups. */
void ladder_rule_of(const struct config *config, gint64 now, struct ladder_rule *rule);

enum ladder_verdict {
	LADDER_OUT,  /* says nothing: a follow-up, cancelled, withdrawn, or another took over */
	LADDER_WAIT, /* on its way, or still within its time */
	LADDER_FOLLOW_UP, /* it is time to remind them */
	LADDER_BACK,	  /* came back up after they were asked: tell them */
	LADDER_SPENT,	  /* all was tried there */
};
struct ladder_step {
	enum ladder_verdict verdict;
	gint64 since; /* overdue, back up, or told that it is no use; 0 with OUT and WAIT */
};

/* Judges one of the reports (of struct ladder_report, ordered by id). back: when the indicator last
 * came back up; 0: never. */
struct ladder_step
ladder_judge(const GArray *reports, guint i, gint64 back, const struct ladder_rule *rule);

/* How often they were reminded of that indicator with one of the reports; *last: when for the last
 * time, 0: never. */
guint ladder_reminders(const GArray *reports, guint i, gint64 *last);

/* The report after which the next rung is due, NULL when somebody is still waited for or nobody was
 * asked. steps: of struct ladder_step, one a report. Borrowed from reports. */
const struct ladder_report *ladder_climb(const GArray *reports, const GArray *steps);
