/* What was reported and is not down: the ground on which reports are followed up. */
#include "store/database.h"

#define IS_COURT "EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'court' AND m.key = 'I' || i.id)"
#define IS_WITHDRAWN                                                                               \
	"EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'retracted' AND m.key = 'R' || r.id)"
#define IS_RETRACTION                                                                              \
	"EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'retract' AND m.key = 'R' || r.id)"
/* Of the follow-ups of a report. What was cancelled counts for the pause, as a person decided, but
 * it asked nobody. */
#define OF_FOLLOW_UPS(what)                                                                        \
	"(SELECT MAX(" what ") FROM reports f WHERE f.follow_up_of = r.id AND NOT EXISTS "         \
	"(SELECT 1 FROM marks m WHERE m.kind = 'retract' AND m.key = 'R' || f.id))"
#define WAITS                                                                                      \
	"CASE WHEN f.state IN ('draft', 'held', 'ready', 'sending', 'in_doubt', 'manual') "        \
	"THEN 1 ELSE 0 END"
#define ASTRAY                                                                                     \
	"CASE WHEN r.channel = 'mail' AND r.state IN ('bounced', 'refused') AND NOT " LOOKED_AGAIN \
	" THEN (SELECT MAX(e.at) FROM events e WHERE e.subject = 'R' || r.id "                     \
	"AND e.kind IN ('report.bounced', 'report.refused')) END"
/* A reminder that bounced where the contact is right after all asked nobody. */
#define STATE                                                                                      \
	"CASE WHEN r.state IN ('bounced', 'refused') AND r.follow_up_of IS NOT NULL "              \
	"AND " CONFIRMED_SINCE " THEN 'cancelled' ELSE r.state END"
#define COLUMNS                                                                                    \
	"r.id, r.case_id, r.provider, r.rung, r.channel, " STATE ", r.follow_up_of, r.created, "   \
	"r.sent, r.acknowledged, r.answered, i.id, i.state, c.nature, "                            \
	"(SELECT MAX(o.up) FROM outages o WHERE o.indicator_id = i.id), " OF_FOLLOW_UPS(           \
		"COALESCE(f.sent, f.created)") ", " OF_FOLLOW_UPS(WAITS) ", " IS_COURT             \
									 ", " IS_WITHDRAWN         \
									 ", " IS_RETRACTION        \
									 ", " ASTRAY               \
									 ", " HAS_MOVED ", i.type"
#define NAMED                                                                                      \
	"report_indicators ri JOIN indicators i ON i.id = ri.indicator_id "                        \
	"JOIN reports r ON r.id = ri.report_id JOIN cases c ON c.id = r.case_id"

#define BY_INDICATOR " ORDER BY ri.indicator_id, ri.report_id"
static const char each_sql[] = "SELECT " COLUMNS " FROM " NAMED " WHERE NOT " IS_DOWN
			       " AND ($1 = 0 OR r.case_id = $1)" BY_INDICATOR;
static const char of_report_sql[] =
	"SELECT " COLUMNS " FROM " NAMED " WHERE NOT " IS_DOWN
	" AND ri.indicator_id IN (SELECT indicator_id FROM report_indicators "
	"WHERE report_id = $1)" BY_INDICATOR;

static void
read_row(struct rows *rows, struct overdue_row *row, struct report *report)
{
	report->id = rows_integer(rows, 0);
	report->case_id = rows_integer(rows, 1);
	report->provider = (char *)rows_text(rows, 2);
	rung_parse(rows_text(rows, 3), &report->rung);
	channel_parse(rows_text(rows, 4), &report->channel);
	report_state_parse(rows_text(rows, 5), &report->state);
	report->follow_up_of = rows_integer(rows, 6);
	report->created = rows_integer(rows, 7);
	report->sent = rows_integer(rows, 8);
	report->acknowledged = rows_integer(rows, 9);
	report->answered = rows_integer(rows, 10);
	row->report = report;
	row->indicator_id = rows_integer(rows, 11);
	row->seen_up = g_strcmp0(rows_text(rows, 12), "up") == 0;
	nature_parse(rows_text(rows, 13), &row->nature);
	row->back = row->seen_up ? rows_integer(rows, 14) : 0;
	row->followed_up = rows_integer(rows, 15);
	row->waiting = rows_integer(rows, 16) != 0;
	row->court = rows_integer(rows, 17) != 0;
	row->withdrawn = rows_integer(rows, 18) != 0;
	row->is_retraction = rows_integer(rows, 19) != 0;
	row->astray = rows_integer(rows, 20);
	row->moved = rows_integer(rows, 21) != 0;
	row->is_page = g_strcmp0(rows_text(rows, 22), "url") == 0;
}

static gboolean
each(struct rows *taken, store_overdue_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = taken;
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		struct report report = { 0 };
		struct overdue_row row = { 0 };

		read_row(rows, &row, &report);
		fn(&row, user);
	}
	return next == NEXT_DONE;
}

gboolean
store_overdue_each(
	struct store *store, gint64 case_id, store_overdue_fn fn, void *user, GError **error)
{
	return each(store_query(store, error, each_sql, "i", case_id), fn, user, error);
}

gboolean
store_overdue_of(
	struct store *store, gint64 report_id, store_overdue_fn fn, void *user, GError **error)
{
	return each(store_query(store, error, of_report_sql, "i", report_id), fn, user, error);
}
