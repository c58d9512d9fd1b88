/* The composer's inside, shared by the files of this stage and its tests. */
#pragma once

#include "compose/circumstances.h"
#include "compose/compose.h"
#include "compose/group.h"
#include "compose/sign.h"
#include "compose/templates.h"

struct composer {
	const struct config *config;
	const struct profiles *profiles;
	const struct plugin_host *plugins;
	struct store *store;
	struct templates *templates;
	struct signer *signer; /* NULL: unsigned */
	const char *from, *from_domain;
	/* For tests: the same every time. 0 and NULL: now, and a new one. */
	gint64 fixed_now;
	const char *fixed_reference;
	/* The case at hand, kept from report to report. */
	struct abuse_case *abuse_case;
	GPtrArray *evidence;	 /* of struct evidence * */
	gboolean case_escalated; /* a next rung is asked for some of it */
};

/* A report in the making: what goes in, and the bytes that come out. */
struct making {
	struct composer *composer;
	struct report *report;
	const GPtrArray *rows; /* of struct group_row * */
	struct circumstances circumstances;
	GString *reason;      /* why it must be held; empty: it need not */
	const char *kinds[2]; /* of the bytes, as store_report_compose() wants them */
	GBytes *bytes[2];
};

/* Makes the case the one at hand. */
gboolean composer_take_case(struct composer *composer, gint64 case_id, GError **error);
/* Fills report (plugin, subject, message_id, server, reason) and bytes. A fault of this report is
 * its reason, not an error. */
void making_run(struct making *making);
void making_clear(struct making *making);
/* Adds to reason what keeps the report from going out: seal, TLP, contact. */
gboolean hold_check(struct making *making, GError **error);
/* The report that follows another, about the same, to those who got it; a draft. No API takes it:
 * it goes by mail, or a person gives it by hand. */
struct report *report_following(const struct composer *composer, const struct report *from);
/* Holds it when its contact bounced: for a plugin that chose another. */
gboolean hold_if_bad(struct making *making, GError **error);
/* Appends one reason. */
void hold_because(struct making *making, const char *format, ...) G_GNUC_PRINTF(2, 3);
