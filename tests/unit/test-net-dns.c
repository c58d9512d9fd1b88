#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/dns.h"

/* A name server on loopback that answers by the first label of the name. */
static int port, server;
static gint questions; /* atomic */

static const char reply_a[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";
static const char reply_a2[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\2";
static const char reply_aaaa[] =
	"\xc0\x0c\0\x1c\0\1\0\0\0\x3c\0\x10\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1";
static const char reply_cname[] = "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\3\1x\0";
static const char reply_x_a[] = "\1x\0\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7";
static const char reply_ns[] = "\xc0\x0c\0\2\0\1\0\0\0\x3c\0\6\2NS\1a\0";
static const char reply_soa[] =
	"\1z\0\0\6\0\1\0\0\0\x3c\0\x1c\1n\1z\0\1h\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1";
static const char reply_mx[] = "\xc0\x0c\0\x0f\0\1\0\0\0\x3c\0\7\0\xa\1m\1a\0";
static const char reply_txt[] = "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\6\2ab\2cd";
/* Says that its address has 200 bytes. */
static const char reply_broken[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\xc8\xc0\0\2\1";

#define ALL(bytes) bytes, sizeof(bytes) - 1
static const struct {
	const char *label;
	guint8 rcode, answers, authority;
	const char *bytes;
	gsize length;
	const char *more;
	gsize more_length;
} replies[] = {
	{ "a", 0, 1, 0, ALL(reply_a), NULL, 0 },
	{ "two", 0, 2, 0, ALL(reply_a), ALL(reply_a2) },
	{ "aaaa", 0, 1, 0, ALL(reply_aaaa), NULL, 0 },
	{ "cname", 0, 2, 0, ALL(reply_cname), ALL(reply_x_a) },
	{ "dangling", 3, 1, 0, ALL(reply_cname), NULL, 0 },
	{ "ns", 0, 1, 0, ALL(reply_ns), NULL, 0 },
	{ "nodata", 0, 0, 1, ALL(reply_soa), NULL, 0 },
	{ "none", 3, 0, 1, ALL(reply_soa), NULL, 0 },
	{ "fails", 2, 0, 0, NULL, 0, NULL, 0 },
	{ "refuses", 5, 0, 0, NULL, 0, NULL, 0 },
	{ "mx", 0, 1, 0, ALL(reply_mx), NULL, 0 },
	{ "txt", 0, 1, 0, ALL(reply_txt), NULL, 0 },
	{ "broken", 0, 1, 0, ALL(reply_broken), NULL, 0 },
	{ "short", 0, 7, 0, ALL(reply_a), NULL, 0 },
};

/* Turns a question into its answer, in place; 0 for none. */
static gsize
answer(char *packet, gsize length, gsize reply)
{
	gsize end = length;

	packet[2] = (char)0x81;
	packet[3] = (char)(0x80 | replies[reply].rcode);
	packet[7] = (char)replies[reply].answers;
	packet[9] = (char)replies[reply].authority;
	packet[11] = 0;
	if (replies[reply].bytes)
		memcpy(packet + end, replies[reply].bytes, replies[reply].length);
	end += replies[reply].length;
	if (replies[reply].more)
		memcpy(packet + end, replies[reply].more, replies[reply].more_length);
	return end + replies[reply].more_length;
}

static void *
serve(void *user G_GNUC_UNUSED)
{
	char packet[1024];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t got;

	while ((got = recvfrom(server, packet, 512, 0, (struct sockaddr *)&from, &size)) > 0) {
		gsize length = 0;

		if (got == 1)
			break;
		g_atomic_int_inc(&questions);
		for (gsize i = 0; i < G_N_ELEMENTS(replies); i++)
			if (strlen(replies[i].label) == (gsize)packet[12] &&
				strncmp(packet + 13, replies[i].label, (gsize)packet[12]) == 0)
				length = answer(packet, (gsize)got, i);
		if (length)
			sendto(server, packet, length, 0, (struct sockaddr *)&from, size);
	}
	return NULL;
}

static struct sockaddr_in
loopback(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((guint16)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static struct net *
open_net(gint64 timeout_ms)
{
	g_autofree char *servers = g_strdup_printf(" 127.0.0.1:%d ", port);
	struct net_options options = { .dns_servers = servers, .timeout_ms = timeout_ms };
	struct net *net = net_new(&options, NULL);

	g_assert_nonnull(net);
	return net;
}

struct seen {
	int calls;
	enum dns_status status;
	char *addresses, *names, *cname, *records, *error;
};

static char *
joined(GPtrArray *list)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%s", i ? "," : "", (char *)list->pdata[i]);
	return g_string_free(text, FALSE);
}

static void
keep(const struct dns_answer *got, void *user)
{
	struct seen *seen = user;

	seen->calls++;
	seen->status = got->status;
	seen->addresses = joined(got->addresses);
	seen->names = joined(got->name_servers);
	seen->cname = joined(got->cname);
	seen->records = joined(got->records);
	seen->error = g_strdup(got->error);
}

static void
clear(struct seen *seen)
{
	g_free(seen->addresses);
	g_free(seen->names);
	g_free(seen->cname);
	g_free(seen->records);
	g_free(seen->error);
}

static void
ask(const char *name, enum dns_type type, enum dns_status status, const char *addresses,
	const char *names, const char *cname, const char *records)
{
	g_autoptr(Net) net = open_net(1000);
	struct seen seen = { 0 };

	dns_start(net, name, type, keep, &seen);
	g_assert_cmpint(seen.calls, ==, 0);
	net_run(net);
	g_assert_cmpint(seen.calls, ==, 1);
	if (seen.status != status)
		g_error("%s: status %d: %s", name, seen.status, seen.error);
	g_assert_cmpstr(seen.addresses, ==, addresses);
	g_assert_cmpstr(seen.names, ==, names);
	g_assert_cmpstr(seen.cname, ==, cname);
	g_assert_cmpstr(seen.records, ==, records);
	g_assert_true((seen.error == NULL) == (status == DNS_OK));
	clear(&seen);
}

static void
test_records(void)
{
	ask("a.example", DNS_A, DNS_OK, "192.0.2.1", "", "", "");
	ask("two.example", DNS_A, DNS_OK, "192.0.2.1,192.0.2.2", "", "", "");
	ask("aaaa.example", DNS_AAAA, DNS_OK, "2001:db8::1", "", "", "");
	ask("cname.example", DNS_A, DNS_OK, "192.0.2.7", "", "x", "");
	ask("ns.example", DNS_NS, DNS_OK, "", "ns.a", "", "");
	ask("mx.example", DNS_MX, DNS_OK, "", "", "", "m.a");
	ask("txt.example", DNS_TXT, DNS_OK, "", "", "", "abcd");
}

static void
test_statuses(void)
{
	ask("nodata.example", DNS_A, DNS_NODATA, "", "n.z", "", "");
	ask("aaaa.example", DNS_A, DNS_NODATA, "2001:db8::1", "", "", "");
	ask("none.example", DNS_A, DNS_NXDOMAIN, "", "n.z", "", "");
	ask("dangling.example", DNS_A, DNS_NXDOMAIN, "", "", "x", "");
	ask("fails.example", DNS_A, DNS_SERVFAIL, "", "", "", "");
	ask("refuses.example", DNS_A, DNS_REFUSED, "", "", "", "");
	ask("broken.example", DNS_A, DNS_REFUSED, "", "", "", "");
	ask("silent.example", DNS_A, DNS_TIMEOUT, "", "", "", "");
	ask("a..example", DNS_A, DNS_TIMEOUT, "", "", "", "");
}

static void
count(const struct dns_answer *got, void *user)
{
	*(int *)user += got->status == DNS_OK && got->addresses->len == 1;
}

static void
test_many(void)
{
	g_autoptr(Net) net = open_net(15000);
	int answered = 0;

	for (int i = 0; i < 5000; i++) {
		g_autofree char *name = g_strdup_printf("a.n%d.example", i);

		dns_start(net, name, DNS_A, count, &answered);
	}
	net_run(net);
	g_assert_cmpint(answered, ==, 5000);
}

static void
test_bad_servers(void)
{
	static const char *const lists[] = { "localhost:53", "127.0.0.1:x", "127.0.0.1:99999",
		" , ", "300.1.1.1", "[::1" };

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autoptr(GError) error = NULL;

		if (net_new(&(struct net_options){ .dns_servers = lists[i] }, &error))
			g_error("\"%s\" was taken", lists[i]);
		g_assert_nonnull(strstr(error->message, "dns_servers"));
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = loopback();
	socklen_t size = sizeof(address);
	GThread *thread;
	int result;

	g_test_init(&argc, &argv, NULL);
	server = socket(AF_INET, SOCK_DGRAM, 0);
	g_assert_cmpint(bind(server, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	getsockname(server, (struct sockaddr *)&address, &size);
	port = ntohs(address.sin_port);
	thread = g_thread_new("dns", serve, NULL);
	g_test_add_func("/dns/records", test_records);
	g_test_add_func("/dns/statuses", test_statuses);
	g_test_add_func("/dns/many", test_many);
	g_test_add_func("/dns/bad-servers", test_bad_servers);
	result = g_test_run();
	address = loopback();
	/* One byte ends the server. */
	sendto(server, "", 1, 0, (struct sockaddr *)&address, sizeof(address));
	g_thread_join(thread);
	close(server);
	return result;
}
