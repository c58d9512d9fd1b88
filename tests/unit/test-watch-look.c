/* The whole watch against a DNS server of its own in this process, and RDAP answers on disk. */
#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "watch/watch.h"

/* --- a small DNS server --- */

enum { TYPE_A = 1, TYPE_NS = 2 };
#define STOP "stop.invalid"

struct server {
	int socket;
	guint16 port;
	GThread *thread;
	GMutex lock;
	GHashTable *zone; /* name -> address, "nxdomain", "servfail", "nodata" or "drop" */
	GHashTable *ns;	  /* name -> name server */
};

/* The name in the question, dotted, in lower case; its end in *end. */
static char *
read_name(const guint8 *packet, gsize length, gsize *end)
{
	GString *name = g_string_new(NULL);
	gsize at = 12;

	while (at < length && packet[at] && at + 1 + packet[at] < length) {
		if (name->len)
			g_string_append_c(name, '.');
		g_string_append_len(name, (const char *)packet + at + 1, packet[at]);
		at += 1 + (gsize)packet[at];
	}
	*end = at + 5;
	g_string_ascii_down(name);
	return g_string_free(name, FALSE);
}

static void
append_record(GByteArray *answer, guint16 type, const guint8 *data, guint16 length)
{
	const guint8 head[] = { 0xc0, 12, 0, (guint8)type, 0, 1, 0, 0, 0, 60, (guint8)(length >> 8),
		(guint8)length };

	g_byte_array_append(answer, head, sizeof head);
	g_byte_array_append(answer, data, length);
	answer->data[7] = 1;
}

static void
append_ns(GByteArray *answer, const char *name)
{
	g_autoptr(GByteArray) data = g_byte_array_new();
	g_auto(GStrv) labels = g_strsplit(name, ".", -1);

	for (int i = 0; labels[i]; i++) {
		guint8 length = (guint8)strlen(labels[i]);

		g_byte_array_append(data, &length, 1);
		g_byte_array_append(data, (const guint8 *)labels[i], length);
	}
	g_byte_array_append(data, (const guint8 *)"", 1);
	append_record(answer, TYPE_NS, data->data, (guint16)data->len);
}

/* NULL: no answer at all. */
static GByteArray *
make_answer(struct server *server, const guint8 *packet, const char *name, gsize end)
{
	guint16 type = (guint16)(packet[end - 4] << 8 | packet[end - 3]);
	const char *value = g_hash_table_lookup(server->zone, name);
	const char *ns = g_hash_table_lookup(server->ns, name);
	GByteArray *answer = g_byte_array_new();
	guint8 address[4];

	if (g_strcmp0(value, "drop") == 0) {
		g_byte_array_unref(answer);
		return NULL;
	}
	g_byte_array_append(answer, packet, (guint)end);
	answer->data[2] = 0x81;
	answer->data[3] = 0x80;
	memset(answer->data + 6, 0, 6);
	if (!value || strcmp(value, "nxdomain") == 0)
		answer->data[3] |= 3;
	else if (strcmp(value, "servfail") == 0)
		answer->data[3] |= 2;
	else if (type == TYPE_NS && ns)
		append_ns(answer, ns);
	else if (type == TYPE_A && inet_pton(AF_INET, value, address) == 1)
		append_record(answer, TYPE_A, address, 4);
	return answer;
}

static void *
serve(void *data)
{
	struct server *server = data;

	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		guint8 packet[1500];
		gssize length = recvfrom(
			server->socket, packet, sizeof packet, 0, (struct sockaddr *)&from, &size);
		gsize end = 0;
		g_autofree char *name = length > 16 ? read_name(packet, (gsize)length, &end) : NULL;
		g_autoptr(GByteArray) answer = NULL;

		if (!name || end > (gsize)length)
			continue;
		if (strcmp(name, STOP) == 0)
			return NULL;
		g_mutex_lock(&server->lock);
		answer = make_answer(server, packet, name, end);
		g_mutex_unlock(&server->lock);
		if (answer)
			sendto(server->socket, answer->data, answer->len, 0,
				(struct sockaddr *)&from, size);
	}
}

static void
server_set(struct server *server, const char *name, const char *value, const char *ns)
{
	g_mutex_lock(&server->lock);
	g_hash_table_replace(server->zone, g_strdup(name), g_strdup(value));
	if (ns)
		g_hash_table_replace(server->ns, g_strdup(name), g_strdup(ns));
	else
		g_hash_table_remove(server->ns, name);
	g_mutex_unlock(&server->lock);
}

static void
server_start(struct server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;

	server->socket = socket(AF_INET, SOCK_DGRAM, 0);
	g_assert_cmpint(server->socket, >=, 0);
	g_assert_cmpint(bind(server->socket, (struct sockaddr *)&address, size), ==, 0);
	getsockname(server->socket, (struct sockaddr *)&address, &size);
	server->port = ntohs(address.sin_port);
	server->zone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	server->ns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_mutex_init(&server->lock);
	server_set(server, "control.example", "192.0.2.53", NULL);
	server->thread = g_thread_new("dns", serve, server);
}

static void
server_stop(struct server *server)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(server->port) };
	guint8 packet[40] = { 0 };
	int sender = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(packet + 12, "\4stop\7invalid\0\0\1\0\1", 18);
	sendto(sender, packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to);
	g_thread_join(server->thread);
	close(sender);
	close(server->socket);
	g_hash_table_unref(server->zone);
	g_hash_table_unref(server->ns);
	g_mutex_clear(&server->lock);
}

/* --- a store with reported indicators --- */

struct fixture {
	struct server one, two;
	char *folder;
	struct config *config;
	struct store *store;
	gint64 case_id;
};

static char *
put(const char *folder, const char *name, const char *text)
{
	char *file = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(file);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_file_set_contents(file, text, -1, &error);
	g_assert_no_error(error);
	return file;
}

/* more: lines for [watch]. */
static void
fixture_start(struct fixture *fixture, gboolean two_resolvers, const char *more)
{
	struct abuse_case *abuse_case = abuse_case_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *second = NULL;
	g_autofree char *text = NULL;
	g_autofree char *file = NULL;

	memset(fixture, 0, sizeof *fixture);
	server_start(&fixture->one);
	server_start(&fixture->two);
	fixture->folder = g_dir_make_tmp("abate-watch-XXXXXX", &error);
	g_assert_no_error(error);
	second =
		two_resolvers ? g_strdup_printf(", 127.0.0.1:%u", fixture->two.port) : g_strdup("");
	text = g_strdup_printf("[lookup]\nrdap_bootstrap = rdap\nallow_private = yes\ntimeout = 1\n"
			       "[watch]\nresolvers = 127.0.0.1:%u%s\ncontrol = control.example\n"
			       "spacing_minutes = 0\n%s\n",
		fixture->one.port, second, more);
	file = put(fixture->folder, "abate.conf", text);
	fixture->config = config_load(file, &error);
	g_assert_no_error(error);
	fixture->store = store_open("sqlite::memory:", TRUE, &error);
	g_assert_no_error(error);
	abuse_case->title = g_strdup("watched");
	abuse_case->type = g_strdup("phishing");
	g_assert_true(store_case_add(fixture->store, abuse_case, &error));
	fixture->case_id = abuse_case->id;
	abuse_case_free(abuse_case);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	g_remove(path);
}

static void
fixture_stop(struct fixture *fixture)
{
	store_close(fixture->store);
	config_free(fixture->config);
	server_stop(&fixture->one);
	server_stop(&fixture->two);
	remove_tree(fixture->folder);
	g_free(fixture->folder);
}

static void
report(struct fixture *fixture, gint64 indicator_id)
{
	struct report *report = report_new();
	g_autoptr(GError) error = NULL;

	report->case_id = fixture->case_id;
	report->provider = g_strdup("example-host");
	report->provider_name = g_strdup("Example");
	report->kind = g_strdup("hosting");
	report->plugin = g_strdup("hosting");
	report->to = g_strdup("abuse@example.net");
	report->state = REPORT_READY;
	report->reference = g_strdup_printf("aaaaaaaaaaaaaaa%" G_GINT64_FORMAT, indicator_id);
	if (!report->indicators)
		report->indicators = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_array_append_val(report->indicators, indicator_id);
	g_assert_true(store_report_add(fixture->store, report, &error));
	g_assert_true(
		store_report_set_state(fixture->store, report->id, REPORT_SENDING, NULL, &error));
	g_assert_true(
		store_report_set_state(fixture->store, report->id, REPORT_ACCEPTED, NULL, &error));
	g_assert_true(store_report_set_ticket(fixture->store, report->id, "T-77", &error));
	g_assert_no_error(error);
	report_free(report);
}

/* A reported name; its id. */
static gint64
watch_name(struct fixture *fixture, const char *name)
{
	struct indicator *indicator = indicator_new();
	g_autoptr(GError) error = NULL;
	gboolean is_new;
	gint64 id;

	indicator->case_id = fixture->case_id;
	indicator->type = INDICATOR_DOMAIN;
	indicator->value = g_strdup(name);
	indicator->original = g_strdup(name);
	indicator->host = g_strdup(name);
	indicator->domain = g_strdup(name);
	indicator->suffix = g_strdup(strrchr(name, '.') + 1);
	g_assert_true(store_indicator_add(fixture->store, indicator, &is_new, &error));
	id = indicator->id;
	indicator_free(indicator);
	report(fixture, id);
	return id;
}

/* --- what came of it --- */

struct outcome {
	enum watch_state after;
	gboolean is_changing;
	char detail[200];
	gint64 report_id;
	char ticket[20];
};

static void
note(const struct watch_result *result, void *user)
{
	struct outcome *outcome = user;
	const struct sighting *last = result->sightings->len
					      ? result->sightings->pdata[result->sightings->len - 1]
					      : NULL;

	outcome->after = result->after;
	for (guint i = 0; i < result->sightings->len; i++) {
		const struct sighting *sighting = result->sightings->pdata[i];

		g_test_message("%s %s %s: %s", sighting->method, sighting->vantage,
			sighting->verdict, sighting->detail);
	}
	outcome->is_changing = result->is_changing;
	outcome->report_id = result->report_id;
	g_strlcpy(outcome->detail, last ? last->detail : "", sizeof outcome->detail);
	g_strlcpy(outcome->ticket, result->ticket ? result->ticket : "", sizeof outcome->ticket);
	/* Rounds are told apart by their time. */
	g_usleep(2000);
}

static struct outcome
look(struct fixture *fixture, struct watch_counts *counts)
{
	struct outcome outcome = { 0 };
	struct watch_counts unused;
	g_autoptr(GError) error = NULL;

	g_assert_true(watch_run(fixture->config, fixture->store, 0, TRUE, note, &outcome,
		counts ? counts : &unused, &error));
	g_assert_no_error(error);
	return outcome;
}

static void
assert_state(struct fixture *fixture, gint64 id, const char *state)
{
	g_autoptr(Indicator) indicator = store_indicator_get(fixture->store, id, NULL);

	g_assert_cmpstr(indicator->state, ==, state);
	g_assert_cmpint(indicator->reported, >, 0);
	if (strcmp(state, "down") == 0)
		g_assert_cmpint(indicator->down, >, 0);
}

/* Up, one look that says gone, agreement, one that says back, agreement: with the follow-up. */
static void
test_life(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	struct outcome outcome;
	gint64 id;

	fixture_start(&fixture, FALSE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpstr(outcome.detail, ==, "resolves to 192.0.2.1");
	assert_state(&fixture, id, "up");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_true(outcome.is_changing);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_cmpint(counts.went_down, ==, 1);
	assert_state(&fixture, id, "down");
	server_set(&fixture.one, "bad.example", "192.0.2.2", NULL);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_cmpint(outcome.report_id, ==, 0);
	outcome = look(&fixture, &counts);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_cmpint(counts.came_back, ==, 1);
	g_assert_cmpint(outcome.report_id, >, 0);
	g_assert_cmpstr(outcome.ticket, ==, "T-77");
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

/* When the control name has no answer either, what looks like gone tells nothing. */
static void
test_own_fault(void)
{
	struct fixture fixture;
	struct outcome outcome;
	gint64 id;

	fixture_start(&fixture, FALSE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	look(&fixture, NULL);
	server_set(&fixture.one, "bad.example", "servfail", NULL);
	server_set(&fixture.one, "control.example", "servfail", NULL);
	for (int i = 0; i < 3; i++)
		outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	g_assert_false(outcome.is_changing);
	g_assert_nonnull(strstr(outcome.detail, "the fault may be ours"));
	assert_state(&fixture, id, "up");
	fixture_stop(&fixture);
}

/* A resolver that filters the name must not make it down. */
static void
test_two_resolvers(void)
{
	struct fixture fixture;
	struct outcome outcome;
	gint64 id;

	fixture_start(&fixture, TRUE, "rdap = no");
	id = watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	server_set(&fixture.two, "bad.example", "192.0.2.1", NULL);
	for (int i = 0; i < 3; i++)
		outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UP);
	server_set(&fixture.two, "bad.example", "servfail", NULL);
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	assert_state(&fixture, id, "down");
	fixture_stop(&fixture);
}

/* A sinkhole is down although it resolves; a hold for contact data is not. */
static void
test_signals(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "127.0.0.1",
		"ns1.verification-hold.suspended-domain.com");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "verification"));
	server_set(&fixture.one, "bad.example", "192.0.2.66", "ns1.sinkhole.ch");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	fixture_stop(&fixture);
}

static void
put_rdap(struct fixture *fixture, const char *status, const char *expiration)
{
	g_autofree char *answer = g_strdup_printf(
		"{ \"objectClassName\": \"domain\", \"ldhName\": \"bad.example\", "
		"\"status\": [\"%s\"], \"events\": [ { \"eventAction\": \"expiration\", "
		"\"eventDate\": \"%s\" } ] }",
		status, expiration);
	g_autofree char *bootstrap = g_strdup_printf("{ \"version\": \"1.0\", \"services\": [ [ "
						     "[\"example\"], [\"file://%s/rdap/\"] ] ] }",
		fixture->folder);

	g_free(put(fixture->folder, "rdap/dns.json", bootstrap));
	g_free(put(fixture->folder, "rdap/domain/bad.example", answer));
}

/* What expired is gone and yet not taken down; what is on hold is. */
static void
test_rdap(void)
{
	struct fixture fixture;
	struct outcome outcome;

	fixture_start(&fixture, FALSE, "");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "nxdomain", NULL);
	put_rdap(&fixture, "client hold", "2020-01-01T00:00:00Z");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_UNKNOWN);
	g_assert_nonnull(strstr(outcome.detail, "no takedown"));
	put_rdap(&fixture, "client hold", "2099-01-01T00:00:00Z");
	look(&fixture, NULL);
	outcome = look(&fixture, NULL);
	g_assert_cmpint(outcome.after, ==, WATCH_DOWN);
	g_assert_nonnull(strstr(outcome.detail, "client hold: the registrar"));
	fixture_stop(&fixture);
}

/* What was just looked at is not looked at again before its time. */
static void
test_pace(void)
{
	struct fixture fixture;
	struct watch_counts counts;
	g_autoptr(GError) error = NULL;

	fixture_start(&fixture, FALSE, "rdap = no");
	watch_name(&fixture, "bad.example");
	server_set(&fixture.one, "bad.example", "192.0.2.1", NULL);
	g_assert_true(
		watch_run(fixture.config, fixture.store, 0, FALSE, NULL, NULL, &counts, &error));
	g_assert_cmpint(counts.looked, ==, 1);
	g_assert_true(
		watch_run(fixture.config, fixture.store, 0, FALSE, NULL, NULL, &counts, &error));
	g_assert_cmpint(counts.watched, ==, 1);
	g_assert_cmpint(counts.looked, ==, 0);
	g_assert_no_error(error);
	fixture_stop(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch-look/life", test_life);
	g_test_add_func("/watch-look/own-fault", test_own_fault);
	g_test_add_func("/watch-look/two-resolvers", test_two_resolvers);
	g_test_add_func("/watch-look/signals", test_signals);
	g_test_add_func("/watch-look/rdap", test_rdap);
	g_test_add_func("/watch-look/pace", test_pace);
	return g_test_run();
}
