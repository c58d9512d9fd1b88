#include "watch/interval.h"

#include <string.h>

#include "model/names.h"

static const char *const state_names[] = { "unknown", "up", "down", NULL };

const char *
watch_state_name(enum watch_state state)
{
	return state_names[state];
}

enum watch_state
watch_state_parse(const char *name)
{
	int found = names_find(state_names, name);

	return found < 0 ? WATCH_UNKNOWN : (enum watch_state)found;
}

/* What the sightings of one round say, by method. */
struct tally {
	guint dns_up, dns_down;
	enum watch_state http, rdap;
	gboolean http_is_all; /* it was asked, and a name that resolves says nothing without it */
};

static void
count(struct tally *tally, const struct sighting *sighting, gboolean is_page)
{
	enum watch_state verdict = watch_state_parse(sighting->verdict);

	if (strcmp(sighting->method, "dns") == 0) {
		tally->dns_up += verdict == WATCH_UP;
		tally->dns_down += verdict == WATCH_DOWN;
	} else if (strcmp(sighting->method, "http") == 0) {
		tally->http = verdict;
		tally->http_is_all = is_page;
	} else if (strcmp(sighting->method, "rdap") == 0) {
		tally->rdap = verdict;
	}
}

static struct watch_round
weigh(const struct tally *tally, gint64 at)
{
	struct watch_round round = { at, WATCH_UNKNOWN, G_MAXUINT };

	if (tally->dns_up > 0) {
		round.verdict = tally->http == WATCH_UNKNOWN && !tally->http_is_all ? WATCH_UP
										    : tally->http;
	} else if (tally->dns_down > 0) {
		round.verdict = WATCH_DOWN;
		round.vantages = tally->dns_down;
	} else if (tally->http != WATCH_UNKNOWN) {
		round.verdict = tally->http;
	} else if (tally->rdap == WATCH_DOWN) {
		round.verdict = WATCH_DOWN;
	}
	return round;
}

GArray *
watch_rounds(const GPtrArray *sightings, gboolean is_page)
{
	GArray *rounds = g_array_new(FALSE, FALSE, sizeof(struct watch_round));
	guint i = 0;

	while (i < sightings->len) {
		const struct sighting *first = sightings->pdata[i];
		struct tally tally = { 0 };
		struct watch_round round;

		for (; i < sightings->len; i++) {
			const struct sighting *sighting = sightings->pdata[i];

			if (sighting->at != first->at)
				break;
			count(&tally, sighting, is_page);
		}
		round = weigh(&tally, first->at);
		g_array_append_val(rounds, round);
	}
	return rounds;
}

/* Walks through the rounds: the state, when it was last seen, and the looks that say otherwise. */
struct walk {
	const struct watch_rule *rule;
	enum watch_state state, other;
	gint64 seen, first;
	guint looks;
};

static gboolean
agrees(const struct walk *walk, gint64 at)
{
	if (walk->state == WATCH_UNKNOWN && walk->other == WATCH_UP)
		return TRUE;
	return walk->looks >= walk->rule->looks && at - walk->first >= walk->rule->spacing_us;
}

/* TRUE when this round completes a change: then walk->first is when it began. */
static gboolean
step(struct walk *walk, const struct watch_round *round)
{
	if (round->verdict == WATCH_UNKNOWN)
		return FALSE;
	/* Too few resolvers agree: one of them may be at fault. */
	if (round->verdict == WATCH_DOWN && round->vantages < walk->rule->vantages)
		return FALSE;
	if (round->verdict == walk->state) {
		walk->seen = round->at;
		walk->looks = 0;
		return FALSE;
	}
	if (walk->looks == 0 || walk->other != round->verdict) {
		walk->other = round->verdict;
		walk->first = round->at;
		walk->looks = 0;
	}
	walk->looks++;
	return agrees(walk, round->at);
}

static void
change(struct walk *walk, gint64 at)
{
	walk->state = walk->other;
	walk->seen = at;
	walk->looks = 0;
}

GArray *
watch_intervals(const GArray *rounds, const struct watch_rule *rule)
{
	GArray *intervals = g_array_new(FALSE, FALSE, sizeof(struct watch_interval));
	struct walk walk = { .rule = rule };

	for (guint i = 0; i < rounds->len; i++) {
		const struct watch_round *round = &g_array_index(rounds, struct watch_round, i);
		struct watch_interval next;

		if (!step(&walk, round))
			continue;
		if (intervals->len > 0)
			g_array_index(intervals, struct watch_interval, intervals->len - 1).to =
				walk.first;
		next = (struct watch_interval){ walk.other, walk.first, 0, walk.seen };
		g_array_append_val(intervals, next);
		change(&walk, round->at);
	}
	return intervals;
}

struct watch_course
watch_now(const GArray *rounds, const struct watch_rule *rule)
{
	struct watch_course course = { 0 };
	struct walk walk = { .rule = rule };

	for (guint i = 0; i < rounds->len; i++) {
		const struct watch_round *round = &g_array_index(rounds, struct watch_round, i);

		if (step(&walk, round)) {
			course.since = walk.first;
			change(&walk, round->at);
		}
		if (walk.state == WATCH_UP)
			course.last_up = walk.seen;
	}
	course.state = walk.state;
	course.is_changing = walk.looks > 0;
	return course;
}

gint64
watch_pause(gint64 age_us, gboolean is_changing, const struct watch_rule *rule)
{
	gint64 pause = CLAMP(age_us / 8, rule->shortest_us, rule->longest_us);

	return is_changing ? MIN(pause, MAX(rule->spacing_us, rule->shortest_us)) : pause;
}
