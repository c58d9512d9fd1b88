/* How long it takes to look at 10,000 names by DNS, against the ideal: a server here answers each
 * question after 20 ms, and the ideal is that delay x questions / questions at once. */
#include <arpa/inet.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "model/sighting.h"
#include "watch/look.h"

#define NAMES 10000
#define DELAY_US 20000
#define QUESTIONS (2 * NAMES) /* A and NS */
#define AT_ONCE 192	      /* questions on the way, as core/net/dns.c has it */

struct held {
	gint64 due;
	struct sockaddr_in from;
	gsize length;
	guint8 packet[512];
};

static int server;

#define NONSENSE 16 /* letters of the names below the control name, which are not there */

/* One record for an A question, none for others. */
static void
answer(struct held *held)
{
	static const guint8 record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 };
	guint8 *packet = held->packet;
	gsize end = 12;

	while (end < held->length && packet[end])
		end += 1 + (gsize)packet[end];
	end += 5;
	packet[2] = 0x81;
	packet[3] = 0x80;
	memset(packet + 6, 0, 6);
	if (packet[end - 3] == 1 && packet[12] != NONSENSE) {
		packet[7] = 1;
		memcpy(packet + end, record, sizeof record);
		end += sizeof record;
	}
	sendto(server, packet, end, 0, (struct sockaddr *)&held->from, sizeof held->from);
}

static void *
serve(void *unused G_GNUC_UNUSED)
{
	GQueue waiting = G_QUEUE_INIT;

	for (;;) {
		struct pollfd ready = { server, POLLIN, 0 };
		struct held *first = g_queue_peek_head(&waiting);
		gint64 wait = first ? (first->due - g_get_monotonic_time()) / 1000 : 1000;
		socklen_t size = sizeof first->from;

		while ((first = g_queue_peek_head(&waiting)) &&
			first->due <= g_get_monotonic_time()) {
			answer(first);
			g_free(g_queue_pop_head(&waiting));
		}
		if (poll(&ready, 1, (int)MAX(wait, 0)) <= 0)
			continue;
		first = g_new(struct held, 1);
		first->length = (gsize)recvfrom(server, first->packet, 300, MSG_DONTWAIT,
			(struct sockaddr *)&first->from, &size);
		first->due = g_get_monotonic_time() + DELAY_US;
		g_queue_push_tail(&waiting, first);
	}
	return NULL;
}

static guint16
start_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int bytes = 4 * 1024 * 1024;

	server = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(server, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (server < 0 || bind(server, (struct sockaddr *)&address, size) != 0)
		g_error("no socket");
	getsockname(server, (struct sockaddr *)&address, &size);
	g_thread_unref(g_thread_new("dns", serve, NULL));
	return ntohs(address.sin_port);
}

static struct config *
make_config(guint16 port)
{
	g_autofree char *file = g_strdup_printf("%s/abate-bench-%u.conf", g_get_tmp_dir(), port);
	g_autofree char *text =
		g_strdup_printf("[lookup]\nallow_private = yes\n"
				"[watch]\nresolvers = 127.0.0.1:%u\nrdap = no\nwhois = no\n",
			port);
	struct config *config;

	g_file_set_contents(file, text, -1, NULL);
	config = config_load(file, NULL);
	g_remove(file);
	return config;
}

static GPtrArray *
make_looks(void)
{
	GPtrArray *looks = g_ptr_array_new();

	for (int i = 0; i < NAMES; i++) {
		struct indicator *indicator = indicator_new();

		indicator->type = INDICATOR_DOMAIN;
		indicator->value = g_strdup_printf("name-%d.example", i);
		indicator->host = g_strdup(indicator->value);
		indicator->domain = g_strdup(indicator->value);
		g_ptr_array_add(looks, look_new(indicator));
	}
	return looks;
}

int
main(void)
{
	struct config *config = make_config(start_server());
	struct signals *signals = signals_load(NULL, NULL);
	GPtrArray *looks = make_looks();
	double ideal = (double)DELAY_US * QUESTIONS / AT_ONCE / G_USEC_PER_SEC, took;
	g_autoptr(GError) error = NULL;
	struct rusage usage;
	gint64 start = g_get_monotonic_time();
	int up = 0;

	if (!look_at(&(struct look_round){ config, signals, looks, 1, NULL }, &error))
		g_error("%s", error->message);
	took = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
	for (guint i = 0; i < looks->len; i++) {
		const struct look *look = looks->pdata[i];
		const struct sighting *sighting =
			look->sightings->len ? look->sightings->pdata[0] : NULL;

		up += sighting && strcmp(sighting->verdict, "up") == 0;
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("watch %d names by DNS, 20 ms each: %.2f s, ideal %.2f s, ratio %.2f; %d up; "
	       "peak %ld MB\n",
		NAMES, took, ideal, took / ideal, up, usage.ru_maxrss / 1024);
	return up == NAMES ? 0 : 1;
}
