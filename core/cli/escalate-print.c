#include "cli/escalate-print.h"

#include <stdio.h>

#include "base/text.h"

/* So many indicators are named. */
#define SHOWN 3

static void
print(const char *begin, const char *line)
{
	g_autofree char *safe = text_for_terminal(line);

	printf("%-6s %s\n", begin, safe);
}

/* "Example Hosting <abuse@example.net>". Free with g_free. */
static char *
contact_of(const struct proposal *proposal)
{
	const char *name = proposal->provider_name ? proposal->provider_name : proposal->provider;

	switch (proposal->channel) {
	case CHANNEL_MAIL:
		return g_strdup_printf("%s <%s>", name, proposal->to ? proposal->to : "?");
	case CHANNEL_HTTP:
		return g_strdup_printf("%s, by its API", name);
	default:
		return g_strdup_printf("%s, by hand%s%s", name, proposal->to ? ": " : "",
			proposal->to ? proposal->to : "");
	}
}

static char *
what_of(const struct proposal *proposal)
{
	g_autofree char *contact =
		proposal->action == ESCALATION_COURT ? NULL : contact_of(proposal);

	if (!contact)
		return g_strdup("mark for the court");
	if (proposal->action != ESCALATION_FOLLOW_UP)
		return g_strdup_printf(
			"ask the %s: %s", escalation_action_name(proposal->action), contact);
	return g_strdup_printf("remind %s%s%s", contact, proposal->ticket ? ", their ticket " : "",
		proposal->ticket ? proposal->ticket : "");
}

/* The values of the first ones. */
static char *
about(const struct proposal *proposal, struct store *store, GError **error)
{
	const GArray *ids = proposal->indicators;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < ids->len && i < SHOWN; i++) {
		const gint64 id = g_array_index(ids, gint64, i);
		g_autoptr(Indicator) indicator = store_indicator_get(store, id, error);

		if (!indicator)
			return NULL;
		g_string_append_printf(
			text, "%sI%" G_GINT64_FORMAT " %s", i ? ", " : "", id, indicator->value);
	}
	if (ids->len > SHOWN)
		g_string_append_printf(text, " and %u more", ids->len - SHOWN);
	return g_strdup(text->str);
}

gboolean
escalate_print(const struct proposal *proposal, struct store *store, GError **error)
{
	g_autofree char *report = g_strdup_printf("R%" G_GINT64_FORMAT, proposal->report_id);
	g_autofree char *what = what_of(proposal);
	g_autofree char *indicators = about(proposal, store, error);

	if (!indicators)
		return FALSE;
	print(report, what);
	print("", indicators);
	print("", proposal->reason);
	return TRUE;
}

char *
escalate_wait_words(enum escalation_wait why, gint64 until)
{
	g_autofree char *time = text_time(until);

	switch (why) {
	case ESCALATION_UNSENT:
		return g_strdup("with a reminder that did not reach them yet");
	case ESCALATION_REMINDED:
		return g_strdup_printf("reminded, and waited for until %s", time);
	case ESCALATION_PASSED:
		return g_strdup("without effect, and others were asked after them");
	case ESCALATION_MARKED:
		return g_strdup("without effect, and marked for the court");
	default:
		return g_strdup("`abate escalate` tells what to do");
	}
}

gboolean
escalate_print_waits(const struct escalation_waits *waits)
{
	g_autoptr(GString) line = g_string_new(NULL);
	const gboolean to_do = waits->count[ESCALATION_PROPOSED] || waits->count[ESCALATION_UNSENT];

	for (enum escalation_wait why = ESCALATION_UNSENT; why < ESCALATION_WAITS; why++) {
		g_autofree char *words = escalate_wait_words(why, waits->until);

		if (waits->count[why])
			g_string_append_printf(
				line, "%s%u %s", line->len ? "; " : "", waits->count[why], words);
	}
	if (line->len)
		printf("overdue: %s%s\n", line->str, to_do ? "" : ": nothing to do now");
	return line->len > 0;
}
