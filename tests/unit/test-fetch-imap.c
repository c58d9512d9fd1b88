/* What an IMAP server says, also one that wants to harm; and what [inbox] says of it. */
#include <string.h>
#include <unistd.h>

#include "inbox/fetch.h"
#include "inbox/imap-after.h"
#include "inbox/imap-missing.h"
#include "inbox/imap-answer.h"
#include "inbox/imap-settings.h"
#include "test-store.h"

/* A server's words, given in pieces; with endless, the last byte again and again. */
struct script {
	const char *bytes;
	gsize length, at, piece, given;
	gboolean endless;
};

static gboolean
fill(void *user, char *buffer, gsize space, gsize *got, GError **error G_GNUC_UNUSED)
{
	struct script *script = user;
	gsize left = script->length - script->at;

	*got = MIN(MIN(space, script->piece), left);
	memcpy(buffer, script->bytes + script->at, *got);
	script->at += *got;
	if (left == 0 && script->endless) {
		*got = space;
		memset(buffer, script->bytes[script->length - 1], space);
	}
	script->given += *got;
	return TRUE;
}

struct reading {
	struct script script;
	struct imap_wire wire;
	struct imap_limits limits;
	struct imap_answer answer;
};

static struct reading *
reading_new(const char *bytes, gsize length, gsize piece)
{
	struct reading *reading = g_new0(struct reading, 1);

	reading->script.bytes = bytes;
	reading->script.length = length;
	reading->script.piece = piece;
	reading->wire.fill = fill;
	reading->wire.user = &reading->script;
	reading->limits.mail = 1000;
	reading->limits.found = 10;
	return reading;
}

static void
reading_free(struct reading *reading)
{
	imap_answer_clear(&reading->answer);
	g_free(reading);
}

static void
read_one(struct reading *reading)
{
	GError *error = NULL;

	imap_answer_read(&reading->wire, &reading->limits, &reading->answer, &error);
	g_assert_no_error(error);
}

/* The first answer must be refused, with that code. */
static void
refuse(const char *bytes, gsize length, gboolean endless, enum imap_error code)
{
	struct reading *reading = reading_new(bytes, length, 64 * 1024);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	GError *error = NULL;

	reading->limits.numbers = numbers;
	reading->script.endless = endless;
	g_test_message("%s", bytes);
	g_assert_false(
		imap_answer_read(&reading->wire, &reading->limits, &reading->answer, &error));
	g_assert_error(error, IMAP_ERROR, (int)code);
	/* Whatever comes, little of it is read. */
	g_assert_cmpuint(reading->script.given, <, 4 * 1024 * 1024);
	g_assert_cmpuint(numbers->len, <=, 10);
	g_clear_error(&error);
	reading_free(reading);
}

#define REFUSE(text) refuse(text, sizeof(text) - 1, FALSE, IMAP_ERROR_GARBAGE)
#define ENDLESS(text) refuse(text, sizeof(text) - 1, TRUE, IMAP_ERROR_GARBAGE)
#define CUT(text) refuse(text, sizeof(text) - 1, FALSE, IMAP_ERROR_BROKEN)

static void
assert_mail(const struct reading *reading, const char *text, gsize length)
{
	gsize size;
	const char *bytes = g_bytes_get_data(reading->answer.mail, &size);

	g_assert_cmpmem(bytes, (int)size, text, (int)length);
}

static const char talk[] =
	"* OK [UIDVALIDITY 77] UIDs valid\r\n"
	"* 12 EXISTS\r\n"
	"* FLAGS (\\Seen \\Deleted)\r\n"
	"* 3 FETCH (FLAGS (\\Seen (a (b \")\\\")\") {2}\r\n))c)) UID 9)\r\n"
	"* 1 FETCH (UID 7 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" BODY[] {13}\r\n"
	"a1 OK )\r\n\0\xff\r\n)\r\n"
	"* 2 fetch (body[]<0> \"q\\\"\" uid 8 X-THING {3}\r\n\r\n) RFC822.SIZE 4)\r\n"
	"* 4 FETCH (BODY[] NIL UID 10)\r\n"
	"* 5 FETCH (BODY[] ~{0}\r\n UID 11)\r\n"
	"* LIST (\\Noselect (a)) \"/\" \"in \\\"x\\\"\"\r\n"
	"* LIST () NIL {6}\r\na1 OK \r\n"
	"* LIST () \"/\" a b\r\n"
	"* SEARCH 3 1 4294967295 (MODSEQ 5)\r\n"
	"* SEARCH\r\n"
	"* SEARCH 2 \r\n"
	"a42 NO [TRYCREATE] no such folder\r\n"
	"a43 OK\r\n";

static void
check_talk(gsize piece)
{
	static const char *const folders[] = { "in \"x\"", "a1 OK ", "a b" };
	struct reading *reading = reading_new(talk, sizeof talk - 1, piece);
	struct imap_answer *answer = &reading->answer;
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));

	reading->limits.numbers = numbers;
	read_one(reading);
	g_assert_cmpint(answer->kind, ==, IMAP_STATUS);
	g_assert_cmpstr(answer->status, ==, "OK");
	g_assert_cmpstr(answer->text, ==, "[UIDVALIDITY 77] UIDs valid");
	read_one(reading);
	g_assert_cmpint(answer->kind, ==, IMAP_COUNT);
	g_assert_cmpuint(answer->number, ==, 12);
	read_one(reading);
	g_assert_cmpint(answer->kind, ==, IMAP_OTHER);
	read_one(reading);
	g_assert_cmpint(answer->kind, ==, IMAP_FETCH);
	g_assert_cmpuint(answer->uid, ==, 9);
	g_assert_null(answer->mail);
	read_one(reading);
	g_assert_cmpuint(answer->uid, ==, 7);
	g_assert_cmpint(answer->received, ==, G_GINT64_CONSTANT(837596665000000));
	assert_mail(reading, "a1 OK )\r\n\0\xff\r\n", 13);
	read_one(reading);
	g_assert_cmpuint(answer->uid, ==, 8);
	assert_mail(reading, "q\"", 2);
	read_one(reading);
	g_assert_cmpuint(answer->uid, ==, 10);
	g_assert_null(answer->mail);
	read_one(reading);
	g_assert_cmpuint(answer->uid, ==, 11);
	assert_mail(reading, "", 0);
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		read_one(reading);
		g_assert_cmpint(answer->kind, ==, IMAP_FOLDER);
		g_assert_cmpstr(answer->text, ==, folders[i]);
	}
	for (int i = 0; i < 3; i++) {
		read_one(reading);
		g_assert_cmpint(answer->kind, ==, IMAP_SEARCH);
	}
	g_assert_cmpuint(numbers->len, ==, 4);
	g_assert_cmpuint(g_array_index(numbers, guint32, 2), ==, 4294967295);
	read_one(reading);
	g_assert_cmpint(answer->kind, ==, IMAP_TAGGED);
	g_assert_cmpuint(answer->number, ==, 42);
	g_assert_cmpstr(answer->status, ==, "NO");
	g_assert_cmpstr(answer->text, ==, "[TRYCREATE] no such folder");
	read_one(reading);
	g_assert_cmpstr(answer->status, ==, "OK");
	reading_free(reading);
}

static void
test_talk(void)
{
	static const gsize pieces[] = { 1, 2, 7, 64 * 1024 };

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++)
		check_talk(pieces[i]);
}

static void
test_dates(void)
{
	g_assert_cmpint(imap_date(" 1-Jan-1970 00:00:01 +0000"), ==, G_USEC_PER_SEC);
	g_assert_cmpint(
		imap_date("17-Jul-1996 02:44:25 -0700"), ==, G_GINT64_CONSTANT(837596665000000));
	g_assert_cmpint(imap_date("32-Jul-1996 02:44:25 -0700"), ==, 0);
	g_assert_cmpint(imap_date("17-ulA-1996 02:44:25 -0700"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-1996 02:44:25 -0700 x"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-1996 02:44:25"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-1996 25:44:25 -0700"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-1996 02:44:25 -07x0"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-1996 02:44:25 -9900"), ==, 0);
	g_assert_cmpint(imap_date("17-Jul-19x6 02:44:25 -0700"), ==, 0);
	g_assert_cmpint(imap_date("17 Jul 1996 02:44:25 -0700"), ==, 0);
	g_assert_cmpint(imap_date(""), ==, 0);
}

static void
test_hostile(void)
{
	REFUSE("* 1 FETCH (BODY[] {10000000000}\r\n");
	REFUSE("* 1 FETCH (BODY[] {1001}\r\n");
	REFUSE("* 1 FETCH (BODY[] {99999999999999999999999}\r\n");
	REFUSE("* 1 FETCH (BODY[] {-1}\r\n");
	REFUSE("* 1 FETCH (BODY[] {}\r\n");
	REFUSE("* 1 FETCH (BODY[] {5\r\n");
	REFUSE("* 1 FETCH (BODY[] {5}xx\r\n");
	REFUSE("* 1 FETCH (BODY[] ~5\r\n");
	REFUSE("* 1 FETCH (FLAGS {10000000000}\r\n");
	REFUSE("* 1 FETCH (BODY[] {1}\r\nab UID 2)\r\n");
	REFUSE("* 1 FETCH (BODY[] {1}\r\na BODY[] {1}\r\na)\r\n");
	REFUSE("* 1 FETCH (UID 0)\r\n");
	REFUSE("* 1 FETCH (UID 4294967296)\r\n");
	REFUSE("* 1 FETCH (UID -3)\r\n");
	REFUSE("* 1 FETCH (UID 3\r\n");
	REFUSE("* 1 FETCH UID 3\r\n");
	REFUSE("* 1 FETCH (INTERNALDATE 3)\r\n");
	REFUSE("* 1 FETCH (INTERNALDATE \"3\r\n\")\r\n");
	REFUSE("* 1 FETCH (FLAGS ((((((((((((((((((((((x)))))))))))))))))))))))\r\n");
	REFUSE("* LIST\r\n");
	REFUSE("* LIST () \"/\" {10000}\r\n");
	REFUSE("* LIST () \"/\" \"x\r\n");
	REFUSE("* LIST (() \"/\" x\r\n");
	REFUSE("* SEARCH 1 2 3 4 5 6 7 8 9 10 11\r\n");
	REFUSE("* SEARCH 0\r\n");
	REFUSE("* SEARCH 1 x\r\n");
	REFUSE("* SEARCH 99999999999\r\n");
	REFUSE("b1 OK for somebody else\r\n");
	REFUSE("a OK\r\n");
	REFUSE("a1x OK\r\n");
	REFUSE("HTTP/1.1 400 Bad Request\r\n");
	REFUSE("\r\n\r\n");
	REFUSE("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

static void
test_endless(void)
{
	ENDLESS("* OK aaaa");
	ENDLESS("aaaaaaa");
	ENDLESS("* aaaaaaa");
	ENDLESS("* 11111111");
	ENDLESS("* SEARCH 1");
	ENDLESS("* SEARCH  ");
	ENDLESS("* 1 FETCH (");
	ENDLESS("* 1 FETCH (FLAGS (");
	ENDLESS("* 1 FETCH (FLAGS (a");
	ENDLESS("* 1 FETCH (FLAGS \"a");
	ENDLESS("* 1 FETCH (FLAGS a");
	ENDLESS("* 1 FETCH (INTERNALDATE \"a");
	ENDLESS("* 1 FETCH (BODY[] \"a");
	ENDLESS("* 1 FETCH (BODY[] \"\\\\");
	ENDLESS("* 1 FETCH (BODY[] {1");
	ENDLESS("* 1 EXISTSa");
	ENDLESS("a1 OK a");
}

static void
test_cut(void)
{
	CUT("");
	CUT("* ");
	CUT("* 1 FETCH (UID 1 BODY[] {100}\r\nabc");
	CUT("* 1 FETCH (UID 1 BODY[] {3}\r\nabc");
	CUT("* SEARCH 1 2");
	CUT("a1 OK done");
	CUT("a1 OK done\r");
}

/* Any bytes: an answer or an error, within bounds. */
static void
test_random(void)
{
	for (int round = 0; round < 20000; round++) {
		g_autofree char *bytes = g_memdup2(talk, sizeof talk);
		struct reading *reading = reading_new(bytes, sizeof talk - 1, 64 * 1024);
		gint32 start = g_test_rand_int_range(0, sizeof talk - 1);

		reading->script.at = (gsize)start;
		for (int i = 0; i < 3; i++)
			bytes[g_test_rand_int_range(0, sizeof talk - 1)] =
				(char)g_test_rand_int_range(0, 256);
		while (imap_answer_read(&reading->wire, &reading->limits, &reading->answer, NULL))
			;
		reading_free(reading);
	}
}

static void
test_set(void)
{
	static const guint32 uids[] = { 1, 2, 3, 7, 9, 10, 4294967295 };
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autofree char *set = NULL;

	g_array_append_vals(list, uids, G_N_ELEMENTS(uids));
	set = imap_set(list);
	g_assert_cmpstr(set, ==, "1:3,7,9:10,4294967295");
}

static void
assert_missing(const GArray *list, const char *text)
{
	g_autofree char *is = imap_missing_text(7, list);

	g_assert_cmpstr(is, ==, text);
}

static void
assert_set(guint32 first, guint32 last, const GArray *list, const char *set)
{
	g_autofree char *is = imap_missing_set(first, last, list);

	g_assert_cmpstr(is, ==, set);
}

/* What is flagged or moved must not hold what was never read. */
static void
test_missing_set(void)
{
	static const guint32 uids[] = { 1, 3, 4, 4294967295 };
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct imap_missed));

	assert_set(1, 5, list, "1:5");
	for (gsize i = 0; i < G_N_ELEMENTS(uids); i++)
		imap_missing_add(list, uids[i]);
	assert_set(1, 5, list, "2:2,5:5");
	assert_set(1, 4, list, "2:2");
	assert_set(2, 2, list, "2:2");
	assert_set(3, 4, list, "");
	assert_set(5, 4294967295, list, "5:4294967294");
	assert_set(4294967295, 4294967295, list, "");
}

static void
test_missing(struct fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
	GError *error = NULL;
	g_autoptr(GArray) list = imap_missing_read(fixture->store, "box", 7, &error);
	g_autoptr(GArray) again = NULL;
	g_autoptr(GArray) other = NULL;

	g_assert_no_error(error);
	assert_missing(list, "7:");
	imap_missing_add(list, 20)->runs = 2;
	g_assert_cmpuint(imap_missing_add(list, 4294967295)->since, >, 1700000000);
	imap_missing_add(list, 3);
	for (guint i = 0; i < list->len; i++)
		g_array_index(list, struct imap_missed, i).since = 9;
	g_assert_cmpuint(imap_missing_add(list, 20)->runs, ==, 2);
	g_assert_null(imap_missing_find(list, 4));
	assert_missing(list, "7:3*0@9,20*2@9,4294967295*0@9");
	imap_missing_remove(list, 3);
	imap_missing_remove(list, 4);
	store_mark_set(fixture->store, "imap-missing", "box",
		"7:20*2@9,4294967295*0@8,x*1@9,5,0*1@9,4294967296*1@9,6*-1@9,7*1,8*1@,9@9*1@9",
		&error);
	g_assert_no_error(error);
	again = imap_missing_read(fixture->store, "box", 7, &error);
	assert_missing(again, "7:20*2@9,4294967295*0@8");
	g_assert_false(imap_missing_is_lost(imap_missing_find(again, 20)));
	imap_missing_add(again, 20)->runs = 3;
	g_assert_true(imap_missing_is_lost(imap_missing_find(again, 20)));
	imap_missing_add(again, 5)->runs = 3;
	g_assert_false(imap_missing_is_lost(imap_missing_find(again, 5)));
	other = imap_missing_read(fixture->store, "box", 8, &error);
	assert_missing(other, "7:");
	for (guint32 uid = 1; uid <= IMAP_MISSING_MOST; uid++)
		g_assert_nonnull(imap_missing_add(other, uid));
	g_assert_null(imap_missing_add(other, IMAP_MISSING_MOST + 1));
}

static void
test_quote(void)
{
	static const struct {
		const char *name, *quoted;
	} names[] = {
		{ "INBOX", "\"INBOX\"" },
		{ "a \"b\\", "\"a \\\"b\\\\\"" },
		{ "R&D", "\"R&-D\"" },
		{ "Abuse/届いた", "\"Abuse/&XEowRDBf-\"" },
		{ "[Gmail]/All Mail", "\"[Gmail]/All Mail\"" },
		{ "a\r\nb", NULL },
		{ "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *quoted = imap_quote(names[i].name);

		g_assert_cmpstr(quoted, ==, names[i].quoted);
	}
}

static struct imap_settings *
read_settings(const char *text, GError **error)
{
	g_autofree char *file = NULL;
	g_autofree char *content = g_strdup_printf("[inbox]\n%s\n", text);
	g_autoptr(Config) config = NULL;
	int fd = g_file_open_tmp("abate-inbox-XXXXXX", &file, NULL);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_assert_true(g_file_set_contents(file, content, -1, NULL));
	config = config_load(file, NULL);
	g_assert_nonnull(config);
	g_unlink(file);
	return imap_settings_read(config, error);
}

#define PASSWORD "\npassword_command = echo secret"

static void
test_settings(void)
{
	GError *error = NULL;
	g_autoptr(ImapSettings) settings = read_settings(
		"imap = imaps://me@example.org@mail.example.org/Abuse%20Desk" PASSWORD, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(settings->server, ==, "imaps://mail.example.org:993/");
	g_assert_cmpstr(settings->user, ==, "me@example.org");
	g_assert_cmpstr(settings->password, ==, "secret");
	g_assert_cmpstr(settings->mailbox, ==, "\"Abuse Desk\"");
	g_assert_cmpstr(settings->source, ==, "imap:me@example.org@mail.example.org/Abuse Desk");
	g_assert_true(settings->verify);
	imap_settings_free(g_steal_pointer(&settings));
	/* As people write them. */
	settings =
		read_settings("imap = imaps://me@mail.example.org/Abuse Desk/[new] \"C#\"? 届いた"
			      "\ntimeout = 0" PASSWORD,
			&error);
	g_assert_no_error(error);
	g_assert_cmpstr(settings->mailbox, ==, "\"Abuse Desk/[new] \\\"C#\\\"? &XEowRDBf-\"");
	g_assert_cmpint(settings->timeout_s, ==, 1);
	imap_settings_free(g_steal_pointer(&settings));
	settings = read_settings("imap = imap://me@[::1]:1143" PASSWORD, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(settings->server, ==, "imap://[::1]:1143/");
	imap_settings_free(g_steal_pointer(&settings));
	settings = read_settings("imap = imaps://me@mail.example.org\nimap_flag = \\Seen\n"
				 "imap_move = Abuse/届いた" PASSWORD,
		&error);
	g_assert_no_error(error);
	g_assert_cmpstr(settings->flag, ==, "\\Seen");
	g_assert_cmpstr(settings->move, ==, "\"Abuse/&XEowRDBf-\"");
	imap_settings_free(g_steal_pointer(&settings));
	/* In the clear only on this host. */
	settings = read_settings("imap = imap://me@127.0.0.1:1143" PASSWORD, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(settings->server, ==, "imap://127.0.0.1:1143/");
	g_assert_cmpstr(settings->mailbox, ==, "\"INBOX\"");
	g_assert_false(settings->verify);
	g_assert_null(read_settings("auth = password", &error));
	g_assert_no_error(error);
}

static void
test_wrong_settings(void)
{
	static const char *const wrong[] = {
		"imap = imap://me@mail.example.org/\ntls = none" PASSWORD,
		"imap = imap://me@mail.example.org/\ntls = opportunistic" PASSWORD,
		"imap = imap://me@127.0.0.1.example.org/\ntls = none" PASSWORD,
		"imap = http://me@mail.example.org/" PASSWORD,
		"imap = mail.example.org" PASSWORD,
		"imap = imaps:///INBOX" PASSWORD,
		"imap = imaps://mail.example.org/INBOX" PASSWORD,
		"imap = imaps://me@mail.example.org/a%0d%0ab" PASSWORD,
		"imap = imaps://me%0d%0aa@mail.example.org/" PASSWORD,
		"imap = imaps://me:hunter2@mail.example.org/" PASSWORD,
		"imap = imaps://me:hunter2@mail example/" PASSWORD,
		"imap = imaps://me@mail.example.org/",
		"imap = imaps://me@mail.example.org/\npassword_command = false",
		"imap = imaps://me@mail.example.org/\nimap_flag = \\Deleted" PASSWORD,
		"imap = imaps://me@mail.example.org/\nimap_flag = a) b (" PASSWORD,
		"imap = imaps://me@mail.example.org/\nimap_flag = \\Recent" PASSWORD,
		"imap = imaps://me@mail.example.org/\nimap_move = a\\nb" PASSWORD,
		"imap = imaps://me@mail.example.org/\nimap_move = inbox" PASSWORD,
		"imap = imaps://me@mail.example.org/a/b\nimap_move = a/b" PASSWORD,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		GError *error = NULL;

		g_test_message("%s", wrong[i]);
		g_assert_null(read_settings(wrong[i], &error));
		g_assert_error(error, CONFIG_ERROR, 0);
		g_assert_null(strstr(error->message, "hunter2"));
		g_clear_error(&error);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/talk", test_talk);
	g_test_add_func("/imap/dates", test_dates);
	g_test_add_func("/imap/hostile", test_hostile);
	g_test_add_func("/imap/endless", test_endless);
	g_test_add_func("/imap/cut", test_cut);
	g_test_add_func("/imap/random", test_random);
	g_test_add_func("/imap/set", test_set);
	g_test_add_func("/imap/missing-set", test_missing_set);
	g_test_add("/imap/missing", struct fixture, NULL, fixture_set_up, test_missing,
		fixture_tear_down);
	g_test_add_func("/imap/quote", test_quote);
	g_test_add_func("/imap/settings", test_settings);
	g_test_add_func("/imap/wrong-settings", test_wrong_settings);
	return g_test_run();
}
