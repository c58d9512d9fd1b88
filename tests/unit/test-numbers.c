/* Which words may be a ticket's number that was seen before. */
#include "inbox/numbers.h"

static const char *const cases[][2] = {
	{ "Ticket AB-2026-118 of ours", "AB-2026-118" },
	{ "1234567 is yours", "1234567" },
	{ "see #55501, [55502] and (55503)", "55501 55502 55503" },
	{ "\xe3\x80\x90"
	  "55501\xe3\x80\x91",
		"55501" },
	/* full-width: チケット５５５０１９９ */
	{ "\xe3\x83\x81 \xef\xbc\x95\xef\xbc\x95\xef\xbc\x95\xef\xbc\x90\xef\xbc\x91\xef\xbc\x99"
	  "\xef\xbc\x99",
		"5550199" },
	{ "Happy new year 2026", "" },
	{ "Amount 55501 JPY", "" },
	{ "on 2026-11-25 at 10:15 or 10:15:33, 192.0.2.123", "" },
	{ "abc a1 x2y", "" },
};

static void
test_collect(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

		numbers_collect(cases[i][0], words);
		g_ptr_array_add(words, NULL);
		g_autofree char *all = g_strjoinv(" ", (char **)words->pdata);
		g_assert_cmpstr(all, ==, cases[i][1]);
	}
}

static void
test_bounded(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < 10000; i++)
		g_string_append(text, "AB-1234 ");
	numbers_collect(text->str, words);
	g_assert_cmpuint(words->len, <=, 64);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/numbers/collect", test_collect);
	g_test_add_func("/numbers/bounded", test_bounded);
	return g_test_run();
}
