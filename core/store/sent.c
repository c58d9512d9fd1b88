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

gboolean
store_servers_sent(struct store *store, gint64 since, gint64 recent, store_server_fn fn, void *user,
	GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT channel, address, server, COUNT(*), "
		"SUM(CASE WHEN sent >= $2 THEN 1 ELSE 0 END), MAX(sent) FROM reports "
		"WHERE sent >= $1 GROUP BY channel, address, server",
		"ii", since, recent);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		struct server_sent sent = { .address = rows_text(rows, 1),
			.server = rows_text(rows, 2),
			.count = rows_integer(rows, 3),
			.recent = rows_integer(rows, 4),
			.newest = rows_integer(rows, 5) };

		channel_parse(rows_text(rows, 0), &sent.channel);
		fn(&sent, user);
	}
	return next == NEXT_DONE;
}

gboolean
store_domains_sent(struct store *store, const char *provider, gint64 since, store_domain_fn fn,
	void *user, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT COALESCE(i.domain, i.host, i.value), MAX(r.sent) FROM reports r "
		"JOIN report_indicators l ON l.report_id = r.id "
		"JOIN indicators i ON i.id = l.indicator_id "
		"WHERE r.provider = $1 AND r.sent >= $2 AND r.follow_up_of IS NULL "
		"GROUP BY COALESCE(i.domain, i.host, i.value)",
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
		"SELECT DISTINCT COALESCE(i.domain, i.host, i.value) FROM report_indicators l "
		"JOIN indicators i ON i.id = l.indicator_id WHERE l.report_id = $1",
		"i", id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		fn(rows_text(rows, 0), 0, user);
	return next == NEXT_DONE;
}
