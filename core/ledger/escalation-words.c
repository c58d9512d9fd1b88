#include "ledger/escalation-words.h"

#include <string.h>

#include "base/text.h"
#include "ledger/stats.h"

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
overdue_words(const struct move *move, const struct report *report, const struct last_word *last,
	gint64 now)
{
	g_autofree char *day = day_of(report->sent);
	g_autofree char *passed = stats_duration((double)(now - report->sent) / 1e6);
	g_autofree char *said = NULL;

	if (!report->answered && !report->acknowledged && !last->reply_id)
		return g_strdup_printf("no answer %s after it went out (%s)", passed, day);
	said = said_words(report, last);
	return g_strdup_printf("%s, but %s %s after it went out (%s)", said,
		move->seen_up ? "still up" : "not seen down", passed, day);
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
	const struct report *report, const struct last_word *last, gint64 now)
{
	g_autofree char *words = NULL, *since = NULL;

	if (move->verdict == LADDER_BACK) {
		since = text_time(move->since);
		return g_strdup_printf("back up since %s, after it was down", since);
	}
	if (action == ESCALATION_FOLLOW_UP)
		return overdue_words(move, report, last, now);
	words = spent_words(move, report, last, now);
	if (action != ESCALATION_COURT)
		return g_steal_pointer(&words);
	return g_strdup_printf("%s; %s", words,
		move->nature == NATURE_COMPROMISED
			? "nobody further is asked about the site of an innocent owner"
			: "nobody further is left to ask");
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
