#include "outbox/pacing.h"

#include "base/text.h"
#include "outbox/hours.h"
#include "outbox/repeats.h"
#include "outbox/servers.h"

struct pacing {
	struct store *store;
	const struct profiles *profiles;
	struct servers *servers; /* NULL: no limits of servers */
	struct repeats *repeats;
	GHashTable *parties; /* provider -> struct party * */
	guint round;	     /* counts are read anew in each: others send too */
};

/* One provider. */
struct party {
	struct pace pace;
	guint round;
	gboolean asked_api, uses_api; /* reports have gone, or go, by its API */
};

struct pacing *
pacing_new(struct store *store, const struct config *config, const struct profiles *profiles)
{
	struct pacing *pacing = g_new0(struct pacing, 1);

	pacing->store = store;
	pacing->profiles = profiles;
	pacing->servers = config ? servers_new(config) : NULL;
	pacing->repeats =
		repeats_new(store, config ? config_integer(config, "send", "repeat_days") : 0);
	pacing->parties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return pacing;
}

void
pacing_free(struct pacing *pacing)
{
	if (!pacing)
		return;
	g_hash_table_unref(pacing->parties);
	repeats_free(pacing->repeats);
	servers_free(pacing->servers);
	g_free(pacing);
}

static struct party *
party_of(struct pacing *pacing, const char *provider)
{
	struct party *party = g_hash_table_lookup(pacing->parties, provider);

	if (!party) {
		party = g_new0(struct party, 1);
		g_hash_table_insert(pacing->parties, g_strdup(provider), party);
	}
	return party;
}

/* Adds what the store knows of one provider or destination. What is on the wire counts as sent. */
static gboolean
add_counts(struct pacing *pacing, struct pace *pace, const char *provider, const char *destination,
	gint64 now, GError **error)
{
	struct sent_counts sent;

	if (!store_sent_counts(pacing->store, provider, destination, now - PACE_DAY,
		    now - PACE_HOUR, &sent, error))
		return FALSE;
	pace->in_hour += sent.in_hour + sent.on_wire;
	pace->in_day += sent.in_day + sent.on_wire;
	pace->newest = MAX(pace->newest, sent.on_wire ? now : sent.newest);
	return TRUE;
}

static gboolean
count_party(struct pacing *pacing, struct party *party, const char *provider, gint64 now,
	GError **error)
{
	if (party->round == pacing->round)
		return TRUE;
	party->round = pacing->round;
	party->pace.in_hour = party->pace.in_day = party->pace.newest = 0;
	return add_counts(pacing, &party->pace, provider, NULL, now, error);
}

static gboolean
count_server(struct pacing *pacing, struct server *server, gint64 now, GError **error)
{
	if (server->round == pacing->round)
		return TRUE;
	server->round = pacing->round;
	server->pace.in_hour = server->pace.in_day = server->pace.newest = 0;
	for (guint i = 0; i < server->destinations->len; i++)
		if (!add_counts(pacing, &server->pace, NULL, server->destinations->pdata[i], now,
			    error))
			return FALSE;
	return TRUE;
}

/* Who uses the API must not mail. */
static gboolean
excludes(struct pacing *pacing, const struct profile *profile, const struct report *report,
	gboolean *excluded, GError **error)
{
	const struct report_filter filter = { .provider = report->provider, .channel = "http" };
	struct party *party = party_of(pacing, report->provider);
	gint64 found = 0;

	*excluded = FALSE;
	if (!profile || !profile->limits.api_excludes_mail || report->channel != CHANNEL_MAIL)
		return TRUE;
	if (!party->asked_api && !store_reports_count(pacing->store, &filter, &found, error))
		return FALSE;
	party->asked_api = TRUE;
	party->uses_api = party->uses_api || found > 0;
	*excluded = party->uses_api;
	return TRUE;
}

static struct rate
rate_of(const struct profile_limits *limits)
{
	return limits ? (struct rate){ limits->per_hour, limits->per_day, limits->minimum_gap_s }
		      : (struct rate){ 0 };
}

/* Working time and rate of the provider. */
static gboolean
provider_until(struct pacing *pacing, const struct profile_limits *limits,
	const struct report *report, gint64 now, gint64 *until, char **reason, GError **error)
{
	const struct rate rate = rate_of(limits);
	const gint64 open = hours_open_at(limits, now);
	struct party *party = party_of(pacing, report->provider);

	if (open > now) {
		*until = open;
		*reason = g_strdup_printf("the provider works %s %s (%s)",
			limits->days ? limits->days : "every day",
			limits->hours ? limits->hours : "all day",
			limits->time_zone ? limits->time_zone : "UTC");
		return TRUE;
	}
	if (!rate_is_set(&rate))
		return TRUE;
	if (!count_party(pacing, party, report->provider, now, error))
		return FALSE;
	*until = pace_wait(&party->pace, &rate, "the provider", now, reason);
	return TRUE;
}

static gboolean
server_until(struct pacing *pacing, struct server *server, gint64 now, gint64 *until, char **reason,
	GError **error)
{
	g_autofree char *who = g_strdup_printf("the server %s", server->name);

	if (!count_server(pacing, server, now, error))
		return FALSE;
	*until = pace_wait(&server->pace, &server->rate, who, now, reason);
	return TRUE;
}

/* Counted from now on, by other processes too. */
static gboolean
take_turn(struct pacing *pacing, const struct profile_limits *limits, struct server *server,
	const struct report *report, gint64 now, GError **error)
{
	const struct rate rate = rate_of(limits);

	if (!rate_is_set(&rate) && !server)
		return TRUE;
	pace_count(&party_of(pacing, report->provider)->pace, now);
	if (server)
		pace_count(&server->pace, now);
	return store_report_take_turn(pacing->store, report->id, error);
}

/* *until 0: the report may go now, and is counted. */
static gboolean
find_turn(struct pacing *pacing, const struct profile *profile, const struct report *report,
	gint64 now, gint64 *until, char **reason, GError **error)
{
	const struct profile_limits *limits = profile ? &profile->limits : NULL;
	struct server *server = pacing->servers ? servers_of(pacing->servers, report) : NULL;

	if (!repeats_until(pacing->repeats, limits, report, now, until, reason, error))
		return FALSE;
	if (!*until && limits && !provider_until(pacing, limits, report, now, until, reason, error))
		return FALSE;
	if (!*until && server && !server_until(pacing, server, now, until, reason, error))
		return FALSE;
	if (*until)
		return TRUE;
	return take_turn(pacing, limits, server, report, now, error);
}

static gboolean
hold_back(struct pacing *pacing, gint64 id, gint64 until, const char *reason, GError **error)
{
	g_autofree char *time = text_time(until);
	g_autofree char *words = g_strdup_printf("held back until %s: %s", time, reason);

	return store_report_hold_back(pacing->store, id, until, words, error);
}

/* *go: the report may go now. */
static gboolean
judge(struct pacing *pacing, const struct report *report, gint64 now, gboolean *go, GError **error)
{
	const struct profile *profile =
		pacing->profiles ? profiles_by_id(pacing->profiles, report->provider) : NULL;
	g_autofree char *reason = NULL;
	gboolean excluded;
	gint64 until = 0;

	*go = FALSE;
	if (!excludes(pacing, profile, report, &excluded, error))
		return FALSE;
	if (excluded)
		return store_report_set_state(pacing->store, report->id, REPORT_HELD,
			"the provider takes no mail from those who use its API", error);
	if (!find_turn(pacing, profile, report, now, &until, &reason, error))
		return FALSE;
	*go = until == 0;
	return *go || hold_back(pacing, report->id, until, reason, error);
}

static gboolean
filter(struct pacing *pacing, GPtrArray *reports, gint64 *held_back, GError **error)
{
	const gint64 now = text_now();

	pacing->round++;
	for (guint i = 0; i < reports->len;) {
		gboolean go;

		if (!judge(pacing, g_ptr_array_index(reports, i), now, &go, error))
			return FALSE;
		if (go) {
			i++;
		} else {
			g_ptr_array_remove_index(reports, i);
			(*held_back)++;
		}
	}
	return TRUE;
}

gboolean
pacing_filter(struct pacing *pacing, GPtrArray *reports, gint64 *held_back, GError **error)
{
	if (!store_begin(pacing->store, error))
		return FALSE;
	if (filter(pacing, reports, held_back, error))
		return store_commit(pacing->store, error);
	store_rollback(pacing->store);
	return FALSE;
}
