/* What answers are: small mails of each kind and hostile ones. */
#include <string.h>

#include "inbox/classify.h"

#define DATA SOURCE_DIR "/tests/data/replies/"

struct expected {
	const char *file, *class, *ticket, *recipient, *status;
};

static const struct expected mails[] = {
	{ "dsn-failed.eml", "bounce", NULL, "abuse@host.example", "5.1.1" },
	{ "dsn-delayed.eml", "delay", NULL, "abuse@host.example", "4.4.1" },
	{ "dsn-delivered.eml", "unclassified", NULL, "ok@host.example", "2.0.0" },
	{ "qmail.eml", "bounce", NULL, "abuse@host.example", "5.1.1" },
	{ "exim.eml", "bounce", NULL, "abuse@host.example", NULL },
	{ "sendmail.eml", "bounce", NULL, "abuse@host.example", NULL },
	{ "vacation.eml", "vacation", NULL, NULL, NULL },
	{ "ack.eml", "acknowledgement", "4711", NULL, NULL },
	{ "ack-ja.eml", "acknowledgement", "20260101-0042", NULL, NULL },
	{ "question.eml", "question", NULL, NULL, NULL },
	{ "refusal.eml", "refusal", NULL, NULL, NULL },
	{ "wrong-channel.eml", "wrong_channel", NULL, NULL, NULL },
	{ "actioned.eml", "actioned", NULL, NULL, NULL },
	{ "human.eml", "human", NULL, NULL, NULL },
	{ "ack-jis.eml", "acknowledgement", "20260101-777", NULL, NULL },
	{ "actioned-sjis.eml", "actioned", NULL, NULL, NULL },
	{ "refusal-eucjp.eml", "refusal", NULL, NULL, NULL },
	{ "form-ja.eml", "wrong_channel", NULL, NULL, NULL },
	{ "question-ja.eml", "question", NULL, NULL, NULL },
	{ "promise-ja.eml", "human", NULL, NULL, NULL },
	{ "quoted-en.eml", "question", NULL, NULL, NULL },
	{ "promise-en.eml", "human", NULL, NULL, NULL },
	{ "not-bounce.eml", "human", NULL, NULL, NULL },
};

static struct rules *
own_rules(void)
{
	g_autoptr(GError) error = NULL;
	struct rules *rules = rules_load(SOURCE_DIR "/config/reply-rules.json", &error);

	g_assert_no_error(error);
	return rules;
}

static void
test_classes(void)
{
	g_autoptr(Rules) rules = own_rules();

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autofree char *path = g_strconcat(DATA, mails[i].file, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(Mail) mail = mail_read(path, &error);
		g_assert_no_error(error);
		g_autoptr(Verdict) verdict = classify(mail, rules);

		g_test_message("%s: %s by %s", mails[i].file, verdict->class, verdict->rule);
		g_assert_cmpstr(verdict->class, ==, mails[i].class);
		g_assert_cmpstr(verdict->ticket, ==, mails[i].ticket);
		g_assert_cmpstr(verdict->recipient, ==, mails[i].recipient);
		g_assert_cmpstr(verdict->status, ==, mails[i].status);
	}
}

static void
test_reference(void)
{
	g_autoptr(Rules) rules = own_rules();
	g_autoptr(Mail) mail = mail_read(DATA "qmail.eml", NULL);
	g_autoptr(Verdict) verdict = classify(mail, rules);

	g_assert_cmpstr(verdict->reference, ==, "abcdefgh234567ab");
}

static struct verdict *
classify_text(const struct rules *rules, const char *text, gsize size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, size);
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);

	return mail ? classify(mail, rules) : NULL;
}

/* In doubt nobody has acted. */
static void
test_doubt(void)
{
	static const char *const words[][2] = {
		{ "The domain has not been suspended yet.", "human" },
		{ "Once the content has been removed we will write again.", "human" },
		{ "We will suspend the domain tomorrow.", "human" },
		{ "Your account has been suspended.", "human" },
		{ "\xe5\x89\x8a\xe9\x99\xa4\xe3\x81\x84\xe3\x81\x9f\xe3\x81\x97\xe3\x81\xbe"
		  "\xe3\x81\x97\xe3\x81\x9f\xe3\x82\x89\xe3\x80\x82",
			"human" },
		{ "The domain evil.example.com was\nsuspended this morning.", "actioned" },
		{ "We have removed the phishing page.", "actioned" },
	};
	g_autoptr(Rules) rules = own_rules();

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *text =
			g_strdup_printf("From: a@host.example\nSubject: Re: "
					"Phishing\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
				words[i][0]);
		g_autoptr(Verdict) verdict = classify_text(rules, text, strlen(text));

		g_test_message("%s: %s by %s", words[i][0], verdict->class, verdict->rule);
		g_assert_cmpstr(verdict->class, ==, words[i][1]);
	}
}

/* Text that a page does not show is not what was said. */
static void
test_hidden(void)
{
	static const char page[] =
		"From: a@host.example\nSubject: Report\nAuto-Submitted: auto-replied\n"
		"Content-Type: text/html\n\n<div STYLE=\"display : none\">The site has been "
		"suspended.<div>Really.</div></div><p>We have received your report.</p>\n";
	static const char endless[] = "From: a@host.example\nSubject: Report\n"
				      "Content-Type: text/html\n\n"
				      "<p style=\"display:none\">The site has been suspended.\n";
	g_autoptr(Rules) rules = own_rules();
	g_autoptr(Verdict) verdict = classify_text(rules, page, strlen(page));
	g_autoptr(Verdict) shown = classify_text(rules, endless, strlen(endless));

	g_assert_cmpstr(verdict->class, ==, "acknowledgement");
	g_assert_cmpstr(shown->class, ==, "actioned");
}

/* A person who answers a bounce, and a challenge, are no bounce. */
static void
test_no_bounce(void)
{
	static const char answer[] = "From: a@host.example\n"
				     "Subject: Re: Undelivered Mail Returned to Sender\n\n"
				     "What is 550 5.1.1 unknown user?\n";
	static const char notice[] =
		"From: MAILER-DAEMON@host.example\nSubject: failure notice\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
		"Final-Recipient: rfc822; abuse@host.example\nAction: failed\nStatus: 5.0.0\n"
		"Diagnostic-Code: smtp; 550 requires confirmation. Visit http://host.example\n"
		"--b--\n";
	g_autoptr(Rules) rules = own_rules();
	g_autoptr(Verdict) person = classify_text(rules, answer, strlen(answer));
	g_autoptr(Verdict) challenge = classify_text(rules, notice, strlen(notice));

	g_assert_cmpstr(person->class, !=, "bounce");
	g_assert_cmpstr(challenge->class, ==, "unclassified");
	g_assert_cmpstr(challenge->rule, ==, "challenge");
}

static void
test_hostile(void)
{
	g_autoptr(Rules) rules = own_rules();
	g_autoptr(GString) nested = g_string_new(NULL);
	g_autoptr(GString) parts = g_string_new("Content-Type: multipart/mixed; boundary=x\n\n");
	static const char lying[] = "Subject: =?x?q?=\nContent-Type: text/plain; charset=utf-16\n\n"
				    "\xff\xfe\x00\xd8 \x00odd\n";

	for (int i = 0; i < 500; i++)
		g_string_append_printf(
			nested, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	for (int i = 0; i < 10000; i++)
		g_string_append(parts, "--x\n\nwords\n");
	verdict_free(classify_text(rules, nested->str, nested->len));
	verdict_free(classify_text(rules, parts->str, parts->len));
	verdict_free(classify_text(rules, lying, sizeof lying));
	verdict_free(classify_text(rules, "\0\0\n\n", 4));
	g_autoptr(Verdict) cut = classify_text(rules, "From: a@host.example\nSubj", 25);
	g_assert_cmpstr(cut->class, ==, "unclassified");
	g_assert_null(classify_text(rules, "", 0));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/classify/classes", test_classes);
	g_test_add_func("/classify/reference", test_reference);
	g_test_add_func("/classify/hidden", test_hidden);
	g_test_add_func("/classify/doubt", test_doubt);
	g_test_add_func("/classify/no-bounce", test_no_bounce);
	g_test_add_func("/classify/hostile", test_hostile);
	return g_test_run();
}
