/* The words that a pattern needs, and finding them: what fits a pattern has one of its words. */
#include <jansson.h>
#include <string.h>

#include "inbox/matcher.h"
#include "inbox/required.h"

struct expected {
	const char *pattern, *words; /* as joined() gives them; NULL: none can be said */
};

static const struct expected patterns[] = {
	{ "Failure Notice", "failure notice" },
	{ "undeliver(ed|able)", "undeliver" },
	{ "(un)?deliver", "deliver" },
	{ "return(ed|ing) (mail|message)", "return & mail|message" },
	{ "(mail|message)s? failed", " failed & mail|message" },
	{ "(site|page) (was|is) (?:gone|removed)", "site|page & gone|removed" },
	{ "abcd (efghi jkl[mn]opqrs)", "efghi jkl & opqrs" },
	{ "abcd[12]efg|hijk[12]lmn", "abcd|hijk" },
	{ "\\b(site|page)\\b", "site|page" },
	{ "a(b|cdef)", NULL },
	{ "colou?r", "colo" },
	{ "abc+def", "abc & def" },
	{ "^-{4} ?x", "----" },
	{ "_{20,}$", "________" },
	{ "abc*defg", "defg" },
	{ "(?:abcd){2,}", "abcd" },
	{ "(abcd){0,2}", NULL },
	{ "(?!never)[a-z]+ word", " word" },
	{ "\\d\\d\\d", NULL },
	{ "x\\.y\\[z", "x.y[z" },
	{ "[]abc]def", "def" },
	{ "\xe5\x8f\x97\xe4\xbb\x98(\xe7\x95\xaa\xe5\x8f\xb7)?", "\xe5\x8f\x97\xe4\xbb\x98" },
	{ "r\xc3\xa9ponse", "ponse" },
	{ "(?i)abc", NULL },
	{ "abcd|efgh", "abcd|efgh" },
	{ "abcd|\\d", NULL },
	{ "abc\\Qdef", NULL },
};

/* "one|more & other|more". */
static char *
joined(const struct required *words)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; words->one && i < words->one->len; i++)
		g_string_append_printf(all, "%s%s", i ? "|" : "", (char *)words->one->pdata[i]);
	for (guint i = 0; words->other && i < words->other->len; i++)
		g_string_append_printf(
			all, "%s%s", i ? "|" : " & ", (char *)words->other->pdata[i]);
	return g_string_free(all, words->one == NULL);
}

static void
test_required(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
		struct required words = required_words(patterns[i].pattern);
		g_autofree char *all = joined(&words);

		g_test_message("%s", patterns[i].pattern);
		g_assert_cmpstr(all, ==, patterns[i].words);
		required_clear(&words);
	}
}

/* Words of eight bytes and around, in the middle of a text and at its end. */
static void
test_long(struct words *words)
{
	static const char *const texts[] = { "seven b", "eight by", "nine byte", "not",
		"note that" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		words_add(words, texts[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *inside = g_strconcat("a ", texts[i], " z", NULL);
		g_autofree char *cut = g_strndup(texts[i], strlen(texts[i]) - 1);
		const guint word = words_add(words, texts[i]);
		struct words_found found;

		words_find(words, texts[i], strlen(texts[i]), &found);
		g_assert_true(words_has(&found, word));
		words_find(words, inside, strlen(inside), &found);
		g_assert_true(words_has(&found, word));
		words_find(words, cut, strlen(cut), &found);
		g_assert_false(words_has(&found, word));
		words_find(words, texts[i], strlen(texts[i]) - 1, &found);
		g_assert_false(words_has(&found, word));
	}
}

static void
test_find(void)
{
	struct words *words = words_new();
	guint abc = words_add(words, "abc"), abcd = words_add(words, "abcd");
	guint end = words_add(words, "the end"), never = words_add(words, "never");
	struct words_found found;

	g_assert_cmpuint(words_add(words, "abc"), ==, abc);
	g_assert_cmpuint(words_add(words, "ab"), ==, WORDS_MAX_COUNT);
	words_find(words, "xAbCx ... THE END", strlen("xAbCx ... THE END"), &found);
	g_assert_true(words_has(&found, abc));
	g_assert_false(words_has(&found, abcd));
	g_assert_true(words_has(&found, end));
	g_assert_false(words_has(&found, never));
	words_find(words, "a", strlen("a"), &found);
	g_assert_false(words_has(&found, abc));
	words_find(words, "nev", strlen("nev"), &found);
	g_assert_false(words_has(&found, never));
	test_long(words);
	words_free(words);
}

/* All patterns of the rules' file. */
static void
collect(const json_t *value, GPtrArray *all)
{
	const char *key;
	json_t *child;
	size_t i;

	json_array_foreach(value, i, child)
	{
		if (json_is_string(child))
			g_ptr_array_add(all, g_strdup(json_string_value(child)));
		collect(child, all);
	}
	json_object_foreach((json_t *)value, key, child)
	{
		collect(child, all);
	}
}

/* Whether a text fits with the words asked first is whether it fits. */
static void
test_same(void)
{
	json_t *root = json_load_file(SOURCE_DIR "/config/reply-rules.json", 0, NULL);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	struct words *words = words_new();
	g_autoptr(GDir) folder = g_dir_open(SOURCE_DIR "/tests/data/replies", 0, NULL);
	g_autoptr(GPtrArray) matchers = g_ptr_array_new_with_free_func(matcher_free);
	const char *name;
	guint filtered = 0;

	collect(root, all);
	for (guint i = 0; i < all->len; i++)
		g_ptr_array_add(matchers, matcher_new(all->pdata[i], words, NULL));
	while ((name = g_dir_read_name(folder))) {
		g_autofree char *path =
			g_build_filename(SOURCE_DIR "/tests/data/replies", name, NULL);
		g_autofree char *bytes = NULL;
		gsize size;

		g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
		g_autofree char *text = g_utf8_make_valid(bytes, (gssize)size);
		struct look look = { .text = text };

		words_find(words, text, strlen(text), &look.found);
		for (guint i = 0; i < matchers->len; i++) {
			const struct matcher *matcher = matchers->pdata[i];
			gboolean fits = g_regex_match(matcher->regex, text, 0, NULL);

			g_assert_true(matcher_fits(matcher, &look) == fits);
			filtered += matcher->needed[0] != NULL;
		}
	}
	/* Nearly all have words. */
	g_assert_cmpuint(filtered, >, 0);
	words_free(words);
	json_decref(root);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/words/required", test_required);
	g_test_add_func("/words/find", test_find);
	g_test_add_func("/words/same", test_same);
	return g_test_run();
}
