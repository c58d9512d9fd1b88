/* Which refusals at the door say that nobody is there. */
#include <glib.h>

#include "cli/nobody-there.h"

static const char *const nobody[] = {
	"550 5.1.1 <abuse@host.example>: Recipient address rejected: User unknown in virtual "
	"mailbox table",
	"550 5.1.1 The email account that you tried to reach does not exist",
	"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
	"556 5.1.10 Recipient address has null MX",
	"550 #5.1.0 Address rejected: no such user here",
	"550 No such user here",
	"550 <abuse@host.example>... User unknown",
	"551 no such mailbox",
	"553 sorry, this recipient is not a valid user here",
	"550 5.2.1 The email account that you tried to reach is disabled",
	"550-unknown user\nsorry",
};
static const char *const others[] = {
	"550 5.7.1 no, on purpose",
	"550 5.1.8 <me@here.example>: Sender address rejected: Domain not found",
	"550 5.1.1 <me@here.example>: Sender address rejected: undeliverable address",
	"552 5.2.2 The email account that you tried to reach is over quota",
	"554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.example",
	"550 High probability of spam",
	"450 4.1.1 user unknown",
	"503 5.5.1 bad sequence of commands",
	"550 5.7.1 <abuse@host.example>: Relay access denied",
	"550 relaying denied",
	"",
};

static void
test_words(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", &error);

	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(nobody); i++) {
		g_test_message("%s", nobody[i]);
		g_assert_true(nobody_there(rules, nobody[i]));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_test_message("%s", others[i]);
		g_assert_false(nobody_there(rules, others[i]));
	}
	g_assert_false(nobody_there(rules, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/nobody-there/words", test_words);
	return g_test_run();
}
