/* A server on loopback for the tests of the network: a thread that answers each connection by what
 * the first line asks for. HTTP and WHOIS alike. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers on fd; request is what came so far (its first line and the rest). */
typedef void (*server_answer)(int fd, const char *request);

struct server {
	int listener, port;
	server_answer answer;
	GThread *thread;
	gint connections; /* atomic */
};

static void
server_send(int fd, const char *data, gsize length)
{
	while (length > 0) {
		ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		data += sent;
		length -= (gsize)sent;
	}
}

static void
server_text(int fd, const char *text)
{
	server_send(fd, text, strlen(text));
}

static void *
server_connection(void *user)
{
	struct server *server = ((void **)user)[0];
	int fd = GPOINTER_TO_INT(((void **)user)[1]);
	char request[8192] = "";
	gsize length = 0;
	ssize_t got;

	g_free(user);
	while (length < sizeof(request) - 1 && !strstr(request, "\r\n\r\n")) {
		got = recv(fd, request + length, sizeof(request) - 1 - length, 0);
		if (got <= 0)
			break;
		length += (gsize)got;
		request[length] = '\0';
		if (!strstr(request, "HTTP/") && strstr(request, "\r\n"))
			break;
	}
	server->answer(fd, request);
	shutdown(fd, SHUT_WR);
	/* Read the rest, or closing would reset what the client has not read yet. */
	while (recv(fd, request, sizeof(request), 0) > 0)
		;
	close(fd);
	return NULL;
}

static void *
server_accept(void *user)
{
	struct server *server = user;
	int fd;

	while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
		void **pair = g_new(void *, 2);

		g_atomic_int_inc(&server->connections);
		pair[0] = server;
		pair[1] = GINT_TO_POINTER(fd);
		g_thread_unref(g_thread_new("connection", server_connection, pair));
	}
	return NULL;
}

static void
server_start(struct server *server, server_answer answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);

	server->answer = answer;
	server->connections = 0;
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	g_assert_cmpint(
		bind(server->listener, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(listen(server->listener, 512), ==, 0);
	getsockname(server->listener, (struct sockaddr *)&address, &length);
	server->port = ntohs(address.sin_port);
	server->thread = g_thread_new("server", server_accept, server);
}

static void
server_stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	g_thread_join(server->thread);
	close(server->listener);
}
