/* Routes of indicators. */
#include "store/database.h"

#define COLUMNS                                                                                    \
	"o.id, o.indicator_id, o.rung, o.kind, o.provider, o.provider_name, o.plugin, o.channel, " \
	"o.address, o.source, o.as_of, o.ask, o.unconfirmed, o.reason"

static struct route *
read_route(struct rows *rows)
{
	struct route *route = route_new();

	route->id = rows_integer(rows, 0);
	route->indicator_id = rows_integer(rows, 1);
	rung_parse(rows_text(rows, 2), &route->rung);
	route->kind = rows_dup(rows, 3);
	route->provider = rows_dup(rows, 4);
	route->provider_name = rows_dup(rows, 5);
	route->plugin = rows_dup(rows, 6);
	channel_parse(rows_text(rows, 7), &route->channel);
	route->to = rows_dup(rows, 8);
	route->source = rows_dup(rows, 9);
	route->as_of = rows_integer(rows, 10);
	route->ask = rows_integer(rows, 11) != 0;
	route->unconfirmed = rows_integer(rows, 12) != 0;
	route->reason = rows_dup(rows, 13);
	return route;
}

static gboolean
insert(struct store *store, gint64 indicator_id, struct route *route, GError **error)
{
	g_autoptr(Rows) rows = store_query(store, error,
		"INSERT INTO routes (indicator_id, rung, step, kind, provider, provider_name, "
		"plugin, channel, address, source, as_of, ask, unconfirmed, reason) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
		"itittttt"
		"ttzbbt",
		indicator_id, rung_name(route->rung), (gint64)route->rung, route->kind,
		route->provider ? route->provider : "", route->provider_name, route->plugin,
		channel_name(route->channel), route->to, route->source, route->as_of, route->ask,
		route->unconfirmed, route->reason);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return FALSE;
	route->id = rows_integer(rows, 0);
	route->indicator_id = indicator_id;
	return TRUE;
}

/* What the event keeps of a route: the record must tell on what ground someone was asked. */
static json_t *
route_detail(const struct route *route)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:I, s:b}", "provider",
		event_text(route->provider), "rung", rung_name(route->rung), "channel",
		channel_name(route->channel), "to", event_text(route->to), "source",
		event_text(route->source), "as_of", (json_int_t)route->as_of, "ask",
		route->ask != 0);
}

static gboolean
replace(struct store *store, gint64 indicator_id, GPtrArray *routes, GError **error)
{
	json_t *list;

	if (!store_run(
		    store, error, "DELETE FROM routes WHERE indicator_id = $1", "i", indicator_id))
		return FALSE;
	for (guint i = 0; i < routes->len; i++)
		if (!insert(store, indicator_id, g_ptr_array_index(routes, i), error))
			return FALSE;
	list = json_array();
	for (guint i = 0; i < routes->len; i++)
		json_array_append_new(list, route_detail(g_ptr_array_index(routes, i)));
	return event_append(store, "I", indicator_id, "indicator.routed",
		json_pack("{s:o}", "routes", list), error);
}

gboolean
store_routes_replace(struct store *store, gint64 indicator_id, GPtrArray *routes, GError **error)
{
	if (!change_begin(store, error))
		return FALSE;
	return change_end(store, replace(store, indicator_id, routes, error), error);
}

GPtrArray *
store_routes_list(struct store *store, gint64 indicator_id, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
	g_autoptr(Rows) rows = store_query(store, error,
		"SELECT " COLUMNS " FROM routes o WHERE o.indicator_id = $1 ORDER BY o.step, o.id",
		"i", indicator_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error))
		g_ptr_array_add(list, read_route(rows));
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&list);
}

#define IS_MARKED(kind, report)                                                                    \
	"EXISTS (SELECT 1 FROM marks k WHERE k.kind = '" kind "' AND k.key = 'R' || " report ".id" \
	")"
/* Nobody got a reminder of the report r. */
#define LOST_TOUCH                                                                                 \
	"EXISTS (SELECT 1 FROM report_indicators n JOIN reports f ON f.id = n.report_id "          \
	"WHERE n.indicator_id = o.indicator_id AND f.follow_up_of = r.id "                         \
	"AND (f.state IN ('bounced', 'refused') OR " IS_MOVED("f") ") "                            \
								   "AND NOT " IS_MARKED(           \
									   "retract", "f") ")"
/* Nobody got the report r, or nobody is there any more, and the route o leads to another contact of
 * the provider. */
#define WENT_ASTRAY                                                                                \
	"(((LOWER(r.address) <> LOWER(o.address) AND " HAS_BAD_CONTACT                             \
	" AND (r.state IN ('bounced', 'refused') OR " LOST_TOUCH ")) "                             \
	"OR (r.state IN ('bounced', 'refused') AND " CONFIRMED_SINCE ")) "                         \
	"AND NOT " IS_MARKED("retracted", "r") ")"

/* Interned: one text a combination. */
static const char *
order_sql(gboolean one_case, gboolean unreported)
{
	g_autoptr(GString) sql = g_string_new(
		"SELECT o.id FROM routes o JOIN indicators i ON i.id = o.indicator_id WHERE ");

	g_string_append(sql, one_case ? "i.case_id = $1" : "CAST($1 AS BIGINT) = 0");
	if (unreported)
		g_string_append(sql,
			" AND o.ask = 1 AND o.address IS NOT NULL AND o.reason IS NULL"
			" AND COALESCE(i.state, '') <> 'down'"
			" AND NOT EXISTS (SELECT 1 FROM report_indicators l "
			"JOIN reports r ON r.id = l.report_id "
			"WHERE l.indicator_id = o.indicator_id AND r.provider = o.provider "
			"AND r.follow_up_of IS NULL "
			"AND NOT " HAS_MOVED " AND NOT " WENT_ASTRAY ")");
	g_string_append(sql, " ORDER BY o.provider, o.channel, o.address, o.indicator_id, o.id");
	return g_intern_string(sql->str);
}

/* The ids alone, in order: eight bytes a route, and no statement stays open over the callbacks. */
static GArray *
order(struct store *store, gint64 case_id, gboolean unreported, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(Rows) rows =
		store_query(store, error, order_sql(case_id != 0, unreported), "i", case_id);
	enum next next = rows ? rows_next(rows, error) : NEXT_ERROR;

	for (; next == NEXT_ROW; next = rows_next(rows, error)) {
		gint64 id = rows_integer(rows, 0);

		g_array_append_val(ids, id);
	}
	return next == NEXT_ERROR ? NULL : g_steal_pointer(&ids);
}

/* NULL without error when it is gone since. */
static struct route *
route_get(struct store *store, gint64 id, GError **error)
{
	g_autoptr(Rows) rows = store_query(
		store, error, "SELECT " COLUMNS " FROM routes o WHERE o.id = $1", "i", id);

	if (!rows || rows_next(rows, error) != NEXT_ROW)
		return NULL;
	return read_route(rows);
}

/* FALSE stops; with error set when it failed. */
static gboolean
show_route(struct store *store, gint64 id, store_route_fn fn, void *user, GError **error)
{
	GError *failure = NULL;
	g_autoptr(Route) route = route_get(store, id, &failure);
	g_autoptr(Indicator) indicator = NULL;

	if (failure) {
		g_propagate_error(error, failure);
		return FALSE;
	}
	if (!route)
		return TRUE;
	indicator = store_indicator_get(store, route->indicator_id, error);
	return indicator && fn(route, indicator, user);
}

gboolean
store_routes_each(struct store *store, gint64 case_id, gboolean unreported, store_route_fn fn,
	void *user, GError **error)
{
	g_autoptr(GArray) ids = order(store, case_id, unreported, error);
	GError *failure = NULL;

	if (!ids)
		return FALSE;
	for (guint i = 0; i < ids->len; i++)
		if (!show_route(store, g_array_index(ids, gint64, i), fn, user, &failure))
			break;
	if (!failure)
		return TRUE;
	g_propagate_error(error, failure);
	return FALSE;
}
