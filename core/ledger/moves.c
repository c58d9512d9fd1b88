#include "ledger/moves.h"

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

static void
finish(struct gathering *gathering)
{
	GArray *reports = gathering->reports;

	g_array_set_size(gathering->steps, 0);
	for (guint i = 0; i < reports->len; i++) {
		const struct ladder_step step =
			ladder_judge(reports, i, gathering->back, &gathering->rule);

		g_array_append_val(gathering->steps, step);
		if (step.verdict == LADDER_FOLLOW_UP || step.verdict == LADDER_BACK)
			add_move(gathering, i);
	}
	climb(gathering);
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

GArray *
moves_find(const struct config *config, const struct profiles *profiles, struct store *store,
	gint64 case_id, gint64 now, GError **error)
{
	g_autoptr(GArray) reports = g_array_new(FALSE, FALSE, sizeof(struct ladder_report));
	g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(struct ladder_step));
	g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(struct move));
	struct gathering gathering = { .config = config,
		.profiles = profiles,
		.pages_are_seen = config_boolean(config, "watch", "http"),
		.reports = reports,
		.steps = steps,
		.moves = moves };

	ladder_rule_of(config, now, &gathering.rule);
	if (!store_overdue_each(store, case_id, take, &gathering, error))
		return NULL;
	finish(&gathering);
	g_array_sort(moves, compare);
	return g_steal_pointer(&moves);
}
