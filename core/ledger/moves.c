#include "ledger/moves.h"

/* Why a report that is overdue is not proposed. */
struct wait {
	enum escalation_wait why;
	gint64 until; /* with ESCALATION_REMINDED */
};

struct gathering {
	const struct config *config;
	const struct profiles *profiles;
	struct ladder_rule rule;
	gboolean pages_are_seen; /* by HTTP */
	/* the indicator at hand */
	gint64 indicator_id, back;
	gboolean seen_up, court;
	enum nature nature;
	GArray *reports; /* of struct ladder_report */
	GArray *steps;	 /* of struct ladder_step */
	GArray *moves;
	GHashTable *waits; /* report that is overdue -> struct wait * */
};

/* By the i-th of the reports. */
static void
add_move(struct gathering *gathering, guint i)
{
	const struct ladder_report *report =
		&g_array_index(gathering->reports, struct ladder_report, i);
	const struct ladder_step *step = &g_array_index(gathering->steps, struct ladder_step, i);
	struct move move = { .verdict = step->verdict,
		.report_id = report->id,
		.indicator_id = gathering->indicator_id,
		.since = step->since,
		.rung = report->rung,
		.seen_up = gathering->seen_up,
		.nature = gathering->nature };

	move.reminders = ladder_reminders(gathering->reports, i, &move.reminded);
	g_array_append_val(gathering->moves, move);
}

static void
climb(struct gathering *gathering)
{
	const struct ladder_report *from = ladder_climb(gathering->reports, gathering->steps);

	if (!from || gathering->court)
		return;
	add_move(gathering, (guint)(from - (const struct ladder_report *)gathering->reports->data));
}

static gboolean
has_move(const struct gathering *gathering, guint first, gint64 report_id)
{
	for (guint i = first; i < gathering->moves->len; i++)
		if (g_array_index(gathering->moves, struct move, i).report_id == report_id)
			return TRUE;
	return FALSE;
}

/* Of the i-th report and the indicator at hand; first: of its moves. */
static struct wait
find_wait(const struct gathering *gathering, guint i, guint first)
{
	const struct ladder_report *report =
		&g_array_index(gathering->reports, struct ladder_report, i);
	const gint64 until = report->followed_up + gathering->rule.pause_us;

	if (has_move(gathering, first, report->id))
		return (struct wait){ ESCALATION_PROPOSED, 0 };
	if (g_array_index(gathering->steps, struct ladder_step, i).verdict != LADDER_WAIT)
		return (struct wait){ gathering->court ? ESCALATION_MARKED : ESCALATION_PASSED, 0 };
	if (report->waiting || !report->followed_up || until <= gathering->rule.now)
		return (struct wait){ ESCALATION_UNSENT, 0 };
	return (struct wait){ ESCALATION_REMINDED, until };
}

static void
note_waits(struct gathering *gathering, guint first)
{
	for (guint i = 0; i < gathering->reports->len; i++) {
		const gint64 id = g_array_index(gathering->reports, struct ladder_report, i).id;
		const struct wait *before =
			g_hash_table_lookup(gathering->waits, GSIZE_TO_POINTER(id));

		if (!ladder_overdue(gathering->reports, i, gathering->back, gathering->rule.now))
			continue;
		const struct wait wait = find_wait(gathering, i, first);
		if (!before || wait.why < before->why)
			g_hash_table_insert(gathering->waits, GSIZE_TO_POINTER(id),
				g_memdup2(&wait, sizeof wait));
	}
}

static void
finish(struct gathering *gathering)
{
	GArray *reports = gathering->reports;
	const guint first = gathering->moves->len;

	g_array_set_size(gathering->steps, 0);
	for (guint i = 0; i < reports->len; i++) {
		const struct ladder_step step =
			ladder_judge(reports, i, gathering->back, &gathering->rule);

		g_array_append_val(gathering->steps, step);
		if (step.verdict == LADDER_FOLLOW_UP || step.verdict == LADDER_BACK)
			add_move(gathering, i);
	}
	climb(gathering);
	note_waits(gathering, first);
	g_array_set_size(reports, 0);
}

static void
take(const struct overdue_row *row, void *user)
{
	struct gathering *gathering = user;
	struct ladder_report report;

	if (gathering->indicator_id != row->indicator_id)
		finish(gathering);
	gathering->indicator_id = row->indicator_id;
	gathering->back = row->back;
	gathering->seen_up = row->seen_up && (!row->is_page || gathering->pages_are_seen);
	gathering->court = row->court;
	gathering->nature = row->nature;
	ladder_report_read(row, gathering->config, gathering->profiles, &report);
	g_array_append_val(gathering->reports, report);
}

static int
compare(const void *a, const void *b)
{
	const struct move *x = a, *y = b;

	if (x->report_id != y->report_id)
		return x->report_id < y->report_id ? -1 : 1;
	return (x->indicator_id > y->indicator_id) - (x->indicator_id < y->indicator_id);
}

/* Of a case (0: all), or of the indicators of one report. */
struct scope {
	gint64 case_id, report_id;
};

/* Fills what gathering has for it. */
static gboolean
gather(struct gathering *gathering, struct store *store, const struct scope *scope, gint64 now,
	GError **error)
{
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(struct ladder_report));
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct ladder_step));

	gathering->pages_are_seen = config_boolean(gathering->config, "watch", "http");
	gathering->reports = reports;
	gathering->steps = steps;
	ladder_rule_of(gathering->config, now, &gathering->rule);
	if (!(scope->report_id ? store_overdue_of(store, scope->report_id, take, gathering, error)
			       : store_overdue_each(store, scope->case_id, take, gathering, error)))
		return FALSE;
	finish(gathering);
	return TRUE;
}

static void
count_waits(GHashTable *list, struct escalation_waits *waits)
{
	GHashTableIter iter;
	gpointer value;

	*waits = (struct escalation_waits){ 0 };
	g_hash_table_iter_init(&iter, list);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct wait *wait = value;

		waits->count[wait->why]++;
		if (wait->until && (!waits->until || wait->until < waits->until))
			waits->until = wait->until;
	}
}

GArray *
moves_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, struct escalation_waits *waits, GError **error)
{
	g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(struct move));
	g_autoptr(GHashTable) list = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	const struct scope scope = { .case_id = case_id };
	struct gathering gathering = {
		.config = config, .profiles = profiles, .moves = moves, .waits = list
	};

	if (!gather(&gathering, store, &scope, now, error))
		return NULL;
	if (waits)
		count_waits(list, waits);
	g_array_sort(moves, compare);
	return g_steal_pointer(&moves);
}

gboolean
escalation_wait_of(const struct config *config, const struct profiles *profiles,
	struct store *store, gint64 report_id, gint64 now, gboolean *overdue,
	enum escalation_wait *why, gint64 *until, GError **error)
{
	g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(struct move));
	g_autoptr(GHashTable) list = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	const struct scope scope = { .report_id = report_id };
	struct gathering gathering = {
		.config = config, .profiles = profiles, .moves = moves, .waits = list
	};
	const struct wait *wait;

	if (!gather(&gathering, store, &scope, now, error))
		return FALSE;
	wait = g_hash_table_lookup(list, GSIZE_TO_POINTER(report_id));
	*overdue = wait != NULL;
	*why = wait ? wait->why : ESCALATION_PROPOSED;
	*until = wait ? wait->until : 0;
	return TRUE;
}
