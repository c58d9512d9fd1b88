#include "ledger/survival.h"

#define TOLERANCE 1e-9

static const double levels[SURVIVAL_LEVELS] = { 0.5, 0.1 };
static const int mark_days[SURVIVAL_MARKS] = { 1, 3, 7, 30 };

int
survival_mark_days(int i)
{
	return mark_days[i];
}

void
survival_begin(struct survival *survival, gint64 n, gboolean with_steps)
{
	*survival = (struct survival){ .n = n, .at_risk = n, .surviving = 1, .now_s = -1 };
	survival->median_s = survival->p90_s = -1;
	for (int i = 0; i < SURVIVAL_MARKS; i++)
		survival->share[i] = -1;
	for (int i = 0; i < SURVIVAL_LEVELS; i++)
		survival->level_from[i] = survival->level_at[i] = -1;
	if (with_steps)
		survival->steps = g_array_new(FALSE, FALSE, sizeof(struct survival_step));
}

/* Marks that lie before the next step keep the curve's height up to there. */
static void
pass_marks(struct survival *survival, double until_s)
{
	for (int i = 0; i < SURVIVAL_MARKS; i++)
		if (survival->share[i] < 0 && mark_days[i] * 86400.0 < until_s)
			survival->share[i] = 1 - survival->surviving;
}

static void
pass_levels(struct survival *survival)
{
	for (int i = 0; i < SURVIVAL_LEVELS; i++) {
		double above = survival->surviving - levels[i];

		if (survival->level_at[i] >= 0 || above > TOLERANCE)
			continue;
		if (survival->level_from[i] >= 0)
			survival->level_at[i] = (survival->level_from[i] + survival->now_s) / 2;
		else if (above > -TOLERANCE)
			survival->level_from[i] = survival->now_s;
		else
			survival->level_at[i] = survival->now_s;
	}
}

static void
add_step(struct survival *survival)
{
	const struct survival_step step = { survival->now_s, survival->surviving };
	struct survival_step *last = survival->steps->len
					     ? &g_array_index(survival->steps, struct survival_step,
						       survival->steps->len - 1)
					     : NULL;

	if (last && step.time_s < last->time_s * (1 + survival->nearest))
		last->surviving = step.surviving;
	else if (step.time_s <= mark_days[SURVIVAL_MARKS - 1] * 86400.0)
		g_array_append_val(survival->steps, step);
}

/* All observations of one time are in: the events count against those at risk just before. */
static void
close_time(struct survival *survival)
{
	if (survival->deaths > 0) {
		pass_marks(survival, survival->now_s);
		survival->surviving *= 1 - (double)survival->deaths / (double)survival->at_risk;
		pass_levels(survival);
		if (survival->steps)
			add_step(survival);
	}
	survival->at_risk -= survival->deaths + survival->leaving;
	survival->deaths = survival->leaving = 0;
}

static void
count_watched(struct survival *survival, double until_s)
{
	while (survival->next_mark < SURVIVAL_MARKS &&
		mark_days[survival->next_mark] * 86400.0 <= until_s) {
		survival->watched[survival->next_mark] = survival->at_risk;
		survival->left[survival->next_mark++] = survival->censored;
	}
}

void
survival_add(struct survival *survival, double time_s, gboolean happened)
{
	if (time_s > survival->now_s) {
		close_time(survival);
		count_watched(survival, time_s);
		survival->now_s = time_s;
	}
	if (happened) {
		survival->deaths++;
		survival->events++;
	} else {
		survival->leaving++;
		survival->censored++;
	}
}

void
survival_end(struct survival *survival)
{
	close_time(survival);
	count_watched(survival, G_MAXDOUBLE);
	/* The curve reaches to the last observation and says nothing beyond, unless it is at zero.
	 */
	pass_marks(survival,
		survival->surviving > TOLERANCE ? survival->now_s + TOLERANCE : G_MAXDOUBLE);
	for (int i = 0; i < SURVIVAL_LEVELS; i++)
		if (survival->level_at[i] < 0 && survival->level_from[i] >= 0)
			survival->level_at[i] = (survival->level_from[i] + survival->now_s) / 2;
	survival->median_s = survival->level_at[0];
	survival->p90_s = survival->level_at[1];
}

void
survival_clear(struct survival *survival)
{
	g_clear_pointer(&survival->steps, g_array_unref);
}
