/* What was reported and is not down: the ground on which reports are followed up. */
#include "store/database.h"

#define IS_COURT "EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'court' AND m.key = 'I' || i.id)"
#define IS_WITHDRAWN                                                                               \
	"EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'retracted' AND m.key = 'R' || r.id)"
#define IS_RETRACTION                                                                              \
	"EXISTS (SELECT 1 FROM marks m WHERE m.kind = 'retract' AND m.key = 'R' || r.id)"
#define WAITS "r.state IN ('draft', 'held', 'ready', 'sending', 'in_doubt', 'manual')"
/* What was last seen down and cannot be looked at now is down. */
#define IS_DOWN                                                                                    \
	"(COALESCE(i.state, '') = 'down' OR (COALESCE(i.state, '') <> 'up' AND EXISTS "            \
	"(SELECT 1 FROM outages o WHERE o.indicator_id = i.id AND o.up IS NULL)))"
/* Follow-ups are few and not found by an index: they are gathered once. What was cancelled counts
 * for the pause, as a person decided, but it asked nobody. */
#define FOLLOWED                                                                                   \
	"SELECT r.follow_up_of AS id, MAX(COALESCE(r.sent, r.created)) AS at, "                    \
	"SUM(CASE WHEN " WAITS " THEN 1 ELSE 0 END) AS waiting FROM reports r "                    \
	"WHERE r.follow_up_of IS NOT NULL AND NOT " IS_RETRACTION " GROUP BY r.follow_up_of"
#define COLUMNS                                                                                    \
	"r.id, r.case_id, r.provider, r.rung, r.channel, r.state, r.follow_up_of, r.created, "     \
	"r.sent, r.acknowledged, r.answered, i.id, i.state, c.nature, "                            \
	"(SELECT MAX(o.up) FROM outages o WHERE o.indicator_id = i.id), f.at, "                    \
	"f.waiting, " IS_COURT ", " IS_WITHDRAWN ", " IS_RETRACTION
#define NAMED                                                                                      \
	"report_indicators ri JOIN indicators i ON i.id = ri.indicator_id "                        \
	"JOIN reports r ON r.id = ri.report_id JOIN cases c ON c.id = r.case_id "                  \
	"LEFT JOIN f ON f.id = r.id"

static const char each_sql[] = "WITH f AS (" FOLLOWED ") SELECT " COLUMNS " FROM " NAMED
			       " WHERE NOT " IS_DOWN " AND ($1 = 0 OR r.case_id = $1)"
			       " ORDER BY ri.indicator_id, ri.report_id";

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
}

gboolean
store_overdue_each(
	struct store *store, gint64 case_id, store_overdue_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error, each_sql, "i", case_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		struct report report = { 0 };
		struct overdue_row row = { 0 };

		read_row(rows, &row, &report);
		fn(&row, user);
	}
	return next == NEXT_DONE;
}
