/* Encoded words that go on from one to the next. */
#include <string.h>

#include "inbox/encoded-words.h"
#include "inbox/mail.h"

static void
test_decode(void)
{
	static const char *const cases[][2] = {
		{ "plain [12345]", "plain [12345]" },
		{ "=?utf-8?b?44GT?= =?utf-8?b?44KT?=", "\xe3\x81\x93\xe3\x82\x93" },
		{ "=?utf-8?b?44E=?= =?utf-8?q?=93=e3_?= =?utf-8?q?x?=",
			"\xe3\x81\x93\xef\xbf\xbd x" },
		{ "=?utf-8?b?YQ==?= =?UTF-8?B?YmM=?= d", "abc d" },
		{ "=?utf-8?b?YQ==?= =?iso-2022-jp?b?YmM=?=", "abc" },
		{ "=?utf-8?b?YQ==?==?utf-8?b?YmM=?=", "abc" },
		{ "x =?utf-8?q?a?= y =?utf-8?q?b=_?= =?windows-1252?q?=92s?=",
			"x a y b= \xe2\x80\x99s" },
		{ "=?utf-8?q?why?\?= [=?utf-8?q?a b?=]", "why? [a b]" },
		{ "=?utf-8?b?YQ== =?utf-8?b?YmM=?=", "=?utf-8?b?YQ== bc" },
		{ "=?utf-8?b?YQ==", "=?utf-8?b?YQ==" },
		{ "=?", "=?" },
		{ "=?x?b?", "=?x?b?" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *decoded = encoded_words_decode(cases[i][0]);

		g_assert_cmpstr(decoded, ==, cases[i][1]);
	}
}

/* The number at the end of a Japanese subject is there. */
static void
test_subject(void)
{
	static const char text[] =
		"From: a@host.example\n"
		"Subject: "
		"=?iso-2022-jp?b?UmU6IFsbJEIkKkw+QTAbKEIuY29tXSAbJEJJVEA1TXhNUSROJDQbKEI=?=\n"
		" =?iso-2022-jp?b?GyRCSnM5cCRLJEQkJCRGGyhCIChBLTIwMjYxMTE3LTA5MzIp?=\n\nhello\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);

	g_assert_nonnull(mail);
	g_assert_true(g_str_has_prefix(mail->subject, "Re: ["));
	g_assert_true(g_str_has_suffix(mail->subject, " (A-20261117-0932)"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/encoded-words/decode", test_decode);
	g_test_add_func("/encoded-words/subject", test_subject);
	return g_test_run();
}
