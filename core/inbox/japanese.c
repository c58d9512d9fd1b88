#include "inbox/japanese.h"

#include <string.h>

#include "inbox/converter.h"

enum set { OTHER, KANJI, KANA, MORE_KANJI };

struct escape {
	const char *bytes;
	enum set set;
};

/* JIS X 0208 of 1978 and 1983, half-width kana, JIS X 0212; and back to letters. */
static const struct escape escapes[] = { { "\x1b$B", KANJI }, { "\x1b$@", KANJI },
	{ "\x1b(I", KANA }, { "\x1b$(D", MORE_KANJI }, { "\x1b(B", OTHER }, { "\x1b(J", OTHER },
	{ "\x1b(H", OTHER } };

static const struct escape *
escape_at(const char *at, gsize size)
{
	for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++) {
		gsize length = strlen(escapes[i].bytes);

		if (size >= length && memcmp(at, escapes[i].bytes, length) == 0)
			return &escapes[i];
	}
	return NULL;
}

gboolean
japanese_is_jis(const char *bytes, gsize size)
{
	const char *end = bytes + size;

	for (const char *at = bytes; (at = memchr(at, '\x1b', (gsize)(end - at))); at++)
		if (escape_at(at, (gsize)(end - at)))
			return TRUE;
	return FALSE;
}

/* EUC has the same characters, with the top bits set and a byte before those of the rarer sets. */
static void
add_set(GString *text, const char *bytes, gsize size, enum set set)
{
	GString *euc = g_string_sized_new(2 * size + 1);
	gsize width = set == KANA ? 1 : 2;
	GString *part;
	guint bad = 0, within = 0;

	for (gsize i = 0; i < size; i++) {
		if ((bytes[i] & 0x7f) <= ' ') {
			g_string_append_c(euc, bytes[i]);
			continue;
		}
		if (set != KANJI && within++ % width == 0)
			g_string_append_c(euc, set == KANA ? '\x8e' : '\x8f');
		g_string_append_c(euc, (char)(bytes[i] | 0x80));
	}
	part = converter_run(euc->str, euc->len, "EUC-JP-MS", &bad);
	if (part) {
		g_string_append_len(text, part->str, (gssize)part->len);
		g_string_free(part, TRUE);
	}
	g_string_free(euc, TRUE);
}

/* How far the text goes on in one set: a line's end ends all but letters. */
static gsize
span(const char *bytes, gsize size, enum set set)
{
	gsize n = 0;

	while (n < size && !(set != OTHER && bytes[n] == '\n') &&
		!(bytes[n] == '\x1b' && escape_at(bytes + n, size - n)))
		n++;
	return n;
}

GString *
japanese_from_jis(const char *bytes, gsize size, japanese_other other)
{
	GString *text = g_string_sized_new(2 * size + 1);
	enum set set = OTHER;

	while (size > 0) {
		const struct escape *escape = escape_at(bytes, size);
		gsize length = escape ? strlen(escape->bytes) : span(bytes, size, set);

		if (escape)
			set = escape->set;
		else if (length == 0)
			set = OTHER;
		else if (set == OTHER)
			other(text, bytes, length);
		else
			add_set(text, bytes, length, set);
		bytes += length;
		size -= length;
	}
	return text;
}

/* What a look at the bytes as one encoding found: characters next to each other; alone; those that
 * may be an accent or a quote in Latin text, as they touch letters; bytes that do not fit. */
struct look {
	guint good, alone, latin, bad;
	guint run, sure;  /* of those next to each other now; of these that look like no Latin */
	gboolean touches; /* a letter touches them */
	gboolean letter;  /* the byte before is one */
};

static void
add_character(struct look *look, gboolean sure, gboolean touches)
{
	if (look->run == 0)
		look->touches = look->letter;
	look->touches |= touches;
	look->letter = FALSE;
	look->run++;
	look->sure += sure ? 1 : 0;
}

/* A byte that is none of theirs follows. */
static void
end_run(struct look *look, unsigned char next)
{
	look->letter = g_ascii_isalpha(next);
	if (look->run > 1 && look->sure > 0)
		look->good += look->run;
	else if (look->touches || look->letter)
		look->latin += look->run;
	else
		look->alone += look->sure;
	look->run = look->sure = 0;
	look->touches = FALSE;
}

static gboolean
is_japanese(struct look *look)
{
	guint good;

	end_run(look, '\0');
	good = look->good + (look->alone > 1 ? look->alone : 0);
	return good > look->latin && look->bad <= good / 16;
}

gboolean
japanese_is_shift_jis(const char *bytes, gsize size)
{
	const unsigned char *at = (const unsigned char *)bytes;
	struct look look = { 0 };

	for (gsize i = 0; i < size; i++) {
		unsigned char lead = at[i], trail = i + 1 < size ? at[i + 1] : '@';

		if (lead < 0x80 || (lead > 0xa0 && lead < 0xe0)) {
			end_run(&look, lead);
		} else if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || trail < 0x40 ||
			   trail == 0x7f || trail > 0xfc) {
			end_run(&look, lead);
			look.bad++;
		} else {
			/* Latin text has no 0x81 and hardly 0x83, and letters after the others. */
			add_character(&look,
				lead < 0xa0 && (trail >= 0x80 || lead == 0x81 || lead == 0x83),
				g_ascii_isalpha(trail));
			i++;
		}
	}
	return is_japanese(&look);
}

/* How many bytes the character takes, 0 when it is none; one that is cut off ends with the text. */
static gsize
euc_length(const unsigned char *at, gsize size)
{
	gsize length = MIN(at[0] == 0x8f ? 3 : 2, size);

	if (at[0] == 0xff || (at[0] < 0xa1 && at[0] != 0x8e && at[0] != 0x8f))
		return 0;
	for (gsize i = 1; i < length; i++)
		if (at[i] < 0xa1 || at[i] == 0xff)
			return 0;
	return length;
}

gboolean
japanese_is_euc(const char *bytes, gsize size)
{
	const unsigned char *at = (const unsigned char *)bytes;
	struct look look = { 0 };
	gsize length;

	for (gsize i = 0; i < size; i += MAX(length, 1)) {
		length = at[i] < 0x80 ? 0 : euc_length(at + i, size - i);
		if (length > 0)
			add_character(&look, TRUE, FALSE);
		else
			end_run(&look, at[i]);
		if (length == 0 && at[i] >= 0x80)
			look.bad++;
	}
	return is_japanese(&look);
}
