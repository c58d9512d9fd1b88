#include "cli/astray.h"

#include <stdio.h>

#include "base/text.h"

#define SHOWN 40

struct astray *
astray_new(const struct report *report, const char *why)
{
	struct astray *astray = g_new0(struct astray, 1);

	astray->report_id = report->id;
	astray->state = report->state;
	astray->follow_up_of = report->follow_up_of;
	astray->provider = g_strdup(report->provider);
	astray->to = g_strdup(report->to);
	astray->why = g_strdup(why);
	return astray;
}

void
astray_free(struct astray *astray)
{
	g_free(astray->provider);
	g_free(astray->to);
	g_free(astray->why);
	g_free(astray);
}

static char *
what_happened(struct store *store, const struct astray *astray, GError **error)
{
	GError *failure = NULL;
	g_autofree char *by = NULL;
	g_autofree char *name =
		astray->follow_up_of
			? g_strdup_printf("R%" G_GINT64_FORMAT ", after R%" G_GINT64_FORMAT ",",
				  astray->report_id, astray->follow_up_of)
			: g_strdup_printf("R%" G_GINT64_FORMAT, astray->report_id);

	if (astray->state == REPORT_BOUNCED)
		return g_strdup_printf("%s bounced", name);
	if (astray->state == REPORT_REFUSED)
		return g_strdup_printf("%s was refused: nobody is there at %s", name, astray->to);
	by = store_mark_get(store, "bad_by", astray->to, &failure);
	if (failure) {
		g_propagate_error(error, failure);
		return NULL;
	}
	return g_strdup_printf(
		"%s was to go to %s, which %s", name, astray->to, contact_bad_words(by));
}

/* Adds what a report does in its place; nothing when it does nothing. */
static void
add_successor(GString *text, const struct report *report)
{
	g_autofree char *id = g_strdup_printf("R%" G_GINT64_FORMAT, report->id);
	const char *join = text->len ? "; " : "";

	switch (report->state) {
	case REPORT_READY:
		g_string_append_printf(
			text, "%s%s goes to %s instead: `abate send %s`", join, id, report->to, id);
		break;
	case REPORT_DRAFT:
	case REPORT_HELD:
		g_string_append_printf(text, "%s%s to %s is held: %s", join, id, report->to,
			report->reason ? report->reason : "not composed yet");
		break;
	case REPORT_MANUAL:
		g_string_append_printf(
			text, "%s%s is a form to fill in instead: %s", join, id, report->to);
		break;
	case REPORT_REFUSED:
	case REPORT_BOUNCED:
	case REPORT_FAILED:
	case REPORT_CANCELLED:
		break;
	default:
		g_string_append_printf(text, "%s%s went to %s", join, id, report->to);
	}
}

/* The reports that took its place; NULL and error. */
static GString *
successors(struct store *store, const struct astray *astray, gint64 last, GError **error)
{
	g_autoptr(GArray) ids = store_reports_sharing(store, astray->report_id, 0, error);
	GString *text = ids ? g_string_new(NULL) : NULL;

	for (guint i = 0; ids && i < ids->len; i++) {
		g_autoptr(Report) report =
			store_report_get(store, g_array_index(ids, gint64, i), error);

		if (!report) {
			g_string_free(text, TRUE);
			return NULL;
		}
		if (report->id > last || g_strcmp0(report->provider, astray->provider) == 0)
			add_successor(text, report);
	}
	return text;
}

static gboolean
print_one(struct store *store, const struct astray *astray, gint64 last, GError **error)
{
	g_autofree char *what = what_happened(store, astray, error);
	GString *text = what ? successors(store, astray, last, error) : NULL;
	g_autofree char *line = NULL;
	g_autofree char *safe = NULL;

	if (!text)
		return FALSE;
	line = g_strdup_printf("%s: %s", what,
		text->len     ? text->str
		: astray->why ? astray->why
			      : "nobody else is known who could act");
	g_string_free(text, TRUE);
	safe = text_for_terminal(line);
	printf("%s\n", safe);
	return TRUE;
}

gboolean
astray_print(struct store *store, const GPtrArray *astray, gint64 last, GError **error)
{
	for (guint i = 0; i < astray->len && i < SHOWN; i++)
		if (!print_one(store, g_ptr_array_index(astray, i), last, error))
			return FALSE;
	if (astray->len > SHOWN)
		printf("… and %u more (`abate list reports` shows all)\n", astray->len - SHOWN);
	return TRUE;
}
