#include "inbox/required.h"

#include <string.h>

/* Shorter words are in every text; more of them cost more than they save. */
#define WORD_MIN 3
/* What is known of a character that comes many times. */
#define REPEATED 8
#define WORDS_LIMIT 64

struct reader {
	const char *at;
	gboolean failed; /* something that is not understood here */
};

/* What is known of one branch: the run of characters that is being read, the best words so far. */
struct branch {
	GString *run;
	struct required best;
};

static struct required read_branches(struct reader *reader);

/* The length of the shortest, without its spaces: they are in every text. */
static gsize
shortest(const GPtrArray *words)
{
	gsize shortest_length = G_MAXSIZE;

	for (guint i = 0; i < words->len; i++) {
		gsize length = 0;

		for (const char *at = g_ptr_array_index(words, i); *at; at++)
			length += *at != ' ';
		shortest_length = MIN(shortest_length, length);
	}
	return shortest_length;
}

static void
replace(GPtrArray **slot, GPtrArray *words)
{
	g_clear_pointer(slot, g_ptr_array_unref);
	*slot = words;
}

/* Takes words when they say more: long ones are rare. Owns them. */
static void
offer(struct branch *branch, GPtrArray *words)
{
	struct required *best = &branch->best;
	const gsize length = words ? shortest(words) : 0;

	if (!words || length < WORD_MIN || words->len > WORDS_LIMIT)
		g_clear_pointer(&words, g_ptr_array_unref);
	else if (!best->one || shortest(best->one) < length) {
		replace(&best->other, best->one);
		best->one = words;
	} else if (!best->other || shortest(best->other) < length)
		replace(&best->other, words);
	else
		g_ptr_array_unref(words);
}

static void
end_run(struct branch *branch)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(words, g_strdup(branch->run->str));
	g_string_truncate(branch->run, 0);
	offer(branch, words);
}

/* The quantifier that follows: the least number of times; 1 and *is_one where there is none. */
static guint
read_quantifier(struct reader *reader, gboolean *is_one)
{
	guint least = 1;
	char sign = *reader->at;

	*is_one = FALSE;
	if (sign == '?' || sign == '*' || sign == '+') {
		least = sign == '+';
		reader->at++;
	} else if (sign == '{' && (g_ascii_isdigit(reader->at[1]) || reader->at[1] == ',')) {
		least = (guint)g_ascii_strtoull(reader->at + 1, NULL, 10);
		reader->at += strcspn(reader->at, "}");
		reader->at += *reader->at == '}';
	} else {
		*is_one = TRUE;
		return 1;
	}
	reader->at += *reader->at == '?' || *reader->at == '+';
	return least;
}

/* One character that stands for itself. One with another case beyond ASCII ends the run. */
static void
take_character(struct reader *reader, struct branch *branch, const char *from, gsize length)
{
	gunichar c = g_utf8_get_char(from);
	gboolean cased = c >= 0x80 && (g_unichar_tolower(c) != c || g_unichar_toupper(c) != c);
	gboolean is_one;
	guint least = read_quantifier(reader, &is_one);

	if (cased || least == 0) {
		end_run(branch);
		return;
	}
	for (guint n = 0; n < MIN(least, REPEATED); n++)
		for (gsize i = 0; i < length; i++)
			g_string_append_c(branch->run, g_ascii_tolower(from[i]));
	if (!is_one)
		end_run(branch);
}

/* One of many characters. */
static void
take_any(struct reader *reader, struct branch *branch)
{
	gboolean is_one;

	read_quantifier(reader, &is_one);
	end_run(branch);
}

static void
take_escape(struct reader *reader, struct branch *branch)
{
	char c = *++reader->at;

	if (!c) {
		reader->failed = TRUE;
		return;
	}
	reader->at++;
	if (c == 'b') /* nothing is between two runs here */
		return;
	if (strchr("sSdDwWBnrt", c))
		take_any(reader, branch);
	else if (g_ascii_isalnum(c))
		reader->failed = TRUE;
	else
		take_character(reader, branch, reader->at - 1, 1);
}

static void
take_class(struct reader *reader, struct branch *branch)
{
	reader->at++;
	reader->at += *reader->at == '^';
	reader->at += *reader->at == ']';
	while (*reader->at && *reader->at != ']')
		reader->at += *reader->at == '\\' && reader->at[1] ? 2 : 1;
	if (!*reader->at) {
		reader->failed = TRUE;
		return;
	}
	reader->at++;
	take_any(reader, branch);
}

static void
take_group(struct reader *reader, struct branch *branch)
{
	static const char *const looks[] = { "?=", "?!", "?<=", "?<!" };
	gboolean look = FALSE, is_one;
	struct required words;

	reader->at++;
	for (gsize i = 0; i < G_N_ELEMENTS(looks); i++)
		look |= g_str_has_prefix(reader->at, looks[i]);
	if (g_str_has_prefix(reader->at, "?:"))
		reader->at += 2;
	else if (g_str_has_prefix(reader->at, "?-i:"))
		reader->at += 4;
	else if (look)
		reader->at += strspn(reader->at, "?<=!");
	else if (*reader->at == '?' || *reader->at == '*')
		reader->failed = TRUE;
	words = read_branches(reader);
	if (*reader->at == ')')
		reader->at++;
	else
		reader->failed = TRUE;
	if (look) {
		required_clear(&words);
		return;
	}
	end_run(branch);
	if (read_quantifier(reader, &is_one) == 0)
		required_clear(&words);
	offer(branch, words.one);
	offer(branch, words.other);
}

static struct required
read_branch(struct reader *reader)
{
	struct branch branch = { .run = g_string_new(NULL) };

	while (*reader->at && *reader->at != '|' && *reader->at != ')' && !reader->failed) {
		const char *at = reader->at;

		if (*at == '\\')
			take_escape(reader, &branch);
		else if (*at == '[')
			take_class(reader, &branch);
		else if (*at == '(')
			take_group(reader, &branch);
		else if (*at == '^' || *at == '$')
			reader->at++;
		else if (*at == '.') {
			reader->at++;
			take_any(reader, &branch);
		} else {
			reader->at = g_utf8_next_char(at);
			take_character(reader, &branch, at, (gsize)(reader->at - at));
		}
	}
	end_run(&branch);
	g_string_free(branch.run, TRUE);
	return branch.best;
}

/* Takes the best words of another branch: whatever fits has one of either. */
static void
join(struct required *all, struct required *words)
{
	g_clear_pointer(&all->other, g_ptr_array_unref);
	if (!all->one || !words->one)
		required_clear(all);
	else
		g_ptr_array_extend_and_steal(all->one, g_steal_pointer(&words->one));
	required_clear(words);
}

/* Branches apart by "|". */
static struct required
read_branches(struct reader *reader)
{
	struct required all = read_branch(reader);

	while (*reader->at == '|' && !reader->failed) {
		struct required words;

		reader->at++;
		words = read_branch(reader);
		join(&all, &words);
	}
	if (reader->failed)
		required_clear(&all);
	return all;
}

struct required
required_words(const char *pattern)
{
	struct reader reader = { pattern, FALSE };
	struct required words = { NULL, NULL };

	if (g_utf8_validate(pattern, -1, NULL))
		words = read_branches(&reader);
	if (*reader.at || reader.failed)
		required_clear(&words);
	return words;
}

void
required_clear(struct required *required)
{
	g_clear_pointer(&required->one, g_ptr_array_unref);
	g_clear_pointer(&required->other, g_ptr_array_unref);
}
