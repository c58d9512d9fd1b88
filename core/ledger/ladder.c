#include "ledger/ladder.h"

static gint64
first_answer(gint64 acknowledged, gint64 answered)
{
	return acknowledged && answered ? MIN(acknowledged, answered) : MAX(acknowledged, answered);
}

void
ladder_report_read(const struct overdue_row *row, const struct config *config,
	const struct profiles *profiles, struct ladder_report *report)
{
	const struct report *from = row->report;

	*report = (struct ladder_report){ .id = from->id,
		.follow_up_of = from->follow_up_of,
		.rung = from->rung,
		.state = from->state,
		.provider = g_intern_string(from->provider),
		.created = from->created,
		.sent = from->sent,
		.answered = first_answer(from->acknowledged, from->answered),
		.followed_up = row->followed_up,
		.waiting = row->waiting,
		.withdrawn = row->withdrawn,
		.is_retraction = row->is_retraction,
		.astray = row->astray,
		.moved = row->moved };
	overdue_times_of(config, profiles_by_id(profiles, from->provider), &report->times);
}

void
ladder_rule_of(const struct config *config, gint64 now, struct ladder_rule *rule)
{
	rule->pause_us = overdue_hours(config, "follow_up_hours");
	rule->follow_ups = config_integer(config, "escalate", "follow_ups");
	rule->now = now;
}

static const struct ladder_report *
at(const GArray *reports, guint i)
{
	return &g_array_index(reports, struct ladder_report, i);
}

static gint64
asked(const struct ladder_report *report)
{
	return report->sent ? report->sent : report->created;
}

/* Nobody got it, or they say that it is not theirs. */
static gboolean
is_dead(enum report_state state)
{
	return state == REPORT_BOUNCED || state == REPORT_REFUSED || state == REPORT_FAILED;
}

static gboolean
is_live(enum report_state state)
{
	return state == REPORT_ACCEPTED || state == REPORT_ACKNOWLEDGED ||
	       state == REPORT_ANSWERED || state == REPORT_CLOSED;
}

/* Another contact of the same provider was asked since. */
static gboolean
is_taken_over(const GArray *reports, guint i)
{
	for (guint k = i + 1; k < reports->len; k++) {
		const struct ladder_report *later = at(reports, k);

		if (!later->follow_up_of && later->state != REPORT_CANCELLED &&
			later->provider == at(reports, i)->provider)
			return TRUE;
	}
	return FALSE;
}

/* Nobody got that report: another contact took over, is about to be looked for, or there is none.
 */
static struct ladder_step
judge_dead(const GArray *reports, guint i, gint64 since, const struct ladder_rule *rule)
{
	const struct ladder_report *report = at(reports, i);

	if (is_taken_over(reports, i))
		return (struct ladder_step){ LADDER_OUT, 0 };
	if (report->astray && report->astray + rule->pause_us > rule->now)
		return (struct ladder_step){ LADDER_WAIT, 0 };
	return (struct ladder_step){ LADDER_SPENT, since };
}

/* From when the report, or the follow-up that told of the return, is waited for. */
struct round {
	gint64 from; /* 0: it did not reach them, or nobody told them that it is back */
	gint64 last; /* when they were last asked, though it may not have reached them */
	gint64 used; /* follow-ups */
	gboolean answered, dead;
	guint lost; /* the follow-up that nobody got, with dead */
};

static void
add_contact(struct round *round, const struct ladder_report *contact, gint64 back)
{
	const gint64 when = asked(contact);

	if (back > when)
		return;
	round->used += round->last != 0;
	round->last = MAX(round->last, when);
	round->dead = is_dead(contact->state);
	if (!contact->sent || !is_live(contact->state))
		return;
	if (!round->from)
		round->from = contact->sent;
	round->answered = round->answered || contact->answered >= round->from;
}

static struct round
find_round(const GArray *reports, guint i, gint64 back)
{
	struct round round = { 0 };

	add_contact(&round, at(reports, i), back);
	for (guint k = i + 1; k < reports->len; k++) {
		const struct ladder_report *later = at(reports, k);

		if (later->follow_up_of != at(reports, i)->id || later->is_retraction)
			continue;
		if (later->moved && round.last)
			round.dead = TRUE;
		else if (later->state != REPORT_CANCELLED)
			add_contact(&round, later, back);
		if (round.dead)
			round.lost = k;
	}
	return round;
}

gint64
ladder_overdue(const GArray *reports, guint i, gint64 back, gint64 now)
{
	const struct ladder_report *report = at(reports, i);

	if (report->follow_up_of || report->withdrawn || !is_live(report->state))
		return 0;
	const struct round round = find_round(reports, i, back);
	return overdue_since(round.from, round.answered, &report->times, now);
}

static struct ladder_step
judge_round(const struct round *round, gint64 since, const struct ladder_rule *rule)
{
	if (!since)
		return (struct ladder_step){ LADDER_WAIT, 0 };
	if (round->used < rule->follow_ups)
		return (struct ladder_step){ LADDER_FOLLOW_UP, since };
	return (struct ladder_step){ LADDER_SPENT, since };
}

struct ladder_step
ladder_judge(const GArray *reports, guint i, gint64 back, const struct ladder_rule *rule)
{
	const struct ladder_report *report = at(reports, i);
	const struct ladder_step out = { LADDER_OUT, 0 }, wait = { LADDER_WAIT, 0 };

	if (report->follow_up_of || report->withdrawn || report->state == REPORT_CANCELLED)
		return out;
	if (is_dead(report->state))
		return judge_dead(reports, i, asked(report), rule);
	if (!is_live(report->state) || report->waiting)
		return wait;
	const struct round round = find_round(reports, i, back);
	if (round.dead)
		return judge_dead(reports, round.lost, round.last, rule);
	if (report->followed_up && report->followed_up + rule->pause_us > rule->now)
		return wait;
	if (!round.last)
		return (struct ladder_step){ LADDER_BACK, back };
	return judge_round(&round, ladder_overdue(reports, i, back, rule->now), rule);
}

guint
ladder_reminders(const GArray *reports, guint i, gint64 *last)
{
	guint count = 0;

	*last = 0;
	for (guint k = i + 1; k < reports->len; k++) {
		const struct ladder_report *later = at(reports, k);

		if (later->follow_up_of != at(reports, i)->id || later->is_retraction ||
			!later->sent || !is_live(later->state))
			continue;
		*last = MAX(*last, later->sent);
		count++;
	}
	return count;
}

const struct ladder_report *
ladder_climb(const GArray *reports, const GArray *steps)
{
	const struct ladder_report *from = NULL;

	for (guint i = 0; i < reports->len; i++) {
		const struct ladder_step *step = &g_array_index(steps, struct ladder_step, i);

		if (step->verdict == LADDER_OUT)
			continue;
		if (step->verdict != LADDER_SPENT)
			return NULL;
		if (!from || at(reports, i)->rung >= from->rung)
			from = at(reports, i);
	}
	return from;
}
