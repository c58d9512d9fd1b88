#include "inbox/charset.h"

#include <gmime/gmime.h>
#include <string.h>

#include "inbox/converter.h"
#include "inbox/japanese.h"
#include "inbox/mail.h"

struct alias {
	const char *name, *charset;
};

/* NULL: says nothing, since everything is sent under that name. Else the largest charset that the
 * name is used for. */
static const struct alias aliases[] = { { "utf-8", NULL }, { "us-ascii", NULL },
	{ "iso-8859-1", NULL }, { "windows-1252", NULL }, { "utf8", NULL }, { "ascii", NULL },
	{ "ansi_x3.4-1968", NULL }, { "latin1", NULL }, { "latin-1", NULL }, { "iso8859-1", NULL },
	{ "iso_8859-1", NULL }, { "cp1252", NULL }, { "unknown-8bit", NULL },
	{ "shift_jis", "CP932" }, { "shift-jis", "CP932" }, { "sjis", "CP932" },
	{ "x-sjis", "CP932" }, { "windows-31j", "CP932" }, { "cswindows31j", "CP932" },
	{ "csshiftjis", "CP932" }, { "ms_kanji", "CP932" }, { "ms932", "CP932" },
	{ "cp932", "CP932" }, { "euc-jp", "EUC-JP-MS" }, { "eucjp", "EUC-JP-MS" },
	{ "euc_jp", "EUC-JP-MS" }, { "x-euc-jp", "EUC-JP-MS" }, { "x-eucjp", "EUC-JP-MS" },
	{ "eucjp-ms", "EUC-JP-MS" }, { "euc-jp-ms", "EUC-JP-MS" }, { "eucjp-win", "EUC-JP-MS" },
	{ "cp51932", "EUC-JP-MS" }, { "jis", "ISO-2022-JP" }, { "iso2022-jp", "ISO-2022-JP" },
	{ "iso2022jp", "ISO-2022-JP" }, { "csiso2022jp", "ISO-2022-JP" },
	{ "iso-2022-jp-ms", "ISO-2022-JP" }, { "iso-2022-jp-1", "ISO-2022-JP" },
	{ "cp50220", "ISO-2022-JP" }, { "cp50221", "ISO-2022-JP" }, { "cp50222", "ISO-2022-JP" },
	{ "iso-2022-jp-2004", "ISO-2022-JP-3" }, { "gb2312", "GB18030" },
	{ "gb_2312-80", "GB18030" }, { "gbk", "GB18030" }, { "x-gbk", "GB18030" },
	{ "cp936", "GB18030" }, { "euc-cn", "GB18030" }, { "euc-kr", "CP949" },
	{ "ks_c_5601-1987", "CP949" }, { "ksc5601", "CP949" }, { "ks_c_5601", "CP949" },
	{ "windows-949", "CP949" }, { "big5", "BIG5-HKSCS" }, { "x-big5", "BIG5-HKSCS" },
	{ "cn-big5", "BIG5-HKSCS" }, { "big5-hkscs", "BIG5-HKSCS" } };

/* NULL when it says nothing. */
static const char *
charset_name(const char *charset)
{
	if (!charset || !*charset)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
		if (g_ascii_strcasecmp(charset, aliases[i].name) == 0)
			return aliases[i].charset;
	return g_mime_charset_iconv_name(charset);
}

/* Three bytes that are one character of UTF-8 are so by chance in no other charset; two may be. */
static gboolean
has_long_character(const char *bytes, gsize size)
{
	for (gsize i = 0; i < size; i++)
		if ((unsigned char)bytes[i] >= 0xe0)
			return TRUE;
	return FALSE;
}

/* Whether most of its bytes beyond ASCII are UTF-8; a pair of them may be by chance. */
static gboolean
is_mostly_utf8(const char *bytes, gsize size)
{
	const char *end = bytes + size, *stop;
	gsize good = 0, bad = 0;

	for (; bytes < end; bytes = stop + 1) {
		if (!g_utf8_validate(bytes, end - bytes, &stop))
			bad++;
		for (; bytes < stop; bytes++)
			good += (unsigned char)*bytes >= 0x80 ? 1 : 0;
	}
	return good > 2 * bad;
}

/* What text that is not wholly UTF-8 is. Kana of EUC-JP may be pairs that are UTF-8, and broken
 * UTF-8 may be kanji of Shift_JIS, so in this order. */
static const char *
guess(const char *bytes, gsize size)
{
	if (japanese_is_euc(bytes, size))
		return "EUC-JP-MS";
	if (is_mostly_utf8(bytes, size))
		return "UTF-8";
	return japanese_is_shift_jis(bytes, size) ? "CP932" : "CP1252";
}

/* Text that has no name that helps. */
static void
add_other(GString *text, const char *bytes, gsize size)
{
	gboolean is_utf8 = g_utf8_validate(bytes, (gssize)size, NULL);
	guint bad = 0;
	GString *part = is_utf8 ? NULL : converter_run(bytes, size, guess(bytes, size), &bad);

	g_string_append_len(text, part ? part->str : bytes, (gssize)(part ? part->len : size));
	if (part)
		g_string_free(part, TRUE);
}

/* Characters beyond ASCII, and those of them that are controls. */
static guint
wide_characters(const GString *text, guint *controls)
{
	guint n = 0;

	for (gsize i = 0; i < text->len; i++) {
		const unsigned char byte = (unsigned char)text->str[i];

		n += byte >= 0xc0 ? 1 : 0;
		/* The byte after the last is 0. */
		*controls += byte == 0xc2 && (unsigned char)text->str[i + 1] < 0xa0 ? 1 : 0;
	}
	return n;
}

/* NULL when it is not of that charset, but for bad bytes among so many characters. The C library
 * takes the leads of Shift_JIS for controls of EUC-JP. */
static GString *
decode_as(const char *bytes, gsize size, const char *name, guint among)
{
	guint bad = 0, controls = 0, wide;
	GString *text = name ? converter_run(bytes, size, name, &bad) : NULL;

	if (!text)
		return NULL;
	wide = wide_characters(text, &controls);
	if (g_str_has_prefix(name, "EUC"))
		bad += controls;
	if (bad == 0 || (among > 0 && wide / among >= bad))
		return text;
	g_string_free(text, TRUE);
	return NULL;
}

/* JIS has its own marks, so it is known under any name. The C library knows fewer of them than
 * mailers do, and leaves what it does not know. */
static GString *
decode_jis(const char *bytes, gsize size, const char *name)
{
	gboolean of_that_kind = name && g_ascii_strncasecmp(name, "iso-2022", 8) == 0;
	GString *text = of_that_kind ? decode_as(bytes, size, name, 0) : NULL;

	if (text && !strchr(text->str, '\x1b'))
		return text;
	if (text)
		g_string_free(text, TRUE);
	return japanese_from_jis(bytes, size, add_other);
}

/* A few bad bytes leave the other characters what they are. */
static GString *
decode(const char *bytes, gsize size, const char *name)
{
	GString *text =
		decode_as(bytes, size, name, strcmp(guess(bytes, size), "UTF-8") == 0 ? 0 : 16);

	if (!text)
		add_other(text = g_string_sized_new(2 * size + 1), bytes, size);
	return text;
}

char *
charset_decode(const char *bytes, gsize size, const char *charset)
{
	const char *name = charset_name(charset);
	gboolean jis, utf8;
	GString *text;

	size = MIN(size, (gsize)MAIL_MAX_TEXT);
	jis = japanese_is_jis(bytes, size);
	utf8 = g_utf8_validate(bytes, (gssize)size, NULL) &&
	       (!name || has_long_character(bytes, size));
	if (utf8 && !jis)
		return g_strndup(bytes, size);
	text = jis ? decode_jis(bytes, size, name) : decode(bytes, size, name);
	char *valid = g_utf8_make_valid(text->str, (gssize)MIN(text->len, (gsize)MAIL_MAX_TEXT));
	g_string_free(text, TRUE);
	return valid;
}
