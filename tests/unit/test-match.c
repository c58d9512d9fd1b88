/* Whose a reply is: headers that vouch for it, addresses, and what a text names. */
#include <string.h>

#include "inbox/authentication.h"
#include "inbox/domain.h"
#include "inbox/header-words.h"
#include "inbox/named.h"
#include "inbox/numbers.h"
#include "inbox/received.h"
#include "inbox/sender.h"

static struct mail *
mail_of(const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	struct mail *mail = mail_parse(bytes, &error);

	g_assert_no_error(error);
	return mail;
}

static void
test_words(void)
{
	static const char *const cases[][2] = {
		{ "mx.example 1; dkim = pass  (good (very)) header.d=a.example",
			"mx.example 1;dkim=pass header.d=a.example" },
		{ "mx.example; dkim=fail reason=\"x; dmarc=pass \\\"y\"",
			"mx.example;dkim=fail reason=x__dmarc_pass_\"y" },
		{ "a (never closes; dmarc=pass", "a" },
		{ "a (with \\) in it) b", "a b" },
		{ "", "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *words = header_words(cases[i][0]);

		g_assert_cmpstr(words, ==, cases[i][1]);
	}
}

#define FROM "From: Desk <abuse@host.example>\nSubject: x\n\nbody\n"
#define BORDER                                                                                     \
	"Received: from evil.example (evil.example [192.0.2.1])\n by mx.our.example with ESMTPS; " \
	"Wed, 7 Jan 2026 10:00:00 +0000\n"

#define UNKNOWN                                                                                    \
	"Received: from evil.example (evil.example [192.0.2.1]) by hub.inner with ESMTP; Wed, 7 "  \
	"Jan "                                                                                     \
	"2026 10:00:00 +0000\n"

static const struct {
	const char *headers;
	gboolean below, passes;
} results[] = {
	{ "Authentication-Results: mx.our.example; dmarc=pass header.from=host.example\n" BORDER,
		FALSE, TRUE },
	/* The sender wrote it. */
	{ BORDER "Authentication-Results: mx.our.example; dmarc=pass header.from=host.example\n",
		FALSE, FALSE },
	{ BORDER "Authentication-Results: mx.our.example; dmarc=pass header.from=host.example\n",
		TRUE, TRUE },
	/* The server's own comes first, the forged one after it. */
	{ BORDER "Authentication-Results: mx.our.example; dmarc=fail\n"
		 "Authentication-Results: mx.our.example; dmarc=pass\n",
		TRUE, FALSE },
	{ "Authentication-Results: mx.our.example; dmarc=fail\n" BORDER
	  "Authentication-Results: mx.our.example; dmarc=pass\n",
		TRUE, FALSE },
	{ "Authentication-Results: mx.our.example; dmarc=fail\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n",
		FALSE, FALSE },
	/* Another server, another domain, another method. */
	{ "Authentication-Results: mx.other.example; dmarc=pass\n" BORDER, FALSE, FALSE },
	{ "Authentication-Results: mx.our.example.evil; dmarc=pass\n" BORDER, FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; dmarc=pass header.from=evil.example\n" BORDER,
		FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; dkim=pass header.d=mail.host.example\n" BORDER,
		FALSE, TRUE },
	{ "Authentication-Results: mx.our.example; dkim/1=pass header.d=Host.Example\n" BORDER,
		FALSE, TRUE },
	{ "Authentication-Results: mx.our.example; dkim=pass header.d=evil.example\n" BORDER, FALSE,
		FALSE },
	{ "Authentication-Results: mx.our.example; dkim-atps=pass header.d=host.example\n" BORDER,
		FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; dkim=pass\n" BORDER, FALSE, FALSE },
	{ "Authentication-Results: mx.our.example;\n\tspf=pass smtp.mailfrom=x@b.host.example;\n"
	  "\tdkim=none\n" BORDER,
		FALSE, TRUE },
	{ "Authentication-Results: mx.our.example; spf=pass smtp.mailfrom=x@evil.example\n" BORDER,
		FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; spf=pass smtp.helo=host.example\n" BORDER, FALSE,
		FALSE },
	/* Words that the sender chose, in a comment or in quotes. */
	{ "Authentication-Results: mx.our.example; dkim=fail (; dmarc=pass)\n" BORDER, FALSE,
		FALSE },
	{ "Authentication-Results: mx.our.example; spf=fail smtp.mailfrom=\"a; dmarc=pass "
	  "\"@evil.example\n" BORDER,
		FALSE, FALSE },
	/* What the domain's owner disowns is not theirs, though something passed. */
	{ "Authentication-Results: mx.our.example; dmarc=fail; spf=pass "
	  "smtp.mailfrom=host.example\n" BORDER,
		FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; dkim=pass header.d=host.example\n"
	  "Authentication-Results: mx.our.example; dmarc=fail header.from=host.example\n" BORDER,
		FALSE, FALSE },
	{ "Authentication-Results: mx.our.example; spf=pass smtp.mailfrom=host.example\n"
	  "Authentication-Results: mx.our.example; dmarc=none\n" BORDER,
		FALSE, TRUE },
	/* Inner steps of our own stand above. */
	{ "Received: from mx.our.example by store.our.example with LMTP id 1; Wed, 7 Jan 2026 "
	  "10:00:00 +0000\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n" BORDER,
		FALSE, TRUE },
	{ "Received: from mx.our.example by mx.our.example with LMTP id 1; Wed, 7 Jan 2026 "
	  "10:00:00 +0000\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n" BORDER,
		FALSE, TRUE },
	/* A name in HELO is the sender's. */
	{ "Received: from by by mx.our.example with ESMTP; Wed, 7 Jan 2026 10:00:00 +0000\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n" BORDER,
		FALSE, FALSE },
	/* Another trusted server's word below the border, with or without a Received of its own. */
	{ "Authentication-Results: mx.our.example; dmarc=fail\n" BORDER
	  "Authentication-Results: mx.third.example; dmarc=pass\n",
		FALSE, FALSE },
	{ BORDER "Authentication-Results: mx.third.example; dmarc=pass\n"
		 "Received: by mx.third.example; Wed, 7 Jan 2026 09:00:00 +0000\n",
		FALSE, FALSE },
	{ BORDER "Authentication-Results: mx.third.example; dmarc=pass\n", TRUE, FALSE },
	/* One of them says that it is not theirs. */
	{ "Authentication-Results: mx.third.example; dmarc=pass\n"
	  "Authentication-Results: mx.our.example; dmarc=fail\n" BORDER,
		FALSE, FALSE },
	/* A name that is not that of the host in Received. */
	{ "Authentication-Results: our-hub; dmarc=pass\n" UNKNOWN, FALSE, TRUE },
	{ UNKNOWN "Authentication-Results: our-hub; dmarc=pass\n", FALSE, FALSE },
	{ UNKNOWN "Authentication-Results: our-hub; dmarc=pass\n", TRUE, TRUE },
	{ "Received: from hub by hub with LMTP; Wed, 7 Jan 2026 10:00:00 +0000\n"
	  "Authentication-Results: our-hub; dmarc=pass\n" UNKNOWN,
		FALSE, TRUE },
	{ "Received: from x with lmtp by hub with ESMTP; Wed, 7 Jan 2026 10:00:00 +0000\n"
	  "Authentication-Results: our-hub; dmarc=pass\n" UNKNOWN,
		FALSE, FALSE },
	/* Without any Received, the topmost alone. */
	{ "Authentication-Results: our-hub; dmarc=pass\n", FALSE, TRUE },
	{ "Authentication-Results: our-hub; dkim=none\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n",
		FALSE, FALSE },
	/* What the sender said in HELO neither names nor hides the server. */
	{ "Received: from x by mx.evil.example (x [192.0.2.1]) by mx.our.example with ESMTP; "
	  "Wed, 7 Jan 2026 10:00:00 +0000\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n" BORDER,
		FALSE, FALSE },
	{ "Received: from x( (x [192.0.2.1]) by mx.our.example with ESMTP; Wed, 7 Jan 2026\n"
	  "Authentication-Results: mx.our.example; dmarc=pass\n" BORDER,
		FALSE, FALSE },
	{ "", FALSE, FALSE },
};

static void
test_authentication(void)
{
	char third[] = "mx.third.example", our[] = "mx.our.example", hub[] = "our-hub";
	char *trusted[] = { third, our, hub, NULL };
	char *none[] = { NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
		g_autofree char *text = g_strconcat(results[i].headers, FROM, NULL);
		g_autoptr(Mail) mail = mail_of(text);
		g_autoptr(GPtrArray) by = g_ptr_array_new_with_free_func(g_free);

		g_test_message("%s", results[i].headers);
		g_assert_cmpint(
			authentication_passes(mail, trusted, results[i].below, "host.example", by),
			==, results[i].passes);
		g_assert_false(authentication_passes(mail, none, TRUE, "host.example", by));
		g_assert_false(authentication_passes(mail, trusted, TRUE, NULL, by));
	}
}

static void
test_received(void)
{
	g_autoptr(Mail) both = mail_of(BORDER "Date: Tue, 6 Jan 2026 10:00:00 +0000\n" FROM);
	g_autoptr(Mail) date = mail_of("Date: Tue, 6 Jan 2026 19:00:00 +0900\n" FROM);
	g_autoptr(Mail) none = mail_of("Received: nonsense\nDate: soon\n" FROM);
	g_autofree char *by = received_by("from x (by y) by MX.our.example; Wed");

	g_assert_cmpint(received_time(both), ==, 1767780000 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(received_time(date), ==, 1767693600 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(received_time(none), ==, 0);
	g_assert_cmpstr(by, ==, "mx.our.example");
}

static void
test_sender(void)
{
	static const char *const cases[][2] = {
		{ "From: Desk <Abuse@Host.Example>\n\nx", "abuse@host.example" },
		{ "From: a@host.example, b@host.example\n\nx", NULL },
		{ "From: a@host.example\nFrom: b@evil.example\n\nx", NULL },
		{ "From: \"abuse@host.example\" <x@evil.example>\n\nx", "x@evil.example" },
		{ "From: desk: a@host.example;\n\nx", NULL },
		{ "From: nobody\n\nx", NULL },
		{ "From: a@b\xc3\xbc"
		  "cher.example\n\nx",
			"a@xn--bcher-kva.example" },
		{ "From: Desk (of x@evil.example)\n <a@host.example> \n\nx", "a@host.example" },
		{ "From: a@host.example <a@host.example>\n\nx", "a@host.example" },
		{ "From: a@host.example (Desk)\n\nx", "a@host.example" },
		{ "From: =?utf-8?q?Desk?= <a@host.example>\n\nx", "a@host.example" },
		/* What one reads as this, and another as that. */
		{ "From: \"a\" <kim@host.example@evil.example>\n\nx", NULL },
		{ "From: kim@host.example <x@evil.example>\n\nx", NULL },
		{ "From: x@evil.example <kim@host.example>\n\nx", NULL },
		{ "From: <@evil.example:kim@host.example>\n\nx", NULL },
		{ "From: <kim@host.example> <x@evil.example>\n\nx", NULL },
		{ "From: <kim@host.example>, x@evil.example\n\nx", NULL },
		{ "From: kim@host.example\n .evil.example\n\nx", NULL },
		{ "From: kim@host.example (\n\nx", NULL },
		{ "From: \"kim@host.example\n\nx", NULL },
		{ "From: =?utf-8?q?kim=40host.example?=\n\nx", NULL },
		{ "From: =?utf-8?q?kim=40host.example=3e?= <x@evil.example>\n\nx",
			"x@evil.example" },
		{ "From: kim@=?utf-8?q?host.example?=\n\nx", "kim@=?utf-8?q?host.example?=" },
		{ "From: kim@host.example\nfrom : x@evil.example\n\nx", NULL },
		{ "Sender: kim@host.example\nReply-To: kim@host.example\n\nx", NULL },
		{ "Subject: x\n\nx", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Mail) mail = mail_of(cases[i][0]);
		g_autofree char *address = sender_address(mail);

		g_test_message("%s", cases[i][0]);
		g_assert_cmpstr(address, ==, cases[i][1]);
	}
}

static void
test_belong(void)
{
	static const struct {
		const char *to, *from;
		gboolean belongs;
	} cases[] = {
		{ "abuse@host.example", "noreply@tickets.host.example", TRUE },
		{ "abuse@abuse.host.example", "x@host.example", TRUE },
		{ "abuse@host.example", "x@host.example.evil", FALSE },
		{ "abuse@host.example", "x@nothost.example", FALSE },
		{ "abuse@host.co.jp", "x@other.co.jp", FALSE },
		{ "abuse@host.co.jp", "x@mail.host.co.jp", TRUE },
		{ "desk@gmail.com", "other@gmail.com", FALSE },
		{ "Desk@Gmail.com", "desk@gmail.com", TRUE },
		{ "abuse@host.zendesk.com", "support@other.zendesk.com", FALSE },
		{ "abuse@co.jp", "x@co.jp", FALSE },
		/* Their customers have mailboxes and pages there. */
		{ "abuse@sakura.ne.jp", "user@victim.sakura.ne.jp", FALSE },
		{ "abuse@ocn.ne.jp", "user@ocn.ne.jp", FALSE },
		{ "abuse@comcast.net", "user@comcast.net", FALSE },
		{ "desk@googlegroups.com", "other@googlegroups.com", FALSE },
		{ "abuse@ocn.ne.jp", "Abuse@OCN.ne.jp", TRUE },
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(Senders) senders = senders_new(NULL, &error);
	g_autoptr(Report) report = report_new();

	g_assert_no_error(error);
	report->channel = CHANNEL_MAIL;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s %s", cases[i].to, cases[i].from);
		g_free(report->to);
		report->to = g_strdup(cases[i].to);
		g_assert_cmpint(
			senders_belong(senders, cases[i].from, report), ==, cases[i].belongs);
	}
	g_assert_false(senders_belong(senders, NULL, report));
	/* An API's name is no address. */
	report->channel = CHANNEL_HTTP;
	g_free(report->to);
	report->to = g_strdup("x@host.example");
	g_assert_false(senders_belong(senders, "x@host.example", report));
}

/* Names below a provider's own that its customers get, by the profiles that are shipped. */
static void
test_lent(void)
{
	static const struct {
		const char *provider, *to, *from;
		gboolean belongs;
	} cases[] = {
		{ "railway", "abuse@railway.app", "x@evil.up.railway.app", FALSE },
		{ "railway", "abuse@railway.app", "team@railway.app", TRUE },
		{ "render", "abuse@render.com", "x@evil.app.render.com", FALSE },
		{ "linode-akamai", "abuse@linode.com", "x@li1-7.members.linode.com", FALSE },
		{ "linode-akamai", "abuse@linode.com", "x@support.linode.com", TRUE },
		{ "linode-akamai", "abuse@linode.com", "x@akamai.com", TRUE },
		{ "ovh", "abuse@ovh.net", "x@c1.hosting.ovh.net", FALSE },
		{ "ovh", "abuse@ovh.net", "x@ovhcloud.com", TRUE },
		{ "aws", "trustandsafety@support.aws.com", "x@s3.amazonaws.com", FALSE },
		{ "aws", "trustandsafety@support.aws.com", "x@ec2-192-0-2-7.compute.amazonaws.com",
			FALSE },
		{ "aws", "trustandsafety@support.aws.com", "abuse@amazonaws.com", TRUE },
		{ "aws", "abuse@amazonaws.com", "x@amazonaws.com", TRUE },
		{ "aws", "abuse@amazonaws.com", "x@evil.amazonaws.com", FALSE },
		{ "heroku", "heroku-abuse@salesforce.com", "x@salesforce.com", FALSE },
	};
	const char *const folders[] = { SOURCE_DIR "/config/providers", NULL };
	g_autoptr(Profiles) profiles = profiles_load(folders, NULL, NULL);
	g_autoptr(Senders) senders = senders_new(profiles, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Report) report = report_new();

		g_test_message("%s %s", cases[i].to, cases[i].from);
		report->channel = CHANNEL_MAIL;
		report->provider = g_strdup(cases[i].provider);
		report->to = g_strdup(cases[i].to);
		g_assert_nonnull(senders_profile(senders, report->provider));
		g_assert_cmpint(
			senders_belong(senders, cases[i].from, report), ==, cases[i].belongs);
	}
}

static void
test_reported(void)
{
	static const struct {
		const char *from, *host;
		gboolean reported;
	} cases[] = {
		{ "x@bad.host.example", "bad.host.example", TRUE },
		{ "x@mail.bad.host.example", "bad.host.example", TRUE },
		{ "x@other.host.example", "bad.host.example", TRUE },
		{ "kim@host.example", "bad.host.example", FALSE },
		{ "kim@host.example", "host.example", TRUE },
		{ "abuse@host.example", "host.example", FALSE },
		{ "kim@tickets.host.example", "bad.example", FALSE },
		{ "kim@tickets.host.example", "192.0.2.7", FALSE },
		{ "kim@host.example", "badhost.example", FALSE },
	};
	g_autoptr(Senders) senders = senders_new(NULL, NULL);
	g_autoptr(Report) report = report_new();

	report->channel = CHANNEL_MAIL;
	report->to = g_strdup("abuse@host.example");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s %s", cases[i].from, cases[i].host);
		g_assert_cmpint(senders_reported(senders, cases[i].from, report, cases[i].host), ==,
			cases[i].reported);
	}
}

static void
test_named(void)
{
	static const char text[] = "We looked at hxxps://Login[.]bad(dot)example/Path/, and\n"
				   "(bad.example:8080) 192[.]0[.]2[.]7; see 2001:db8::5.\n"
				   "x[at]mail.example "
				   "\xe3\x80\x8csite.example\xe3\x80\x8d\xe3\x82\x92\xe5\x81\x9c"
				   "http://b\xc3\xbc"
				   "cher.example/a";
	static const char *const wanted[] = { "https://login.bad.example/path/",
		"https://login.bad.example/path", "login.bad.example", "bad.example", "192.0.2.7",
		"2001:db8::5", "x@mail.example", "site.example", "xn--bcher-kva.example", NULL };
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	named_collect(text, names);
	for (const char *const *name = wanted; *name; name++) {
		g_test_message("%s", *name);
		g_assert_true(g_hash_table_contains(names, *name));
	}
	g_assert_false(g_hash_table_contains(names, "mail.example"));
}

/* What is no text that people write must not read beyond its end, nor fill the memory. */
static void
test_named_hostile(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);
	static const char letters[] = "ab.:/@[](){}\\\\hxp \n\xe3\x80\x82%";

	for (int i = 0; i < 3000; i++) {
		g_autoptr(GHashTable) names =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_autoptr(GString) text = g_string_new(NULL);

		for (int n = g_rand_int_range(random, 0, 200); n > 0; n--)
			g_string_append_c(
				text, letters[g_rand_int_range(random, 0, sizeof letters - 1)]);
		named_collect(text->str, names);
	}
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < 20000; i++)
		g_string_append_printf(text, "a%d.example ", i);
	named_collect(text->str, names);
	g_assert_cmpuint(g_hash_table_size(names), <=, 4096);
}

static void
test_numbers(void)
{
	static const char *const wanted[] = { "PONE-48213", "4711", "2026/00042", NULL };
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	numbers_collect("Re: [PONE-48213] (#4711), ab1: no. 2026/00042. word", words);
	g_assert_cmpuint(words->len, ==, 3);
	for (guint i = 0; wanted[i]; i++)
		g_assert_cmpstr(words->pdata[i], ==, wanted[i]);
	g_autoptr(GString) long_text = g_string_new(NULL);
	for (int i = 0; i < 10000; i++)
		g_string_append_printf(long_text, "A%d,", 10000 + i);
	numbers_collect(long_text->str, words);
	g_assert_cmpuint(words->len, ==, 64);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/match/words", test_words);
	g_test_add_func("/match/authentication", test_authentication);
	g_test_add_func("/match/received", test_received);
	g_test_add_func("/match/sender", test_sender);
	g_test_add_func("/match/belong", test_belong);
	g_test_add_func("/match/lent", test_lent);
	g_test_add_func("/match/reported", test_reported);
	g_test_add_func("/match/named", test_named);
	g_test_add_func("/match/numbers", test_numbers);
	g_test_add_func("/match/named-hostile", test_named_hostile);
	status = g_test_run();
	g_mime_shutdown();
	return status;
}
