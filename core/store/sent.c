/* What went out already, for those who decide whether more may go. */
#include "store/database.h"

gboolean
store_contact_used(struct store *store, const char *address, gboolean *used, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT 1 FROM reports WHERE address = $1 AND sent IS NOT NULL "
		"AND state <> 'bounced' LIMIT 1",
		"t", address);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*used = next == NEXT_ROW;
	return next != NEXT_ERROR;
}

#define COUNTS(OF)                                                                                 \
	"SELECT COUNT(*), SUM(CASE WHEN sent >= $3 THEN 1 ELSE 0 END), MAX(sent), "                \
	"(SELECT COUNT(*) FROM reports WHERE state = 'sending' AND on_wire <> 0 AND " OF           \
	" = $1) FROM reports WHERE " OF " = $1 AND sent >= $2"

gboolean
store_sent_counts(struct store *store, const char *provider, const char *destination, gint64 day,
	gint64 hour, struct sent_counts *counts, GError **error)
{
	g_autoptr(Rows) rows =
		store_query(store, error, provider ? COUNTS("provider") : COUNTS("destination"),
			"tii", provider ? provider : destination, day, hour);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	counts->in_day = rows_integer(rows, 0);
	counts->in_hour = rows_integer(rows, 1);
	counts->newest = rows_integer(rows, 2);
	counts->on_wire = rows_integer(rows, 3);
	return TRUE;
}

#define DOMAIN(TABLE) "COALESCE(" TABLE ".domain, " TABLE ".host, " TABLE ".value)"
#define UNDER_WAY(SAME)                                                                            \
	"SELECT 1 FROM reports o JOIN report_indicators ro ON ro.report_id = o.id "                \
	"JOIN indicators i ON i.id = ro.indicator_id WHERE o.state = 'sending' "                   \
	"AND o.id < $1 AND o.follow_up_of IS NULL "                                                \
	"AND o.provider = (SELECT provider FROM reports WHERE id = $1) "                           \
	"AND EXISTS (SELECT 1 FROM report_indicators rj "                                          \
	"JOIN indicators j ON j.id = rj.indicator_id WHERE rj.report_id = $1 AND " SAME            \
	") LIMIT 1"

gboolean
store_report_under_way(
	struct store *store, gint64 id, gboolean by_domain, gboolean *found, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		by_domain ? UNDER_WAY(DOMAIN("j") " = " DOMAIN("i")) : UNDER_WAY("j.hash = i.hash"),
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	*found = next == NEXT_ROW;
	return next != NEXT_ERROR;
}

gboolean
store_domains_sent(struct store *store, const char *provider, gint64 since, store_domain_fn fn,
	void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT " DOMAIN(
			"i") ", MAX(r.sent) FROM reports r "
			     "JOIN report_indicators l ON l.report_id = r.id "
			     "JOIN indicators i ON i.id = l.indicator_id "
			     "WHERE r.provider = $1 AND r.sent >= $2 AND r.follow_up_of IS NULL "
			     "AND NOT " HAS_BAD_CONTACT " "
			     "GROUP BY " DOMAIN("i"),
		"ti", provider, since);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), rows_integer(rows, 1), user);
	return next == NEXT_DONE;
}

gboolean
store_report_domains(struct store *store, gint64 id, store_domain_fn fn, void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT DISTINCT " DOMAIN(
			"i") " FROM report_indicators l "
			     "JOIN indicators i ON i.id = l.indicator_id WHERE l.report_id = $1",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), 0, user);
	return next == NEXT_DONE;
}
