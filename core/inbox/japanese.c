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

/* What a look at the bytes as one encoding found. */
struct look {
	guint good, weak, bad; /* characters next to each other, alone; bytes that do not fit */
	guint run, sure; /* of those next to each other now; that letters would not look like */
};

static void
end_run(struct look *look)
{
	if (look->run > 1 && look->sure > 0)
		look->good += look->run;
	else
		look->weak += look->run;
	look->run = look->sure = 0;
}

static void
add_character(struct look *look, gboolean sure)
{
	look->run++;
	look->sure += sure ? 1 : 0;
}

/* Letters with accents and typographers' quotes may look like single characters of Japanese. */
static gboolean
is_japanese(struct look *look)
{
	end_run(look);
	return look->good > look->weak && look->bad <= look->good / 16;
}

static gboolean
is_shift_jis(const unsigned char *at, gsize size)
{
	struct look look = { 0 };

	for (gsize i = 0; i < size; i++) {
		unsigned char lead = at[i], trail = i + 1 < size ? at[i + 1] : 0x80;

		if (lead < 0x80 || (lead > 0xa0 && lead < 0xe0)) {
			end_run(&look);
		} else if (lead == 0x80 || lead == 0xa0 || lead > 0xfc || trail < 0x40 ||
			   trail == 0x7f || trail > 0xfc) {
			end_run(&look);
			look.bad++;
		} else {
			/* In other charsets 0x81 and 0x83 are rare, others stand before letters. */
			add_character(&look,
				lead < 0xa0 && (trail >= 0x80 || lead == 0x81 || lead == 0x83));
			i++;
		}
	}
	return is_japanese(&look);
}

static gboolean
is_euc(const unsigned char *at, gsize size)
{
	struct look look = { 0 };

	for (gsize i = 0; i < size; i++) {
		gsize length = at[i] == 0x8f ? 3 : 2, n = 1;

		if (at[i] < 0x80) {
			end_run(&look);
			continue;
		}
		while (n < length && i + n < size && at[i + n] > 0xa0 && at[i + n] < 0xff)
			n++;
		if (at[i] == 0xff || (at[i] < 0xa1 && at[i] != 0x8e && at[i] != 0x8f) ||
			(n < length && i + n < size)) {
			end_run(&look);
			look.bad++;
		} else {
			add_character(&look, TRUE);
			i += n - 1;
		}
	}
	return is_japanese(&look);
}

const char *
japanese_guess(const char *bytes, gsize size)
{
	const unsigned char *at = (const unsigned char *)bytes;

	/* What is EUC may be taken for half-width kana, while what is not has bytes that EUC lacks.
	 */
	if (is_euc(at, size))
		return "EUC-JP-MS";
	return is_shift_jis(at, size) ? "CP932" : NULL;
}
