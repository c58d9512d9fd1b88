#include "cli/stats-svg.h"

#include <math.h>

#include "base/text.h"

/* In tenths of a pixel: whole numbers, as a locale's decimal comma would spoil a path. */
#define DAYS 30
#define LEFT 650
#define TOP 120
#define WIDTH 6400
#define HEIGHT 2400
#define RIGHT 420 /* where the curves' numbers stand */
#define BOTTOM 480
#define PIXEL 10
#define LINE 130 /* from one number to the next */

/* Told apart by colour, in grey by their dashes and numbers. */
static const struct {
	const char *colour, *dashes;
} styles[STATS_CURVES] = { { "#00558c", "none" }, { "#c04a00", "90 40" }, { "#00734f", "25 35" },
	{ "#a03c80", "90 35 25 35" }, { "#6b5400", "180 50" }, { "#333333", "45 45" } };

struct curve {
	const struct stats_row *row;
	const struct survival *survival;
	int end_x, end_y;
	int label_y;
};

static gint
by_size(gconstpointer a, gconstpointer b)
{
	const struct curve *first = a, *second = b;

	return (second->survival->n > first->survival->n) -
	       (second->survival->n < first->survival->n);
}

static GArray *
find_curves(const GPtrArray *rows, enum stats_time which)
{
	GArray *curves = g_array_new(FALSE, TRUE, sizeof(struct curve));

	for (guint i = 0; i < rows->len && curves->len < STATS_CURVES; i++) {
		const struct stats_row *row = g_ptr_array_index(rows, i);
		const struct curve curve = { .row = row, .survival = &row->times[which] };

		if (curve.survival->steps)
			g_array_append_val(curves, curve);
	}
	g_array_sort(curves, by_size);
	return curves;
}

static const struct {
	int hours;
	const char *text;
} ticks[] = { { 0, "0" }, { 1, "1 h" }, { 6, "6 h" }, { 24, "1 d" }, { 72, "3 d" }, { 168, "7 d" },
	{ 336, "14 d" }, { 24 * DAYS, "30 d" } };

/* Replies come within minutes, takedowns within weeks: the cube root leaves room for both. */
static int
to_x(double time_s)
{
	return (int)(cbrt(MIN(time_s / (DAYS * 86400.0), 1)) * WIDTH + 0.5);
}

static void
add_axes(GString *html, const char *axis)
{
	for (int percent = 0; percent <= 100; percent += 25) {
		const int y = TOP + HEIGHT - HEIGHT * percent / 100;

		g_string_append_printf(html,
			"<path d=\"M%d %dh%d\" stroke=\"%s\" stroke-width=\"8\"/>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>\n",
			LEFT, y, WIDTH, percent % 50 ? "#ddd" : "#999", LEFT - 70, y + 40, percent);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(ticks); i++) {
		const int x = LEFT + to_x(ticks[i].hours * 3600.0);

		g_string_append_printf(html,
			"<path d=\"M%d %dv%d\" stroke=\"#ddd\" stroke-width=\"8\"/>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
			x, TOP, HEIGHT + 50, x, TOP + HEIGHT + 190, ticks[i].text);
	}
	g_string_append_printf(html,
		"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">time after the report was "
		"sent (the first hours are drawn wider)</text>\n"
		"<text transform=\"translate(130 %d) rotate(-90)\" "
		"text-anchor=\"middle\">%s</text>\n",
		LEFT + WIDTH / 2, TOP + HEIGHT + 390, TOP + HEIGHT / 2, axis);
}

static int
to_y(double surviving)
{
	return (int)((1 - surviving) * HEIGHT + 0.5);
}

/* One step a pixel at most: more cannot be seen. The curve ends with the last observation. */
static void
add_curve(GString *html, struct curve *curve, guint number)
{
	const GArray *steps = curve->survival->steps;
	int last_x = 0;

	g_string_append_printf(html,
		"<path fill=\"none\" stroke=\"%s\" stroke-width=\"20\" stroke-dasharray=\"%s\" "
		"d=\"M0 0",
		styles[number].colour, styles[number].dashes);
	for (guint i = 0; i < steps->len; i++) {
		const struct survival_step *step = &g_array_index(steps, struct survival_step, i);

		if (i + 1 < steps->len && to_x(step[1].time_s) < last_x + PIXEL)
			continue;
		last_x = to_x(step->time_s);
		curve->end_y = to_y(step->surviving);
		g_string_append_printf(html, "H%dV%d", last_x, curve->end_y);
	}
	curve->end_x = MAX(to_x(curve->survival->now_s), last_x);
	g_string_append_printf(html, "H%d\"/>\n", curve->end_x);
}

/* The next curve from above whose number has no place yet. */
static struct curve *
next_label(GArray *curves, const gboolean *placed, guint *at)
{
	struct curve *next = NULL;

	for (guint i = 0; i < curves->len; i++) {
		struct curve *curve = &g_array_index(curves, struct curve, i);

		if (placed[i] || (next && curve->end_y >= next->end_y))
			continue;
		next = curve;
		*at = i;
	}
	return next;
}

/* Numbers at the right, so far from each other that all can be read. */
static void
place_labels(GArray *curves)
{
	gboolean placed[STATS_CURVES] = { FALSE };
	int free_from = G_MININT, below = (int)curves->len;

	for (guint at = 0, i = 0; i < curves->len; i++, below--) {
		struct curve *curve = next_label(curves, placed, &at);

		curve->label_y = MIN(MAX(curve->end_y, free_from), HEIGHT - (below - 1) * LINE);
		free_from = curve->label_y + LINE;
		placed[at] = TRUE;
	}
}

static void
add_curves(GString *html, GArray *curves)
{
	g_string_append_printf(html, "<g transform=\"translate(%d %d)\">\n", LEFT, TOP);
	for (guint i = 0; i < curves->len; i++)
		add_curve(html, &g_array_index(curves, struct curve, i), i);
	place_labels(curves);
	for (guint i = 0; i < curves->len; i++) {
		const struct curve *curve = &g_array_index(curves, struct curve, i);

		g_string_append_printf(html,
			"<path fill=\"none\" stroke=\"#999\" stroke-width=\"6\" "
			"d=\"M%d %dH%dL%d %d\"/><text x=\"%d\" y=\"%d\">%u</text>\n",
			curve->end_x, curve->end_y, MAX(curve->end_x, WIDTH), WIDTH + 150,
			curve->label_y, WIDTH + 190, curve->label_y + 42, i + 1);
	}
	g_string_append(html, "</g>\n");
}

static void
add_legend(GString *html, const GArray *curves)
{
	g_string_append(html, "<figcaption>");
	for (guint i = 0; i < curves->len; i++) {
		const struct curve *curve = &g_array_index(curves, struct curve, i);
		g_autofree char *label = stats_label(curve->row);
		g_autofree char *key = text_for_html(label);

		g_string_append_printf(html,
			"<span class=\"key\"><svg viewBox=\"0 0 500 100\" width=\"50\" "
			"height=\"10\" "
			"aria-hidden=\"true\"><path d=\"M0 50h500\" stroke=\"%s\" "
			"stroke-width=\"20\" stroke-dasharray=\"%s\"/></svg> %u %s "
			"(n = %" G_GINT64_FORMAT ")</span>\n",
			styles[i].colour, styles[i].dashes, i + 1, key, curve->survival->n);
	}
	g_string_append(html, "</figcaption>");
}

void
stats_svg(GString *html, const GPtrArray *rows, enum stats_time which, const char *axis)
{
	g_autoptr(GArray) curves = find_curves(rows, which);

	if (curves->len == 0)
		return;
	g_string_append_printf(html,
		"<figure><div class=\"scroll\" tabindex=\"0\"><svg class=\"plot\" viewBox=\"0 0 %d "
		"%d\" role=\"img\" "
		"aria-label=\"Share %s over the time after the report was sent\">\n",
		LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM, axis);
	add_axes(html, axis);
	add_curves(html, curves);
	g_string_append(html, "</svg></div>");
	add_legend(html, curves);
	if (curves->len < rows->len)
		g_string_append_printf(html,
			"<p>The curves are of the %u with most observations; the table has "
			"all.</p>",
			curves->len);
	g_string_append(html, "</figure>\n");
}
