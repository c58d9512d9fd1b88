/* Delivery statuses that leave out what RFC 3464 asks for. */
#include "inbox/dsn.h"

struct expected {
	const char *fields, *action, *recipient, *status, *diagnostic;
};

static const struct expected cases[] = {
	{ "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
	  "Diagnostic-Code: smtp; 550 no such user\n",
		"failed", "a@b.example", "5.1.1", "550 no such user" },
	{ "Action: failed\nStatus: 5.0.0 (recipient reached disk quota)\n"
	  "Final-Recipient: rfc822;a@b.example\n",
		"failed", "a@b.example", "5.0.0", "recipient reached disk quota" },
	{ "Final-Recipient: rfc822; a@b.example\n"
	  "Diagnostic-Code: smtp; 552 Mailbox disk quota exceeded\n",
		"failed", "a@b.example", NULL, "552 Mailbox disk quota exceeded" },
	{ "Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 450 try later\n", "delayed",
		"a@b.example", NULL, "450 try later" },
	/* what we wrote to, where it was sent on */
	{ "Original-Recipient: rfc822; a@b.example\nFinal-Recipient: rfc822; c@d.example\n"
	  "Action: failed\nStatus: 5.2.1\n",
		"failed", "a@b.example", "5.2.1", NULL },
	/* of several the one that failed */
	{ "Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0\n\n"
	  "Final-Recipient: rfc822; c@d.example\nAction: failed\nStatus: 5.1.1\n",
		"failed", "c@d.example", "5.1.1", NULL },
};

static void
test_parse(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Dsn) dsn = dsn_parse(cases[i].fields);

		g_assert_nonnull(dsn);
		g_assert_cmpstr(dsn->action, ==, cases[i].action);
		g_assert_cmpstr(dsn->recipient, ==, cases[i].recipient);
		g_assert_cmpstr(dsn->status, ==, cases[i].status);
		g_assert_cmpstr(dsn->diagnostic, ==, cases[i].diagnostic);
	}
}

static void
test_none(void)
{
	static const char *const texts[] = { "", "hello", "Diagnostic-Code: smtp; 550 no\n",
		"Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 55\n", "Status: \n" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_null(dsn_parse(texts[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dsn/parse", test_parse);
	g_test_add_func("/dsn/none", test_none);
	return g_test_run();
}
