/* Mails that are written to hurt a reader: each is read in bounded time, and something is made of
 * it. They are made here. */
#include <string.h>

#include "inbox/classify.h"
#include "inbox/html.h"
#include "inbox/tame.h"
#include "inbox/trace.h"

#define HEAD "From: a@host.example\nTo: b@reporter.example\nSubject: s\n"
#define MEGA (1024 * 1024)
/* Far more than any of them needs, with a sanitizer on a busy machine too. */
#define SECONDS_MAX 20

static void
repeat(GString *text, const char *what, guint times)
{
	for (guint i = 0; i < times; i++)
		g_string_append(text, what);
}

/* Classifies it within the time; the class, or NULL when there is no mail in it. */
static char *
class_of(GString *text)
{
	static struct rules *rules;
	gint64 begin = g_get_monotonic_time();
	g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);
	g_autoptr(Verdict) verdict = NULL;

	if (!rules)
		rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	if (!mail)
		return NULL;
	verdict = classify(mail, rules);
	g_assert_cmpuint(mail->parts->len, <=, MAIL_MAX_PARTS);
	g_assert_cmpuint(strlen(mail->text), <=, 4 * MAIL_MAX_TEXT);
	g_assert_true(g_utf8_validate(mail->text, -1, NULL));
	g_assert_cmpint(g_get_monotonic_time() - begin, <, SECONDS_MAX * G_USEC_PER_SEC);
	return g_strdup(verdict->class);
}

static void
expect(GString *text, const char *class)
{
	g_autofree char *got = class_of(text);

	g_assert_cmpstr(got, ==, class);
}

static void
test_large(void)
{
	GString *lines = g_string_new(HEAD "\n"), *line = g_string_new(HEAD "\n");
	GString *encoded = g_string_new(HEAD "Content-Transfer-Encoding: base64\n\n");

	repeat(lines, "words words words words words words words words words\n", MEGA);
	repeat(line, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", MEGA);
	repeat(encoded, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n", MEGA);
	expect(lines, "human");
	expect(line, "human");
	expect(encoded, "human");
}

static void
test_parts(void)
{
	GString *parts = g_string_new(HEAD "Content-Type: multipart/mixed; boundary=x\n\n");
	GString *million = g_string_new(parts->str);

	repeat(parts, "--x\n\nWe have suspended the domain.\n", 10000);
	repeat(million, "--x\n\n\n", 700000);
	expect(parts, "actioned");
	expect(million, "unclassified");
}

static void
test_nested(void)
{
	GString *deep = g_string_new(HEAD), *mails = g_string_new(HEAD);
	GString *same = g_string_new(HEAD);

	for (int i = 0; i < 500; i++)
		g_string_append_printf(
			deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	repeat(mails, "Content-Type: message/rfc822\n\n", 50000);
	repeat(same, "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 50000);
	expect(deep, "unclassified");
	expect(mails, "unclassified");
	expect(same, "unclassified");
}

static void
test_headers(void)
{
	GString *one = g_string_new(HEAD "X-Long: "), *many = g_string_new(HEAD);
	GString *folded = g_string_new(HEAD "References: "), *coded = g_string_new("Subject: ");

	repeat(one, "yyyyyyyyyy", MEGA);
	g_string_append(one, "\n\nhello\n");
	repeat(many, "X: y\n", MEGA);
	repeat(folded, "<a@host.example>\n ", MEGA / 8);
	g_string_append(folded, "\n\nhello\n");
	repeat(coded, "=?utf-8?q?=41?= ", MEGA / 8);
	expect(one, "unclassified");
	expect(many, "unclassified");
	expect(folded, "human");
	expect(coded, "unclassified");
}

/* Groups in groups of addresses, in the mail and in one that it holds, would fill the stack. */
static void
test_addresses(void)
{
	GString *groups = g_string_new("From: "), *inner = g_string_new(HEAD);
	GString *folded = g_string_new("To:"), *comments = g_string_new("From: ");

	repeat(groups, "a:", MEGA);
	g_string_append(inner, "Content-Type: message/rfc822\n\nTo: ");
	repeat(inner, "a:\n ", MEGA);
	repeat(folded, "\n\ta:", MEGA / 8);
	repeat(comments, "(", MEGA);
	g_string_append(groups, "\nSubject: s\n\nhello\n");
	g_string_append(folded, "\nFrom: a@host.example\n\nhello\n");
	g_free(class_of(groups));
	g_free(class_of(inner));
	expect(folded, "human");
	g_free(class_of(comments));
}

static void
test_odd_bytes(void)
{
	GString *nuls = g_string_new("From: a@host.example\n\n");
	GString *only = g_string_sized_new(4 * MEGA), *blank = g_string_new(NULL);

	g_string_append_len(nuls, "hel\0lo \0", 8);
	g_string_set_size(only, 4 * MEGA);
	memset(only->str, 0, only->len);
	repeat(blank, "\n \r\n\t", MEGA);
	expect(nuls, "human");
	expect(only, NULL);
	expect(blank, NULL);
	expect(g_string_new("From: a@host.example"), "unclassified");
	expect(g_string_new(""), NULL);
	expect(g_string_new("From a@host.example"), NULL);
}

static void
test_charsets(void)
{
	static const char *const names[] = { "utf-16", "utf-7", "iso-2022-jp", "shift_jis",
		"x-none", "utf-8", "\"\"", "ucs-4" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		GString *text = g_string_new(NULL);

		g_string_printf(text, HEAD "Content-Type: text/plain; charset=%s\n\n", names[i]);
		repeat(text, "\xff\xfe\x1b$B\xff\x80 +AGE- \xe5\x8f", 20000);
		g_free(class_of(text));
	}
}

/* A mark-up within a sentence hides no word of it. */
static void
test_marked(void)
{
	expect(g_string_new(HEAD "Content-Type: text/html\n\n"
				 "<p>We have <b>suspended</b>\n the <i>dom</i>ain.</p>"),
		"actioned");
}

/* What is attached stays packed, however much would come out of it. */
static void
test_attachment(void)
{
	GString *text = g_string_new(
		HEAD "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee the file.\n--x\n"
		     "Content-Type: application/zip; name=\"a.zip\"\nContent-Transfer-Encoding: "
		     "base64\n\nUEsDBBQAAAAIAAAAIQAAAAAA/////////////wAAAABhLnR4dA==\n--x\n"
		     "Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n");

	repeat(text, "H4sIAAAAAAACA+3BAQ0AAADCoPdPbQ43oAAAAAAAAAAAAAAAAAAA\n", 50000);
	g_string_append(text, "--x--\n");
	g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);

	g_assert_cmpuint(mail->parts->len, ==, 1);
	g_assert_cmpstr(mail->text, ==, "See the file.\n");
}

/* What a text file says that is attached, the answer does not say. */
static void
test_text_file(void)
{
	GString *text = g_string_new(
		HEAD "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nWhat is this?\n--x\n"
		     "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n"
		     "We have suspended the domain.\n--x--\n");

	expect(text, "question");
}

/* JIS that is not announced is read still. */
static void
test_unannounced(void)
{
	GString *text = g_string_new("From: a@host.example\nSubject: Re: report\n\n");
	g_autofree char *jis = g_convert("\xe5\xbd\x93\xe8\xa9\xb2\xe3\x82\xb5\xe3\x82\xa4"
					 "\xe3\x83\x88\xe3\x82\x92\xe5\x81\x9c\xe6\xad\xa2\xe3"
					 "\x81\x97\xe3\x81\xbe\xe3\x81\x97\xe3\x81\x9f\xe3\x80"
					 "\x82\n",
		-1, "ISO-2022-JP", "UTF-8", NULL, NULL, NULL);

	g_assert_nonnull(jis);
	g_string_append(text, jis);
	expect(text, "actioned");
}

static void
test_html(void)
{
	static const char *const pages[][2] = {
		{ "<p>Hello&nbsp;<b>you</b></p>a&lt;b&amp;c", "Hello you\na<b&c" },
		{ "<style>p { color: red }</style>x<!-- no > -->y", "xy" },
		{ "a&#64;b &#x40; &#1; &#xffffffffff;", "a@b @ &#1; &#xffffffffff;" },
		{ "<a href=\"", "" },
		{ "a<!--", "a" },
		{ "We have <b>suspended</b>  the\t<span> domain.</span>",
			"We have suspended the domain." },
		{ "<b>ABC</b>-<i>12345</i> abate-<wbr>REF ab<font size=2>ate</font>",
			"ABC-12345 abate-REF abate" },
		{ "https://bad.s2.<b>example</b>/lo&shy;gin\xe2\x80\x8b?&#8203;a",
			"https://bad.s2.example/login?a" },
		{ "<table><tr><td>Ticket</td><td>1</td></tr><tr><th>State<th>open</table>",
			"Ticket 1\nState open\n" },
		{ "a<div>b</div>\n<div>c</div><br>\n<br><br>d<h4>e</h4>f<li>g</li>",
			"a\nb\nc\n\nd\ne\nf\ng\n" },
		{ "We&rsquo;ve &ldquo;x&rdquo;&hellip; caf&eacute; &#146;s&#x97;&nosuch; &amp",
			"We\xe2\x80\x99ve \xe2\x80\x9cx\xe2\x80\x9d\xe2\x80\xa6 caf\xc3\xa9 "
			"\xe2\x80\x99s\xe2\x80\x94&nosuch; &amp" },
		{ "a<p style=\"display: none\">hidden</p>b<i hidden style='font-size: 0'>x</i>c",
			"a\n\nbc" },
		{ "1 < 2 <3> a<x>b", "1 < 2 <3> ab" },
		{ "one\r\ntwo &#10;\xc2\xa0\xe3\x81\x82", "one\ntwo\n\xe3\x81\x82" },
	};
	GString *open = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autofree char *words = html_words(pages[i][0]);
		g_assert_cmpstr(words, ==, pages[i][1]);
	}
	repeat(open, "<style>&amp;", MEGA);
	g_free(html_words(open->str));
	g_string_free(open, TRUE);
}

/* What may be in a mail that is meant well stays as it is. */
/* What is left out is only what mail systems write for each other, and only in the head. */
static void
test_brief(void)
{
	static const char text[] =
		"Received: a\n\tby b\nreceived: c\n\tby d\nDKIM-Signature: a=b;\n\tb=c\nFrom: "
		"a@example.org\nArc-Seal: x\nSubject: one\n two\nReceived-By: e\n\n"
		"DKIM-Signature: said\nReceived: said\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof text - 1);
	g_autoptr(Mail) whole = mail_parse(bytes, NULL), brief = mail_parse_brief(bytes, NULL);
	g_autoptr(GString) first = g_string_new("DKIM-Signature: a\n b\nDKIM-Signature: c\n\nd");
	g_autoptr(GString) cut = g_string_new("From: a\nARC-Seal: b\n c");

	g_assert_nonnull(mail_header(whole, "DKIM-Signature"));
	g_assert_null(mail_header(brief, "DKIM-Signature"));
	g_assert_null(mail_header(brief, "ARC-Seal"));
	g_assert_cmpint(g_mime_header_list_get_count(
				g_mime_object_get_header_list(GMIME_OBJECT(brief->message))),
		==, 4);
	g_assert_cmpstr(mail_header(brief, "Received"), ==, mail_header(whole, "Received"));
	g_assert_cmpstr(brief->subject, ==, "one two");
	g_assert_cmpstr(brief->text, ==, whole->text);
	trace_drop(first);
	g_assert_cmpstr(first->str, ==, "DKIM-Signature: a\n b\n\nd");
	trace_drop(cut);
	g_assert_cmpstr(cut->str, ==, "From: a\n");
}

static void
test_tame(void)
{
	static const char mail[] = HEAD "Received: a: b: c:\n\td: e\n\n--\nJane\nhttp://a:b@c:d/\n";
	GString *bytes = g_string_new(mail);

	tame(bytes);
	g_assert_cmpstr(bytes->str, ==, mail);
	g_string_free(bytes, TRUE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/mail/large", test_large);
	g_test_add_func("/mail/parts", test_parts);
	g_test_add_func("/mail/nested", test_nested);
	g_test_add_func("/mail/headers", test_headers);
	g_test_add_func("/mail/addresses", test_addresses);
	g_test_add_func("/mail/odd-bytes", test_odd_bytes);
	g_test_add_func("/mail/charsets", test_charsets);
	g_test_add_func("/mail/marked", test_marked);
	g_test_add_func("/mail/attachment", test_attachment);
	g_test_add_func("/mail/text-file", test_text_file);
	g_test_add_func("/mail/unannounced", test_unannounced);
	g_test_add_func("/mail/html", test_html);
	g_test_add_func("/mail/tame", test_tame);
	g_test_add_func("/mail/brief", test_brief);
	return g_test_run();
}
