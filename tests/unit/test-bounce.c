/* The forms in which mail systems say that a mail came back, waits or went through. */
#include <string.h>

#include "inbox/classify.h"

struct form {
	const char *name, *headers, *text;
	const char *class, *reason, *recipient;
};

#define DAEMON "From: Mail Delivery Subsystem <mailer-daemon@mx.example>\nReturn-Path: <>\n"
#define REPORT                                                                                     \
	DAEMON "Subject: Report\nContent-Type: multipart/report; report-type=delivery-status; "    \
	       "boundary=b\n"
#define STATUS(fields)                                                                             \
	"--b\n\nDelivery report.\n--b\nContent-Type: message/delivery-status\n\n"                  \
	"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; abuse@host.example\n" fields   \
	"\n--b--\n"
#define JAPANESE "Content-Type: text/plain; charset=utf-8\n"

static const struct form forms[] = {
	{ "Action: failed with a temporary code gave up", REPORT,
		STATUS("Action: failed\nStatus: 4.4.7\n"), "bounce", "expired",
		"abuse@host.example" },
	{ "Action: delayed", REPORT,
		STATUS("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Thu, 1 Jan 2026\n"),
		"delay", "network", "abuse@host.example" },
	{ "Action: relayed", REPORT, STATUS("Action: relayed\nStatus: 2.6.0\n"), "unclassified",
		NULL, "abuse@host.example" },
	{ "no Action, permanent", REPORT, STATUS("Status: 5.2.2\n"), "bounce", "full",
		"abuse@host.example" },
	{ "no Action, temporary", REPORT, STATUS("Status: 4.2.2\n"), "delay", "full",
		"abuse@host.example" },
	{ "no Action, done", REPORT, STATUS("Status: 2.0.0\n"), "unclassified", NULL,
		"abuse@host.example" },
	{ "the other server's code says more", REPORT,
		STATUS("Action: failed\nStatus: 5.1.1\n"
		       "Diagnostic-Code: smtp; 550 5.7.1 IP address is on a blocklist\n"),
		"bounce", "blocked", "abuse@host.example" },
	{ "Exchange", DAEMON "Subject: Undeliverable: Abuse report\n",
		"Delivery has failed to these recipients or groups:\n\nabuse@host.example\n"
		"The e-mail address you entered couldn't be found. Please check the recipient's "
		"e-mail address.\n\nDiagnostic information for administrators:\n\n"
		"abuse@host.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "Exchange, delay", DAEMON "Subject: Delivery delayed:Abuse report\n",
		"Delivery is delayed to these recipients or groups:\n\nabuse@host.example\n\n"
		"This message hasn't been delivered yet. Delivery will continue to be "
		"attempted.\n\nThe server will keep trying to deliver this message for the next "
		"1 days.\n",
		"delay", NULL, "abuse@host.example" },
	{ "Exim", DAEMON "Subject: Mail delivery failed: returning message to sender\n",
		"This message was created automatically by mail delivery software.\n\nA message "
		"that you sent could not be delivered to one or more of its\nrecipients. This is a "
		"permanent error. The following address(es) failed:\n\n  abuse@host.example\n    "
		"retry timeout exceeded\n",
		"bounce", "expired", "abuse@host.example" },
	{ "Exim, warning", DAEMON "Subject: Warning: message 1abcde-000001-AB delayed 24 hours\n",
		"This message was created automatically by mail delivery software.\nA message that "
		"you sent has not yet been delivered to one or more of its\nrecipients after more "
		"than 24 hours on the queue on mx.example.\n\nThe address to which the message has "
		"not yet been delivered is:\n\n  abuse@host.example\n\nNo action is required on "
		"your part. Delivery attempts will continue for\nsome time.\n",
		"delay", NULL, "abuse@host.example" },
	{ "OpenSMTPD, warning",
		"From: Mailer Daemon <MAILER-DAEMON@mx.example>\n"
		"Subject: Delivery status notification: warning\n",
		"    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n  "
		"  A "
		"message is delayed for more than 4h for the following list of\n    recipients:\n\n"
		"abuse@host.example: 451 Temporary failure\n\n    Please note that this is only a "
		"temporary failure report.\n    The message is kept in the queue for up to 4d.\n",
		"delay", NULL, "abuse@host.example" },
	{ "NetEase", "From: Postmaster@mx.example\nSubject: 系统退信/Systems bounce\n" JAPANESE,
		"抱歉,您的邮件被退回来了\n收件人(abuse@host.example)不存在 550 User not found: "
		"abuse@host.example\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "qmail, given up", DAEMON "Subject: failure notice\n",
		"Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to "
		"deliver your message to the following addresses.\nThis is a permanent error; I've "
		"given up. Sorry it didn't work out.\n\n<abuse@host.example>:\nSorry, I wasn't "
		"able "
		"to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this "
		"message has been in the queue too long.\n",
		"bounce", "expired", "abuse@host.example" },
	{ "sendmail, warning", DAEMON "Subject: Warning: could not send message for past 4 hours\n",
		"**   THIS IS A WARNING MESSAGE ONLY   **\n** YOU DO NOT NEED TO RESEND YOUR "
		"MESSAGE **\n\n   ----- Transcript of session follows -----\n<abuse@host.example>"
		"... Deferred: Connection timed out with host.example.\nWarning: message still "
		"undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
		"delay", "network", "abuse@host.example" },
	{ "Postfix, delay", DAEMON "Subject: Delayed Mail (still being retried)\n",
		"This is the mail system at host mx.example.\n\n# THIS IS A WARNING ONLY.  YOU DO "
		"NOT NEED TO RESEND YOUR MESSAGE. #\n\nYour message could not be delivered for "
		"more "
		"than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n"
		"<abuse@host.example>: connect to host.example[192.0.2.1]:25: Connection refused\n",
		"delay", "network", "abuse@host.example" },
	{ "Google", DAEMON "Subject: Delivery Status Notification (Failure)\n",
		"** Address not found **\n\nYour message wasn't delivered to abuse@host.example "
		"because the address couldn't be found, or is unable to receive mail.\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "Google, incomplete", DAEMON "Subject: Delivery Status Notification (Delay)\n",
		"** Delivery incomplete **\n\nThere was a temporary problem delivering your "
		"message "
		"to abuse@host.example. Gmail will retry for 46 more hours. You'll be notified if "
		"the delivery fails permanently.\n",
		"delay", NULL, "abuse@host.example" },
	{ "Google, Japanese", DAEMON JAPANESE "Subject: Delivery Status Notification (Failure)\n",
		"** アドレス不明 **\n\nアドレスが見つからないか、アドレスがメールを受信できない状態"
		"のため、メールは abuse@host.example に配信されませんでした。\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "Yahoo", DAEMON "Subject: Failure Notice\n",
		"Sorry, we were unable to deliver your message to the following address.\n\n"
		"<abuse@host.example>:\nRemote host said: 552 5.2.2 user is over quota [RCPT_TO]\n",
		"bounce", "full", "abuse@host.example" },
	{ "Domino",
		DAEMON "Subject: DELIVERY FAILURE: User abuse (abuse@host.example) not listed "
		       "in Domino Directory\n",
		"Your message\n\n  Subject: Abuse report\n\nwas not delivered to:\n\n  "
		"abuse@host.example\n\nbecause:\n\n  User abuse (abuse@host.example) not listed in "
		"Domino Directory\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "X.400", "From: MTA <postmaster@host.example>\nSubject: Non-delivery report\n",
		"This report relates to a message you sent.\n\nYour message was not delivered to:\n"
		"     abuse@host.example\nfor the following reason:\n     Recipient unknown\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "Japanese carrier",
		"From: Mail System <MAILER-DAEMON@carrier.example>\n" JAPANESE
		"Subject: メールエラー通知\n",
		"次のあて先へのメッセージはエラーのため送信できませんでした。\n\n"
		"<abuse@host.example>\n宛先のメールアドレスが存在しません。\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "Japanese, full", "From: <postmaster@host.example>\n" JAPANESE "Subject: 配信エラー\n",
		"以下の宛先へ配信できませんでした。\n\n<abuse@host.example>\n"
		"メールボックスの容量が一杯です。\n",
		"bounce", "full", "abuse@host.example" },
	{ "Amazon SNS",
		"From: Bounces <no-reply@sns.amazonaws.com>\nSubject: AWS Notification Message\n",
		"{\n  \"Type\" : \"Notification\",\n  \"Message\" : \"{\\\"notificationType\\\":"
		"\\\"Bounce\\\",\\\"bounce\\\":{\\\"bounceType\\\":\\\"Permanent\\\","
		"\\\"bouncedRecipients\\\":[{\\\"emailAddress\\\":\\\"abuse@host.example\\\","
		"\\\"action\\\":\\\"failed\\\",\\\"status\\\":\\\"5.1.1\\\",\\\"diagnosticCode\\\":"
		"\\\"smtp; 550 5.1.1 user unknown\\\"}]}}\"\n}\n",
		"bounce", "unknown-user", "abuse@host.example" },
	{ "list, held",
		"From: list-bounces@lists.example\nSubject: Your message to Abuse awaits "
		"moderator approval\n",
		"Your mail to 'Abuse' with the subject\n\n    Report\n\nIs being held until the "
		"list moderator can review it for approval.\n",
		NULL, NULL, NULL },
	{ "passed on by a person",
		"From: Jane <jane@host.example>\nSubject: Fwd: Undelivered Mail\n",
		"See below, your mail could not be delivered.\n\n> 550 5.1.1 user unknown\n", NULL,
		NULL, NULL },
	{ "ticket, null sender",
		"From: Support <support@host.example>\nReturn-Path: <>\nAuto-Submitted: "
		"auto-replied\n"
		"Subject: Your ticket 551 was created\n",
		"Thank you for contacting us. Your ticket 551 was created. Mails to "
		"abuse@host.example "
		"are answered within 550 minutes.\n",
		NULL, NULL, NULL },
	{ "postmaster's desk",
		"From: Postmaster <postmaster@host.example>\nSubject: Re: Abuse report\n",
		"Hello,\n\nthe account has been disabled and the mailbox is closed. Mail to that "
		"user is rejected now.\n",
		NULL, NULL, NULL },
	{ "postmaster asks",
		"From: postmaster@host.example\nIn-Reply-To: <a@reporter.example>\n"
		"Subject: AW: Abuse report\n",
		"The address abuse@host.example does not exist in our system. Which account do you "
		"mean?\n",
		NULL, NULL, NULL },
	{ "newsletter",
		"From: News <news@host.example>\nReturn-Path: <bounce-1@host.example>\n"
		"Precedence: bulk\nSubject: Delivery problems solved\n",
		"Our mail delivery failed last week; the error is fixed. 550 customers were "
		"told.\n",
		NULL, NULL, NULL },
	{ "out of office, null sender",
		"From: Jane <jane@host.example>\nReturn-Path: <>\n"
		"Auto-Submitted: auto-replied\nSubject: Out of Office\n",
		"I am away. Mails could not be delivered to my colleague; the mailbox is full.\n",
		NULL, NULL, NULL },
	{ "desk about a mail", "From: Abuse <abuse@host.example>\nSubject: Re: Returned mail\n",
		"The mail was rejected with 550 5.7.1 because the account was suspended. Did it "
		"reach "
		"you?\n",
		NULL, NULL, NULL },
	{ "desk, subject of a report on spam",
		"From: Abuse <abuse@host.example>\n"
		"Subject: [#1234] Report: spam rejected by our filter\n",
		"The user has been blocked. The message you sent could not be found in our logs.\n",
		NULL, NULL, NULL },
	{ "a person on bounces", "From: Jane <jane@host.example>\nSubject: Abuse report\n",
		"Your message to abuse@host.example could not be delivered, 550 5.1.1, so I answer "
		"from here. Which customer is it?\n",
		NULL, NULL, NULL },
};

static void
check_form(const struct rules *rules, const struct form *form)
{
	g_autofree char *text =
		g_strdup_printf("%sTo: report@reporter.example\n\n%s", form->headers, form->text);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);
	g_autoptr(Verdict) verdict = classify(mail, rules);

	g_test_message("%s: %s by %s, %s, %s, %s", form->name, verdict->class, verdict->rule,
		verdict->reason, verdict->recipient, verdict->diagnostic);
	if (!form->class) {
		g_assert_cmpstr(verdict->class, !=, "bounce");
		g_assert_cmpstr(verdict->class, !=, "delay");
		return;
	}
	g_assert_cmpstr(verdict->class, ==, form->class);
	g_assert_cmpstr(verdict->recipient, ==, form->recipient);
	if (form->reason)
		g_assert_cmpstr(verdict->reason, ==, form->reason);
}

static void
test_forms(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++)
		check_form(rules, &forms[i]);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/bounce/forms", test_forms);
	return g_test_run();
}
