/* Who may change a report: the reference, the provider's address and what a trusted server says of
 * it, in every combination. */
#include <gmime/gmime.h>
#include <string.h>

#include "inbox/receive.h"
#include "test-store.h"

#define AR "Authentication-Results: "
#define BORDER                                                                                     \
	"Received: from x.example by mx.our.example with ESMTPS; Wed, 7 Jan 2026 10:00:00 +0000\n"

/* What a server says of the domain in From ("%s"). */
static const struct {
	const char *name, *headers;
	gboolean passes; /* where mx.our.example is trusted */
} results[] = {
	{ "pass", AR "mx.our.example; dmarc=pass header.from=%s\n" BORDER, TRUE },
	{ "aligned DKIM", AR "mx.our.example; dkim=pass header.d=%s\n" BORDER, TRUE },
	{ "fail", AR "mx.our.example; dmarc=fail header.from=%s; spf=fail\n" BORDER, FALSE },
	{ "disowned", AR "mx.our.example; dmarc=fail; spf=pass smtp.mailfrom=%s\n" BORDER, FALSE },
	{ "none", AR "mx.our.example; dmarc=none header.from=%s\n" BORDER, FALSE },
	{ "no word", BORDER "X-Other: %s\n", FALSE },
	{ "another domain", AR "mx.our.example; dmarc=pass header.from=evil-%s\n" BORDER, FALSE },
	{ "another server", AR "mx.evil.example; dmarc=pass header.from=%s\n" BORDER, FALSE },
	{ "written by the sender", BORDER AR "mx.our.example; dmarc=pass header.from=%s\n", FALSE },
};

static const struct {
	const char *from, *domain;
	gboolean of_provider;
} senders[] = {
	{ "Desk <abuse@host.example>", "host.example", TRUE },
	{ "kim@tickets.host.example", "tickets.host.example", TRUE },
	{ "\"abuse@host.example\" <x@evil.example>", "evil.example", FALSE },
	{ "abuse@host.example.evil.example", "host.example.evil.example", FALSE },
	{ "abuse@nothost.example", "nothost.example", FALSE },
	{ "abuse@host.example, x@evil.example", "host.example", FALSE },
};

/* Where the mail carries the reference, as a format of it; the ticket is in the subject always. */
static const char *const references[] = { "In-Reply-To: <abate-%s@our.example>\n",
	"Subject: Re: [HX-4711] [abate-%s]\n", "To: us+abate-%s@our.example\n", NULL };

struct world {
	struct fixture fixture;
	struct config *config;
	struct profiles *profiles;
	struct receiver *receiver;
	int mails;
};

static void
set_up(struct world *world, gconstpointer inbox)
{
	const char *const none[] = { NULL };
	GError *error = NULL;

	fixture_set_up(&world->fixture, NULL);
	g_autofree char *file = g_build_filename(world->fixture.folder, "abate.conf", NULL);
	g_autofree char *text = g_strdup_printf("[inbox]\n%s\n", (const char *)inbox);
	g_file_set_contents(file, text, -1, NULL);
	world->config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	world->profiles = profiles_load(none, NULL, NULL);
	world->receiver =
		receiver_new(world->config, world->profiles, world->fixture.store, &error);
	g_assert_no_error(error);
}

static void
tear_down(struct world *world, gconstpointer data)
{
	receiver_free(world->receiver);
	config_free(world->config);
	profiles_free(world->profiles);
	fixture_tear_down(&world->fixture, data);
}

static gint64
add_page(struct store *store, gint64 case_id, const char *host)
{
	g_autofree char *url = g_strdup_printf("https://%s/login", host);
	g_autoptr(Indicator) page = make_url(case_id, url);
	GError *error = NULL;

	g_free(page->host);
	page->host = g_strdup(host);
	store_indicator_add(store, page, NULL, &error);
	g_assert_no_error(error);
	return page->id;
}

/* An accepted report to abuse@host.example about a host's page, with the ticket (NULL: none). */
static struct report *
add_accepted(struct world *world, const char *host, const char *ticket)
{
	struct store *store = world->fixture.store;
	gint64 case_id = add_case(store, "c"), url = add_page(store, case_id, host);
	struct report *report = report_new();
	GError *error = NULL;

	report->case_id = case_id;
	report->provider = g_strdup("host");
	report->to = g_strdup("abuse@host.example");
	report->state = REPORT_MANUAL;
	report->reference = reference_new();
	report->message_id = g_strdup_printf("abate-%s@our.example", report->reference);
	g_array_append_val(report->indicators, url);
	store_report_add(store, report, &error);
	store_report_set_state(store, report->id, REPORT_ACCEPTED, NULL, &error);
	if (ticket)
		store_report_set_ticket(store, report->id, ticket, &error);
	g_assert_no_error(error);
	return report;
}

/* The reply that it becomes. */
static struct reply *
take(struct world *world, const char *text)
{
	g_autofree char *source = g_strdup_printf("maildir:/m/%d", world->mails++);
	g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));
	struct received_counts counts = { 0 };
	GError *error = NULL;

	receiver_take(world->receiver, source, 0, mail, &counts, &error);
	g_assert_no_error(error);
	return store_reply_get(world->fixture.store, world->mails, NULL);
}

static void
check(struct world *world, gsize sender, gsize result, const char *reference, gboolean configured)
{
	g_autofree char *ticket = g_strdup_printf("HX-%d", 47110 + world->mails);
	g_autoptr(Report) report = add_accepted(world, "b.example", ticket);
	g_autoptr(GString) text = g_string_new(NULL);
	const gboolean trusted =
		senders[sender].of_provider && (!configured || results[result].passes);

	g_string_append(text, results[result].headers);
	g_string_replace(text, "%s", senders[sender].domain, 0);
	g_string_append_printf(text, "From: %s\n", senders[sender].from);
	if (reference) {
		g_string_append(text, reference);
		g_string_replace(text, "%s", report->reference, 0);
	}
	if (!reference || !g_str_has_prefix(reference, "Subject"))
		g_string_append_printf(text, "Subject: [#%s] your report\n", ticket);
	g_string_append(text, "\nWe have suspended the domain name.\n");
	g_autoptr(Reply) reply = take(world, text->str);
	g_autoptr(Report) after = store_report_get(world->fixture.store, report->id, NULL);

	g_test_message(
		"%s %s: %s", results[result].name, configured ? "(configured)" : "", text->str);
	g_assert_cmpint(reply->report_id, ==, report->id);
	g_assert_cmpint(reply->weak, ==, !reference);
	g_assert_cmpint(reply->counts, ==, reference || trusted);
	/* That they acted is believed of themselves alone. */
	if (reply->counts)
		g_assert_cmpstr(reply->class_name, ==, trusted ? "actioned" : "human");
	g_assert_cmpstr(report_state_name(after->state), ==,
		report_state_name(reply->counts ? REPORT_ANSWERED : REPORT_ACCEPTED));
	g_assert_cmpint(after->answered != 0, ==, reply->counts);
	g_assert_cmpstr(after->ticket, ==, ticket);
}

static void
test_matrix(struct world *world, gconstpointer inbox)
{
	/* One commit is enough for all. */
	g_assert_true(store_begin(world->fixture.store, NULL));
	for (gsize sender = 0; sender < G_N_ELEMENTS(senders); sender++)
		for (gsize result = 0; result < G_N_ELEMENTS(results); result++)
			for (gsize i = 0; i < G_N_ELEMENTS(references); i++)
				check(world, sender, result, references[i], *(const char *)inbox);
	g_assert_true(store_commit(world->fixture.store, NULL));
}

/* Whoever was reported may well write from a name that the provider gave, and prove it. */
static void
test_reported(struct world *world, gconstpointer inbox)
{
	static const struct {
		const char *from;
		gboolean counts;
	} cases[] = {
		{ "x@bad.host.example", FALSE },
		{ "x@mail.bad.host.example", FALSE },
		{ "x@other.host.example", FALSE },
		{ "kim@host.example", TRUE },
	};
	g_autoptr(Report) report = add_accepted(world, "bad.host.example", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(AR
			"mx.our.example; dmarc=pass\n" BORDER
			"From: %s\nSubject: x\n\nhttps://bad.host.example/login\n"
			"We have suspended the site. Ticket number %d.\n",
			cases[i].from, 123456 + (int)i);
		g_autoptr(Reply) reply = take(world, text);

		g_test_message("%s %s", cases[i].from, (const char *)inbox);
		g_assert_cmpint(reply->counts, ==, cases[i].counts);
	}
	g_autoptr(Report) after = store_report_get(world->fixture.store, report->id, NULL);
	g_assert_cmpstr(after->ticket, ==, "123459");
}

/* A name below the provider's may pass for one above it, by DMARC's relaxed alignment. */
static void
test_vouched(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *results;
		gboolean counts;
	} cases[] = {
		{ "dmarc=pass; dkim=pass header.d=bad.host.example", FALSE },
		{ "spf=pass smtp.mailfrom=x@other.host.example; dmarc=pass", FALSE },
		{ "dkim=pass header.d=bad.host.example; dkim=pass header.d=host.example", TRUE },
		{ "dkim=pass header.d=evil.example; dmarc=pass", TRUE },
	};
	g_autoptr(Report) report = add_accepted(world, "bad.host.example", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(AR
			"mx.our.example; %s\n" BORDER "From: kim@host.example\nSubject: x\n\n"
			"https://bad.host.example/login: suspended the site.\n",
			cases[i].results);
		g_autoptr(Reply) reply = take(world, text);

		g_test_message("%s", cases[i].results);
		g_assert_cmpint(reply->report_id, ==, report->id);
		g_assert_cmpint(reply->counts, ==, cases[i].counts);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	g_test_add("/trust/as-it-is", struct world, "", set_up, test_matrix, tear_down);
	g_test_add("/trust/configured", struct world, "trusted_authserv = mx.our.example", set_up,
		test_matrix, tear_down);
	g_test_add("/trust/reported", struct world, "", set_up, test_reported, tear_down);
	g_test_add("/trust/reported-configured", struct world, "trusted_authserv = mx.our.example",
		set_up, test_reported, tear_down);
	g_test_add("/trust/vouched", struct world, "trusted_authserv = mx.our.example", set_up,
		test_vouched, tear_down);
	status = g_test_run();
	g_mime_shutdown();
	return status;
}
