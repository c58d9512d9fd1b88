/* The estimate against the published worked example: survival in acute myelogenous leukaemia
 * (Miller, Survival Analysis, 1981; data set "aml" of R's survival package), whose print(survfit)
 * gives medians 31 (maintained), 23 (not maintained) and 27 (all); and against what survfit(),
 * quantile() and summary(times) of R 4.2.2, survival 3.5-3, give for the rest. */
#include "ledger/survival.h"

#include <stdlib.h>

struct observation {
	double time;
	gboolean happened;
};

static const struct observation maintained[] = { { 9, 1 }, { 13, 1 }, { 13, 0 }, { 18, 1 },
	{ 23, 1 }, { 28, 0 }, { 31, 1 }, { 34, 1 }, { 45, 0 }, { 48, 1 }, { 161, 0 } };
static const struct observation other[] = { { 5, 1 }, { 5, 1 }, { 8, 1 }, { 8, 1 }, { 12, 1 },
	{ 16, 0 }, { 23, 1 }, { 27, 1 }, { 30, 1 }, { 33, 1 }, { 43, 1 }, { 45, 1 } };

static void
estimate(struct survival *survival, const struct observation *observations, gsize n)
{
	survival_begin(survival, (gint64)n, TRUE);
	for (gsize i = 0; i < n; i++)
		survival_add(survival, observations[i].time, observations[i].happened);
	survival_end(survival);
}

static void
test_aml(void)
{
	static const double published[] = { 0.9090909, 0.8181818, 0.7159091, 0.6136364, 0.4909091,
		0.3681818, 0.1840909 };
	struct survival survival;

	estimate(&survival, maintained, G_N_ELEMENTS(maintained));
	g_assert_cmpint(survival.events, ==, 7);
	g_assert_cmpint(survival.censored, ==, 4);
	g_assert_cmpfloat(survival.median_s, ==, 31);
	g_assert_cmpfloat(survival.p90_s, <, 0); /* not reached */
	g_assert_cmpuint(survival.steps->len, ==, G_N_ELEMENTS(published));
	for (guint i = 0; i < survival.steps->len; i++)
		g_assert_cmpfloat_with_epsilon(
			g_array_index(survival.steps, struct survival_step, i).surviving,
			published[i], 1e-6);
	survival_clear(&survival);

	estimate(&survival, other, G_N_ELEMENTS(other));
	g_assert_cmpfloat(survival.median_s, ==, 23);
	g_assert_cmpfloat(survival.p90_s, ==, 43); /* 0.0972 at 43 in the published table */
	survival_clear(&survival);
}

/* Small ones, with what R gives for median and 90 %; -1: NA. */
#define MOST 10
static const struct small {
	const char *name;
	struct observation observations[MOST];
	gsize n;
	double median, p90;
} smalls[] = {
	{ "on the level", { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 } }, 4, 2.5, 4 },
	{ "on it to the end", { { 1, 1 }, { 2, 1 }, { 3, 0 }, { 4, 0 } }, 4, 3, -1 },
	{ "on it to the end, ties", { { 1, 1 }, { 1, 1 }, { 2, 0 }, { 2, 0 } }, 4, 1.5, -1 },
	{ "on it, with censored between",
		{ { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 0 }, { 5, 1 }, { 6, 1 } }, 6, 4, 6 },
	{ "on it at the last time", { { 5, 1 }, { 5, 1 }, { 5, 0 }, { 5, 0 } }, 4, 5, -1 },
	{ "censored at an event's time", { { 1, 1 }, { 2, 1 }, { 2, 0 }, { 3, 1 }, { 4, 1 } }, 5, 3,
		4 },
	{ "all censored", { { 1, 0 }, { 2, 0 }, { 3, 0 } }, 3, -1, -1 },
	{ "all at once", { { 2, 1 }, { 2, 1 }, { 2, 1 } }, 3, 2, 2 },
	{ "one", { { 7, 1 } }, 1, 7, 7 },
	{ "one censored", { { 7, 0 } }, 1, -1, -1 },
	{ "at once and later", { { 0, 1 }, { 0, 0 }, { 1, 1 }, { 2, 1 } }, 4, 1, 2 },
	{ "on 90 %",
		{ { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 5, 1 }, { 6, 1 }, { 7, 1 }, { 8, 1 },
			{ 9, 1 }, { 10, 1 } },
		10, 5.5, 9.5 },
	{ "on 90 % to the end",
		{ { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 }, { 5, 1 }, { 6, 1 }, { 7, 1 }, { 8, 1 },
			{ 9, 1 }, { 10, 0 } },
		10, 5.5, 9.5 },
};

static void
test_small(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(smalls); i++) {
		struct survival survival;

		g_test_message("%s", smalls[i].name);
		estimate(&survival, smalls[i].observations, smalls[i].n);
		g_assert_cmpfloat_with_epsilon(survival.median_s, smalls[i].median, 1e-9);
		g_assert_cmpfloat_with_epsilon(survival.p90_s, smalls[i].p90, 1e-9);
		survival_clear(&survival);
	}
}

/* 200 of them in whole days, many ties: set.seed(4); t <- round(rexp(200) * 20);
 * e <- rbinom(200, 1, .6). */
static const struct observation many[] = { { 3, 1 }, { 86, 1 }, { 17, 1 }, { 16, 1 }, { 13, 1 },
	{ 15, 0 }, { 9, 1 }, { 1, 1 }, { 10, 1 }, { 17, 1 }, { 54, 1 }, { 6, 0 }, { 8, 0 },
	{ 9, 1 }, { 7, 1 }, { 21, 1 }, { 1, 1 }, { 3, 1 }, { 37, 1 }, { 20, 1 }, { 5, 1 },
	{ 25, 0 }, { 111, 1 }, { 3, 1 }, { 37, 1 }, { 1, 0 }, { 8, 1 }, { 25, 1 }, { 10, 1 },
	{ 11, 0 }, { 28, 1 }, { 36, 0 }, { 36, 1 }, { 8, 0 }, { 44, 0 }, { 3, 1 }, { 5, 1 },
	{ 44, 1 }, { 1, 0 }, { 12, 1 }, { 5, 0 }, { 22, 0 }, { 13, 0 }, { 8, 1 }, { 20, 0 },
	{ 16, 1 }, { 8, 1 }, { 1, 1 }, { 65, 1 }, { 3, 1 }, { 28, 0 }, { 2, 0 }, { 16, 1 },
	{ 22, 1 }, { 49, 1 }, { 11, 0 }, { 14, 0 }, { 14, 0 }, { 5, 1 }, { 15, 1 }, { 1, 0 },
	{ 22, 1 }, { 39, 1 }, { 16, 0 }, { 26, 0 }, { 17, 1 }, { 20, 1 }, { 12, 0 }, { 1, 0 },
	{ 25, 1 }, { 1, 1 }, { 9, 0 }, { 3, 1 }, { 27, 0 }, { 38, 1 }, { 22, 1 }, { 37, 0 },
	{ 13, 1 }, { 4, 1 }, { 14, 1 }, { 7, 1 }, { 19, 1 }, { 2, 0 }, { 3, 0 }, { 5, 1 },
	{ 59, 0 }, { 4, 0 }, { 4, 1 }, { 32, 1 }, { 11, 1 }, { 6, 0 }, { 21, 1 }, { 16, 0 },
	{ 45, 1 }, { 44, 1 }, { 33, 1 }, { 32, 1 }, { 10, 1 }, { 52, 0 }, { 4, 0 }, { 40, 0 },
	{ 0, 1 }, { 28, 0 }, { 121, 1 }, { 6, 1 }, { 34, 0 }, { 54, 1 }, { 4, 1 }, { 36, 0 },
	{ 31, 0 }, { 7, 1 }, { 3, 1 }, { 13, 1 }, { 15, 0 }, { 10, 1 }, { 12, 1 }, { 19, 1 },
	{ 62, 1 }, { 59, 1 }, { 62, 0 }, { 9, 0 }, { 11, 1 }, { 10, 1 }, { 29, 0 }, { 36, 0 },
	{ 62, 1 }, { 7, 0 }, { 7, 1 }, { 6, 1 }, { 11, 1 }, { 17, 0 }, { 12, 1 }, { 2, 1 },
	{ 5, 1 }, { 20, 1 }, { 7, 0 }, { 14, 1 }, { 30, 1 }, { 3, 1 }, { 3, 1 }, { 16, 0 },
	{ 16, 1 }, { 5, 0 }, { 1, 0 }, { 13, 1 }, { 15, 1 }, { 14, 1 }, { 52, 0 }, { 35, 1 },
	{ 24, 1 }, { 5, 0 }, { 4, 1 }, { 16, 1 }, { 0, 0 }, { 10, 0 }, { 42, 0 }, { 80, 1 },
	{ 2, 0 }, { 16, 1 }, { 12, 1 }, { 8, 1 }, { 3, 1 }, { 15, 0 }, { 8, 1 }, { 14, 1 },
	{ 27, 1 }, { 11, 1 }, { 87, 0 }, { 40, 0 }, { 54, 1 }, { 9, 0 }, { 55, 0 }, { 32, 1 },
	{ 94, 0 }, { 48, 1 }, { 4, 1 }, { 36, 1 }, { 12, 1 }, { 2, 1 }, { 41, 1 }, { 40, 1 },
	{ 13, 0 }, { 4, 1 }, { 9, 0 }, { 39, 0 }, { 3, 0 }, { 72, 1 }, { 25, 0 }, { 5, 1 },
	{ 36, 1 }, { 8, 1 }, { 21, 1 }, { 36, 1 }, { 1, 0 }, { 13, 1 }, { 8, 1 }, { 62, 1 },
	{ 31, 0 }, { 3, 1 }, { 0, 0 } };

/* Events of a day first, or those censored first: it must not matter. */
static int
by_time(const void *a, const void *b)
{
	const struct observation *x = a, *y = b;

	return x->time != y->time ? (x->time > y->time) - (x->time < y->time)
				  : y->happened - x->happened;
}

static int
by_time_censored_first(const void *a, const void *b)
{
	const struct observation *x = a, *y = b;

	return x->time != y->time ? by_time(a, b) : x->happened - y->happened;
}

static void
test_many(void)
{
	static const double shares[] = { 0.02520305, 0.09391486, 0.1921622, 0.5790258 };
	static const gint64 watched[] = { 197, 182, 148, 53 };
	int (*const orders[])(const void *, const void *) = { by_time, by_time_censored_first };

	for (gsize i = 0; i < G_N_ELEMENTS(orders); i++) {
		struct observation days[G_N_ELEMENTS(many)];
		struct survival survival;

		for (gsize k = 0; k < G_N_ELEMENTS(many); k++)
			days[k] = (struct observation){ many[k].time * 86400, many[k].happened };
		qsort(days, G_N_ELEMENTS(days), sizeof *days, orders[i]);
		estimate(&survival, days, G_N_ELEMENTS(days));
		g_assert_cmpint(survival.n, ==, survival.events + survival.censored);
		g_assert_cmpfloat_with_epsilon(survival.median_s, 21 * 86400.0, 1e-6);
		g_assert_cmpfloat_with_epsilon(survival.p90_s, 72 * 86400.0, 1e-6);
		for (int k = 0; k < SURVIVAL_MARKS; k++) {
			g_assert_cmpfloat_with_epsilon(survival.share[k], shares[k], 1e-7);
			g_assert_cmpint(survival.watched[k], ==, watched[k]);
		}
		survival_clear(&survival);
	}
}

static void
test_marks(void)
{
	static const struct observation days[] = { { 0.5 * 86400, 1 }, { 2 * 86400, 1 },
		{ 5 * 86400, 0 }, { 10 * 86400, 0 } };
	struct survival survival;

	estimate(&survival, days, 4);
	g_assert_cmpfloat_with_epsilon(survival.share[0], 0.25, 1e-9);
	g_assert_cmpfloat_with_epsilon(survival.share[1], 0.5, 1e-9);
	g_assert_cmpfloat_with_epsilon(survival.share[2], 0.5, 1e-9);
	g_assert_cmpfloat(survival.share[3], <, 0); /* nobody was watched for 30 days */
	survival_clear(&survival);
}

static void
test_none(void)
{
	struct survival survival;

	survival_begin(&survival, 0, FALSE);
	survival_end(&survival);
	g_assert_cmpfloat(survival.median_s, <, 0);
	g_assert_cmpfloat(survival.share[0], <, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/survival/aml", test_aml);
	g_test_add_func("/survival/small", test_small);
	g_test_add_func("/survival/many", test_many);
	g_test_add_func("/survival/marks", test_marks);
	g_test_add_func("/survival/none", test_none);
	return g_test_run();
}
