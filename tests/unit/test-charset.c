/* Text whose charset is named wrongly, by an old name, or not at all; and text that is named right.
 */
#include <gmime/gmime.h>
#include <string.h>

#include "inbox/charset.h"
#include "inbox/encoded-words.h"
#include "inbox/mail.h"

/* We have stopped the site that you reported. */
#define STOPPED "ご報告いただいたサイトを停止いたしました。"
#define NUMBER "受付番号"
#define FFFD "\xef\xbf\xbd"

static char *
written_as(const char *text, const char *charset, gsize *size)
{
	char *bytes = g_convert(text, -1, charset, "UTF-8", NULL, size, NULL);

	g_assert_nonnull(bytes);
	return bytes;
}

static void
expect(const char *bytes, gsize size, const char *charset, const char *text)
{
	g_autofree char *got = charset_decode(bytes, size, charset);

	g_assert_cmpstr(got, ==, text);
}

/* How it is written, and as what it is declared. */
static void
test_japanese(void)
{
	static const char *const cases[][2] = { { "ISO-2022-JP", "iso-2022-jp" },
		{ "ISO-2022-JP", "ISO-2022-JP-MS" }, { "ISO-2022-JP", "cp50220" },
		{ "ISO-2022-JP", "cp50221" }, { "ISO-2022-JP-2", "iso-2022-jp-2" },
		{ "ISO-2022-JP-3", "iso-2022-jp-3" }, { "ISO-2022-JP", NULL },
		{ "ISO-2022-JP", "utf-8" }, { "ISO-2022-JP", "shift_jis" }, { "CP932", "x-sjis" },
		{ "CP932", "Shift_JIS" }, { "CP932", "windows-31j" }, { "CP932", "MS932" },
		{ "CP932", NULL }, { "CP932", "utf-8" }, { "CP932", "us-ascii" },
		{ "CP932", "iso-8859-1" }, { "CP932", "iso-2022-jp" }, { "CP932", "euc-jp" },
		{ "EUC-JP", "euc-jp" }, { "EUC-JP", "x-euc-jp" }, { "EUC-JP", "eucjp-ms" },
		{ "EUC-JP", NULL }, { "EUC-JP", "utf-8" }, { "EUC-JP", "us-ascii" },
		{ "EUC-JP", "iso-8859-1" }, { "EUC-JP", "iso-2022-jp" }, { "UTF-8", "iso-2022-jp" },
		{ "UTF-8", "us-ascii" }, { "UTF-8", "utf-7" }, { "UTF-8", "shift_jis" },
		{ "UTF-8", "iso-8859-1" }, { "UTF-8", "no-such-charset" }, { "UTF-8", "" },
		{ "UTF-16", "utf-16" }, { "UTF-16LE", "utf-16le" }, { "UTF-7", "utf-7" } };

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gsize size;
		g_autofree char *bytes = written_as(STOPPED, cases[i][0], &size);

		expect(bytes, size, cases[i][1], STOPPED);
	}
}

struct sample {
	const char *bytes, *charset, *text;
};

static const struct sample samples[] = {
	/* Windows' quotes, and letters with accents, are no Japanese. */
	{ "we\x92ve suspended", "us-ascii", "we’ve suspended" },
	{ "we\x92ve suspended", "utf-8", "we’ve suspended" },
	{ "we\x92ve suspended", "iso-8859-1", "we’ve suspended" },
	{ "rock\x92n\x92roll \x93yes\x94", NULL, "rock’n’roll “yes”" },
	{ "\x93R\x94", NULL, "“R”" },
	{ "r\xe9p\xe9t\xe9s, \xe9l\xe8ve", NULL, "répétés, élève" },
	{ "Gr\xfc\xdf"
	  "e",
		"iso-8859-1", "Grüße" },
	{ "caf\xc3\xa9", "iso-8859-1", "café" },
	{ "\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет" },
	{ "\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "Привет" },
	{ "a\xa4", "iso-8859-15", "a€" },
	/* The other names of East Asia. */
	{ "\xc4\xe3\xba\xc3", "gb2312", "你好" },
	{ "\xa7\x41\xa6\x6e", "big5", "你好" },
	{ "\xbe\xc8\xb3\xe7", "ks_c_5601-1987", "안녕" },
	/* The characters of NEC and IBM, and half-width kana. */
	{ "\x87\x40\x87\x8a\x81\x60\xbb\xb2\xc4", "shift_jis", "①㈱～ｻｲﾄ" },
	{ "\xad\xa1\xad\xea\xa1\xc1\x8e\xbb", "euc-jp", "①㈱～ｻ" },
	{ "\x1b$B-!-j\x1b(I;2D\x1b(B x", "iso-2022-jp", "①㈱ｻｲﾄ x" },
	{ "\x83\x58\x83\x65\x81\x5b\x83\x5e\x83\x58", "euc-jp", "ステータス" },
	/* A line that lacks the way back, and UTF-8 in between. */
	{ "\x1b$B%5\nnext …\x1b$B%5\x1b(J.", "iso-2022-jp", "サ\nnext …サ." },
	{ "\x1b$B%5%\x1b(B.", NULL, "サ" FFFD "." },
	/* What means nothing is seen. */
	{ "d\xc3\xa9j\xc3\xa0 \xff vu\xc3\xa9", "utf-8", "déjà " FFFD " vué" },
	{ "あい\xff"
	  "うえ",
		"utf-8", "あい" FFFD "うえ" },
	{ "a\x81 b", "utf-8", "a" FFFD " b" },
	{ "\xff", "iso-2022-jp", "ÿ" },
	{ "", "iso-2022-jp", "" },
};

/* Dates, and what else has characters that stand alone. */
static void
test_alone(void)
{
	static const char *const texts[] = { "2026年11月25日 15:44", "11月25日(水)以降",
		"[停止] 1,280円", "ヒノデパーキングです" };
	static const char *const charsets[] = { "CP932", "EUC-JP" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(charsets); k++) {
			gsize size;
			g_autofree char *bytes = written_as(texts[i], charsets[k], &size);

			expect(bytes, size, NULL, texts[i]);
		}
}

static void
test_samples(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++)
		expect(samples[i].bytes, strlen(samples[i].bytes), samples[i].charset,
			samples[i].text);
	expect("a\0b", 3, NULL, "a" FFFD "b");
}

/* One broken byte in a long text leaves the rest as it is. */
static void
test_broken(void)
{
	static const char *const charsets[][2] = { { "CP932", "shift_jis" }, { "CP932", NULL },
		{ "EUC-JP", "euc-jp" }, { "EUC-JP", "utf-8" }, { "UTF-8", "utf-8" },
		{ "UTF-8", "iso-2022-jp" }, { "GB18030", "gb2312" } };

	for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++) {
		gsize size;
		g_autofree char *bytes = written_as(STOPPED STOPPED, charsets[i][0], &size);
		g_autofree char *broken = g_strconcat(bytes, "\xff.", NULL);

		expect(broken, size + 2, charsets[i][1], STOPPED STOPPED FFFD ".");
	}
}

/* Subjects that are not encoded, or whose encoded words lie. */
static void
test_headers(void)
{
	static const char *const charsets[] = { "ISO-2022-JP", "CP932", "EUC-JP", "UTF-8" };

	for (gsize i = 0; i < G_N_ELEMENTS(charsets); i++) {
		gsize size;
		g_autofree char *bytes = written_as(NUMBER, charsets[i], &size);
		g_autofree char *coded = g_base64_encode((const guchar *)bytes, size);
		g_autofree char *text = g_strdup_printf("Subject: %s\nTo: a@b.example\n\nx", bytes);
		g_autofree char *word = g_strdup_printf("=?iso-2022-jp*ja?B?%s?= 1", coded);
		g_autofree char *decoded = encoded_words_decode(word);
		g_autoptr(GBytes) mail_bytes = g_bytes_new(text, strlen(text));
		g_autoptr(Mail) mail = mail_parse(mail_bytes, NULL);

		g_assert_cmpstr(mail->subject, ==, NUMBER);
		g_assert_cmpstr(decoded, ==, NUMBER " 1");
	}
}

/* A part that is not what its header says has its text. */
static void
test_part(void)
{
	g_autofree char *coded = g_base64_encode((const guchar *)STOPPED, strlen(STOPPED));
	g_autofree char *text = g_strdup_printf(
		"Subject: s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n"
		"Content-Transfer-Encoding: base64\n\n%s\n",
		coded);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);

	g_assert_cmpstr(mail->text, ==, STOPPED "\n");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/charset/japanese", test_japanese);
	g_test_add_func("/charset/samples", test_samples);
	g_test_add_func("/charset/alone", test_alone);
	g_test_add_func("/charset/broken", test_broken);
	g_test_add_func("/charset/headers", test_headers);
	g_test_add_func("/charset/part", test_part);
	return g_test_run();
}
