/* What to do about reports without effect: remind, ask the next rung, or leave it to the court. */
#pragma once

#include "ledger/ladder.h"

enum escalation_action {
	ESCALATION_FOLLOW_UP,
	ESCALATION_HOST,
	ESCALATION_REGISTRAR,
	ESCALATION_REGISTRY,
	ESCALATION_COURT,
};
/* "follow_up", "host", "registrar", "registry", "court". */
const char *escalation_action_name(enum escalation_action action);

/* Why some of the indicators of a proposal are in it. */
struct reason {
	char *words;
	GArray *indicators; /* of gint64 */
};

/* One proposal: a follow-up of a report, or whom to ask after it. */
struct proposal {
	enum escalation_action action;
	gint64 case_id;
	gint64 report_id;   /* the one without effect */
	GArray *indicators; /* of gint64: those that are not down */
	guint unseen;	    /* so many of them nobody saw */
	GArray *routes;	    /* of gint64, one an indicator; empty but for a next rung */
	char *provider, *provider_name, *to; /* who is asked; NULL with court */
	enum channel channel;
	char *ticket;	    /* of the report; may be NULL */
	gint64 since;	    /* overdue since, or back up since */
	GPtrArray *reasons; /* of struct reason * */
	char *reason;	    /* all of them in one line */
};
void proposal_free(struct proposal *proposal);
/* Why the indicator is in it: its reason alone, borrowed. */
const char *proposal_reason_of(const struct proposal *proposal, gint64 indicator_id);
/* "I5", "I5, I6" or "I5 … I90 (40)"; of gint64. Free with g_free. */
char *escalation_ids(const GArray *ids);

/* Why nothing is proposed for a report that is overdue; the first that holds for any of its
 * indicators. */
enum escalation_wait {
	ESCALATION_PROPOSED, /* something is */
	ESCALATION_UNSENT,   /* a reminder has not gone out, or did not reach them */
	ESCALATION_REMINDED, /* they were reminded and are waited for */
	ESCALATION_PASSED,   /* others were asked after them, and are waited for */
	ESCALATION_MARKED,   /* what it is about is marked for the court */
	ESCALATION_WAITS,
};
struct escalation_waits {
	guint count[ESCALATION_WAITS]; /* of reports that are overdue */
	gint64 until;		       /* the first of the reminded is waited for; 0: none is */
};
/* The same of one report; *overdue FALSE: it is not. *until is 0 but for one that was reminded. */
gboolean escalation_wait_of(const struct config *config, const struct profiles *profiles,
	struct store *store, gint64 report_id, gint64 now, gboolean *overdue,
	enum escalation_wait *why, gint64 *until, GError **error);

/* Gives the proposals of a case (0: all), ordered by report; fn takes each and may write. What
 * waits for `abate send`, is within its time, or was followed up less than a period ago is not
 * proposed: waits (may be NULL) tells of that. */
typedef void (*escalation_fn)(struct proposal *proposal, void *user);
gboolean escalation_each(const struct config *config, const struct profiles *profiles,
	struct store *store, gint64 case_id, gint64 now, escalation_fn fn, void *user,
	struct escalation_waits *waits, GError **error);
/* The same as a list, of struct proposal *; NULL and error. Free with g_ptr_array_unref. */
GPtrArray *
escalation_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, struct escalation_waits *waits, GError **error);
