#include "ledger/escalation-words.h"

#include <string.h>

#include "base/text.h"
#include "ledger/stats.h"
#include "model/follow-up.h"

static char *
day_of(gint64 at)
{
	char *text = text_time(at);

	if (text && strlen(text) > 10)
		text[10] = '\0';
	return text;
}

static const char *
answer_words(const struct report *report, const char *class_name)
{
	if (g_strcmp0(class_name, "actioned") == 0)
		return "they say they acted";
	if (g_strcmp0(class_name, "question") == 0)
		return "they ask a question";
	if (g_strcmp0(class_name, "refusal") == 0)
		return "they refuse";
	if (g_strcmp0(class_name, "wrong_channel") == 0)
		return "they want it by another channel";
	if (g_strcmp0(class_name, "acknowledgement") == 0 || (!class_name && !report->answered))
		return "acknowledged";
	return "answered";
}

/* "they say they acted (A3), and they ask a question (A5, answer it first)" */
static char *
said_words(const struct report *report, const struct last_word *last)
{
	const char *words = answer_words(report, last->class_name);
	const char *hint = g_strcmp0(last->class_name, "question") == 0 ? ", answer it first" : "";
	g_autofree char *latest = NULL;

	if (!last->reply_id)
		return g_strdup(words);
	latest = g_strdup_printf("%s (A%" G_GINT64_FORMAT "%s)", words, last->reply_id, hint);
	if (!last->acted_id || strcmp(last->class_name, "actioned") == 0)
		return g_steal_pointer(&latest);
	return g_strdup_printf(
		"they say they acted (A%" G_GINT64_FORMAT "), and %s", last->acted_id, latest);
}

static char *
reminded_words(const struct move *move)
{
	g_autofree char *day = day_of(move->reminded);

	if (move->reminders == 0)
		return g_strdup("");
	if (move->reminders == 1)
		return g_strdup_printf(", after a reminder on %s", day);
	return g_strdup_printf(", after %u reminders, the last on %s", move->reminders, day);
}

static char *
overdue_words(const struct move *move, const struct report *report, const struct last_word *last,
	gint64 now)
{
	g_autofree char *day = day_of(report->sent);
	g_autofree char *passed = stats_duration((double)(now - report->sent) / 1e6);
	g_autofree char *said = NULL, *reminded = reminded_words(move);

	if (!report->answered && !report->acknowledged && !last->reply_id)
		return g_strdup_printf(
			"no answer %s after it went out (%s)%s", passed, day, reminded);
	said = said_words(report, last);
	return g_strdup_printf("%s, but %s %s after it went out (%s)%s", said,
		move->seen_up ? "still up" : "not seen down", passed, day, reminded);
}

static char *
spent_words(const struct move *move, const struct report *report, const struct last_word *last,
	gint64 now)
{
	g_autofree char *overdue = NULL;

	switch (report->state) {
	case REPORT_BOUNCED:
		return g_strdup_printf("R%" G_GINT64_FORMAT " bounced", report->id);
	case REPORT_REFUSED:
		return g_strdup_printf("R%" G_GINT64_FORMAT " was refused", report->id);
	case REPORT_FAILED:
		return g_strdup_printf("R%" G_GINT64_FORMAT " could not be sent", report->id);
	default:
		overdue = overdue_words(move, report, last, now);
		return g_strdup_printf(
			"R%" G_GINT64_FORMAT " had no effect: %s", report->id, overdue);
	}
}

char *
escalation_words(enum escalation_action action, const struct move *move,
	const struct report *report, const struct last_word *last, const char *passed, gint64 now)
{
	g_autofree char *words = NULL, *since = NULL;

	if (move->verdict == LADDER_BACK) {
		since = text_time(move->since);
		return g_strdup_printf("%s since %s, after it was down",
			move->seen_up ? "back up" : "its name resolves again", since);
	}
	if (action == ESCALATION_FOLLOW_UP)
		return overdue_words(move, report, last, now);
	words = spent_words(move, report, last, now);
	if (action != ESCALATION_COURT)
		return g_strconcat(words, passed, NULL);
	return g_strdup_printf("%s%s; %s", words, passed,
		move->nature == NATURE_COMPROMISED
			? "nobody further is asked about the site of an innocent owner"
			: "nobody further is left to ask");
}

void
escalation_add_passed(GString *passed, const struct route *route)
{
	const gboolean gone = route_is_later(route) || !route->reason;
	const gboolean by_type = !gone && g_strcmp0(route->kind, "jprs") == 0;

	g_string_append_printf(passed, "; not asked: %s: %s%s",
		route->provider_name ? route->provider_name : route->provider,
		gone ? "its contact is no good any more" : route->reason,
		by_type ? "; `abate import --case TITLE --type TYPE` and then `abate route "
			  "--again` change that"
			: "");
}

/* So many reasons of one proposal are told in words. */
#define MOST_REASONS 4

char *
escalation_join(const GPtrArray *reasons)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < reasons->len && i < MOST_REASONS; i++) {
		const struct reason *reason = g_ptr_array_index(reasons, i);
		g_autofree char *ids = reasons->len > 1 ? escalation_ids(reason->indicators) : NULL;

		g_string_append_printf(text, "%s%s%s%s", i ? "; " : "", ids ? ids : "",
			ids ? ": " : "", reason->words);
	}
	if (reasons->len > MOST_REASONS)
		g_string_append_printf(text, "; and %u more", reasons->len - MOST_REASONS);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
escalation_ids(const GArray *ids)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (ids->len > 3)
		return g_strdup_printf("I%" G_GINT64_FORMAT " … I%" G_GINT64_FORMAT " (%u)",
			g_array_index(ids, gint64, 0), g_array_index(ids, gint64, ids->len - 1),
			ids->len);
	for (guint i = 0; i < ids->len; i++)
		g_string_append_printf(
			text, "%sI%" G_GINT64_FORMAT, i ? ", " : "", g_array_index(ids, gint64, i));
	return g_strdup(text->str);
}

void
escalation_add_bad(char **words, const char *contact)
{
	g_autofree char *before = *words;

	*words = g_strdup_printf("%s; nobody is there at %s any more: another contact is asked "
				 "instead, where one is known",
		before, contact);
}

void
escalation_add_unseen(char **words, guint unseen, guint all)
{
	g_autofree char *before = *words;

	if (unseen == all)
		*words = g_strdup_printf(
			"%s; not seen whether it is up: `abate watch` looks, at pages where "
			"[watch] http is on",
			before);
	else
		*words = g_strdup_printf(
			"%s; %u of %u not seen whether they are up: `abate watch` looks, at pages "
			"where [watch] http is on",
			before, unseen, all);
}
