#include "cli/recheck.h"

#include "base/log.h"
#include "base/text.h"
#include "cli/composing.h"
#include "cli/looking.h"

enum verdict { VERDICT_SAME, VERDICT_UNSURE, VERDICT_MOVED };

struct recheck {
	struct looking looking;
	GPtrArray *reports; /* of struct report *, to be judged */
	GArray *drops;	    /* of struct drop: what goes out of reports whose rest stays */
	gint64 down, moved;
	gboolean parts_moved;
};

static gboolean
leads_to(const struct looked *looked, const struct report *report)
{
	for (guint i = 0; i < looked->found; i++) {
		const struct route *route = g_ptr_array_index(looked->routes, i);

		if (route->ask && route->channel == report->channel &&
			g_strcmp0(route->provider, report->provider) == 0 &&
			g_strcmp0(route->to, report->to) == 0)
			return TRUE;
	}
	return FALSE;
}

/* What is down says nothing of where the rest is now. */
static enum verdict
judge(const struct recheck *recheck, const struct report *report)
{
	enum verdict verdict = VERDICT_MOVED;

	for (guint i = 0; i < report->indicators->len; i++) {
		gint64 id = g_array_index(report->indicators, gint64, i);
		const struct looked *looked = looking_at(&recheck->looking, id);

		if (looking_is_down(&recheck->looking, id))
			continue;
		if (looked && leads_to(looked, report))
			return VERDICT_SAME;
		if (!looked || !looked_has_contact(looked, report->rung))
			verdict = VERDICT_UNSURE;
	}
	return verdict;
}

/* The routes, and which reports need no other look for as long. */
static gboolean
keep(struct recheck *recheck, GError **error)
{
	if (!looking_keep(&recheck->looking, error))
		return FALSE;
	for (guint i = 0; i < recheck->reports->len; i++) {
		const struct report *report = g_ptr_array_index(recheck->reports, i);
		g_autofree char *key = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);

		if (judge(recheck, report) == VERDICT_SAME &&
			!store_mark_set(
				recheck->looking.store, "recheck", key, "same contact", error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
keep_at_once(struct recheck *recheck, GError **error)
{
	struct store *store = recheck->looking.store;

	if (!store_begin(store, error))
		return FALSE;
	if (keep(recheck, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

/* Why an indicator has no place in a report whose rest stays; NULL: it has. */
static const char *
why_dropped(const struct recheck *recheck, const struct report *report, gint64 id)
{
	const struct looked *looked = looking_at(&recheck->looking, id);

	if (looking_is_down(&recheck->looking, id))
		return "already down";
	if (looked && looked_has_contact(looked, report->rung) && !leads_to(looked, report))
		return "moved away";
	return NULL;
}

static void
note_drops(struct recheck *recheck, const struct report *report)
{
	/* What was on its way before may be there: then its words stay as they are. */
	if (report->tries > 0 || report->reason)
		return;
	for (guint i = 0; i < report->indicators->len; i++) {
		struct drop drop = { .report_id = report->id,
			.indicator_id = g_array_index(report->indicators, gint64, i) };

		drop.reason = why_dropped(recheck, report, drop.indicator_id);
		if (!drop.reason)
			continue;
		g_array_append_val(recheck->drops, drop);
		recheck->parts_moved |= !looking_is_down(&recheck->looking, drop.indicator_id);
	}
}

static gboolean
act(struct recheck *recheck, const struct report *report, GError **error)
{
	const enum verdict verdict = judge(recheck, report);
	GError *failure = NULL;
	gboolean done;

	if (verdict == VERDICT_UNSURE)
		log_warning("R%" G_GINT64_FORMAT " waited long and could not be looked up again: "
			    "it stays for %s",
			report->id, report->to ? report->to : report->provider);
	if (verdict != VERDICT_MOVED) {
		note_drops(recheck, report);
		return TRUE;
	}
	done = store_report_moved(recheck->looking.store, report->id, report->to, &failure);
	return unless_taken(done, failure, &recheck->moved, error);
}

/* Looks up what was gathered, and empties it. */
static gboolean
look(struct recheck *recheck, GError **error)
{
	gboolean fine = recheck->reports->len == 0 ||
			(looking_run(&recheck->looking, error) && keep_at_once(recheck, error));

	for (guint i = 0; fine && i < recheck->reports->len; i++)
		fine = act(recheck, g_ptr_array_index(recheck->reports, i), error);
	g_ptr_array_set_size(recheck->reports, 0);
	looking_empty(&recheck->looking);
	return fine;
}

/* Reads a report's indicators and counts those that are down. */
static gboolean
gather(struct recheck *recheck, const struct report *report, guint *down, GError **error)
{
	*down = 0;
	for (guint i = 0; i < report->indicators->len; i++) {
		gint64 id = g_array_index(report->indicators, gint64, i);

		if (!looking_add(&recheck->looking, id, error))
			return FALSE;
		*down += looking_is_down(&recheck->looking, id);
	}
	return TRUE;
}

static gboolean
cancel_down(struct recheck *recheck, gint64 id, GError **error)
{
	GError *failure = NULL;
	gboolean done = store_report_set_state(
		recheck->looking.store, id, REPORT_CANCELLED, "already down", &failure);

	return unless_taken(done, failure, &recheck->down, error);
}

static gboolean
take(struct recheck *recheck, gint64 id, GError **error)
{
	g_autoptr(Report) report = store_report_get(recheck->looking.store, id, error);
	guint down;

	if (!report || !gather(recheck, report, &down, error))
		return FALSE;
	if (down > 0 && down == report->indicators->len) {
		if (!cancel_down(recheck, id, error))
			return FALSE;
	} else {
		g_ptr_array_add(recheck->reports, g_steal_pointer(&report));
	}
	return recheck->looking.indicators->len < LOOKING_BATCH || look(recheck, error);
}

static gboolean
recheck_all(struct recheck *recheck, const GArray *ids, GError **error)
{
	for (guint i = 0; i < ids->len; i++)
		if (!take(recheck, g_array_index(ids, gint64, i), error))
			return FALSE;
	return look(recheck, error);
}

/* A report that moved has left its indicators to be reported anew; the rest goes without what is
 * down. */
static gboolean
finish(const struct recheck *recheck, gint64 case_id, GError **error)
{
	const struct config *config = recheck->looking.config;
	struct store *store = recheck->looking.store;

	if (recheck->down)
		log_info("%" G_GINT64_FORMAT " reports are about what is down already: cancelled",
			recheck->down);
	if (!composing_without(config, store, recheck->drops, error))
		return FALSE;
	if (!recheck->moved && !recheck->parts_moved)
		return TRUE;
	if (recheck->moved)
		log_info("%" G_GINT64_FORMAT
			 " reports had an old contact: made anew for the new one",
			recheck->moved);
	return composing_run(config, store, case_id, error);
}

gboolean
recheck_run(const struct config *config, struct store *store, gint64 case_id, gint64 report_id,
	GError **error)
{
	const gint64 hours = config_integer(config, "send", "recheck_hours");
	struct recheck recheck = { 0 };
	g_autoptr(GArray) ids = NULL;
	gboolean fine;

	if (hours <= 0)
		return TRUE;
	ids = store_reports_stale(store, case_id, report_id,
		text_now() - MIN(hours, 24 * 3650) * G_TIME_SPAN_HOUR, error);
	if (!ids || ids->len == 0)
		return ids != NULL;
	looking_start(&recheck.looking, config, store);
	recheck.reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	recheck.drops = g_array_new(FALSE, FALSE, sizeof(struct drop));
	fine = recheck_all(&recheck, ids, error) && finish(&recheck, case_id, error);
	looking_end(&recheck.looking);
	g_array_unref(recheck.drops);
	g_ptr_array_unref(recheck.reports);
	return fine;
}
