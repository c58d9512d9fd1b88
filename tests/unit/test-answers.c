/* What desks write, in English and Japanese, and what only sounds like it: in doubt nobody acted.
 */
#include <jansson.h>
#include <string.h>

#include "inbox/classify.h"

struct answer_text {
	const char *class, *text; /* class "-": anything but actioned */
};

static const struct answer_text persons[] = {
	/* they acted */
	{ "actioned", "The domain evil.example.com has been suspended." },
	{ "actioned", "Hello,\n\nWe have suspended the account in question.\n\nRegards" },
	{ "actioned", "Thank you for the report. The phishing site was taken down." },
	{ "actioned", "The content has now been removed from our servers." },
	{ "actioned", "We've disabled the URL." },
	{ "actioned", "We have null-routed the IP address." },
	{ "actioned", "The domain name was placed on clientHold this morning." },
	{ "actioned",
		"The offending files have been deleted and the customer's account was locked." },
	{ "actioned", "We confirm that the site is now offline: it has been disabled." },
	{ "actioned", "The domain has been deactivated. Please let us know of any others." },
	/* negations, conditions, questions, promises, requests */
	{ "-", "We have NOT suspended the domain." },
	{ "-", "The domain has not been suspended." },
	{ "-", "We haven't suspended the domain yet." },
	{ "-", "The site hasn't been taken down." },
	{ "-", "Once we have suspended the domain, we will write again." },
	{ "-", "After the content has been removed you will be told." },
	{ "-", "Please confirm whether you suspended the domain." },
	{ "-", "Please confirm that the domain has been suspended." },
	{ "-", "Can you confirm the content has been removed?" },
	{ "-", "Has the site been taken down?" },
	{ "-", "Was the domain suspended?" },
	{ "-", "If the site is not taken down, tell us." },
	{ "-", "If the content has been removed, reply to close this ticket." },
	{ "-", "The domain will be suspended within 24 hours." },
	{ "-", "We will suspend the account if the customer does not answer." },
	{ "-", "The site is going to be taken down tomorrow." },
	{ "-", "The account is scheduled to be terminated." },
	{ "-", "The domain should have been suspended by the registrar." },
	{ "-", "The content may have been removed already." },
	{ "-", "It seems the site was removed, but we are not sure." },
	{ "-", "We cannot verify that the domain was suspended." },
	{ "-", "We were unable to determine if the page has been removed." },
	{ "-", "None of these sites have been suspended." },
	{ "-", "No content has been removed." },
	{ "-", "Nothing was removed from the server." },
	{ "-", "Neither domain has been suspended." },
	{ "-", "Your account has been suspended." },
	{ "-", "Your ticket has been deleted." },
	{ "-", "Your email was blocked by our filter." },
	{ "-", "We have blocked your IP address." },
	{ "-", "We removed your address from our list." },
	{ "-", "You asked that the domain be suspended; we have forwarded this to the customer." },
	{ "-", "You wrote that the domain has been suspended by the registry." },
	{ "-", "Domains that have been suspended are listed on our page." },
	{ "-", "Unless the site has been removed, contact the hosting provider." },
	{ "-", "The customer claims the content was removed." },
	{ "-", "The customer told us that the files have been deleted." },
	{ "-", "We are waiting until the content has been removed." },
	{ "-", "We have asked the customer to make sure the content has been removed." },
	{ "-", "In the past domains of this customer were suspended." },
	{ "-", "Let us know when the content has been removed." },
	{ "-", "We have never suspended a domain without a court order." },
	{ "-", "The domain has been suspended in the past and was reactivated." },
	{ "-", "The suspension was lifted; the domain is active again." },
	{ "-", "The request to have the domain suspended has been rejected." },
	{ "-", "Pending review, nothing has been disabled." },
	{ "-", "Hello\n\nOn 2026-01-01 you wrote:\n> The domain has been suspended.\nWhat is "
	       "this?" },
	{ "-", "See below.\n\n-----Original Message-----\nThe domain has been suspended." },
	{ "-", "Hi,\n\nFrom: Reporter <r@reporter.example>\nSent: Monday\nTo: abuse\nSubject: x\n\n"
	       "The domain has been suspended." },
	/* other classes */
	{ "question", "Could you please provide the full headers?" },
	{ "question", "Which URL is it on our network?" },
	{ "question", "We need more information to investigate." },
	{ "refusal", "We do not host this website. Please contact the hosting provider." },
	{ "refusal", "We are only the registrar and cannot take action on content." },
	{ "refusal", "This IP address does not belong to us." },
	{ "refusal", "We found no violation of our terms of service." },
	{ "wrong_channel", "Please submit your report through our abuse form: https://h.example/" },
	{ "wrong_channel",
		"Thank you for your email. We no longer accept abuse reports via email. Reports "
		"sent to this address are not read." },
	{ "human", "We have forwarded your report to our customer." },
	{ "human", "We are looking into this." },
	/* more of both */
	{ "-", "We're still reviewing whether the account ought to be suspended." },
	{ "-", "The registrar informed us the domain had been suspended." },
	{ "-", "Did you mean the site that was taken down last year?" },
	{ "-", "Our policy is that accounts are suspended after three complaints." },
	{ "-", "We regret that we are unable to suspend the domain." },
	{ "-", "The website was down when we checked but has not been removed by us." },
	{ "-", "It is not possible for the content to be removed." },
	{ "-", "We'd need a court order before the domain is suspended." },
	{ "-", "The customer has 48 hours to remove the content, otherwise the server will be shut "
	       "down." },
	{ "-", "Suspended domains are deleted after 30 days." },
	{ "-", "The domain has been reported as malicious; it has been forwarded to the "
	       "reseller." },
	{ "-", "Your report has been removed from the queue." },
	{ "-", "This ticket was closed because no evidence was provided." },
	{ "-", "The file was already deleted when we looked, so we took no action." },
	{ "-", "Please suspend the domain." },
	{ "-", "The page was blocked by Google Safe Browsing." },
	{ "-", "Was not suspended." },
	{ "-", "Accounts can be terminated for abuse." },
	{ "-", "As the domain has been deleted by its owner in 2019, there is nothing for us to "
	       "do." },
	{ "-", "We have been asked to suspend the domain." },
	{ "-", "We have not yet disabled the site but are working on it." },
	{ "-", "The suspended domain has been reinstated." },
	{ "-", "Please be advised that your website has been suspended for non-payment." },
	{ "-", "The case is closed. No further action was taken." },
	{ "-", "We have terminated your access to our complaint form." },
	{ "-", "Our firewall has blocked the content of your message; the file was removed." },
	{ "-", "The attachment was removed from your message." },
	{ "-", "The link in your mail was disabled for security." },
	{ "-", "We have removed the link from your e-mail and need the plain URL." },
	{ "-", "The attached file has been deleted by our virus scanner." },
	{ "-", "An attachment was blocked." },
	{ "-", "Sorry, the account holder has been removed from the conversation." },
	{ "-", "The user was removed from the CC list." },
	{ "-", "The service was terminated by the customer long ago." },
	{ "-", "ご報告いただいた件ですが、停止には至っておりません。" },
	{ "-", "削除対応はいたしません。" },
	{ "-", "契約者が自主的に削除しましたとの連絡がありました。" },
	{ "-", "当該サイトはすでに閉鎖されているようです。" },
	{ "-", "対応しました、とは申し上げられません。" },
	{ "-", "サービスを停止しましたお客様からの返信です。" },
	{ "-", "迷惑メールとして遮断しました。" },
	{ "-", "添付ファイルを削除しました。" },
	{ "-", "リンクを無効化しました。" },
	{ "-", "停止いたしましたか" },
	{ "-", "もし停止しましたら教えてください。" },
	{ "-", "以前に停止しましたが、現在は再開しています。" },
	{ "actioned", "We have taken the site down." },
	{ "actioned", "The phishing page is now offline, the account was terminated." },
	{ "actioned", "Thanks for your report. Account suspended." },
	{ "actioned", "The domain name evil.example has been placed on hold." },
	{ "actioned", "We have now suspended this customer." },
	{ "actioned", "The reported URLs have been removed and the user has been banned." },
	{ "actioned", "The abusive content was removed by our team." },
	{ "actioned", "After reviewing your report, we have disabled the website." },
	{ "actioned", "As requested, the domain was suspended." },
	{ "actioned", "Please note that the domain has been suspended." },
	{ "actioned", "The malicious website has been taken offline." },
	{ "actioned", "We terminated the customer's account today." },
	{ "actioned", "This domain has been suspended for violation of our AUP." },
	{ "actioned", "The server has been shut down. Let us know if you see anything else." },
	{ "actioned", "The content you reported has been removed." },
	{ "actioned", "The domain name you reported has been suspended." },
	{ "actioned", "We investigated and blocked the site." },
	{ "actioned", "当該コンテンツは削除されました。" },
	{ "actioned", "ご指摘のサイトを閉鎖いたしました。" },
	{ "actioned", "ドメインの停止措置を実施いたしました。" },
	{ "actioned", "該当のサーバーを停止させていただきました。" },
	{ "actioned", "当該ドメイン名のサービスを停止いたしましたので、お知らせいたします。" },
	{ "actioned", "調査の結果、不正利用を確認したため、アカウントを凍結いたしました。" },
	{ "actioned", "本件について対処いたしました。" },
	/* 日本語 */
	{ "actioned", "ご報告いただいたサイトを停止いたしました。" },
	{ "actioned", "当該ドメイン名の利用を停止しました。" },
	{ "actioned", "該当コンテンツを削除いたしましたのでご報告いたします。" },
	{ "actioned", "該当アカウントにつきましては、利用停止の措置を実施いたしました。" },
	{ "actioned", "当該サイトについて、対応いたしました。" },
	{ "actioned", "本件につきまして、対応が完了いたしました。" },
	{ "actioned", "当該サイトは閉鎖済みです。" },
	{ "-", "まだ停止しておりません。" },
	{ "-", "当該サイトは停止されていません。" },
	{ "-", "停止いたしましたらご連絡いたします。" },
	{ "-", "削除しましたでしょうか。" },
	{ "-", "サイトを停止しましたか？" },
	{ "-", "対応いたしましたかどうか、ご確認ください。" },
	{ "-", "24時間以内に停止いたします。" },
	{ "-", "停止する予定です。" },
	{ "-", "停止した場合はお知らせください。" },
	{ "-", "削除されたかどうか確認できませんでした。" },
	{ "-", "対応を完了した後にご連絡します。" },
	{ "-", "お客様に削除を依頼しました。" },
	{ "-", "契約者に対応を依頼いたしました。" },
	{ "-", "会員に削除するよう連絡しました。" },
	{ "-", "削除をご要望とのことですが、判断いたしかねます。" },
	{ "-", "停止済みかどうかご教示ください。" },
	{ "-", "停止済みではありません。" },
	{ "-", "「停止いたしました」との連絡は受けておりません。" },
	{ "-", "メールの配信を停止しました。" },
	{ "-", "お客様のアカウントを停止しました。" },
	{ "-", "対応しました担当者は不在です。" },
	{ "question", "対象のURLをご教示いただけますでしょうか。" },
	{ "question", "詳細なログをご提供ください。" },
	{ "question", "該当するドメイン名を教えていただけますか。" },
	{ "refusal", "当該サイトは弊社の管理外のため、対応いたしかねます。" },
	{ "refusal", "弊社ではホスティングを行っておりません。サーバ管理者へご連絡ください。" },
	{ "refusal", "本ドメイン名は当社の管理するものではございません。" },
	{ "refusal", "規約違反には該当しないと判断いたしました。" },
	{ "wrong_channel", "お手数ですが、専用フォームよりご連絡ください。" },
	{ "wrong_channel",
		"本メールアドレスでは受け付けておりません。下記の窓口までお問い合わせください。"
		"\nhttps://host.example/form" },
	{ "human", "ご連絡ありがとうございます。社内で確認いたします。" },
	{ "human", "契約者へ連絡いたします。" },
};

static const struct answer_text machines[] = {
	{ "acknowledgement", "Thank you for contacting us. Your request has been received." },
	{ "acknowledgement", "A ticket has been created. Ticket ID: ABC-12345" },
	{ "acknowledgement", "お問い合わせを受け付けました。" },
	{ "acknowledgement", "お問い合わせいただきありがとうございます。\n受付番号：12345" },
	{ "acknowledgement", "メールを受信いたしました。担当者より順次ご連絡いたします。" },
	{ "acknowledgement", "このメールは自動返信です。ご報告を受け付けいたしました。" },
	{ "acknowledgement",
		"お問合せを承りました。内容を確認のうえ、担当者よりご連絡いたします。" },
	{ "vacation", "只今休暇中のため、1月5日以降にご返信いたします。" },
	{ "vacation", "I am out of the office until Monday." },
	{ "wrong_channel", "このメールアドレスは送信専用です。お問い合わせは専用フォームよりお願い"
			   "いたします。" },
	{ "-", "Your report was received. Domains are suspended when they are abused." },
	{ "-", "Once the reported content has been removed this ticket will be closed." },
	{ "unclassified", "Hello." },
	{ "unclassified", "こんにちは。" },
};

static void
check(const struct rules *rules, const char *headers, const char *charset,
	const struct answer_text *answer)
{
	g_autofree char *body = g_convert(answer->text, -1, charset, "UTF-8", NULL, NULL, NULL);

	if (!body) /* it has no such characters */
		return;
	g_autofree char *text = g_strdup_printf("From: Abuse <abuse@host.example>\nSubject: Re: "
						"report\n%sContent-Type: text/plain; charset=%s\n"
						"Content-Transfer-Encoding: 8bit\n\n%s\n",
		headers, charset, body);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(Mail) mail = mail_parse(bytes, NULL);
	g_autoptr(Verdict) verdict = classify(mail, rules);
	gboolean right = strcmp(answer->class, "-") == 0
				 ? strcmp(verdict->class, "actioned") != 0
				 : strcmp(answer->class, verdict->class) == 0;

	if (right)
		return;
	g_test_message(
		"%s: %s by %s, not %s", answer->text, verdict->class, verdict->rule, answer->class);
	g_test_fail();
}

static const char *const charsets[] = { "utf-8", "iso-2022-jp", "shift_jis", "euc-jp" };

static void
test_persons(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(persons); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(charsets); k++)
			check(rules, "", charsets[k], &persons[i]);
}

static void
test_machines(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(machines); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(charsets); k++)
			check(rules, "Auto-Submitted: auto-replied\n", charsets[k], &machines[i]);
}

static const char *
text_of(const json_t *entry, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text ? text : otherwise;
}

/* Whole answers with subjects and numbers. */
static void
test_desks(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	FILE *file = fopen(SOURCE_DIR "/tests/data/replies/answers.jsonl", "r");
	json_t *entry;
	guint count = 0;

	g_assert_nonnull(file);
	while ((entry = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
		g_autofree char *text =
			g_strdup_printf("From: a@host.example\nSubject: %s\n%s"
					"Content-Type: text/plain; charset=utf-8\n\n%s\n",
				text_of(entry, "subject", "Re: Phishing"),
				json_is_true(json_object_get(entry, "auto"))
					? "Auto-Submitted: auto-replied\n"
					: "",
				text_of(entry, "text", ""));
		g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
		g_autoptr(Mail) mail = mail_parse(bytes, NULL);
		g_autoptr(Verdict) verdict = classify(mail, rules);

		g_test_message(
			"%s: %s by %s", text_of(entry, "text", ""), verdict->class, verdict->rule);
		g_assert_cmpstr(verdict->class, ==, text_of(entry, "class", NULL));
		g_assert_cmpstr(verdict->ticket, ==, text_of(entry, "ticket", NULL));
		json_decref(entry);
		count++;
	}
	fclose(file);
	g_assert_cmpuint(count, >, 40);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/answers/persons", test_persons);
	g_test_add_func("/answers/machines", test_machines);
	g_test_add_func("/answers/desks", test_desks);
	return g_test_run();
}
