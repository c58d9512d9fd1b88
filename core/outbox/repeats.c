#include "outbox/repeats.h"

#include "outbox/pace.h"

/* Where a report on the same is under way, its outcome decides: so soon it is looked at again. */
#define UNDER_WAY (10 * 60 * PACE_SECOND)

struct repeats {
	struct store *store;
	gint64 usual_days;
	GHashTable *domains; /* provider -> struct known * */
};

/* The domains that one provider has heard of, each with the newest time. */
struct known {
	GHashTable *newest; /* domain -> gint64 * */
	gint64 read;	    /* when */
};

static void
known_free(void *data)
{
	struct known *known = data;

	g_hash_table_unref(known->newest);
	g_free(known);
}

struct repeats *
repeats_new(struct store *store, gint64 usual_days)
{
	struct repeats *repeats = g_new0(struct repeats, 1);

	repeats->store = store;
	repeats->usual_days = usual_days;
	repeats->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
	return repeats;
}

void
repeats_free(struct repeats *repeats)
{
	if (!repeats)
		return;
	g_hash_table_unref(repeats->domains);
	g_free(repeats);
}

static void
take_domain(const char *domain, gint64 newest, void *user)
{
	struct known *known = user;

	g_hash_table_insert(known->newest, g_strdup(domain), g_memdup2(&newest, sizeof newest));
}

/* All of the period at first, later what has come since; a little more, as clocks are set. */
static struct known *
known_to(struct repeats *repeats, const char *provider, gint64 days, gint64 now, GError **error)
{
	struct known *known = g_hash_table_lookup(repeats->domains, provider);
	const gint64 since = known ? MIN(known->read, now) - PACE_HOUR : now - days * PACE_DAY;

	if (!known) {
		known = g_new0(struct known, 1);
		known->newest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_hash_table_insert(repeats->domains, g_strdup(provider), known);
	}
	known->read = now;
	return store_domains_sent(repeats->store, provider, since, take_domain, known, error)
		       ? known
		       : NULL;
}

struct search {
	const struct known *known;
	gint64 newest;
};

static void
look_for(const char *domain, gint64 none G_GNUC_UNUSED, void *user)
{
	struct search *search = user;
	const gint64 *newest = g_hash_table_lookup(search->known->newest, domain);

	if (newest)
		search->newest = MAX(search->newest, *newest);
}

static gboolean
domain_until(struct repeats *repeats, const struct report *report, gint64 days, gint64 now,
	gint64 *until, GError **error)
{
	struct search search = { known_to(repeats, report->provider, days, now, error), 0 };

	if (!search.known ||
		!store_report_domains(repeats->store, report->id, look_for, &search, error))
		return FALSE;
	if (search.newest + days * PACE_DAY > now)
		*until = search.newest + days * PACE_DAY;
	return TRUE;
}

static gboolean
indicator_until(struct repeats *repeats, const struct report *report, gint64 days, gint64 now,
	gint64 *until, GError **error)
{
	gint64 newest = 0;

	if (!store_report_repeats(
		    repeats->store, report->id, now - days * PACE_DAY, &newest, error))
		return FALSE;
	if (newest)
		*until = newest + days * PACE_DAY;
	return TRUE;
}

/* what: "the same" or "the same domain". */
static gboolean
judge(struct repeats *repeats, const struct report *report, gboolean by_domain, gint64 days,
	gint64 now, gint64 *until, char **reason, GError **error)
{
	const char *what = by_domain ? "the same domain" : "the same";
	gboolean under_way = FALSE;

	if (days == 0 || *until)
		return TRUE;
	if (!(by_domain ? domain_until : indicator_until)(repeats, report, days, now, until, error))
		return FALSE;
	if (*until) {
		*reason = g_strdup_printf("the provider has a report on %s within %" G_GINT64_FORMAT
					  " days",
			what, days);
		return TRUE;
	}
	if (!store_report_under_way(repeats->store, report->id, by_domain, &under_way, error))
		return FALSE;
	if (under_way) {
		*until = now + UNDER_WAY;
		*reason = g_strdup_printf("a report on %s is under way to the provider", what);
	}
	return TRUE;
}

gboolean
repeats_until(struct repeats *repeats, const struct profile_limits *limits,
	const struct report *report, gint64 now, gint64 *until, char **reason, GError **error)
{
	const gint64 own = limits ? limits->repeat_days : 0;

	*until = 0;
	if (report->follow_up_of != 0)
		return TRUE;
	return judge(repeats, report, FALSE, own ? own : repeats->usual_days, now, until, reason,
		       error) &&
	       judge(repeats, report, TRUE, limits ? limits->domain_days : 0, now, until, reason,
		       error);
}
