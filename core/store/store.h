/*
 * The store: what the stages may ask of the database. The SQL is in core/store/, one file an area;
 * the engine's driver is behind driver.h. Every change appends its event in the same transaction.
 *
 * Functions that return gboolean give FALSE and set error. Callbacks of *_each return FALSE to stop
 * early (no error). Rows handed to callbacks are borrowed.
 */
#pragma once

#include <glib.h>

#include "model/case.h"
#include "model/indicator.h"
#include "model/reply.h"
#include "model/report.h"
#include "model/route.h"
#include "model/sighting.h"

struct store;
typedef struct store Store; /* for g_autoptr */

#define STORE_ERROR (g_quark_from_static_string("abate-store"))
enum store_error {
	STORE_ERROR_FAILED,    /* the engine's words */
	STORE_ERROR_NEWER,     /* the store is from a newer version */
	STORE_ERROR_FULL,      /* disk full */
	STORE_ERROR_MISSING,   /* no store there: `abate init` */
	STORE_ERROR_NOT_FOUND, /* no such row */
	STORE_ERROR_STATE,     /* the state does not allow the step */
};

/* Opens (create: makes when missing) and migrates. url: "sqlite:FILE"; a relative FILE is taken as
 * it is, so make it absolute first. "sqlite::memory:" is for tests. */
struct store *store_open(const char *url, gboolean create, GError **error);
void store_close(struct store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Transactions nest: only the outermost commits. Without one, each call is its own. */
gboolean store_begin(struct store *store, GError **error);
gboolean store_commit(struct store *store, GError **error);
/* Undoes everything back to the outermost begin. */
void store_rollback(struct store *store);

/* --- cases --- */
/* Adds (sets id and created) … */
gboolean store_case_add(struct store *store, struct abuse_case *abuse_case, GError **error);
/* … reads; NULL and STORE_ERROR_NOT_FOUND when there is none. Free with abuse_case_free(). */
struct abuse_case *store_case_get(struct store *store, gint64 id, GError **error);
/* The newest case of that title; NULL without error when none. */
struct abuse_case *store_case_by_title(struct store *store, const char *title, GError **error);
gboolean
store_case_update(struct store *store, const struct abuse_case *abuse_case, GError **error);
typedef gboolean (*store_case_fn)(const struct abuse_case *abuse_case, void *user);
gboolean store_cases_each(struct store *store, store_case_fn fn, void *user, GError **error);

/* Evidence: the same SHA-256 in one case folds into one. */
gboolean store_evidence_add(struct store *store, struct evidence *evidence, GError **error);
/* Of struct evidence *, with content; free with g_ptr_array_unref. */
GPtrArray *store_evidence_list(struct store *store, gint64 case_id, GError **error);

/* --- indicators --- */
/* Adds to a case; a double folds into the one that is there (*is_new FALSE; id is set to it). */
gboolean store_indicator_add(
	struct store *store, struct indicator *indicator, gboolean *is_new, GError **error);
struct indicator *store_indicator_get(struct store *store, gint64 id, GError **error);
struct indicator_filter {
	gint64 case_id;	     /* 0: all */
	gboolean unrouted;   /* only those without routes */
	gboolean unreported; /* only those with a route that asks and is in no report */
	const char *state;   /* NULL: all */
};
typedef gboolean (*store_indicator_fn)(const struct indicator *indicator, void *user);
gboolean store_indicators_each(struct store *store, const struct indicator_filter *filter,
	store_indicator_fn fn, void *user, GError **error);
/* Sets the state and, with "down", when; keeps its outages: from when to when it was down. */
gboolean store_indicator_set_state(
	struct store *store, gint64 id, const char *state, gint64 at, GError **error);
/* Sets when an indicator as a whole was last seen up, whatever became of it since: the column
 * last_up; 0: never. */
gboolean store_indicator_seen_up(struct store *store, gint64 id, gint64 at, GError **error);

/* --- routes --- */
/* Replaces the routes of an indicator (array of struct route *); sets their ids. */
gboolean
store_routes_replace(struct store *store, gint64 indicator_id, GPtrArray *routes, GError **error);
/* Of struct route *, ordered by rung; free with g_ptr_array_unref. */
GPtrArray *store_routes_list(struct store *store, gint64 indicator_id, GError **error);
typedef gboolean (*store_route_fn)(
	const struct route *route, const struct indicator *indicator, void *user);
/* Of a case (0: all), ordered by provider, channel and address, then indicator: as reports group
 * them. unreported: only routes that ask, are usable, and whose indicator is not down and in no
 * report to that provider. A report that went to a contact found bad does not count, when the route
 * leads to another. */
gboolean store_routes_each(struct store *store, gint64 case_id, gboolean unreported,
	store_route_fn fn, void *user, GError **error);

/* --- reports --- */
/* Adds with its indicators (report->indicators) in its state; sets id and created. */
gboolean store_report_add(struct store *store, struct report *report, GError **error);
/* Sets message_id, subject, server, plugin and keeps the exact bytes that go out (replacing). kind:
 * "message/rfc822", "application/http" (JSON of the request), "text/html" and "text/plain"
 * (packet). */
gboolean store_report_compose(struct store *store, const struct report *report, const char *kind,
	GBytes *bytes, GError **error);
/* The bytes; NULL and NOT_FOUND when not composed. Free with g_bytes_unref. */
GBytes *store_report_bytes(struct store *store, gint64 id, const char *kind, GError **error);
struct report *store_report_get(struct store *store, gint64 id, GError **error);
/* Ids of ready reports whose time has come, of a case and of one report (0: all), that were made
 * before a time and not marked "recheck" since; follow-ups go to who got the report and are left
 * out. Free with g_array_unref. */
GArray *store_reports_stale(
	struct store *store, gint64 case_id, gint64 report_id, gint64 before, GError **error);
/* Cancels a report whose indicators have moved away from its contact: it does not count as one that
 * covers them. */
gboolean store_report_moved(struct store *store, gint64 id, const char *contact, GError **error);
/* Whether that was done to a report. */
gboolean store_report_has_moved(const struct report *report);
/* Ids of reports of a case (0: all) whose contact is no good: bounced, refused at the door, or
 * waiting to go out to a contact that is marked bad. Those marked "rerouted" are left out, unless
 * the contact was marked later.
 * Free with g_array_unref. */
GArray *store_reports_astray(struct store *store, gint64 case_id, GError **error);
/* The value of the mark "rerouted" of a report that nobody got, as a person said after it that the
 * contact is right: its place is free, also for the same contact. */
#define REROUTED_CONFIRMED "the contact was confirmed since"
/* Ids of reports newer than one (after: its id or a later one) that share an indicator with it.
 * Free with g_array_unref. */
GArray *store_reports_sharing(struct store *store, gint64 id, gint64 after, GError **error);
/* The newest report's id; 0: there is none. */
gboolean store_reports_newest(struct store *store, gint64 *id, GError **error);
/* Takes an indicator out of a ready report, which then is to be composed again; refuses when it is
 * not ready any more or nothing would be left. */
gboolean store_report_drop(
	struct store *store, gint64 id, gint64 indicator_id, const char *reason, GError **error);
/* By reference, Message-ID or provider's ticket; NULL without error when none. */
struct report *
store_report_find(struct store *store, const char *key, const char *value, GError **error);
struct report_filter {
	gint64 case_id;	      /* 0: all */
	const char *state;    /* NULL: all */
	const char *provider; /* NULL: all */
	const char *channel;  /* NULL: all */
};
typedef gboolean (*store_report_fn)(const struct report *report, void *user);
gboolean store_reports_each(struct store *store, const struct report_filter *filter,
	store_report_fn fn, void *user, GError **error);
/* How many such reports there are. */
gboolean store_reports_count(
	struct store *store, const struct report_filter *filter, gint64 *count, GError **error);
/* The one place where a report's state changes; refuses what report_state_allows() does not. reason
 * may be NULL. REPORT_ACCEPTED sets sent, REPORT_ACKNOWLEDGED acknowledged and so on, when not set.
 */
gboolean store_report_set_state(
	struct store *store, gint64 id, enum report_state to, const char *reason, GError **error);
/* The same at a time that is past. */
gboolean store_report_set_state_at(struct store *store, gint64 id, enum report_state to,
	const char *reason, gint64 at, GError **error);
/* Back to ready after a deferral: not before next_try; counts the try. */
gboolean store_report_defer(
	struct store *store, gint64 id, gint64 next_try, const char *reason, GError **error);
gboolean
store_report_set_ticket(struct store *store, gint64 id, const char *ticket, GError **error);
gboolean
store_report_set_api_state(struct store *store, gint64 id, const char *state, GError **error);

struct claim_filter {
	const char *channel; /* NULL: all */
	gint64 case_id;	     /* 0: all */
	gint64 report_id;    /* 0: all */
};
/* Claims up to limit ready reports whose time has come that the filter lets through: sets them to
 * sending under this claim, commits, and returns them (of struct report *) round robin over
 * providers. owner names the process ("host:pid:start"), so that after a crash its claims are found
 * in doubt. */
GPtrArray *store_reports_claim(struct store *store, const char *owner,
	const struct claim_filter *filter, gint64 now, gint64 limit, GError **error);
/* Gives a claimed report back until a time, without counting a try: it was not its turn. */
gboolean store_report_hold_back(
	struct store *store, gint64 id, gint64 until, const char *reason, GError **error);
/* Gives back claimed reports that never went on the wire (sending -> ready). */
gboolean store_report_unclaim(struct store *store, gint64 id, GError **error);
/* Marks a claimed report as one that goes next: it counts where limits are counted, and after a
 * crash it is ready again. */
gboolean store_report_take_turn(struct store *store, gint64 id, GError **error);
/* Marks a claimed report as on the wire: after a crash these alone are in doubt. */
gboolean store_report_on_wire(struct store *store, gint64 id, GError **error);
/* After a crash: claims of owners that is_alive denies go back to ready, or to in_doubt when they
 * were on the wire. *in_doubt counts those. */
gboolean store_reports_recover(struct store *store, gboolean (*is_alive)(const char *owner),
	gint64 *in_doubt, GError **error);
/* When an indicator of this report, by its value and in whatever case, last went to the same
 * provider since a time; *newest 0: it did not. Follow-ups, what bounced and what went to a contact
 * that was found bad since do not count. */
gboolean
store_report_repeats(struct store *store, gint64 id, gint64 since, gint64 *newest, GError **error);

/* Whether a report to this address was ever accepted, and did not bounce. */
gboolean
store_contact_used(struct store *store, const char *address, gboolean *used, GError **error);
/* What was accepted since two times, and what is on the wire or about to be. */
struct sent_counts {
	gint64 in_day, in_hour;
	gint64 newest;	/* 0: none in the day */
	gint64 on_wire; /* or about to be */
};
/* Of one provider, or, when that is NULL, of one destination (report_destination()). */
gboolean store_sent_counts(struct store *store, const char *provider, const char *destination,
	gint64 day, gint64 hour, struct sent_counts *counts, GError **error);
/* Whether an earlier report to the same provider on the same indicators, or domains, is being sent.
 */
gboolean store_report_under_way(
	struct store *store, gint64 id, gboolean by_domain, gboolean *found, GError **error);
/* The domains (of what has none: hosts) that reports to a provider were about since a time, each
 * with the newest time. Follow-ups and contacts found bad do not count. fn must not write. */
typedef void (*store_domain_fn)(const char *domain, gint64 newest, void *user);
gboolean store_domains_sent(struct store *store, const char *provider, gint64 since,
	store_domain_fn fn, void *user, GError **error);
/* Those that one report is about (newest is 0). */
gboolean store_report_domains(
	struct store *store, gint64 id, store_domain_fn fn, void *user, GError **error);

/* --- what replies are matched by that carry no reference; only reports that are out and not over,
 * unless said otherwise --- */
/* As store_report_find() by "reference" or "message_id", but without indicators. */
struct report *
store_report_known(struct store *store, const char *key, const char *value, GError **error);
/* Of struct report *, in any state, without indicators, newest first; free with g_ptr_array_unref.
 */
GPtrArray *store_reports_with_ticket(struct store *store, const char *ticket, GError **error);
/* The newest two mails to an address of a provider sent since a time. */
GPtrArray *store_reports_to(struct store *store, const char *provider, const char *address,
	gint64 since, GError **error);
/* Each provider with each address it was written to (NULL: by another channel), once. Comes from
 * one statement: fn must not write. */
typedef void (*store_contact_fn)(const char *provider, const char *address, void *user);
gboolean store_contacts_each(struct store *store, store_contact_fn fn, void *user, GError **error);
/* What a provider was told of, the newest reports first; the same of fn. */
struct told {
	gint64 report_id;
	gint64 first_id; /* the report that this one follows up, else its own */
	const char *value, *host;
};
typedef void (*store_told_fn)(const struct told *told, void *user);
gboolean store_told_each(struct store *store, const char *provider, gint64 limit, store_told_fn fn,
	void *user, GError **error);
/* Each host that a report is about, once. fn must not write. */
typedef void (*store_host_fn)(const char *host, void *user);
gboolean
store_report_hosts(struct store *store, gint64 id, store_host_fn fn, void *user, GError **error);
/* When a report went on the wire, or when that is not known, was made. */
gboolean store_report_wire_time(struct store *store, gint64 id, gint64 *at, GError **error);
/* What a reply makes of a report that is out, or what its leaving leaves of it: the report stands
 * as told, also back. Its events name the reply: "report.<state>" for a step that the ladder of
 * states allows, else "report.revised"; "report.ticket". Nothing is written when nothing differs;
 * refused (STATE) when its state is not that of before any more. */
gboolean store_report_revise(struct store *store, gint64 id, const struct report_standing *before,
	const struct report_standing *after, gint64 reply_id, GError **error);
/* How it stood by itself, whatever came back: its state before any reply, and a ticket that came by
 * another way. Its sent time is that of report, whose replies may have shown that it went out. */
gboolean store_report_outcome(struct store *store, const struct report *report,
	struct report_standing *standing, GError **error);

/* --- what a person decided once: contacts confirmed, providers approved, contacts found bad --- */
/* The key of kind "contact" is an address or a form's URL; a mail address is the same in whatever
 * case. */
gboolean store_mark_set(
	struct store *store, const char *kind, const char *key, const char *value, GError **error);
/* Takes a mark back; fine when there is none. */
gboolean store_mark_clear(struct store *store, const char *kind, const char *key, GError **error);
/* Marks a contact as "bad", with who says so (see contact_bad_words()); kept in the mark "bad_by".
 */
gboolean
store_contact_bad(struct store *store, const char *contact, const char *by, GError **error);
/* NULL without error when not set. Free with g_free. */
char *store_mark_get(struct store *store, const char *kind, const char *key, GError **error);
/* The same; *at (may be NULL) is when it was set. */
char *
store_mark_when(struct store *store, const char *kind, const char *key, gint64 *at, GError **error);

/* --- cache of lookups --- */
gboolean
store_cache_put(struct store *store, const char *key, const char *text, gint64 at, GError **error);
/* NULL without error when there is none younger than max_age_s (0: any age). *at may be NULL. Free
 * with g_free. */
char *
store_cache_get(struct store *store, const char *key, gint64 max_age_s, gint64 *at, GError **error);

/* --- replies and sightings --- */
/* Adds; one whose source or digest is there already is not added again (*is_new FALSE; id is set to
 * it), nor, with sha256_crlf, one whose sha256 or sha256_crlf is there as a digest. */
gboolean
store_reply_add(struct store *store, struct reply *reply, gboolean *is_new, GError **error);
/* Whether a reply was read from there. */
gboolean store_reply_seen(struct store *store, const char *source, gboolean *seen, GError **error);
/* *bytes: whether there are replies whose digest is that of their bytes, as an older abate kept it:
 * they are found by a new reply's sha256 and sha256_crlf. */
gboolean store_reply_digests(struct store *store, gboolean *bytes, GError **error);
/* With its content. */
struct reply *store_reply_get(struct store *store, gint64 id, GError **error);
/* The newest reply of a report that counts, by its Message-ID, without its content; *reply NULL:
 * there is none. Free with reply_free(). */
gboolean store_reply_thread(
	struct store *store, const char *message_id, struct reply **reply, GError **error);
/* What a person decided: the reply is this report's (0: of none) and counts; match is how. Moves no
 * state. */
gboolean store_reply_assign(
	struct store *store, gint64 id, gint64 report_id, const char *match, GError **error);
/* Keeps class_name and ticket of a reply that was read again. */
gboolean store_reply_reread(struct store *store, const struct reply *reply, GError **error);
typedef gboolean (*store_reply_fn)(const struct reply *reply, void *user);
gboolean store_replies_each(
	struct store *store, gint64 report_id, store_reply_fn fn, void *user, GError **error);
struct reply_filter {
	gint64 report_id;	/* 0: all */
	gboolean unmatched;	/* only those of no report */
	gboolean weak;		/* only those matched by less than the reference */
	gboolean broken;	/* only those of which nobody can tell what they are */
	const char *class_name; /* NULL: all */
};
gboolean store_replies_find(struct store *store, const struct reply_filter *filter,
	store_reply_fn fn, void *user, GError **error);
/* The bounces that count of reports to an address which are bounced still, the oldest first;
 * without their content. */
gboolean store_contact_bounces(
	struct store *store, const char *address, store_reply_fn fn, void *user, GError **error);
gboolean store_sighting_add(struct store *store, struct sighting *sighting, GError **error);
typedef gboolean (*store_sighting_fn)(const struct sighting *sighting, void *user);
gboolean store_sightings_each(
	struct store *store, gint64 indicator_id, store_sighting_fn fn, void *user, GError **error);

/* From when to when an indicator was down. */
struct outage {
	gint64 down, up; /* the first looks that saw it so; up 0: it lasts */
	gint64 seen_up;	 /* the last look before that saw it up; 0: none */
};
typedef void (*store_outage_fn)(const struct outage *outage, void *user);
/* In their order; one statement: fn must not write. */
gboolean store_outages_each(
	struct store *store, gint64 indicator_id, store_outage_fn fn, void *user, GError **error);

/* --- looks: when an indicator that was reported is looked at --- */
/* Each of a case (0: all) that can be looked at, in no order; next: when it is its turn, 0: at
 * once. One statement: fn must not write. */
typedef void (*store_watched_fn)(gint64 id, gint64 next, void *user);
gboolean store_watched_each(
	struct store *store, gint64 case_id, store_watched_fn fn, void *user, GError **error);
/* Takes one whose turn was told as next: nobody else gets it before until, nor do we after a crash.
 * *taken: FALSE when another process has it. */
gboolean store_look_take(struct store *store, gint64 indicator_id, gint64 next, gint64 now,
	gint64 until, gboolean *taken, GError **error);
/* It was not looked at after all. */
gboolean store_look_give_back(struct store *store, gint64 indicator_id, GError **error);
/* It was looked at; a report about it sets this back to at once. */
gboolean store_look_set_next(struct store *store, gint64 indicator_id, gint64 next, GError **error);

/* --- polls: when an API is asked what became of a report --- */
struct poll_due {
	gint64 report_id;
	const char *provider;
	gint64 sent;
	gint64 next; /* its time; 0: it was never asked */
};
typedef void (*store_poll_fn)(const struct poll_due *due, void *user);
/* Reports whose time has come, the oldest first: accepted by HTTP, with a ticket or amid a chain
 * that may bring one, and made by one of plugins (",aws,netcraft,"). One that was never asked is
 * due first_us after it was sent. All come from one statement: fn must not write. */
gboolean store_polls_due(struct store *store, const char *plugins, gint64 now, gint64 first_us,
	store_poll_fn fn, void *user, GError **error);
/* Takes one to ask now: nobody else gets it before until, nor do we after a crash. *taken: FALSE
 * when another process has it. */
gboolean store_poll_take(struct store *store, gint64 report_id, gint64 now, gint64 until,
	gboolean *taken, GError **error);
/* It was asked; when it is asked again (0: never). */
gboolean store_poll_set(struct store *store, gint64 report_id, gint64 next, GError **error);
/* The last answer of an API that was kept of a report; *reply NULL: there is none. Free with
 * reply_free(). */
gboolean
store_poll_last(struct store *store, gint64 report_id, struct reply **reply, GError **error);

/* --- follow-up and escalation --- */
/* One indicator that is not down, in one of its reports. */
struct overdue_row {
	const struct report *report; /* id, case_id, provider, rung, channel, state, follow_up_of
					and times only */
	gint64 indicator_id;
	gboolean seen_up;	/* FALSE: nobody saw whether it is */
	gboolean is_page;	/* by DNS alone its name is seen, not the page */
	gint64 back;		/* when it last came back up after it was down; 0: it did not */
	enum nature nature;	/* of the case */
	gint64 followed_up;	/* when the report was last followed up, or was to be; 0: never */
	gboolean waiting;	/* a follow-up of the report has not gone out yet */
	gboolean court;		/* the indicator is marked for the court */
	gboolean withdrawn;	/* the report is */
	gboolean is_retraction; /* the report withdraws another */
	gint64 astray;		/* when nobody got it, where the next contact was not looked for
				   since; 0: it was, or somebody got it */
	gboolean moved;		/* taken back, as its contact was no good */
};
typedef void (*store_overdue_fn)(const struct overdue_row *row, void *user);
/* Of a case (0: all), ordered by indicator and report, whatever the report's state; one statement:
 * fn must not write. */
gboolean store_overdue_each(
	struct store *store, gint64 case_id, store_overdue_fn fn, void *user, GError **error);
/* The same of the indicators of one report: with the others about them. */
gboolean store_overdue_of(
	struct store *store, gint64 report_id, store_overdue_fn fn, void *user, GError **error);

/* The reports that name an indicator, and the follow-ups and withdrawals of a report; of struct
 * report *, without their indicators, ordered by id. Free with g_ptr_array_unref. */
GPtrArray *store_indicator_reports(struct store *store, gint64 indicator_id, GError **error);
GPtrArray *store_follow_ups_list(struct store *store, gint64 report_id, GError **error);
/* Follow-ups of a case (0: all) that wait to go out, with each of their indicators that is down;
 * ordered by report; one statement: fn must not write. */
typedef void (*store_waiting_fn)(
	gint64 report_id, gint64 indicator_id, gboolean all_down, gboolean is_ready, void *user);
gboolean store_follow_ups_down(
	struct store *store, gint64 case_id, store_waiting_fn fn, void *user, GError **error);
/* When an indicator that is up last came back after it was down; *back 0: it did not. */
gboolean store_indicator_back(struct store *store, gint64 id, gint64 *back, GError **error);
/* When an indicator was last seen up: a page itself, not its name alone; *at 0: it was not. */
gboolean store_indicator_last_up(struct store *store, gint64 id, gint64 *at, GError **error);
/* Makes a route ask that the policy left out, as a report had no effect; sets the marks "escalated"
 * that keep it so when the indicator is routed again. */
gboolean store_route_ask(struct store *store, gint64 id, gint64 report_id, GError **error);
/* Marks an indicator for the court (mark "court", key "I5"). */
gboolean store_indicator_court(struct store *store, gint64 id, const char *reason, GError **error);
typedef void (*store_mark_fn)(const char *key, const char *value, gint64 at, void *user);
/* The marks of a kind, the oldest first; one statement: fn must not write. */
gboolean store_marks_each(
	struct store *store, const char *kind, store_mark_fn fn, void *user, GError **error);

/* --- events --- */
struct event {
	gint64 id;
	gint64 at;	     /* microseconds, UTC */
	const char *subject; /* "C1", "I1", "R1", "A1" or "-" */
	const char *kind;    /* "case.created", "report.accepted", … */
	const char *detail;  /* JSON object */
	const char *hash;    /* hex SHA-256 over the previous hash and this row */
};
gboolean store_event_add(struct store *store, const char *subject, const char *kind,
	const char *detail, GError **error);
typedef gboolean (*store_event_fn)(const struct event *event, void *user);
/* subject NULL: all. */
gboolean store_events_each(
	struct store *store, const char *subject, store_event_fn fn, void *user, GError **error);
/* Checks the chain. TRUE with *broken 0 when whole, else *broken is the first event that does not
 * fit. */
gboolean store_events_verify(struct store *store, gint64 *checked, gint64 *broken, GError **error);
