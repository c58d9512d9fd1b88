#include "cli/stats-html.h"

#include "base/text.h"

#define CURVES 6 /* that one can still tell apart */
#define DAYS 30
#define LEFT 50
#define TOP 15
#define WIDTH 640
#define HEIGHT 240

static const char *const colours[CURVES] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00",
	"#333333" };
static const char *const dashes[CURVES] = { "none", "8 3", "2 3", "8 3 2 3", "14 4", "4 4" };

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" "
	"content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>Reports and what came after</title>\n<style>\n"
	"body{font:15px/1.45 sans-serif;max-width:72em;margin:2em auto;padding:0 1em;color:#222}\n"
	"table{border-collapse:collapse;margin:1em 0;font-size:13px}\n"
	"th,td{padding:.25em .6em;border-bottom:1px solid #ccc;text-align:right}\n"
	"th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}\n"
	"thead{display:table-header-group}tr{break-inside:avoid}\n"
	".few{color:#8a4b00}.key{margin-right:1.5em;white-space:nowrap}\n"
	"svg{max-width:100%;height:auto}figure{margin:1em 0;break-inside:avoid}\n"
	"svg text{font:12px sans-serif;fill:#444}\n"
	"</style></head><body>\n";

static const char foot[] =
	"<p>Times run from when a report was sent. Medians, 90 % and shares are "
	"Kaplan–Meier estimates: what still waits is counted as waiting until now, an indicator "
	"until the last look that saw it up. “Not reached”: too few to tell. Bounced reports and "
	"indicators that were down already are not in the times. What went down after a report "
	"did not need to go down because of it.</p>\n</body></html>\n";

static const struct survival *
survival_of(const struct stats_row *row, gboolean takedown)
{
	return takedown ? &row->takedown : &row->first_reply;
}

static void
add_axes(GString *html)
{
	for (int percent = 0; percent <= 100; percent += 25) {
		const int y = TOP + HEIGHT - HEIGHT * percent / 100;

		g_string_append_printf(html,
			"<path d=\"M%d %dh%d\" stroke=\"#ddd\"/>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>\n",
			LEFT, y, WIDTH, LEFT - 6, y + 4, percent);
	}
	for (int day = 0; day <= DAYS; day += 5)
		g_string_append_printf(html,
			"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d d</text>\n",
			LEFT + WIDTH * day / DAYS, TOP + HEIGHT + 18, day);
}

/* One step a pixel at most: more cannot be seen, and a curve may have very many. The curve ends
 * with the last observation. Whole tenths, as a locale's decimal comma would spoil a path. */
static void
add_curve(GString *html, const struct survival *survival, guint number)
{
	const double scale = WIDTH * 10.0 / (DAYS * 86400.0);
	const int end = (int)(MIN(survival->now_s, DAYS * 86400.0) * scale);
	int last_x = 0;

	g_string_append_printf(html,
		"<g transform=\"translate(%d %d) scale(.1)\"><path fill=\"none\" stroke=\"%s\" "
		"stroke-width=\"2\" stroke-dasharray=\"%s\" vector-effect=\"non-scaling-stroke\" "
		"d=\"M0 %d",
		LEFT, TOP, colours[number], dashes[number], HEIGHT * 10);
	for (guint i = 0; survival->steps && i < survival->steps->len; i++) {
		const struct survival_step *step =
			&g_array_index(survival->steps, struct survival_step, i);
		const struct survival_step *next = i + 1 < survival->steps->len ? step + 1 : NULL;
		const int x = (int)(MIN(step->time_s, DAYS * 86400.0) * scale);

		if (step->time_s > DAYS * 86400.0)
			break;
		if (next && next->time_s * scale < last_x + 10)
			continue;
		g_string_append_printf(html, "H%dV%d", x, (int)(step->surviving * HEIGHT * 10));
		last_x = x;
	}
	g_string_append_printf(html, "H%d\"/></g>\n", MAX(end, last_x));
}

static gint
by_size(gconstpointer a, gconstpointer b)
{
	const struct stats_row *first = *(const struct stats_row *const *)a;
	const struct stats_row *second = *(const struct stats_row *const *)b;

	return (second->counts.accepted > first->counts.accepted) -
	       (second->counts.accepted < first->counts.accepted);
}

/* The rows that most reports went to, which have anything to show. */
static GPtrArray *
largest(const GPtrArray *rows, gboolean takedown)
{
	GPtrArray *largest = g_ptr_array_new();

	for (guint i = 0; i < rows->len; i++)
		if (survival_of(g_ptr_array_index(rows, i), takedown)->n > 0)
			g_ptr_array_add(largest, g_ptr_array_index(rows, i));
	g_ptr_array_sort(largest, by_size);
	g_ptr_array_set_size(largest, (gint)MIN(largest->len, CURVES));
	return largest;
}

static void
add_legend(GString *html, const GPtrArray *rows, gboolean takedown)
{
	g_string_append(html, "<figcaption>");
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		g_autofree char *key = text_for_html(row->key);

		g_string_append_printf(html,
			"<span class=\"key\"><svg width=\"36\" height=\"10\" aria-hidden=\"true\">"
			"<path d=\"M0 5h36\" stroke=\"%s\" stroke-width=\"2\" "
			"stroke-dasharray=\"%s\"/></svg> %s (n = %" G_GINT64_FORMAT ")</span> ",
			colours[i], dashes[i], key, survival_of(row, takedown)->n);
	}
	g_string_append(html, "</figcaption>");
}

static void
add_figure(GString *html, const char *title, const GPtrArray *rows, gboolean takedown)
{
	g_autoptr(GPtrArray) shown = largest(rows, takedown);

	g_string_append_printf(html,
		"<h2>%s</h2>\n<figure><svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" "
		"aria-label=\"%s: share over days\">\n",
		title, LEFT + WIDTH + 20, TOP + HEIGHT + 30, LEFT + WIDTH + 20, title);
	add_axes(html);
	for (guint i = 0; i < shown->len; i++)
		add_curve(html, survival_of(g_ptr_array_index(shown, i), takedown), i);
	g_string_append(html, "</svg>");
	add_legend(html, shown, takedown);
	if (shown->len < rows->len)
		g_string_append_printf(
			html, "<p>The %u with most reports; the table has all.</p>", shown->len);
	g_string_append(html, "</figure>\n");
}

static void
add_times(GString *html, const struct survival *survival)
{
	g_autofree char *median = stats_duration(survival->median_s);
	g_autofree char *p90 = stats_duration(survival->p90_s);

	g_string_append_printf(html,
		"<td%s>%" G_GINT64_FORMAT "</td><td>%" G_GINT64_FORMAT "</td><td>%s</td>"
		"<td>%s</td>",
		survival->n < STATS_FEW ? " class=\"few\" title=\"few\"" : "", survival->n,
		survival->censored, median, p90);
	for (int i = 0; i < SURVIVAL_MARKS; i++) {
		if (survival->share[i] < 0)
			g_string_append(html, "<td>–</td>");
		else
			g_string_append_printf(html, "<td>%.0f %%</td>", survival->share[i] * 100);
	}
	g_string_append(html,
		survival->n < STATS_FEW ? "<td class=\"few\">few</td></tr>\n" : "<td></td></tr>\n");
}

static void
add_table(GString *html, const char *by, const GPtrArray *rows, gboolean takedown)
{
	g_string_append_printf(html,
		"<table><thead><tr><th>%s</th><th>n</th><th>still waiting</th><th>median</th>"
		"<th>90 %%</th><th>1 d</th><th>3 d</th><th>7 d</th><th>30 d</th>"
		"<th>n &lt; %d</th></tr></thead><tbody>\n",
		by, STATS_FEW);
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		g_autofree char *key = text_for_html(row->key);

		g_string_append_printf(html, "<tr><td>%s</td>", key);
		add_times(html, survival_of(row, takedown));
	}
	g_string_append(html, "</tbody></table>\n");
}

static void
add_counts(GString *html, const char *by, const GPtrArray *rows)
{
	g_string_append_printf(html,
		"<table><thead><tr><th>%s</th><th>reports</th><th>accepted</th><th>bounced</th>"
		"<th>acknowledged</th><th>refused</th><th>say they "
		"acted</th></tr></thead><tbody>\n",
		by);
	for (guint i = 0; i < rows->len; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		const struct stats_counts *counts = &row->counts;
		const gint64 values[] = { counts->reports, counts->accepted, counts->bounced,
			counts->acknowledged, counts->refused, counts->actioned };
		g_autofree char *key = text_for_html(row->key);

		g_string_append_printf(html, "<tr><td>%s</td>", key);
		for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
			g_string_append_printf(html, "<td>%" G_GINT64_FORMAT "</td>", values[j]);
		g_string_append(html, "</tr>\n");
	}
	g_string_append(html, "</tbody></table>\n");
}

char *
stats_html(const char *by, const GPtrArray *rows, gint64 now)
{
	GString *html = g_string_new(head);
	g_autofree char *made = text_time(now);
	g_autofree char *key = text_for_html(by);

	g_string_append_printf(
		html, "<h1>Reports and what came after</h1>\n<p>By %s, as of %s.</p>\n", key, made);
	add_counts(html, key, rows);
	add_figure(html, "First reply after the report was sent", rows, FALSE);
	add_table(html, key, rows, FALSE);
	add_figure(html, "Seen down after the report was sent", rows, TRUE);
	add_table(html, key, rows, TRUE);
	g_string_append(html, foot);
	return g_string_free(html, FALSE);
}
