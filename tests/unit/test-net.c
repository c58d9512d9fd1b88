#include "net-server.h"
#include "net/dns.h"
#include "net/http.h"
#include "net/whois.h"

static struct server server;

static void
answer_redirect(int fd, const char *location)
{
	g_autofree char *text = g_strdup_printf(
		"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", location);

	server_text(fd, text);
}

static void
answer_large(int fd, gsize megabytes, const char *head)
{
	g_autofree char *block = g_malloc(1 << 20);

	memset(block, 'x', 1 << 20);
	server_text(fd, head);
	for (gsize i = 0; i < megabytes; i++)
		server_send(fd, block, 1 << 20);
}

static void
answer_post(int fd, const char *request)
{
	const char *body = strstr(request, "\r\n\r\n");
	g_autofree char *text = g_strdup_printf("HTTP/1.1 200 OK\r\nX-Had-Key: %s\r\n"
						"Content-Length: %zu\r\n\r\n%s",
		strstr(request, "X-Key: 1") ? "yes" : "no", body ? strlen(body + 4) : 0,
		body ? body + 4 : "");

	server_text(fd, text);
}

static gboolean
asks(const char *request, const char *path)
{
	g_autofree char *get = g_strdup_printf("GET %s HTTP/", path);

	return g_str_has_prefix(request, get);
}

static void
answer_http(int fd, const char *request)
{
	char rest[64];

	if (asks(request, "/ok"))
		server_text(fd, "HTTP/1.1 200 OK\r\nX-Twice: a\r\nx-twice:  b \r\n"
				"Content-Length: 5\r\n\r\nhello");
	else if (asks(request, "/metadata"))
		answer_redirect(fd, "http://169.254.169.254/latest/meta-data/");
	else if (asks(request, "/mapped"))
		answer_redirect(fd, "http://[::ffff:169.254.169.254]/");
	else if (asks(request, "/file"))
		answer_redirect(fd, "file:///etc/passwd");
	else if (asks(request, "/gopher"))
		answer_redirect(fd, "gopher://127.0.0.1/0x");
	else if (asks(request, "/loop"))
		answer_redirect(fd, "/loop");
	else if (asks(request, "/once"))
		answer_redirect(fd, "/ok");
	else if (asks(request, "/large"))
		answer_large(fd, 50, "HTTP/1.1 200 OK\r\n\r\n");
	else if (asks(request, "/headers"))
		answer_large(fd, 1, "HTTP/1.1 200 OK\r\nX-Long: ");
	else if (asks(request, "/cut"))
		server_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	else if (asks(request, "/garbage"))
		server_send(fd, "\0\xff\xfegarbage\r\n\r\n", 14);
	else if (asks(request, "/later"))
		server_text(fd, "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n");
	else if (asks(request, "/slow"))
		while (recv(fd, rest, sizeof(rest), 0) > 0)
			;
	else if (g_str_has_prefix(request, "POST /echo "))
		answer_post(fd, request);
	/* Anything else: closed without an answer. */
}

static void
answer_whois(int fd, const char *request)
{
	if (strcmp(request, "bad.jp/e\r\n") == 0)
		server_text(fd, "[Domain Name] BAD.JP\r\n");
	else if (strcmp(request, "-T dn,ace b\xc3\xa4"
				 "d.de\r\n") == 0)
		server_text(fd, "Domain: b\xe4"
				"d.de\r\n");
	else if (strcmp(request, "large\r\n") == 0)
		answer_large(fd, 1, "");
}

static void
answer(int fd, const char *request)
{
	if (strstr(request, " HTTP/"))
		answer_http(fd, request);
	else
		answer_whois(fd, request);
}

static struct net *
open_net(struct net_options options)
{
	options.allow_private = TRUE;
	return net_new(&options, NULL);
}

static struct http_answer *
get(struct net *net, const char *host, const char *path)
{
	g_autofree char *url = g_strdup_printf("http://%s:%d%s", host, server.port, path);

	return http_fetch(net, &(struct http_request){ .url = url });
}

static void
assert_error(struct http_answer *got, const char *error)
{
	g_assert_cmpint(got->status, ==, 0);
	g_assert_nonnull(got->error);
	if (!strstr(got->error, error))
		g_error("\"%s\" does not say \"%s\"", got->error, error);
	g_assert_cmpuint(g_bytes_get_size(got->body), ==, 0);
	http_answer_free(got);
}

static void
test_ok(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	struct http_answer *got = get(net, "127.0.0.1", "/once");

	g_assert_null(got->error);
	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpuint(g_bytes_get_size(got->body), ==, 5);
	g_assert_true(memcmp(g_bytes_get_data(got->body, NULL), "hello", 5) == 0);
	g_assert_cmpstr(g_hash_table_lookup(got->headers, "x-twice"), ==, "b");
	g_assert_null(g_hash_table_lookup(got->headers, "location"));
	g_assert_true(g_str_has_suffix(got->url, "/ok"));
	g_assert_cmpstr(got->remote_address, ==, "127.0.0.1");
	g_assert_true(got->sent);
	http_answer_free(got);
}

static void
test_guard(void)
{
	g_autoptr(Net) closed = net_new(&(struct net_options){ 0 }, NULL);
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	int before = g_atomic_int_get(&server.connections);
	struct http_answer *got = get(closed, "127.0.0.1", "/ok");

	g_assert_false(got->sent);
	assert_error(got, "refused: 127.0.0.1 is a private address");
	assert_error(get(closed, "0x7f000001", "/ok"), "refused: 127.0.0.1 is a private address");
	/* A name that resolves to it, as in DNS rebinding. */
	assert_error(get(closed, "localhost", "/ok"), "is a private address");
	g_assert_cmpint(g_atomic_int_get(&server.connections), ==, before);
	assert_error(get(net, "127.0.0.1", "/metadata"),
		"refused: 169.254.169.254 is a private address");
	assert_error(get(net, "127.0.0.1", "/mapped"), "is a private address");
}

static void
test_guard_ignores_environment(void)
{
	g_autoptr(Net) closed = net_new(&(struct net_options){ 0 }, NULL);

	assert_error(get(closed, "10.0.0.1", "/ok"), "refused: 10.0.0.1 is a private address");
}

static void
test_redirects(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ .allow_file = TRUE });
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/once", server.port);
	struct http_answer *got;

	assert_error(get(net, "127.0.0.1", "/file"), "");
	assert_error(get(net, "127.0.0.1", "/gopher"), "");
	assert_error(get(net, "127.0.0.1", "/loop"), "more than 5 redirects");
	got = http_fetch(net, &(struct http_request){ .url = url, .no_redirect = TRUE });
	g_assert_cmpint(got->status, ==, 302);
	http_answer_free(got);
}

static void
test_bounds(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/ok", server.port);

	assert_error(get(net, "127.0.0.1", "/large"), "larger than the bound of 4194304 bytes");
	assert_error(get(net, "127.0.0.1", "/headers"), "");
	assert_error(http_fetch(net, &(struct http_request){ .url = url, .max_bytes = 4 }),
		"larger than the bound of 4 bytes");
}

static void
test_broken(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ .timeout_ms = 300 });
	struct http_answer *got = get(net, "127.0.0.1", "/slow");

	g_assert_true(got->sent);
	assert_error(got, "no complete answer within 0.3 s");
	assert_error(get(net, "127.0.0.1", "/cut"), "");
	assert_error(get(net, "127.0.0.1", "/garbage"), "");
	got = get(net, "127.0.0.1", "/closes");
	g_assert_true(got->sent);
	assert_error(got, "");
}

static void
test_refused_before_sending(void)
{
	static const char *const header[] = { "X-A: b\r\nX-C: d", NULL };
	static const char *const urls[] = { "", "http://", "not a url", "ftp://127.0.0.1/",
		"gopher://127.0.0.1/0x", "dict://127.0.0.1/", "file:///etc/hostname",
		"http://127.0.0.1:1/" };
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	struct http_answer *got;

	for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
		got = http_fetch(net, &(struct http_request){ .url = urls[i] });
		g_assert_false(got->sent);
		assert_error(got, "");
	}
	got = http_fetch(
		net, &(struct http_request){ .url = "http://127.0.0.1/", .headers = header });
	g_assert_false(got->sent);
	assert_error(got, "line break");
}

static void
test_post_and_retry(void)
{
	static const char *const headers[] = { "X-Key: 1", NULL };
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/echo", server.port);
	struct http_answer *got = http_fetch(
		net, &(struct http_request){ .url = url, .body = "a=b", .headers = headers });

	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpstr(g_hash_table_lookup(got->headers, "x-had-key"), ==, "yes");
	http_answer_free(got);
	got = get(net, "127.0.0.1", "/later");
	g_assert_cmpint(got->status, ==, 503);
	g_assert_null(got->error);
	g_assert_cmpstr(g_hash_table_lookup(got->headers, "retry-after"), ==, "120");
	http_answer_free(got);
}

static void
test_file(void)
{
	g_autoptr(Net) net = net_new(&(struct net_options){ .allow_file = TRUE }, NULL);
	g_autofree char *url = g_strdup_printf("file://%s/tests/data/rdap/domain.json", SOURCE_DIR);
	struct http_answer *got = http_fetch(net, &(struct http_request){ .url = url });

	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpuint(g_bytes_get_size(got->body), >, 100);
	http_answer_free(got);
	assert_error(http_fetch(net, &(struct http_request){ .url = "file:///no/such" }),
		"there is no file file:///no/such");
}

static void
count_answer(const struct http_answer *got, void *user)
{
	*(int *)user += got->status == 200;
}

static void
test_pause(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ .pause_per_host_ms = 60 });
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%d/ok", server.port);
	gint64 start = g_get_monotonic_time();
	int answered = 0;

	for (int i = 0; i < 4; i++)
		http_start(net, &(struct http_request){ .url = url }, count_answer, &answered);
	net_run(net);
	g_assert_cmpint(answered, ==, 4);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 180000);
}

/* Ending the loop with work in line, under way and done: nobody is called back, nothing leaks. */
static void
test_free_busy(void)
{
	struct net *net = open_net((struct net_options){ .parallel = 2 });
	g_autofree char *slow = g_strdup_printf("http://127.0.0.1:%d/slow", server.port);
	int answered = 0;

	for (int i = 0; i < 5; i++)
		http_start(net, &(struct http_request){ .url = slow }, count_answer, &answered);
	http_start(net, &(struct http_request){ .url = "" }, count_answer, &answered);
	dns_start(net, "a.example", DNS_A, NULL, NULL);
	net_free(net);
	net = open_net((struct net_options){ .parallel = 2 });
	for (int i = 0; i < 5; i++)
		http_start(net, &(struct http_request){ .url = slow }, count_answer, &answered);
	for (int i = 0; i < 3; i++)
		net_turn(net, 10);
	net_free(net);
	g_assert_cmpint(answered, ==, 0);
}

struct told {
	char *text, *error;
};

static void
keep_told(const char *text, const char *error, void *user)
{
	struct told *told = user;

	told->text = g_strdup(text);
	told->error = g_strdup(error);
}

static void
ask(struct net *net, const char *query, const char *text, const char *error)
{
	g_autofree char *place = g_strdup_printf("127.0.0.1:%d", server.port);
	struct told told = { NULL };

	whois_start(net, place, query, keep_told, &told);
	net_run(net);
	g_assert_cmpstr(told.text, ==, text);
	if (error && (!told.error || !strstr(told.error, error)))
		g_error("\"%s\" does not say \"%s\"", told.error, error);
	g_free(told.text);
	g_free(told.error);
}

static void
test_whois(void)
{
	g_autoptr(Net) net = open_net((struct net_options){ 0 });
	g_autoptr(Net) closed = net_new(&(struct net_options){ 0 }, NULL);

	ask(net, "bad.jp/e", "[Domain Name] BAD.JP\r\n", NULL);
	ask(net, "-T dn,ace bäd.de", "Domain: bäd.de\r\n", NULL);
	ask(net, "large", NULL, "larger than the bound of 262144 bytes");
	ask(net, "nothing", NULL, "an empty answer");
	ask(net, "a\r\nb", NULL, "can't be sent");
	ask(closed, "bad.jp/e", NULL, "refused: 127.0.0.1 is a private address");
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	/* Would break every test, if it were looked at. */
	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
	server_start(&server, answer);
	g_test_add_func("/net/ok", test_ok);
	g_test_add_func("/net/guard", test_guard);
	g_test_add_func("/net/guard-environment", test_guard_ignores_environment);
	g_test_add_func("/net/redirects", test_redirects);
	g_test_add_func("/net/bounds", test_bounds);
	g_test_add_func("/net/broken", test_broken);
	g_test_add_func("/net/refused-before-sending", test_refused_before_sending);
	g_test_add_func("/net/post-and-retry", test_post_and_retry);
	g_test_add_func("/net/file", test_file);
	g_test_add_func("/net/pause", test_pause);
	g_test_add_func("/net/free-busy", test_free_busy);
	g_test_add_func("/net/whois", test_whois);
	result = g_test_run();
	server_stop(&server);
	return result;
}
