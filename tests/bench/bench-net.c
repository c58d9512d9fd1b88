/*
 * Lookups side by side, against servers of our own that answer after 50 ms: how much longer than
 * the ideal, delay * n / concurrency, do n of them take? usage: bench-net [n [concurrency]]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/dns.h"
#include "net/http.h"

#define DELAY_US 50000
#define DNS_PARALLEL 192 /* what core/net/dns.c has under way */

static const char http_answer[] =
	"HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\nContent-Length: 54\r\n\r\n"
	"{\"objectClassName\":\"domain\",\"ldhName\":\"bad.example\"}  ";

/* An answer that is due. The delay is the same for all, so a queue is in order of time. */
struct due {
	gint64 when;
	int fd;
	struct sockaddr_in to;
	gsize length;
	char packet[256];
};

struct server {
	int socket, port, poll;
	gboolean http;
	GQueue due;
	gint stop; /* atomic */
	GThread *thread;
};

static void
accept_all(struct server *server)
{
	int fd;

	while ((fd = accept4(server->socket, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		epoll_ctl(server->poll, EPOLL_CTL_ADD, fd, &event);
	}
}

static void
put_off(struct server *server, struct due *due)
{
	due->when = g_get_monotonic_time() + DELAY_US;
	g_queue_push_tail(&server->due, due);
}

static void
read_http(struct server *server, int fd)
{
	char request[4096];
	ssize_t got = recv(fd, request, sizeof(request), 0);
	struct due *due;

	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		close(fd);
		return;
	}
	/* A small GET comes in one piece on loopback. */
	if (got < 4 || memcmp(request + got - 4, "\r\n\r\n", 4) != 0)
		return;
	due = g_new0(struct due, 1);
	due->fd = fd;
	put_off(server, due);
}

static void
read_dns(struct server *server)
{
	static const char record[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	char packet[200];
	ssize_t got;

	while ((got = recvfrom(server->socket, packet, sizeof(packet), MSG_DONTWAIT,
			(struct sockaddr *)&from, &size)) > 12) {
		struct due *due = g_new0(struct due, 1);

		memcpy(due->packet, packet, (gsize)got);
		memcpy(due->packet + got, record, sizeof(record) - 1);
		due->length = (gsize)got + sizeof(record) - 1;
		due->packet[2] = (char)0x81;
		due->packet[3] = (char)0x80;
		due->packet[7] = 1;
		due->fd = server->socket;
		due->to = from;
		put_off(server, due);
	}
}

static int
send_due(struct server *server)
{
	struct due *due;

	while ((due = g_queue_peek_head(&server->due))) {
		gint64 wait = due->when - g_get_monotonic_time();

		if (wait > 0)
			return (int)((wait + 999) / 1000);
		if (server->http)
			send(due->fd, http_answer, sizeof(http_answer) - 1, MSG_NOSIGNAL);
		else
			sendto(due->fd, due->packet, due->length, 0, (struct sockaddr *)&due->to,
				sizeof(due->to));
		g_free(g_queue_pop_head(&server->due));
	}
	return 20;
}

static void *
serve(void *user)
{
	struct server *server = user;
	struct epoll_event events[256];

	while (!g_atomic_int_get(&server->stop)) {
		int count =
			epoll_wait(server->poll, events, G_N_ELEMENTS(events), send_due(server));

		for (int i = 0; i < count; i++) {
			if (!server->http)
				read_dns(server);
			else if (events[i].data.fd == server->socket)
				accept_all(server);
			else
				read_http(server, events[i].data.fd);
		}
	}
	return NULL;
}

static void
start(struct server *server, gboolean http)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	struct epoll_event event = { .events = EPOLLIN };

	server->http = http;
	g_queue_init(&server->due);
	server->socket = socket(AF_INET, (http ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
	if (bind(server->socket, (struct sockaddr *)&address, sizeof(address)) != 0 ||
		(http && listen(server->socket, 4096) != 0))
		g_error("can't listen on loopback: %s", g_strerror(errno));
	getsockname(server->socket, (struct sockaddr *)&address, &size);
	server->port = ntohs(address.sin_port);
	server->poll = epoll_create1(EPOLL_CLOEXEC);
	event.data.fd = server->socket;
	epoll_ctl(server->poll, EPOLL_CTL_ADD, server->socket, &event);
	server->thread = g_thread_new("server", serve, server);
}

static void
stop(struct server *server)
{
	g_atomic_int_set(&server->stop, 1);
	g_thread_join(server->thread);
	close(server->socket);
	close(server->poll);
}

static void
count_http(const struct http_answer *answer, void *user)
{
	*(int *)user += answer->status == 200;
}

static void
count_dns(const struct dns_answer *answer, void *user)
{
	*(int *)user += answer->status == DNS_OK;
}

/* FALSE when an answer is missing. */
static gboolean
report(const char *what, int n, int parallel, int answered, gint64 took_us)
{
	double ideal = (double)DELAY_US / 1e6 * n / parallel, took = (double)took_us / 1e6;

	printf("%s: %d of %d answered, %d at once, %.2f s, ideal %.2f s, ratio %.2f\n", what,
		answered, n, parallel, took, ideal, took / ideal);
	return answered == n;
}

static gboolean
bench_http(int n, int parallel)
{
	struct server server = { 0 };
	struct net_options options = { .allow_private = TRUE,
		.parallel = parallel,
		.parallel_per_host = parallel,
		.timeout_ms = 60000 };
	g_autoptr(Net) net = net_new(&options, NULL);
	gint64 begin;
	int answered = 0;

	start(&server, TRUE);
	begin = g_get_monotonic_time();
	for (int i = 0; i < n; i++) {
		g_autofree char *url =
			g_strdup_printf("http://127.0.0.1:%d/domain/n%d.example", server.port, i);

		http_start(net, &(struct http_request){ .url = url }, count_http, &answered);
	}
	net_run(net);
	begin = g_get_monotonic_time() - begin;
	stop(&server);
	return report("http", n, parallel, answered, begin);
}

static gboolean
bench_dns(int n)
{
	struct server server = { 0 };
	struct net_options options = { .timeout_ms = 60000 };
	g_autofree char *servers = NULL;
	struct net *net;
	gint64 begin;
	int answered = 0;

	start(&server, FALSE);
	servers = g_strdup_printf("127.0.0.1:%d", server.port);
	options.dns_servers = servers;
	net = net_new(&options, NULL);
	begin = g_get_monotonic_time();
	for (int i = 0; i < n; i++) {
		g_autofree char *name = g_strdup_printf("n%d.example", i);

		dns_start(net, name, DNS_A, count_dns, &answered);
	}
	net_run(net);
	begin = g_get_monotonic_time() - begin;
	net_free(net);
	stop(&server);
	return report("dns", n, DNS_PARALLEL, answered, begin);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? (int)g_ascii_strtoll(argv[1], NULL, 10) : 10000,
	    parallel = argc > 2 ? (int)g_ascii_strtoll(argv[2], NULL, 10) : 64;
	struct rusage usage;
	gboolean good;

	if (n <= 0 || parallel <= 0) {
		fprintf(stderr, "usage: bench-net [n [concurrency]]\n");
		return 2;
	}
	good = bench_http(n, parallel);
	good = bench_dns(n) && good;
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory %ld MiB, server included\n", usage.ru_maxrss / 1024);
	return good ? 0 : 1;
}
