/* What the area files use: statements with parameters, rows, and changes with their events. */
#pragma once

#include <jansson.h>

#include "base/digest.h"
#include "store/driver.h"
#include "store/store.h"

/* How many rows *_each takes at a time: between pages no statement is open, so a callback may
 * write, and a long list does not hold the other processes' pages back. */
#define STORE_PAGE 256

struct store {
	struct driver *driver;
	int depth;     /* of nested begins */
	char *failure; /* why the open transaction can only be undone; NULL: it can be committed */
	/* The chain's end as of this transaction; hash empty: read it first. */
	gint64 event_id;
	char event_hash[DIGEST_SIZE];
	/* Indicators added in this transaction and not yet told in an event. */
	gint64 added_case, added, folded;
	char *claim_after; /* the provider that the last claim ended with */
};

/* types has a letter a parameter: i gint64, z gint64 with 0 as NULL, b gboolean, t const char *
 * (may be NULL; made valid UTF-8), B GBytes * (may be NULL). */
struct rows *
store_query(struct store *store, GError **error, const char *sql, const char *types, ...);
/* The same for a statement whose rows do not matter. */
gboolean store_run(struct store *store, GError **error, const char *sql, const char *types, ...);
/* The same for an INSERT … ON CONFLICT DO NOTHING: *id is the new row's, 0 when it is there. */
gboolean store_insert(
	struct store *store, gint64 *id, GError **error, const char *sql, const char *types, ...);

void rows_free(struct rows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rows, rows_free)
/* The next row. */
enum next rows_next(struct rows *rows, GError **error);
/* NULL is 0. */
gint64 rows_integer(struct rows *rows, int column);
/* Borrowed until the next row; NULL for NULL. */
const char *rows_text(struct rows *rows, int column);
/* A copy; NULL for NULL. */
char *rows_dup(struct rows *rows, int column);
GBytes *rows_bytes(struct rows *rows, int column);

/* Around a change: begin, then the statements and the event, then the end with whether they went
 * well. A failed change is undone when it is outermost; in a wider transaction it spoils that one,
 * unless it was refused (NOT_FOUND, STATE) before anything was written. Returns ok, or FALSE when
 * the commit fails. */
gboolean change_begin(struct store *store, GError **error);
gboolean change_end(struct store *store, gboolean ok, GError **error);

/* Appends an event about letter and id ("C", 1), or "-" and 0. Takes detail, an object. */
gboolean event_append(struct store *store, const char *letter, gint64 id, const char *kind,
	json_t *detail, GError **error);
/* A JSON string of text made valid; null for NULL. */
json_t *event_text(const char *text);
/* Tells the indicators added since the last time in one event. */
gboolean indicators_flush(struct store *store, GError **error);

/* Applies the migrations that are missing. */
gboolean migrations_apply(struct driver *driver, GError **error);
/* The version that this program writes. */
gint64 migrations_newest(void);

/* Sets error to NOT_FOUND: "there is no report R7". Always FALSE. */
gboolean store_not_found(const char *what, const char *letter, gint64 id, GError **error);

/* Why a report was cancelled by store_report_moved(). */
#define MOVED_BEGIN "moved: "
#define MOVED_END " → looked up again"
#define IS_MOVED(report)                                                                           \
	"(" report ".state = 'cancelled' AND COALESCE(" report ".reason, '') LIKE '" MOVED_BEGIN   \
	"%" MOVED_END "')"
#define HAS_MOVED IS_MOVED("r")

/* Whether the contact of a report was found bad: a bounce, nobody there at the door, a person. */
#define IS_BAD_CONTACT(report)                                                                     \
	"EXISTS (SELECT 1 FROM marks c WHERE c.kind = 'contact' AND c.value = 'bad' "              \
	"AND c.key = LOWER(" report ".address))"
#define HAS_BAD_CONTACT IS_BAD_CONTACT("r")

/* Whether what becomes of a report r that nobody got was looked into since its contact was found
 * bad, or confirmed. */
#define LOOKED_AGAIN                                                                               \
	"EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'rerouted' AND m.key = 'R' || r.id "         \
	"AND m.at >= COALESCE((SELECT c.at FROM marks c WHERE c.kind = 'contact' "                 \
	"AND c.key = LOWER(r.address)), 0))"

/* Whether a person said since then that the contact of a report r is right. */
#define CONFIRMED_SINCE                                                                            \
	"EXISTS (SELECT 1 FROM marks k WHERE k.kind = 'rerouted' AND k.key = 'R' || r.id "         \
	"AND k.value = '" REROUTED_CONFIRMED "')"

/* Whether an indicator i is down: what was last seen down and cannot be looked at now still is. */
#define IS_DOWN                                                                                    \
	"(COALESCE(i.state, '') = 'down' OR (COALESCE(i.state, '') <> 'up' AND EXISTS "            \
	"(SELECT 1 FROM outages o WHERE o.indicator_id = i.id AND o.up IS NULL)))"

/* A report of the columns REPORT_COLUMNS, without its indicators. */
#define REPORT_COLUMNS                                                                             \
	"r.id, r.case_id, r.provider, r.provider_name, r.kind, r.plugin, r.channel, r.address, "   \
	"r.rung, r.state, r.reason, r.reference, r.message_id, r.subject, r.ticket, r.server, "    \
	"r.api_state, r.follow_up_of, r.created, r.sent, r.acknowledged, r.answered, r.next_try, " \
	"r.tries"
struct report *report_read(struct rows *rows);
gboolean report_read_indicators(struct store *store, struct report *report, GError **error);

/* The one place where a report's state changes: checks the ladder, writes the row and the event.
 * Call it inside change_begin. */
struct report_step {
	gint64 id;
	enum report_state to;
	const char *reason; /* may be NULL */
	const char *event;  /* NULL: "report.<state>" */
	const char *owner;  /* with REPORT_SENDING: who claims it */
	gboolean deferred;  /* counts the try */
	gint64 next_try;
	gint64 at; /* when it came to that; 0: now */
};
gboolean report_step(struct store *store, const struct report_step *step, GError **error);
