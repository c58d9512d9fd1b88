/* A report: one message to one provider about one or more indicators of one case. */
#pragma once

#include <glib.h>

#include "model/route.h"

/* The states of DESIGN.md; changed only by store_report_set_state(). */
enum report_state {
	REPORT_DRAFT,
	REPORT_HELD,
	REPORT_READY,
	REPORT_SENDING,
	REPORT_ACCEPTED,
	REPORT_REFUSED,
	REPORT_IN_DOUBT,
	REPORT_ACKNOWLEDGED,
	REPORT_ANSWERED,
	REPORT_CLOSED,
	REPORT_BOUNCED,
	REPORT_FAILED,
	REPORT_MANUAL,	  /* a packet that waits for a person */
	REPORT_CANCELLED, /* taken back before it went out */
};

struct report {
	gint64 id; /* R<id> */
	gint64 case_id;
	char *provider, *provider_name, *kind, *plugin;
	enum channel channel;
	char *to;
	enum rung rung;
	enum report_state state;
	char *reason;	     /* why held, refused, deferred or failed, in words; may be NULL */
	char *reference;     /* unguessable; base/reference.h */
	char *message_id;    /* without <>; for HTTP the idempotency key */
	char *subject;	     /* for people; may be NULL */
	char *ticket;	     /* the provider's number; may be NULL */
	char *server;	     /* what it goes through: mail server, API host; may be NULL */
	char *api_state;     /* an HTTP chain's state text; may be NULL */
	gint64 follow_up_of; /* the report that this one follows up; 0: none */
	gint64 created, sent, acknowledged, answered; /* microseconds, UTC; 0: not yet */
	gint64 next_try;			      /* not before this time; 0: now */
	gint64 tries;
	GArray *indicators; /* of gint64: indicator ids */
};
typedef struct report Report; /* for g_autoptr */

struct report *report_new(void);
void report_free(struct report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)

/* How a report stands by what came back, apart from the rest of it. Both texts are its own. */
struct report_standing {
	enum report_state state;
	char *reason, *ticket;
	gint64 sent, acknowledged, answered;
};
typedef struct report_standing ReportStanding; /* for g_auto */
/* Why a report that was in doubt is ready again, or is cancelled: it may have gone out all the
 * same.
 */
#define REPORT_RESENT "sent again after doubt"
#define REPORT_DROPPED "dropped after doubt"
/* Whether nobody knows if it went out: a reply shows that it did. */
gboolean report_standing_in_doubt(const struct report_standing *standing);
void report_standing_of(const struct report *report, struct report_standing *standing);
void report_standing_clear(struct report_standing *standing);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportStanding, report_standing_clear)

/* Whose server takes it: the domain of a mail's address, an API's host, in lower case; NULL when
 * nobody's does. Free with g_free. */
char *report_destination(const struct report *report);
/* "draft", "held", …, "in_doubt"; and back. */
const char *report_state_name(enum report_state state);
gboolean report_state_parse(const char *name, enum report_state *state);
/* Whether the ladder of states allows the step. */
gboolean report_state_allows(enum report_state from, enum report_state to);
/* Whether it is one that a report can have once it went out: by its outcome and by what came back.
 */
gboolean report_state_is_out(enum report_state state);
