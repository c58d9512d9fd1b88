/* WHOIS in the watch: what answers mean, and asking a server of the test's own no more than it
 * takes. */
#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "watch/judge.h"
#include "watch/look-dns.h"
#include "watch/look-whois.h"

#define JPRS(status, expires)                                                                      \
	"[ JPRS database provides information on network administration. Its use is    ]\n\n"      \
	"Domain Information:\n[Domain Name]                   BAD.JP\n\n"                          \
	"[Name Server]                   \n[Created on]                    2010/07/07\n"           \
	"[Expires on]                    " expires "\n[Status]                        " status     \
	"\n[Last Updated]                  2026/08/01 00:29:53 (JST)\n"

static struct signals *
load_signals(void)
{
	g_autoptr(GError) error = NULL;
	struct signals *signals = signals_load(SOURCE_DIR "/config/takedown-signals.json", &error);

	g_assert_no_error(error);
	return signals;
}

static void
assert_judged(const char *text, gboolean is_gone, enum watch_state verdict, const char *detail,
	gboolean expiry)
{
	g_autoptr(Signals) signals = load_signals();
	struct watch_inquiry inquiry = { .signals = signals };
	gboolean is_expiry;
	struct watch_view view;

	g_assert_true(text_time_parse("2026-11-25", &inquiry.now));
	view = watch_judge_whois(&inquiry, text, "whois.jprs.jp", is_gone, &is_expiry);
	g_test_message("%s", view.detail);
	g_assert_cmpstr(watch_state_name(view.verdict), ==, watch_state_name(verdict));
	g_assert_nonnull(strstr(view.detail, detail));
	g_assert_cmpint(is_expiry, ==, expiry);
	watch_view_clear(&view);
}

static void
test_status(void)
{
	assert_judged(JPRS("Suspended", "2027/07/31"), TRUE, WATCH_DOWN, "Suspended: ", FALSE);
	assert_judged(
		JPRS("To be suspended", "2027/07/31"), TRUE, WATCH_DOWN, "To be suspended", FALSE);
	assert_judged(JPRS("Active", "2027/07/31"), TRUE, WATCH_UNKNOWN, "registered", FALSE);
	/* Not renewed: the term is over, or ends with the month in which JPRS suspends. */
	assert_judged(
		JPRS("Suspended", "2026/10/31"), TRUE, WATCH_UNKNOWN, "end of its term", TRUE);
	assert_judged(
		JPRS("Suspended", "2026/11/30"), TRUE, WATCH_UNKNOWN, "end of its term", TRUE);
	assert_judged("a. [Domain Name]   BAD.CO.JP\n[State]    Deleted (2027/01/31)\n", TRUE,
		WATCH_DOWN, "Deleted", FALSE);
}

static void
test_not_found(void)
{
	assert_judged("No match!!\n", TRUE, WATCH_DOWN, "does not know the name", FALSE);
	assert_judged("No match!!\n", FALSE, WATCH_UNKNOWN, "but DNS does", FALSE);
	assert_judged(
		"Domain: bad.example\nStatus: free\n", TRUE, WATCH_DOWN, "does not know", FALSE);
}

static void
test_refusals(void)
{
	static const char *const texts[] = { "You have exceeded your quota of queries.\n",
		"% terms\n%\nQuery rate limit exceeded, try again later\n",
		"ERROR: Too many requests\nNo match\n", "Access denied\n",
		"WHOIS LIMIT EXCEEDED - SEE WWW.PIR.ORG/WHOIS FOR DETAILS\n" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_judged(texts[i], TRUE, WATCH_UNKNOWN, "no more queries", FALSE);
	assert_judged("-1: Still in grace period, wait 7777777 seconds\n", TRUE, WATCH_UNKNOWN,
		"tells nothing", FALSE);
	assert_judged("", TRUE, WATCH_UNKNOWN, "tells nothing", FALSE);
}

/* --- a WHOIS server: a line in, an answer out --- */

struct whois {
	int listener;
	guint16 port;
	GThread *thread;
	int queries;
};

static const char *
answer_to(const char *query)
{
	if (g_str_has_prefix(query, "expired.jp"))
		return JPRS("Suspended", "2020/01/31");
	if (g_str_has_prefix(query, "suspended.jp"))
		return JPRS("Suspended", "2099/01/31");
	return g_str_has_prefix(query, "silent.jp") ? "" : "No match!!\n";
}

static void *
serve(void *data)
{
	struct whois *whois = data;
	char query[200] = "";
	int client;

	while ((client = accept(whois->listener, NULL, NULL)) >= 0) {
		const char *answer;
		gsize length = 0;
		ssize_t got;

		/* The whole line: to close on what was not read would take the answer back. */
		while (length < sizeof query - 1 && !memchr(query, '\n', length) &&
			(got = recv(client, query + length, sizeof query - 1 - length, 0)) > 0)
			length += (gsize)got;
		query[length] = '\0';
		g_atomic_int_inc(&whois->queries);
		answer = answer_to(query);
		if (send(client, answer, strlen(answer), MSG_NOSIGNAL) < 0)
			g_test_message("a client that is gone");
		close(client);
	}
	return NULL;
}

static void
whois_open(struct whois *whois)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof address;

	memset(whois, 0, sizeof *whois);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	whois->listener = socket(AF_INET, SOCK_STREAM, 0);
	g_assert_cmpint(bind(whois->listener, (struct sockaddr *)&address, length), ==, 0);
	g_assert_cmpint(listen(whois->listener, 50), ==, 0);
	g_assert_cmpint(getsockname(whois->listener, (struct sockaddr *)&address, &length), ==, 0);
	whois->port = ntohs(address.sin_port);
	whois->thread = g_thread_new("whois", serve, whois);
}

static void
whois_close(struct whois *whois)
{
	shutdown(whois->listener, SHUT_RDWR);
	close(whois->listener);
	g_thread_join(whois->thread);
}

/* --- looks at names that DNS calls down --- */

struct world {
	struct whois server;
	char *folder, *table;
	struct config *config;
	struct signals *signals;
	struct rdap_bootstrap *bootstrap;
	GPtrArray *looks, *indicators;
};

static void
world_start(struct world *world)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = NULL;
	g_autofree char *line = NULL;

	whois_open(&world->server);
	world->folder = g_dir_make_tmp("abate-whois-XXXXXX", NULL);
	file = g_build_filename(world->folder, "abate.conf", NULL);
	world->table = g_build_filename(world->folder, "servers", NULL);
	line = g_strdup_printf("jp 127.0.0.1:%u %%s/e\ncom 127.0.0.1:%u\n", world->server.port,
		world->server.port);
	g_assert_true(g_file_set_contents(world->table, line, -1, NULL));
	g_assert_true(g_file_set_contents(file,
		"[lookup]\nallow_private = yes\nwhois_servers = servers\ntimeout = 20\n", -1,
		NULL));
	world->config = config_load(file, &error);
	g_assert_no_error(error);
	world->signals = load_signals();
	world->bootstrap =
		rdap_bootstrap_parse("{\"services\": [[[\"com\"], [\"https://rdap.example/\"]]]}",
			NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	world->looks = g_ptr_array_new_with_free_func((GDestroyNotify)look_free);
	world->indicators = g_ptr_array_new_with_free_func((GDestroyNotify)indicator_free);
	g_remove(file);
}

static void
world_stop(struct world *world)
{
	g_ptr_array_unref(world->looks);
	g_ptr_array_unref(world->indicators);
	rdap_bootstrap_free(world->bootstrap);
	signals_free(world->signals);
	config_free(world->config);
	g_remove(world->table);
	g_rmdir(world->folder);
	g_free(world->table);
	g_free(world->folder);
	whois_close(&world->server);
}

static struct look *
world_look(struct world *world, const char *domain, const char *dns)
{
	struct indicator *indicator = indicator_new();
	struct look *look;

	indicator->type = INDICATOR_DOMAIN;
	indicator->value = g_strdup(domain);
	indicator->host = g_strdup(domain);
	indicator->domain = g_strdup(domain);
	g_ptr_array_add(world->indicators, indicator);
	look = look_new(indicator);
	look_add(look, 1, "dns", dns, g_strdup("as the test has it"), "127.0.0.1");
	g_ptr_array_add(world->looks, look);
	return look;
}

static void
world_run(struct world *world)
{
	const struct look_round round = { world->config, world->signals, world->looks, text_now(),
		NULL };

	look_whois(&round, world->bootstrap);
}

static const char *
verdict_of(const struct look *look, const char *method)
{
	for (guint i = 0; i < look->sightings->len; i++) {
		const struct sighting *sighting = look->sightings->pdata[i];

		if (strcmp(sighting->method, method) == 0)
			return sighting->verdict;
	}
	return "none";
}

/* Each name once, one after the other with a pause; names that are up or have RDAP not at all. */
static void
test_politeness(void)
{
	struct world world;
	world_start(&world);
	struct look *first = world_look(&world, "suspended.jp", "down");
	struct look *again = world_look(&world, "suspended.jp", "down");
	struct look *expired = world_look(&world, "expired.jp", "down");
	struct look *up = world_look(&world, "up.jp", "up");
	struct look *rdap = world_look(&world, "name.com", "down");
	gint64 start = g_get_monotonic_time();

	world_run(&world);
	g_assert_cmpint(g_atomic_int_get(&world.server.queries), ==, 2);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 900 * 1000);
	g_assert_cmpstr(verdict_of(first, "whois"), ==, "down");
	g_assert_cmpstr(verdict_of(again, "whois"), ==, "down");
	g_assert_true(first->whois_is_new);
	g_assert_false(again->whois_is_new);
	g_assert_cmpstr(verdict_of(expired, "whois"), ==, "unknown");
	g_assert_cmpstr(verdict_of(expired, "dns"), ==, "unknown");
	g_assert_cmpstr(verdict_of(up, "whois"), ==, "none");
	g_assert_cmpstr(verdict_of(rdap, "whois"), ==, "none");
	world_stop(&world);
}

/* What is known of the day is not asked again, not even that there was no answer. */
static void
test_known(void)
{
	struct world world;
	world_start(&world);
	struct look *known = world_look(&world, "expired.jp", "down");
	struct look *beside = world_look(&world, "expired.jp", "down");
	struct look *silent = world_look(&world, "silent.jp", "down");

	known->whois = g_strdup(JPRS("Suspended", "2020/01/31"));
	known->whois_at = 5;
	silent->whois = g_strdup("");
	world_run(&world);
	g_assert_cmpint(g_atomic_int_get(&world.server.queries), ==, 0);
	g_assert_cmpstr(verdict_of(known, "dns"), ==, "unknown");
	g_assert_cmpstr(verdict_of(beside, "dns"), ==, "unknown");
	g_assert_cmpstr(verdict_of(silent, "whois"), ==, "unknown");
	g_assert_cmpstr(verdict_of(silent, "dns"), ==, "down");
	g_assert_false(known->whois_is_new);
	world_stop(&world);
}

/* A server that says nothing is not asked again today. */
static void
test_silent(void)
{
	struct world world;
	world_start(&world);
	struct look *silent = world_look(&world, "silent.jp", "down");

	world_run(&world);
	g_assert_cmpint(g_atomic_int_get(&world.server.queries), ==, 1);
	g_assert_cmpstr(silent->whois, ==, "");
	g_assert_true(silent->whois_is_new);
	g_assert_cmpstr(verdict_of(silent, "whois"), ==, "unknown");
	world_stop(&world);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/watch-whois/status", test_status);
	g_test_add_func("/watch-whois/not-found", test_not_found);
	g_test_add_func("/watch-whois/refusals", test_refusals);
	g_test_add_func("/watch-whois/politeness", test_politeness);
	g_test_add_func("/watch-whois/known", test_known);
	g_test_add_func("/watch-whois/silent", test_silent);
	return g_test_run();
}
