/* What one look says: pure functions from answers to a verdict in words. */
#pragma once

#include "net/dns.h"
#include "net/http.h"
#include "net/rdap.h"
#include "watch/interval.h"
#include "watch/signals.h"

struct watch_view {
	enum watch_state verdict;
	char *detail; /* what was seen, in words; never NULL */
};
void watch_view_clear(struct watch_view *view);

/* DNS by one resolver. Any answer may be NULL: it was not asked. A name server or address of a
 * sinkhole or suspension is down though it resolves; one of a hold for contact data, of expiry or
 * parking tells nothing, unless the name is gone. A timeout is a fault that may be ours: unknown.
 */
struct watch_view watch_judge_dns(const struct signals *signals, const struct dns_answer *a,
	const struct dns_answer *aaaa, const struct dns_answer *ns);

/* What a registry is asked: signals to judge by, now, in microseconds, and whether the registration
 * was seen to lapse before: then that the registry does not know the name any more is no takedown.
 */
struct watch_inquiry {
	const struct signals *signals;
	gint64 now;
	gboolean has_lapsed;
};
/* RDAP: only ever down or unknown, as a registration that is in order says nothing of the site.
 * Holds after the term are taken for expiry, and so are a registrar's soon after the registry
 * renewed the name and a deletion soon after an anniversary of the registration; name servers of a
 * hold for contact data or of expiry tell why the registrar holds it.
 * *is_no_takedown: then that the name is gone from DNS tells nothing. status: of HTTP; 404: not
 * registered. body may be NULL. */
struct watch_view watch_judge_rdap(const struct watch_inquiry *inquiry, long status,
	const char *body, gsize length, const char *url, gboolean *is_no_takedown);

/* WHOIS: only ever down or unknown, like RDAP. "Not found" counts where DNS says gone as well
 * (is_gone); an answer that tells nothing, as one about too many queries, is unknown. JPRS suspends
 * what was not renewed, too, and then moves its term to the end of the month. */
struct watch_view watch_judge_whois(const struct watch_inquiry *inquiry, const char *text,
	const char *server, gboolean is_gone, gboolean *is_no_takedown);
/* What is seen of a registration that lapses: in the detail of a sighting. */
#define WATCH_LAPSED "at the end of its term: no takedown"
/* What the status of a registration says. */
struct watch_status {
	const struct signal *signal; /* the gravest that means a takedown; NULL: none does */
	const char *text;	     /* and as it was written; borrowed */
	gboolean is_renewed;	     /* the registry renewed it of late, by itself */
};
/* list: of char *. */
struct watch_status watch_weigh_status(const struct signals *signals, const GPtrArray *list);
/* Whether a registration ends or ended by its term. Times in microseconds, 0: not told. */
gboolean watch_looks_expired(
	const struct watch_status *status, gint64 registration, gint64 expiration, gint64 now);

/* HTTP without following redirects. Only what is plain counts as down: a page or redirect of a
 * suspension, and of a page that was reported (is_page) also gone, not found, blocked for legal
 * reasons: a name's first page need not be there. Refusals and errors tell nothing: they are shown
 * to watchers too. */
struct watch_view
watch_judge_http(const struct signals *signals, const struct http_answer *answer, gboolean is_page);
