#include "outbox/pacing.h"

#include "base/text.h"
#include "outbox/hours.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)

struct pacing {
	struct store *store;
	const struct profiles *profiles;
	GHashTable *paces; /* provider -> struct pace * */
};

/* What went to one provider, up to date while this run goes on. */
struct pace {
	gint64 in_hour, in_day;
	gint64 newest;	   /* sent */
	gint64 last_slot;  /* the latest time that a report is held back until */
	gboolean uses_api; /* reports have gone, or go, by its API */
	gint64 full_slots; /* held back for the hour or the day that follows */
};

struct pacing *
pacing_new(struct store *store, const struct profiles *profiles)
{
	struct pacing *pacing = g_new0(struct pacing, 1);

	pacing->store = store;
	pacing->profiles = profiles;
	pacing->paces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return pacing;
}

void
pacing_free(struct pacing *pacing)
{
	if (!pacing)
		return;
	g_hash_table_unref(pacing->paces);
	g_free(pacing);
}

static gboolean
see_api(struct pacing *pacing, const char *provider, struct pace *pace, GError **error)
{
	const struct report_filter filter = { .provider = provider, .channel = "http" };
	gint64 found = 0;

	if (!store_reports_count(pacing->store, &filter, &found, error))
		return FALSE;
	pace->uses_api = found > 0;
	return TRUE;
}

static struct pace *
pace_of(struct pacing *pacing, const char *provider, gint64 now, GError **error)
{
	struct pace *pace = g_hash_table_lookup(pacing->paces, provider);
	gint64 newest;

	if (pace)
		return pace;
	pace = g_new0(struct pace, 1);
	if (!store_provider_sent(
		    pacing->store, provider, now - HOUR, &pace->in_hour, &newest, error) ||
		!store_provider_sent(
			pacing->store, provider, now - DAY, &pace->in_day, &pace->newest, error)) {
		g_free(pace);
		return NULL;
	}
	if (!see_api(pacing, provider, pace, error)) {
		g_free(pace);
		return NULL;
	}
	g_hash_table_insert(pacing->paces, g_strdup(provider), pace);
	return pace;
}

/* The k-th report over a limit of n in a period waits for the period that has room for it. */
static gint64
next_period(struct pace *pace, gint64 now, gint64 period, gint64 n)
{
	return now + period * (1 + pace->full_slots++ / n);
}

/* Until when the report must wait, and why; 0: it may go now. */
static gint64
wait_until(const struct profile_limits *limits, struct pace *pace, gint64 now, char **reason)
{
	const gint64 gap = limits->minimum_gap_s * SECOND;
	const gint64 open = hours_open_at(limits, now);

	if (open > now) {
		*reason = g_strdup_printf("the provider works %s %s (%s)",
			limits->days ? limits->days : "every day",
			limits->hours ? limits->hours : "all day",
			limits->time_zone ? limits->time_zone : "UTC");
		return open;
	}
	if (limits->per_day && pace->in_day >= limits->per_day) {
		*reason = g_strdup_printf(
			"the provider takes %" G_GINT64_FORMAT " a day", limits->per_day);
		return next_period(pace, now, DAY, limits->per_day);
	}
	if (limits->per_hour && pace->in_hour >= limits->per_hour) {
		*reason = g_strdup_printf(
			"the provider takes %" G_GINT64_FORMAT " an hour", limits->per_hour);
		return next_period(pace, now, HOUR, limits->per_hour);
	}
	if (gap && pace->newest + gap > now) {
		*reason = g_strdup_printf("the provider wants %" G_GINT64_FORMAT " s between two",
			limits->minimum_gap_s);
		pace->last_slot = MAX(pace->newest, pace->last_slot) + gap;
		return pace->last_slot;
	}
	return 0;
}

/* The same as wait_until() for a provider that does not want to hear of the same thing again. */
static gboolean
repeats_until(struct pacing *pacing, const struct profile_limits *limits,
	const struct report *report, gint64 now, gint64 *until, GError **error)
{
	gint64 newest = 0;

	*until = 0;
	if (limits->repeat_days == 0 || report->follow_up_of != 0)
		return TRUE;
	if (!store_report_repeats(
		    pacing->store, report->id, now - limits->repeat_days * DAY, &newest, error))
		return FALSE;
	if (newest)
		*until = newest + limits->repeat_days * DAY;
	return TRUE;
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
	const struct profile *profile = profiles_by_id(pacing->profiles, report->provider);
	g_autofree char *reason = NULL;

	*go = TRUE;
	if (!profile)
		return TRUE;
	struct pace *pace = pace_of(pacing, report->provider, now, error);
	if (!pace)
		return FALSE;
	if (profile->limits.api_excludes_mail && pace->uses_api &&
		report->channel == CHANNEL_MAIL) {
		*go = FALSE;
		return store_report_set_state(pacing->store, report->id, REPORT_HELD,
			"the provider takes no mail from those who use its API", error);
	}
	gint64 until;
	if (!repeats_until(pacing, &profile->limits, report, now, &until, error))
		return FALSE;
	if (until)
		reason = g_strdup_printf(
			"the provider has a report on the same within %" G_GINT64_FORMAT " days",
			profile->limits.repeat_days);
	else
		until = wait_until(&profile->limits, pace, now, &reason);
	if (until) {
		*go = FALSE;
		return hold_back(pacing, report->id, until, reason, error);
	}
	pace->in_hour++;
	pace->in_day++;
	pace->newest = now;
	return TRUE;
}

gboolean
pacing_filter(struct pacing *pacing, GPtrArray *reports, gint64 *held_back, GError **error)
{
	const gint64 now = text_now();

	if (!pacing->profiles)
		return TRUE;
	if (!store_begin(pacing->store, error))
		return FALSE;
	for (guint i = 0; i < reports->len;) {
		gboolean go;
		if (!judge(pacing, g_ptr_array_index(reports, i), now, &go, error)) {
			store_rollback(pacing->store);
			return FALSE;
		}
		if (go) {
			i++;
		} else {
			g_ptr_array_remove_index(reports, i);
			(*held_back)++;
		}
	}
	return store_commit(pacing->store, error);
}
