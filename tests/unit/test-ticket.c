/* The provider's own ticket patterns: found first, and bounded in time. */
#include <string.h>

#include "inbox/classify.h"

static struct mail *
mail_of(const char *subject, const char *text)
{
	g_autofree char *whole = g_strdup_printf(
		"From: Abuse <abuse@mail.host.example>\nSubject: %s\nContent-Type: text/plain; "
		"charset=utf-8\n\n%s\n",
		subject, text);
	g_autoptr(GBytes) bytes = g_bytes_new(whole, strlen(whole));

	return mail_parse(bytes, NULL);
}

static struct profile *
profile_of(const char *pattern)
{
	struct profile *profile = profile_new();

	profile->id = g_strdup("host");
	g_ptr_array_add(profile->ticket_patterns, g_strdup(pattern));
	return profile;
}

/* The profile's pattern goes before the general one, which goes before none. */
static void
test_first(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	g_autoptr(Tickets) tickets = tickets_new();
	g_autoptr(Profile) profile = profile_of("Report ID:\\s*([0-9a-f]{16})");
	g_autoptr(Mail) mail = mail_of("[Ticket #123456] Received",
		"Thank you for your report.\nReport ID: 0123456789abcdef");
	g_autoptr(Verdict) verdict = classify(mail, rules);

	g_assert_cmpstr(verdict->ticket, ==, "123456");
	classify_ticket(verdict, mail, tickets, NULL);
	g_assert_cmpstr(verdict->ticket, ==, "123456");
	classify_ticket(verdict, mail, tickets, profile);
	g_assert_cmpstr(verdict->ticket, ==, "0123456789abcdef");
}

/* The subject is asked first; nothing found leaves what was there. */
static void
test_subject(void)
{
	g_autoptr(Tickets) tickets = tickets_new();
	g_autoptr(Profile) profile = profile_of("\\[AbuseID:([0-9A-F:]+)\\]");
	g_autoptr(Mail) both = mail_of("[AbuseID:AAAA:01]", "[AbuseID:BBBB:02]");
	g_autoptr(Mail) none = mail_of("Hello", "[AbuseID:]");
	g_autofree char *found = tickets_find(tickets, profile, both);
	g_autofree char *nothing = tickets_find(tickets, profile, none);

	g_assert_cmpstr(found, ==, "AAAA:01");
	g_assert_null(nothing);
}

/* A pattern that runs away gives up; one that finds nothing or a control character gives none. */
static void
test_bounded(void)
{
	g_autoptr(Tickets) tickets = tickets_new();
	g_autoptr(Profile) slow = profile_of("((?:a+)+)+b");
	g_autoptr(Profile) empty = profile_of("(x*)");
	g_autofree char *words = g_strnfill(30000, 'a');
	g_autoptr(Mail) mail = mail_of("s", words);
	gint64 begin = g_get_monotonic_time();

	g_free(empty->id);
	empty->id = g_strdup("empty");
	g_assert_null(tickets_find(tickets, slow, mail));
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 10 * G_USEC_PER_SEC);
	g_assert_null(tickets_find(tickets, empty, mail));
}

/* Of a bounce the words are a mail system's: they hold no ticket. */
static void
test_bounce(void)
{
	g_autoptr(Rules) rules = rules_load(SOURCE_DIR "/config/reply-rules.json", NULL);
	g_autoptr(Tickets) tickets = tickets_new();
	g_autoptr(Profile) profile = profile_of("<([a-z]+)@");
	g_autoptr(GError) error = NULL;
	g_autoptr(Mail) mail = mail_read(SOURCE_DIR "/tests/data/replies/qmail.eml", &error);
	g_autoptr(Verdict) verdict = classify(mail, rules);

	g_assert_no_error(error);
	classify_ticket(verdict, mail, tickets, profile);
	g_assert_cmpstr(verdict->class, ==, "bounce");
	g_assert_null(verdict->ticket);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add_func("/ticket/first", test_first);
	g_test_add_func("/ticket/subject", test_subject);
	g_test_add_func("/ticket/bounded", test_bounded);
	g_test_add_func("/ticket/bounce", test_bounce);
	return g_test_run();
}
