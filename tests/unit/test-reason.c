/* Why a mail came back: by status code, by reply, by words. */
#include <string.h>

#include "inbox/reason.h"

struct expected {
	const char *status, *diagnostic, *words, *reason;
};

static const struct expected replies[] = {
	{ "5.1.1", NULL, NULL, "unknown-user" },
	{ "5.1.2", "550 Host unknown", NULL, "host-unknown" },
	{ "5.2.2", NULL, NULL, "full" },
	{ "4.2.2", NULL, NULL, "full" },
	{ "5.3.4", NULL, NULL, "size" },
	{ "4.4.7", NULL, NULL, "expired" },
	{ "4.4.1", NULL, NULL, "network" },
	{ "5.7.1", NULL, NULL, "policy" },
	{ "5.7.26", NULL, NULL, "authentication" },
	{ "5.7.1", "550 5.7.1 Relaying denied", NULL, "relay-denied" },
	{ "5.7.1", "554 5.7.1 Message rejected as spam", NULL, "spam" },
	{ "5.0.0", "550 mailbox unavailable: no such user here", NULL, "unknown-user" },
	{ "5.2.1", "550 5.2.1 The email account is disabled", NULL, "disabled" },
	{ NULL, "552 mailbox full", NULL, "full" },
	{ NULL, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a blocklist",
		NULL, "blocked" },
	{ NULL, NULL, "The message could not be sent: message size exceeds limit", "size" },
	{ NULL, NULL, NULL, "other" },
	{ "odd", "", "", "other" },
};

static void
test_reasons(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const struct expected *reply = &replies[i];
		g_autofree char *text =
			g_strdup_printf("\n%s .\n", reply->words ? reply->words : "");
		g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
		g_autoptr(Mail) mail = mail_parse(bytes, NULL);
		g_auto(Bounce) bounce = { 0 };
		struct look subject;

		rules_look(rules, NULL, &subject);
		bounce_init(&bounce, mail, rules, &subject);
		g_autofree char *reason =
			bounce_reason(rules, reply->status, reply->diagnostic, &bounce);

		g_test_message("%s %s %s", reply->status, reply->diagnostic, reply->words);
		g_assert_cmpstr(reason, ==, reply->reason);
	}
}

/* What servers say, line by line. */
static void
test_known(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	g_autofree char *text = NULL;

	g_assert_true(
		g_file_get_contents(SOURCE_DIR "/tests/data/reply-reasons.txt", &text, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", 0);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, "|", 2);

		if (!parts[0] || **line == '#' || !parts[1])
			continue;
		const char *reply =
			g_str_has_prefix(parts[1], "x-unix; ") ? parts[1] + 8 : parts[1];
		g_autofree char *status = dsn_status(reply);
		g_autofree char *reason = bounce_reason(rules, status, reply, NULL);

		g_test_message("%s", reply);
		g_assert_cmpstr(reason, ==, parts[0]);
	}
}

static void
test_address(void)
{
	static const char *const bad[] = { "unknown-user", "host-unknown", "disabled", "moved",
		"relay-denied" };
	static const char *const good[] = { "full", "spam", "policy", "blocked", "other", "",
		NULL };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_true(bounce_reason_is_address(bad[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_false(bounce_reason_is_address(good[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/reason/reasons", test_reasons);
	g_test_add_func("/reason/known", test_known);
	g_test_add_func("/reason/address", test_address);
	return g_test_run();
}
