/* A mail in, a kept reply out: what it is matched by, whether it counts, and what it moves. */
#include <gmime/gmime.h>
#include <sqlite3.h>
#include <string.h>

#include "inbox/receive.h"
#include "test-store.h"

struct world {
	struct fixture fixture;
	struct config *config;
	struct profiles *profiles;
	struct receiver *receiver;
	struct received_counts counts;
	gint64 report; /* to abuse@host.example, out since an hour, about bad.example */
	char *reference;
	int mails;
};

static struct config *
make_config(const struct world *world, const char *inbox)
{
	g_autofree char *file = g_build_filename(world->fixture.folder, "abate.conf", NULL);
	g_autofree char *text = g_strdup_printf("[inbox]\n%s\n", inbox);
	GError *error = NULL;
	struct config *config;

	g_file_set_contents(file, text, -1, NULL);
	config = config_load(file, &error);
	g_assert_no_error(error);
	g_unlink(file);
	return config;
}

/* A report about url, sent an hour ago. */
static gint64
send_report(struct store *store, const char *provider, const char *to, const char *url,
	enum report_state state, char **reference)
{
	g_autoptr(Report) report = report_new();
	gint64 indicator, case_id = add_case(store, "c");
	GError *error = NULL;

	indicator = add_url(store, case_id, url);
	report->case_id = case_id;
	report->provider = g_strdup(provider);
	report->channel = CHANNEL_MAIL;
	report->to = g_strdup(to);
	report->state = REPORT_MANUAL;
	report->reference = reference_new();
	report->message_id = g_strdup_printf("abate-%s@our.example", report->reference);
	g_array_append_val(report->indicators, indicator);
	store_report_add(store, report, &error);
	g_assert_no_error(error);
	if (state == REPORT_MANUAL)
		return report->id;
	store_report_set_state_at(store, report->id, REPORT_ACCEPTED, NULL,
		text_now() - 3600 * (gint64)G_USEC_PER_SEC, &error);
	if (state != REPORT_ACCEPTED)
		store_report_set_state(store, report->id, state, NULL, &error);
	g_assert_no_error(error);
	if (reference)
		*reference = g_strdup(report->reference);
	return report->id;
}

static void
open_receiver(struct world *world, const char *inbox)
{
	GError *error = NULL;

	receiver_free(world->receiver);
	config_free(world->config);
	world->config = make_config(world, inbox);
	world->receiver =
		receiver_new(world->config, world->profiles, world->fixture.store, &error);
	g_assert_no_error(error);
}

static void
set_up(struct world *world, gconstpointer data)
{
	const char *const none[] = { NULL };

	fixture_set_up(&world->fixture, NULL);
	world->profiles = profiles_load(none, NULL, NULL);
	world->report = send_report(world->fixture.store, "host", "abuse@host.example",
		"http://bad.example/login", REPORT_ACCEPTED, &world->reference);
	open_receiver(world, data ? data : "");
}

static void
tear_down(struct world *world, gconstpointer data)
{
	receiver_free(world->receiver);
	config_free(world->config);
	profiles_free(world->profiles);
	g_free(world->reference);
	fixture_tear_down(&world->fixture, data);
}

/* Receives a mail, "%s" in it being the report's reference; the reply as it was kept. */
static struct reply *take(struct world *world, const char *format, ...) G_GNUC_PRINTF(2, 3);

static struct reply *
take(struct world *world, const char *format, ...)
{
	g_autofree char *source = g_strdup_printf("maildir:/m/%d", world->mails++);
	g_autofree char *text = NULL;
	g_autoptr(GBytes) mail = NULL;
	GError *error = NULL;
	va_list list;
	gboolean seen;

	va_start(list, format);
	text = g_strdup_vprintf(format, list);
	va_end(list);
	mail = g_bytes_new(text, strlen(text));
	receiver_take(world->receiver, source, 0, mail, &world->counts, &error);
	g_assert_no_error(error);
	store_reply_seen(world->fixture.store, source, &seen, &error);
	g_assert_true(seen);
	return store_reply_get(world->fixture.store, world->mails, &error);
}

static void
assert_state(struct world *world, gint64 id, enum report_state state)
{
	g_autoptr(Report) report = store_report_get(world->fixture.store, id, NULL);

	g_assert_cmpstr(report_state_name(report->state), ==, report_state_name(state));
}

static void
receive_raw(struct world *world, const char *source, const char *text)
{
	g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));
	GError *error = NULL;

	receiver_take(world->receiver, source, 0, mail, &world->counts, &error);
	g_assert_no_error(error);
}

/* How a mail's lines end is up to the server that hands it over. */
static void
test_line_ends(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	static const char *const forms[] = { "From: a@b.example\r\n\r\nIt is gone.\r\nBye\r\n",
		"From: a@b.example\n\nIt is gone.\nBye\n", "From: a@b.example\n\nIt is gone.\nBye",
		"From: a@b.example\n\nIt is gone.\r\nBye\n\n",
		"From: a@b.example\r\n\r\nIt is gone.\r\nBye" };

	for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *source = g_strdup_printf("imap:%" G_GSIZE_FORMAT, i);

		receive_raw(world, source, forms[i]);
	}
	g_assert_cmpint(world->counts.read, ==, 5);
	g_assert_cmpint(world->counts.known, ==, 4);
	receive_raw(world, "imap:other", "From: a@b.example\n\nIt is gone.\n\nBye\n");
	g_assert_cmpint(world->counts.known, ==, 4);

	g_autoptr(Reply) kept = store_reply_get(world->fixture.store, 1, NULL);
	g_assert_cmpuint(g_bytes_get_size(kept->content), ==, strlen(forms[0]));
}

/* Makes the store one of that version. */
static void
downgrade(struct fixture *fixture, int version, const char *sql)
{
	g_autofree char *text = g_strdup_printf("PRAGMA user_version = %d; %s", version, sql);
	g_autoptr(GError) error = NULL;
	sqlite3 *db;

	store_close(fixture->store);
	g_assert_cmpint(sqlite3_open(fixture->file, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, text, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	fixture->store = store_open(fixture->url, FALSE, &error);
	g_assert_no_error(error);
}

/* A store of before, whose digests are those of the bytes. */
static void
test_older_digests(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	static const char lf[] = "From: a@b.example\n\nIt is gone.\n";
	static const char crlf[] = "From: a@b.example\r\n\r\nIt is up.\r\n";

	receive_raw(world, "maildir:1", lf);
	receive_raw(world, "imap:1", crlf);
	g_clear_pointer(&world->receiver, receiver_free);
	downgrade(&world->fixture, 9,
		"ALTER TABLE replies DROP COLUMN broken; UPDATE replies SET digest = "
		"'82acdd129a8aa07e5f19dd2d9a9d216c27d96a26dc7aa5713e28cca8d994b690' WHERE id = 2");
	open_receiver(world, "");
	receive_raw(world, "imap:2", "From: a@b.example\r\n\r\nIt is gone.\r\n");
	receive_raw(world, "maildir:2", "From: a@b.example\n\nIt is up.\n");
	receive_raw(world, "imap:3", crlf);
	g_assert_cmpint(world->counts.known, ==, 3);
	receive_raw(world, "imap:4", "From: a@b.example\r\n\r\nIt is new.\r\n");
	receive_raw(world, "maildir:4", "From: a@b.example\n\nIt is new.\n");
	g_assert_cmpint(world->counts.known, ==, 4);
}

#define DESK "From: Desk <abuse@host.example>\n"
#define ACK "Subject: Ticket [#HX-4711] received\nAuto-Submitted: auto-replied\n"
#define THANKS "\nThank you for your report. We have received it; your ticket number is HX-4711.\n"
#define PERSON "Subject: Re: abuse\n\nDear team, our colleague will look at this tomorrow.\n"

static void
test_keys(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	const char *r = world->reference;
	const struct {
		const char *key;
		char *mail;
	} cases[] = {
		{ "in-reply-to",
			g_strdup_printf(DESK "In-Reply-To: <abate-%s@our.example>\n" PERSON, r) },
		{ "references",
			g_strdup_printf(
				DESK "References: <x@y>\n <abate-%s@our.example>\n" PERSON, r) },
		{ "address", g_strdup_printf(DESK
				     "To: a@b.example, Us <team+ABATE-%s@our.example>\n" PERSON,
				     r) },
		{ "address", g_strdup_printf(DESK "Delivered-To: x@y.example\nDelivered-To: "
						  "abate-%s@our.example\n" PERSON,
				     r) },
		{ "subject",
			g_strdup_printf(DESK
				"Subject: Re: abuse [abate-%s]\n\nWe look at it, kind regards.\n",
				r) },
		{ "text", g_strdup_printf(DESK "Subject: Re: abuse\n\nDear all, we read it.\n\n> "
					       "Reference: abate-%s\n",
				  r) },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Reply) reply = take(world, "%s", cases[i].mail);

		g_test_message("%s", cases[i].mail);
		g_assert_cmpstr(reply->match, ==, cases[i].key);
		g_assert_cmpint(reply->report_id, ==, world->report);
		g_assert_false(reply->weak);
		g_assert_true(reply->counts);
		g_assert_null(reply->note);
		g_assert_cmpstr(reply->from, ==, "abuse@host.example");
		g_free(cases[i].mail);
	}
	assert_state(world, world->report, REPORT_ANSWERED);
	g_assert_cmpint(world->counts.matched, ==, G_N_ELEMENTS(cases));
}

/* Whoever makes a reference up, or one out of another's, meets nothing. */
static void
test_guess(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *other = reference_new();
	g_autofree char *shorter = g_strndup(world->reference, 15);
	g_autoptr(Reply) made_up = take(world,
		DESK "In-Reply-To: <abate-%s@our.example>\nTo: abate-%sa@x.example\n"
		     "Subject: abate-%s\n\nWe have suspended the domain name.\n",
		other, world->reference, shorter);

	g_assert_cmpint(made_up->report_id, ==, 0);
	g_assert_null(made_up->match);
	g_assert_false(made_up->counts);
	assert_state(world, world->report, REPORT_ACCEPTED);
	g_assert_cmpint(world->counts.unmatched, ==, 1);
}

static void
test_again(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *text = g_strdup_printf(
		DESK "In-Reply-To: <abate-%s@our.example>\n" PERSON, world->reference);
	g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));
	GError *error = NULL;
	gint64 checked, broken;

	for (int i = 0; i < 3; i++) {
		receiver_take(world->receiver, i < 2 ? "maildir:/a" : "imap:b", 0, mail,
			&world->counts, &error);
		g_assert_no_error(error);
	}
	g_assert_cmpint(world->counts.read, ==, 3);
	g_assert_cmpint(world->counts.known, ==, 2);
	g_assert_cmpint(world->counts.matched, ==, 1);
	store_events_verify(world->fixture.store, &checked, &broken, &error);
	g_assert_cmpint(broken, ==, 0);
}

/* The ticket comes with the acknowledgement; later mails carry no more than that. */
static void
test_ticket(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) first = take(
		world, DESK "In-Reply-To: <abate-%s@our.example>\n" ACK THANKS, world->reference);
	g_autoptr(Report) report = store_report_get(world->fixture.store, world->report, NULL);
	g_assert_cmpstr(first->class_name, ==, "acknowledgement");
	g_assert_cmpstr(report->ticket, ==, "HX-4711");
	g_assert_cmpint(report->state, ==, REPORT_ACKNOWLEDGED);

	g_autoptr(Reply) stranger = take(world, "From: x@evil.example\nSubject: [#HX-4711] "
						"done\n\nWe have suspended the domain.\n");
	g_assert_cmpstr(stranger->match, ==, "ticket");
	g_assert_true(stranger->weak);
	g_assert_false(stranger->counts);
	g_assert_cmpstr(stranger->note, ==, "the sender is not of the provider");
	assert_state(world, world->report, REPORT_ACKNOWLEDGED);

	g_autoptr(Reply) desk = take(world,
		"From: staff@tickets.host.example\nSubject: [#HX-4711] abuse\n\nWe will see.\n");
	g_assert_cmpstr(desk->match, ==, "ticket");
	g_assert_true(desk->weak);
	g_assert_true(desk->counts);
	assert_state(world, world->report, REPORT_ANSWERED);
	g_assert_cmpint(world->counts.weak, ==, 2);
}

#define OTHER "From: Kim <kim@desk-of-host.example>\n"

/* A person says whose a mail is; what goes on in its thread, or comes again another way, follows.
 */
static void
test_thread(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	GError *error = NULL;
	g_autoptr(Reply) first = take(world, OTHER "Message-ID: <one@x.example>\n" PERSON);
	g_autoptr(Reply) before = take(world, OTHER "In-Reply-To: <one@x.example>\n" PERSON);
	g_assert_cmpint(first->report_id, ==, 0);
	g_assert_cmpint(before->report_id, ==, 0);

	store_reply_assign(store, first->id, world->report, "assigned", &error);
	g_assert_no_error(error);
	g_autoptr(Reply) next = take(world,
		OTHER "Message-ID: <two@x.example>\nReferences: <q@us> <one@x.example>\n" PERSON);
	g_assert_cmpstr(next->match, ==, "thread");
	g_assert_cmpint(next->report_id, ==, world->report);
	g_assert_true(next->counts && !next->weak);
	assert_state(world, world->report, REPORT_ANSWERED);
	g_autoptr(Reply) copy =
		take(world, "Received: x\n" OTHER "Message-ID: <one@x.example>\n" PERSON);
	g_assert_cmpint(copy->report_id, ==, world->report);
	g_assert_true(copy->counts);

	/* Others in the thread are told of, but do not count; the provider itself does. */
	g_autoptr(Reply) stranger =
		take(world, "From: x@evil.example\nIn-Reply-To: <two@x.example>\n" PERSON);
	g_assert_cmpint(stranger->report_id, ==, world->report);
	g_assert_true(stranger->weak && !stranger->counts);
	g_autoptr(Reply) desk = take(world, DESK "In-Reply-To: <one@x.example>\n" PERSON);
	g_assert_true(desk->weak && desk->counts);
	/* What hangs on a mail that does not count hangs on nothing. */
	g_autoptr(Reply) loose = take(world, "From: y@evil.example\nMessage-ID: <z@evil>\n"
					     "In-Reply-To: <one@x.example>\n" PERSON "x");
	g_autoptr(Reply) looser = take(world, OTHER "In-Reply-To: <z@evil>\n" PERSON);
	g_assert_false(loose->counts);
	g_assert_cmpint(looser->report_id, ==, 0);
	store_reply_assign(store, first->id, 0, NULL, &error);
	g_autoptr(Reply) late = take(world, OTHER "In-Reply-To: <one@x.example>\n" PERSON "late");
	g_assert_cmpint(late->report_id, ==, world->report); /* by the copy, which is there still */
}

/* With a trusted server set, From alone is no proof. */
static void
test_authenticated(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_assert_true(
		store_report_set_ticket(world->fixture.store, world->report, "HX-4711", NULL));
	g_autoptr(Reply) forged = take(world,
		"Received: from evil by mx.our.example; Wed, 7 Jan 2026 10:00:00 +0000\n"
		"Authentication-Results: mx.our.example; dmarc=pass header.from=host.example\n" DESK
		"Subject: [#HX-4711] abuse\n\nWe will see.\n");
	g_assert_true(forged->weak);
	g_assert_false(forged->counts);
	g_assert_cmpstr(forged->note, ==, "no server that we trust vouches for the sender");
	assert_state(world, world->report, REPORT_ACCEPTED);

	g_autoptr(Reply) real = take(world,
		"Authentication-Results: mx.our.example; dmarc=pass header.from=host.example\n"
		"Received: from host.example by mx.our.example; Wed, 7 Jan 2026 10:00:00 "
		"+0000\n" DESK "Subject: [#HX-4711] abuse\n\nWe will see.\n");
	g_assert_true(real->counts);
	assert_state(world, world->report, REPORT_ANSWERED);
}

static void
test_indicator(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	g_autoptr(Reply) stranger =
		take(world, "From: x@evil.example\n" PERSON "About bad[.]example\n");
	g_assert_cmpint(stranger->report_id, ==, 0);
	g_autoptr(Reply) nothing = take(world, DESK PERSON "About other.example\n");
	g_assert_cmpint(nothing->report_id, ==, 0);
	g_autoptr(Reply) page =
		take(world, DESK PERSON "About hxxp://bad[.]example/login, we look\n");
	g_assert_cmpstr(page->match, ==, "sender-and-indicator");
	g_assert_cmpint(page->report_id, ==, world->report);
	g_assert_true(page->weak && page->counts);

	/* A second report about the same: neither can be meant for sure. */
	send_report(store, "host", "abuse@host.example", "http://bad.example/login",
		REPORT_ACCEPTED, NULL);
	open_receiver(world, "");
	g_autoptr(Reply) two = take(world, DESK PERSON "About http://bad.example/login again\n");
	g_assert_cmpint(two->report_id, ==, 0);
	/* Two that differ in the page alone. */
	gint64 other = send_report(store, "host", "abuse@host.example", "http://bad.example/pay",
		REPORT_ACCEPTED, NULL);
	open_receiver(world, "");
	g_autoptr(Reply) apart = take(world, DESK PERSON "About http://bad.example/pay again\n");
	g_assert_cmpint(apart->report_id, ==, other);
}

#define DSN                                                                                        \
	"From: MAILER-DAEMON@our.example\nSubject: Undelivered\n"                                  \
	"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"              \
	"--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
#define FAILED "\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: %s\n"

static void
test_bounce(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	/* Says whom, but not of which report: a guess. */
	g_autoptr(Reply) bare = take(world, DSN "Reporting-MTA: dns; x\n" FAILED "--b--\n",
		"abuse@host.example", "5.1.1");
	g_assert_cmpstr(bare->class_name, ==, "bounce");
	g_assert_cmpstr(bare->match, ==, "recipient");
	g_assert_true(bare->weak);
	g_assert_false(bare->counts);
	assert_state(world, world->report, REPORT_ACCEPTED);

	g_autoptr(Reply) full = take(world, DSN "Original-Envelope-Id: %s\n" FAILED "--b--\n",
		world->reference, "abuse@host.example", "5.1.1");
	g_assert_cmpstr(full->match, ==, "envid");
	g_assert_true(full->counts);
	g_assert_cmpint(world->counts.bounced, ==, 1);
	assert_state(world, world->report, REPORT_BOUNCED);
	g_autofree char *mark = store_mark_get(store, "contact", "abuse@host.example", NULL);
	g_assert_cmpstr(mark, ==, "bad");
}

static void
test_bounce_full(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) full = take(world,
		DSN
		"Reporting-MTA: dns; x\n" FAILED
		"Diagnostic-Code: smtp; 552 5.2.2 mailbox full\n--b\n"
		"Content-Type: text/rfc822-headers\n\nMessage-ID: <abate-%s@our.example>\n--b--\n",
		"abuse@host.example", "5.2.2", world->reference);
	g_autofree char *mark =
		store_mark_get(world->fixture.store, "contact", "abuse@host.example", NULL);

	g_assert_cmpstr(full->match, ==, "returned-headers");
	assert_state(world, world->report, REPORT_BOUNCED);
	g_assert_null(mark);
}

/* A dead address tells of itself alone; of all others of its domain only where that is gone. */
static void
test_bounce_other(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	static const struct {
		const char *recipient, *status, *mark;
	} cases[] = {
		{ "someone@else.example", "5.1.1", NULL },
		{ "joe@host.example", "5.1.1", NULL },
		{ "abuse@mail.host.example", "5.1.1", NULL },
		{ "joe@inner.host.example", "5.1.2", NULL },
		{ "joe@else.example", "5.1.2", NULL },
		{ "joe@Host.example", "5.1.2", "bad" },
		{ "Abuse@Host.example", "5.1.1", "bad" },
	};
	struct store *store = world->fixture.store;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *page = g_strdup_printf("http://bad.example/%d", (int)i);
		g_autofree char *reference = NULL;
		gint64 id = send_report(
			store, "host", "abuse@host.example", page, REPORT_ACCEPTED, &reference);
		g_autoptr(Reply) full =
			take(world, DSN "Original-Envelope-Id: abate-%s\n" FAILED "--b--\n",
				reference, cases[i].recipient, cases[i].status);
		g_autofree char *mark =
			store_mark_get(store, "contact", "abuse@host.example", NULL);

		g_test_message("%s %s", cases[i].recipient, cases[i].status);
		g_assert_true(full->counts);
		assert_state(world, id, REPORT_BOUNCED);
		g_assert_cmpstr(mark, ==, cases[i].mark);
		store_mark_clear(store, "contact", "abuse@host.example", NULL);
	}
}

/* A copy of what we sent is no answer. */
static void
test_own(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) copy = take(world,
		"From: us@our.example\nMessage-ID: <abate-%s@our.example>\nSubject: abuse "
		"[abate-%s]\n\nPlease look at it.\n",
		world->reference, world->reference);
	g_autoptr(Reply) own =
		take(world, "From: Team@Our.example\nIn-Reply-To: <abate-%s@our.example>\n" PERSON,
			world->reference);

	g_autoptr(Reply) machine = take(world,
		"From: rt@desk.our.example\nIn-Reply-To: <abate-%s@our.example>\n" ACK THANKS,
		world->reference);

	g_assert_cmpint(copy->report_id, ==, world->report);
	g_assert_false(copy->counts || own->counts || machine->counts);
	g_assert_cmpstr(own->note, ==, "it is from ourselves");
	assert_state(world, world->report, REPORT_ACCEPTED);
}

/* Many at once come out in order, each once; what is forgotten is not kept. */
static void
test_many(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	GError *error = NULL;

	g_assert_true(store_begin(store, NULL));
	for (int i = 0; i < 1000; i++) {
		g_autofree char *source = g_strdup_printf("maildir:/m/%d", i);
		g_autofree char *text =
			g_strdup_printf(DESK "In-Reply-To: <abate-%s@our.example>\nX-Number: %d\n"
					     "Content-Type: text/plain; charset=%s\n" PERSON,
				world->reference, i % 900,
				i % 3 == 0   ? "iso-2022-jp"
				: i % 3 == 1 ? "windows-1252"
					     : "utf-8");
		g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));

		receiver_prepare(world->receiver, source, 0, mail);
	}
	g_assert_true(receiver_settle(world->receiver, 300, &world->counts, &error));
	g_assert_cmpint(world->counts.read, ==, 700);
	g_assert_true(receiver_settle(world->receiver, 0, &world->counts, &error));
	g_assert_true(store_commit(store, NULL));
	g_assert_cmpint(world->counts.read, ==, 1000);
	g_assert_cmpint(world->counts.matched, ==, 900);
	g_assert_cmpint(world->counts.known, ==, 100);
	for (int i = 0; i < 900; i += 89) {
		g_autofree char *source = g_strdup_printf("maildir:/m/%d", i);
		g_autoptr(Reply) reply = store_reply_get(store, i + 1, NULL);

		g_assert_cmpstr(reply->source, ==, source);
	}
	for (int i = 0; i < 5; i++) {
		g_autofree char *text = g_strdup_printf(DESK PERSON "%d", i);
		g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));

		receiver_prepare(world->receiver, "x", 0, mail);
	}
	receiver_forget(world->receiver);
	g_assert_true(receiver_settle(world->receiver, 0, &world->counts, &error));
	g_assert_null(store_reply_get(store, 901, NULL));
}

/* Who got the report from the provider knows the reference too. */
static void
test_stranger(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) reply = take(world,
		"From: x@evil.example\nIn-Reply-To: <abate-%s@our.example>\nSubject: Re: abuse\n\n"
		"We have suspended the domain name.\n",
		world->reference);

	g_assert_true(reply->counts);
	g_assert_cmpstr(reply->class_name, ==, "human");
	g_assert_nonnull(strstr(reply->note, "the sender is not of the provider"));
	assert_state(world, world->report, REPORT_ANSWERED);
}

/* An acknowledgement that is read after the answer keeps its time. */
static void
test_late(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) answer =
		take(world, DESK "In-Reply-To: <abate-%s@our.example>\n" PERSON, world->reference);
	g_autoptr(Reply) late = take(
		world, DESK "In-Reply-To: <abate-%s@our.example>\n" ACK THANKS, world->reference);
	g_autoptr(Report) report = store_report_get(world->fixture.store, world->report, NULL);

	g_assert_cmpint(report->state, ==, REPORT_ANSWERED);
	g_assert_cmpint(report->acknowledged, ==, late->received);
	g_assert_cmpint(report->answered, ==, answer->received);
	g_assert_cmpstr(report->ticket, ==, "HX-4711");
}

/* What the ladder does not allow is no error, and the reply is kept. */
static void
test_not_out(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autofree char *reference = NULL;
	struct store *store = world->fixture.store;
	gint64 id =
		send_report(store, "host", "x@y.example", "http://z.example/", REPORT_MANUAL, NULL);
	g_autoptr(Report) report = store_report_get(store, id, NULL);
	g_autoptr(Reply) reply =
		take(world, DESK "In-Reply-To: <abate-%s@our.example>\n" PERSON, report->reference);

	g_assert_cmpint(reply->report_id, ==, id);
	assert_state(world, id, REPORT_MANUAL);
}

static void
test_doubt(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	struct store *store = world->fixture.store;
	gint64 case_id = add_case(store, "d");
	gint64 url = add_url(store, case_id, "http://d.example/");
	gint64 id = add_report(store, case_id, url, "d", REPORT_READY);
	const struct claim_filter filter = { .channel = "mail" };
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) claimed =
		store_reports_claim(store, "me", &filter, text_now(), 5, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(claimed->len, ==, 1);
	store_report_on_wire(store, id, &error);
	store_report_set_state(store, id, REPORT_IN_DOUBT, "cut", &error);
	g_assert_no_error(error);
	g_autoptr(Report) before = store_report_get(store, id, NULL);
	g_assert_cmpint(before->sent, ==, 0);
	g_autoptr(Reply) reply =
		take(world, DESK "In-Reply-To: <abate-%s@our.example>\n" PERSON, before->reference);
	g_autoptr(Report) after = store_report_get(store, id, NULL);
	g_assert_cmpint(after->state, ==, REPORT_ANSWERED);
	g_assert_cmpint(after->sent, >=, after->created);
	g_assert_cmpint(after->sent, <=, after->answered);
	g_assert_true(reply->counts);
}

static gboolean
count_reply(const struct reply *reply G_GNUC_UNUSED, void *user)
{
	++*(guint *)user;
	return TRUE;
}

static guint
broken_of(struct store *store)
{
	const struct reply_filter filter = { .broken = TRUE };
	guint count = 0;

	g_assert_true(store_replies_find(store, &filter, count_reply, &count, NULL));
	return count;
}

static void
test_broken(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) empty = take(world, "%s", "");
	g_autoptr(Reply) noise = take(world, "\x01\x02\xff\xfe not a mail at all");

	/* A part that says it is encoded and has nothing in it. */
	g_autoptr(Reply) hollow =
		take(world, DESK "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
				 "Content-Type: message/delivery-status\n"
				 "Content-Transfer-Encoding: base64\n\n--b--\n");

	g_autoptr(Reply) nobody = take(world, "Subject: no From\n\nhello\n");

	g_assert_nonnull(hollow->class_name);
	g_assert_null(hollow->broken);
	g_assert_cmpstr(empty->class_name, ==, "unclassified");
	g_assert_cmpstr(empty->note, ==, "broken: nothing in it");
	g_assert_nonnull(noise->class_name);
	g_assert_cmpstr(noise->broken, ==, "no headers");
	g_assert_cmpstr(noise->note, ==, "broken: no headers");
	g_assert_cmpstr(nobody->note, ==, "broken: no sender");
	g_assert_cmpint(world->counts.broken, ==, 3);
	g_assert_cmpuint(broken_of(world->fixture.store), ==, 3);
	g_assert_cmpuint(g_bytes_get_size(noise->content), >, 10);
}

static void
test_time(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) past = take(world, "Date: Wed, 7 Jan 2026 10:00:00 +0000\n" DESK PERSON);
	g_autoptr(Reply) future = take(world, "Date: Wed, 7 Jan 2099 10:00:00 +0000\n" DESK PERSON);

	g_assert_cmpint(past->received, ==, 1767780000 * (gint64)G_USEC_PER_SEC);
	g_assert_cmpint(future->received, <=, text_now());
	g_assert_cmpint(future->received, >, text_now() - 60 * G_USEC_PER_SEC);
}

/* Of a file whose own time is that of a copy. */
static void
test_file_time(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	const gint64 second = G_USEC_PER_SEC, now = text_now();
	const char *const stamps[] = { "Wed, 7 Jan 2026 10:00:00 +0000",
		"Wed, 7 Jan 2099 10:00:00 +0000", "no date" };
	const gint64 wanted[] = { 1767780000 * second, now - 5 * second, now - 5 * second };

	for (gsize i = 0; i < G_N_ELEMENTS(stamps); i++) {
		g_autofree char *text = g_strdup_printf(
			"Received: from a by mx.our.example; %s\n" DESK "Subject: %d\n\nHello.\n",
			stamps[i], (int)i);
		g_autofree char *source = g_strdup_printf("maildir:/t/%d", (int)i);
		g_autoptr(GBytes) mail = g_bytes_new(text, strlen(text));
		g_autoptr(Reply) reply = NULL;

		receiver_take(
			world->receiver, source, now - 5 * second, mail, &world->counts, NULL);
		reply = store_reply_get(world->fixture.store, (gint64)i + 1, NULL);
		g_assert_cmpint(reply->received, ==, wanted[i]);
	}
	/* No answer is older than what it answers. */
	g_autofree char *early = g_strdup_printf("Received: from a by mx.our.example; "
						 "Wed, 7 Jan 2026 10:00:00 +0000\n" DESK
						 "To: reports+abate-%s@our.example\n\nHello.\n",
		world->reference);
	g_autoptr(GBytes) mail = g_bytes_new(early, strlen(early));
	receiver_take(
		world->receiver, "maildir:/t/4", now - 5 * second, mail, &world->counts, NULL);
	g_autoptr(Reply) reply = store_reply_get(world->fixture.store, 4, NULL);
	g_assert_cmpint(reply->report_id, ==, world->report);
	g_assert_cmpint(reply->received, ==, now - 5 * second);
}

static void
test_received_for(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) reply = take(world,
		"Received: from mail.host.example (mail.host.example [192.0.2.1])\n"
		"\tby mx.our.example (Postfix) with ESMTPS id 4711\n"
		"\tfor <reports+abate-%s@our.example>; Wed, 25 Nov 2026 10:00:00 +0000\n" DESK
		"To: undisclosed-recipients:;\nSubject: x\n\nHello.\n",
		world->reference);

	g_assert_cmpint(reply->report_id, ==, world->report);
	g_assert_cmpstr(reply->match, ==, "address");
}

static void
test_delivered(struct world *world, gconstpointer data G_GNUC_UNUSED)
{
	g_autoptr(Reply) reply = take(world,
		"From: MAILER-DAEMON@mx.other.example\nReturn-Path: <>\n"
		"Subject: Successful Mail Delivery Report\nMIME-Version: 1.0\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
		"--b\n\nIt was delivered.\n--b\nContent-Type: message/delivery-status\n\n"
		"Reporting-MTA: dns; mx.other.example\nOriginal-Envelope-Id: %s\n\n"
		"Final-Recipient: rfc822; abuse@host.example\nAction: relayed\nStatus: 2.0.0\n\n"
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <abate-%s@our.example>\n"
		"--b--\n",
		world->reference, world->reference);

	g_assert_cmpstr(reply->class_name, ==, "unclassified");
	g_assert_cmpstr(reply->rule, ==, "delivered");
	g_assert_true(g_str_has_prefix(reply->note, "delivered"));
	assert_state(world, world->report, REPORT_ACCEPTED);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name, *inbox;
		void (*run)(struct world *world, gconstpointer data);
	} tests[] = {
		{ "keys", NULL, test_keys },
		{ "guess", NULL, test_guess },
		{ "again", NULL, test_again },
		{ "ticket", NULL, test_ticket },
		{ "thread", NULL, test_thread },
		{ "authenticated", "trusted_authserv = mx.our.example", test_authenticated },
		{ "indicator", NULL, test_indicator },
		{ "bounce", NULL, test_bounce },
		{ "bounce-full", NULL, test_bounce_full },
		{ "bounce-other", NULL, test_bounce_other },
		{ "own", "[mail]\nfrom = team@our.example", test_own },
		{ "many", NULL, test_many },
		{ "stranger", NULL, test_stranger },
		{ "late", NULL, test_late },
		{ "not-out", NULL, test_not_out },
		{ "doubt", NULL, test_doubt },
		{ "broken", NULL, test_broken },
		{ "time", NULL, test_time },
		{ "file-time", NULL, test_file_time },
		{ "received-for", NULL, test_received_for },
		{ "delivered", NULL, test_delivered },
		{ "line-ends", NULL, test_line_ends },
		{ "older-digests", NULL, test_older_digests },
	};
	int status;

	g_test_init(&argc, &argv, NULL);
	g_mime_init();
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/receive/", tests[i].name, NULL);

		g_test_add(path, struct world, tests[i].inbox, set_up, tests[i].run, tear_down);
	}
	status = g_test_run();
	g_mime_shutdown();
	return status;
}
