/* The estimate against the published worked example: survival in acute myelogenous leukaemia
 * (Miller, Survival Analysis, 1981; data set "aml" of R's survival package), whose print(survfit)
 * gives medians 31 (maintained), 23 (not maintained) and 27 (all). */
#include "ledger/survival.h"

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

static void
test_level_hit_exactly(void)
{
	/* Half are gone at 2 and the next goes at 3: R gives 2.5. */
	static const struct observation four[] = { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 } };
	struct survival survival;

	estimate(&survival, four, 4);
	g_assert_cmpfloat(survival.median_s, ==, 2.5);
	g_assert_cmpfloat(survival.p90_s, ==, 4);
	survival_clear(&survival);
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
	g_test_add_func("/survival/level-hit-exactly", test_level_hit_exactly);
	g_test_add_func("/survival/marks", test_marks);
	g_test_add_func("/survival/none", test_none);
	return g_test_run();
}
