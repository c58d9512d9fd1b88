/* A small DNS server for tests, in a thread of the test's own process. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_A = 1, TYPE_NS = 2 };
#define STOP "stop.invalid"

struct server {
	int socket;
	guint16 port;
	GThread *thread;
	GMutex lock;
	GHashTable *zone; /* name, or "*" for all others -> address, "nxdomain", "servfail",
			     "refused", "nodata" or "drop" */
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

	if (!value)
		value = g_hash_table_lookup(server->zone, "*");
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
	else if (strcmp(value, "refused") == 0)
		answer->data[3] |= 5;
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
