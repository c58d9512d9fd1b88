/* Observations come out in order, whether they fit in memory or not. */
#include <string.h>

#include "ledger/observations.h"

#define MANY 5000

struct seen {
	guint64 series;
	gint64 time_us;
	guint n, happened;
};

static void
check(guint64 series, gint64 time_us, gboolean happened, void *user)
{
	struct seen *seen = user;

	g_assert_true(
		series > seen->series || (series == seen->series && time_us >= seen->time_us));
	seen->series = series;
	seen->time_us = time_us;
	seen->happened += happened != 0;
	seen->n++;
}

static void
test_order(gconstpointer data)
{
	g_autoptr(Observations) observations = observations_new(GPOINTER_TO_SIZE(data));
	struct seen seen = { 0 };
	GError *error = NULL;

	for (guint64 i = 0; i < MANY; i++)
		observations_add(
			observations, i * 7919 % 13, (gint64)(i * 104729 % 10007), i % 3 == 0);
	g_assert_true(observations_each(observations, check, &seen, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(seen.n, ==, MANY);
	g_assert_cmpuint(seen.happened, ==, (MANY + 2) / 3);
}

static void
test_none(void)
{
	g_autoptr(Observations) observations = observations_new(10);
	struct seen seen = { 0 };

	g_assert_true(observations_each(observations, check, &seen, NULL));
	g_assert_cmpuint(seen.n, ==, 0);
}

/* A folder that is not there: told, not lost. */
static void
test_no_room(void)
{
	if (g_test_subprocess()) {
		g_autoptr(Observations) observations = observations_new(1);
		g_autoptr(GError) error = NULL;
		struct seen seen = { 0 };

		for (int i = 0; i < 3; i++)
			observations_add(observations, 0, i, TRUE);
		g_assert_false(observations_each(observations, check, &seen, &error));
		g_assert_nonnull(strstr(error->message, "/nowhere/at/all"));
		return;
	}
	g_setenv("TMPDIR", "/nowhere/at/all", TRUE);
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/observations/none", test_none);
	g_test_add_data_func("/observations/in-memory", GSIZE_TO_POINTER(10000), test_order);
	g_test_add_data_func("/observations/just-full", GSIZE_TO_POINTER(MANY), test_order);
	g_test_add_data_func("/observations/merged", GSIZE_TO_POINTER(640), test_order);
	g_test_add_data_func("/observations/many-runs", GSIZE_TO_POINTER(60), test_order);
	g_test_add_data_func("/observations/no-room", GSIZE_TO_POINTER(1), test_order);
	g_test_add_func("/observations/no-folder", test_no_room);
	return g_test_run();
}
