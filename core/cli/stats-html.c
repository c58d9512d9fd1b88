#include "cli/stats-html.h"

#include <string.h>

#include "base/text.h"
#include "cli/stats-svg.h"

#define MOST_ROWS 500

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" "
	"content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>Reports and what came after</title>\n<style>\n"
	":root{color-scheme:light}\n"
	"body{font:16px/1.45 sans-serif;max-width:64em;margin:2em auto;padding:0 1em;"
	"background:#fff;color:#111}\n"
	"h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em;break-after:avoid}\n"
	"table{border-collapse:separate;border-spacing:0;margin:1em 0;font-size:14px;width:100%}\n"
	"th,td{padding:.3em .5em;border-bottom:1px solid #bbb;text-align:right;"
	"vertical-align:baseline;font-variant-numeric:tabular-nums}\n"
	"th{border-bottom:2px solid #555;vertical-align:bottom}td{white-space:nowrap}\n"
	"th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere;"
	"unicode-bidi:isolate;min-width:9em;position:sticky;left:0;background:#fff}\n"
	"small{display:block;color:#555;font-size:.8em;overflow-wrap:anywhere}\n"
	".scroll{overflow-x:auto}\n"
	"thead{display:table-header-group}tr{break-inside:avoid}\n"
	".none{color:#555}.few,small.few{color:#7a3d00;font-weight:bold}\n"
	"figure{margin:1em "
	"0;break-inside:avoid}.plot{width:100%;min-width:560px;max-width:900px;height:auto}\n"
	".plot text{font:120px sans-serif;fill:#222}\n"
	".key{display:inline-block;margin-right:1.5em;max-width:100%;overflow-wrap:anywhere;"
	"unicode-bidi:isolate;font-size:14px}\n"
	"@page{margin:15mm}\n"
	"@media "
	"print{body{font-size:11pt;max-width:none;margin:0;padding:0}.scroll{overflow:visible}"
	"table{font-size:8pt}th:first-child,td:first-child{position:static;min-width:7em}"
	"th,td{padding:.25em .35em}.key{font-size:9pt}}\n"
	"</style></head><body>\n";

static const char foot[] =
	"<h2>How to read this</h2>\n"
	"<p>Reports are all but those taken back before they went out and those that withdraw "
	"another; a follow-up belongs to the report that it follows. Not sent: drafts, held, "
	"waiting, in doubt, "
	"or impossible to send. Refused: at the door or in a "
	"reply. What providers say counts only in replies that are known to be theirs. Overdue: no "
	"answer, or not down, in the time that is expected of the provider, reminded since or not. "
	"Came back up: "
	"indicators "
	"that went down after a report and were up again later.</p>\n"
	"<p>Times run from when a report was sent. Medians, 90 % and shares are Kaplan–Meier "
	"estimates: what still waits is counted as waiting until now, a withdrawn report until it "
	"was withdrawn, an indicator as up until the last look that saw it up; “not seen” are "
	"those "
	"that no look saw up after the report, which are not in n. “Not reached”: too few have "
	"replied or gone down to tell. “–”: "
	"nobody was watched for so long. Down is from the first "
	"look that saw it so, which is up to an eighth of the age late; without HTTP a URL goes "
	"down with its name. Below a share stands how many were still watched then: "
	"where they are few, the curve is uncertain: that is marked. Reports that bounced are not "
	"in the times, "
	"nor are "
	"indicators that were already down: when the report was sent, or at the first look, so "
	"that nobody knows since when. An indicator in several reports counts in each.</p>\n"
	"<p>What went down after a report did not need to go down because of it, and what is "
	"reported to one provider is not what is reported to another: figures differ by that, "
	"too.</p>\n"
	"</body></html>\n";

static const struct section {
	const char *title, *axis, *happened, *waits;
} sections[STATS_TIMES] = {
	[STATS_FIRST_REPLY] = { "First reply after the report was sent", "without a reply",
		"replied", "no reply" },
	[STATS_FIRST_HUMAN] = { "First answer of a person after the report was sent",
		"without a person’s answer", "answered", "no answer" },
	[STATS_TAKEDOWN] = { "Seen down after the report was sent", "still up", "down",
		"last seen up" },
};

static void
add_duration(GString *html, double seconds)
{
	g_autofree char *text = stats_duration(seconds);

	g_string_append_printf(html, "<td%s>%s</td>", seconds < 0 ? " class=\"none\"" : "", text);
}

static void
add_times(GString *html, const struct stats_row *row, enum stats_time which)
{
	const struct survival *survival = &row->times[which];

	g_string_append_printf(html,
		"<td>%" G_GINT64_FORMAT "</td><td>%" G_GINT64_FORMAT "</td>"
		"<td>%" G_GINT64_FORMAT "</td>",
		survival->n, survival->events, survival->censored);
	if (which == STATS_TAKEDOWN)
		g_string_append_printf(html, "<td>%" G_GINT64_FORMAT "</td>", row->not_seen);
	add_duration(html, survival->median_s);
	add_duration(html, survival->p90_s);
	for (int i = 0; i < SURVIVAL_MARKS; i++) {
		if (survival->share[i] < 0)
			g_string_append(html, "<td class=\"none\">–</td>");
		else
			g_string_append_printf(html,
				"<td>%.0f %%<small%s>%" G_GINT64_FORMAT "</small></td>",
				survival->share[i] * 100,
				stats_share_is_few(survival, i) ? " class=\"few\"" : "",
				survival->watched[i]);
	}
	if (survival->n < STATS_FEW)
		g_string_append_printf(html, "<td class=\"few\">few: n &lt; %d</td>", STATS_FEW);
	else
		g_string_append(html, "<td></td>");
}

/* By its name, with the key in small print. */
static void
add_key(GString *html, const struct stats_row *row)
{
	g_autofree char *key = text_for_html(row->key);
	g_autofree char *name = row->name ? text_for_html(row->name) : NULL;

	if (name && strcmp(name, key) != 0)
		g_string_append_printf(html, "<tr><td>%s<small>%s</small></td>", name, key);
	else
		g_string_append_printf(html, "<tr><td>%s</td>", key);
}

static void
add_section(GString *html, const char *by, const GPtrArray *rows, enum stats_time which)
{
	const struct section *section = &sections[which];

	g_string_append_printf(html, "<h2>%s</h2>\n", section->title);
	stats_svg(html, rows, which, section->axis);
	g_string_append_printf(html,
		"<div class=\"scroll\" "
		"tabindex=\"0\"><table><thead><tr><th>%s</th><th>n</th><th>%s</th><th>%s</"
		"th>%s<th>median</th>"
		"<th>90 %%</th><th>after 1&nbsp;d</th><th>after 3&nbsp;d</th><th>after "
		"7&nbsp;d</th><th>after 30&nbsp;d</th>"
		"<th></th></tr></thead><tbody>\n",
		by, section->happened, section->waits,
		which == STATS_TAKEDOWN ? "<th>not seen</th>" : "");
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);

		add_key(html, row);
		add_times(html, row, which);
		g_string_append(html, "</tr>\n");
	}
	g_string_append(html, "</tbody></table></div>\n");
}

static void
add_counts(GString *html, const char *by, const GPtrArray *rows)
{
	g_string_append_printf(html,
		"<div class=\"scroll\" "
		"tabindex=\"0\"><table><thead><tr><th>%s</th><th>reports</th><th>not "
		"sent</th><th>accepted</th>"
		"<th>bounced</th><th>acknow&shy;ledged</th><th>refused</th><th>say they acted</th>"
		"<th>follow-ups</th><th>overdue</th><th>came back up</th><th>already "
		"down</th></tr></thead><tbody>\n",
		by);
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		const gint64 values[] = { row->reports, row->unsent, row->accepted, row->bounced,
			row->acknowledged, row->refused, row->actioned, row->follow_ups,
			row->overdue, row->came_back, row->down_before + row->never_up };

		add_key(html, row);
		for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
			g_string_append_printf(html, "<td>%" G_GINT64_FORMAT "</td>", values[j]);
		g_string_append(html, "</tr>\n");
	}
	g_string_append(html, "</tbody></table></div>\n");
}

static gint
by_reports(gconstpointer a, gconstpointer b)
{
	const struct stats_row *first = *(const struct stats_row *const *)a;
	const struct stats_row *second = *(const struct stats_row *const *)b;

	return (second->reports > first->reports) - (second->reports < first->reports);
}

/* Those with most reports: a page that a browser opens and a person reads has an end. */
static GPtrArray *
most_of(const GPtrArray *rows)
{
	GPtrArray *most = g_ptr_array_new();

	for (guint i = 0; i < rows->len; i++)
		g_ptr_array_add(most, g_ptr_array_index(rows, i));
	if (most->len <= MOST_ROWS)
		return most;
	g_ptr_array_sort(most, by_reports);
	g_ptr_array_set_size(most, MOST_ROWS);
	g_ptr_array_sort(most, stats_by_label);
	return most;
}

/* Who made it and when, as the page goes to others. */
static void
add_origin(GString *html, const struct stats_wish *wish)
{
	g_autofree char *made = text_time(wish->now);
	const char *who =
		wish->config ? config_string(wish->config, "reporter", "organisation") : NULL;
	g_autofree char *by = NULL;

	if (wish->config && (!who || !*who))
		who = config_string(wish->config, "reporter", "name");
	by = who && *who ? text_for_html(who) : NULL;
	g_string_append_printf(html, "<p>Made %s%s%s.</p>\n", made, by ? " by " : "", by ? by : "");
}

static void
add_intro(GString *html, const struct stats_wish *wish, const struct abuse_case *of_case,
	const char *by, guint all)
{
	g_string_append(html, "<h1>Reports and what came after</h1>\n");
	add_origin(html, wish);
	g_string_append_printf(html, "<p>By %s", by);
	if (of_case) {
		g_autofree char *title = text_for_html(of_case->title);

		g_string_append_printf(html,
			", of case C%" G_GINT64_FORMAT " only: “<bdi>%s</bdi>”, %s", of_case->id,
			title, tlp_name(of_case->tlp));
	}
	if (!all)
		g_string_append(html, ". There are no reports yet");
	if (all > MOST_ROWS)
		g_string_append_printf(html,
			". These are the %d with most reports, of %u; <code>abate stats</code> "
			"prints them all",
			MOST_ROWS, all);
	g_string_append(html, ".</p>\n");
}

char *
stats_html(const struct stats_wish *wish, const struct abuse_case *of_case, const GPtrArray *rows)
{
	g_autoptr(GPtrArray) most = most_of(rows);
	GString *html = g_string_new(head);
	g_autofree char *by = text_for_html(wish->filter.by);

	add_intro(html, wish, of_case, by, rows->len);
	if (most->len)
		add_counts(html, by, most);
	for (int i = 0; most->len && i < STATS_TIMES; i++)
		add_section(html, by, most, i);
	g_string_append(html, foot);
	return g_string_free(html, FALSE);
}
