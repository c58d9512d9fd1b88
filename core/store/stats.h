/* What figures are made of: each report, and what became of each indicator after it. */
#pragma once

#include "store/store.h"

/* Reports by key: "provider", "kind", "registrar", "registry", "network" (who is on that rung for
 * its indicators, whoever the report went to), "tld", "channel", "type" (of the case), "month"
 * (sent, else made), "rung", "all". A report about indicators with several keys is told once under
 * each. */
struct stats_filter {
	const char *by;
	gint64 case_id; /* 0: all */
};
/* The keys, NULL-ended. */
const char *const *store_stats_keys(void);
/* The classes of replies that a person wrote. */
#define STORE_HUMAN_CLASSES "human", "question", "refusal", "actioned", "wrong_channel"
/* One report under one key, with what answers it or a follow-up of it. Of replies only those that
 * count. */
struct stats_report {
	const char *key;		     /* "-": none known */
	const char *name;		     /* of the provider that the key is; else NULL */
	gint64 sent, acknowledged, answered; /* 0: not yet */
	gint64 first_human, says_acted;	     /* 0: no such reply */
	gint64 follow_ups;		     /* so many went out */
	gint64 withdrawn;		     /* 0: it is not */
	gboolean bounced, refused;	     /* refused: at the door or in a reply */
};
typedef void (*store_stats_report_fn)(const struct stats_report *report, void *user);
/* All reports but cancelled ones, follow-ups and those that withdraw another, in one statement and
 * no order of keys; fn must not write. */
gboolean store_stats_reports(struct store *store, const struct stats_filter *filter,
	store_stats_report_fn fn, void *user, GError **error);
/* What became of one indicator after one report: when it was first seen to go down, and when it
 * came back from that. */
struct stats_takedown {
	gint64 report_id, indicator_id, follow_up_of;
	const char *key, *provider;
	enum report_state state;
	gint64 sent, acknowledged, answered; /* of the report */
	gint64 withdrawn;		     /* when the report was; 0: it is not */
	gboolean is_down;     /* the indicator is now, or was when it could last be looked at */
	gint64 up_again;      /* when it last came back, where it is up; 0: it did not */
	gboolean down_before; /* it was when the report was sent */
	gint64 down, back;    /* 0: not seen */
	gint64 last_up; /* the last look that saw it up, before it went down where it did; 0: none,
			   so that with down it may have been so before */
};
typedef void (*store_stats_takedown_fn)(const struct stats_takedown *takedown, void *user);
/* Of each indicator of each report that was sent and did not bounce, ordered by indicator and
 * report. */
gboolean store_stats_takedowns(struct store *store, const struct stats_filter *filter,
	store_stats_takedown_fn fn, void *user, GError **error);
/* The same of one report, ordered by indicator; keys are empty. */
gboolean store_report_takedowns(struct store *store, gint64 report_id, store_stats_takedown_fn fn,
	void *user, GError **error);
