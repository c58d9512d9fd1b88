#include "net/dns.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <string.h>

#include "net/loop.h"

/* Questions under way. More would overrun a UDP socket's default buffer (212992 bytes) when the
 * answers come back together. */
#define IN_FLIGHT 192
#define TRIES 3

struct dns {
	struct net *net;
	ares_channel channel;
	GQueue waiting;
	guint running;
	GHashTable *sockets; /* fd -> poll events */
	gboolean closing;
};

struct question {
	struct dns *dns;
	char *name;
	enum dns_type type;
	dns_done done;
	void *user;
	struct dns_answer answer;
};

static void
free_question(void *data)
{
	struct question *question = data;

	g_ptr_array_unref(question->answer.addresses);
	g_ptr_array_unref(question->answer.name_servers);
	g_ptr_array_unref(question->answer.cname);
	g_ptr_array_unref(question->answer.records);
	g_free(question->answer.error);
	g_free(question->name);
	g_free(question);
}

static void
call_done(void *work)
{
	struct question *question = work;

	question->done(&question->answer, question->user);
	free_question(question);
}

static enum dns_status
status_of(int code)
{
	switch (code) {
	case ARES_SUCCESS:
		return DNS_OK;
	case ARES_ENODATA:
		return DNS_NODATA;
	case ARES_ENOTFOUND:
		return DNS_NXDOMAIN;
	case ARES_ESERVFAIL:
		return DNS_SERVFAIL;
	case ARES_EREFUSED:
	case ARES_ENOTIMP:
	case ARES_EFORMERR:
	case ARES_EBADRESP:
		return DNS_REFUSED;
	default:
		return DNS_TIMEOUT;
	}
}

static void
add_name(GPtrArray *names, const ns_msg *message, const guint8 *data)
{
	char name[NS_MAXDNAME];

	if (ns_name_uncompress(
		    ns_msg_base(*message), ns_msg_end(*message), data, name, sizeof(name)) >= 0)
		g_ptr_array_add(names, g_ascii_strdown(name, -1));
}

static void
add_address(struct dns_answer *answer, const ns_rr *record, int family, gsize length)
{
	char text[INET6_ADDRSTRLEN];

	if (ns_rr_rdlen(*record) == length &&
		inet_ntop(family, ns_rr_rdata(*record), text, sizeof(text)))
		g_ptr_array_add(answer->addresses, g_strdup(text));
}

/* The strings of a TXT record, joined. */
static void
add_text(struct dns_answer *answer, const ns_rr *record)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const guint8 *data = ns_rr_rdata(*record), *end = data + ns_rr_rdlen(*record);

	while (data < end && *data < end - data) {
		g_string_append_len(text, (const char *)data + 1, *data);
		data += 1 + *data;
	}
	g_ptr_array_add(answer->records, g_utf8_make_valid(text->str, (gssize)text->len));
}

static void
add_record(struct dns_answer *answer, const ns_msg *message, const ns_rr *record)
{
	const guint8 *data = ns_rr_rdata(*record);

	switch ((int)ns_rr_type(*record)) {
	case ns_t_a:
		add_address(answer, record, AF_INET, 4);
		break;
	case ns_t_aaaa:
		add_address(answer, record, AF_INET6, 16);
		break;
	case ns_t_cname:
		add_name(answer->cname, message, data);
		break;
	case ns_t_ns:
	case ns_t_soa:
		add_name(answer->name_servers, message, data);
		break;
	case ns_t_mx:
		if (ns_rr_rdlen(*record) > 2)
			add_name(answer->records, message, data + 2);
		break;
	case ns_t_txt:
		add_text(answer, record);
		break;
	default:
		break;
	}
}

/* FALSE when it is no DNS message. found: how many records of the wanted type it had. */
static gboolean
read_message(struct question *question, const guint8 *data, int length, int *found)
{
	ns_msg message;
	ns_rr record;

	*found = 0;
	if (ns_initparse(data, length, &message) != 0)
		return FALSE;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) != 0)
			return FALSE;
		*found += (int)ns_rr_type(record) == (int)question->type;
		add_record(&question->answer, &message, &record);
	}
	for (int i = 0; i < ns_msg_count(message, ns_s_ns); i++) {
		if (ns_parserr(&message, ns_s_ns, i, &record) != 0)
			return FALSE;
		if (ns_rr_type(record) == ns_t_ns || ns_rr_type(record) == ns_t_soa)
			add_record(&question->answer, &message, &record);
	}
	return TRUE;
}

static void
take_answer(void *user, int code, int timeouts G_GNUC_UNUSED, unsigned char *data, int length)
{
	struct question *question = user;
	struct dns_answer *answer = &question->answer;
	int found = 0;

	question->dns->running--;
	if (question->dns->closing) {
		free_question(question);
		return;
	}
	answer->status = status_of(code);
	if (data && length > 0 && !read_message(question, data, length, &found))
		answer->status = DNS_REFUSED;
	else if (answer->status == DNS_OK && found == 0)
		answer->status = DNS_NODATA;
	if (answer->status != DNS_OK)
		answer->error = g_strdup_printf("DNS: %s: %s", question->name,
			code != ARES_SUCCESS	       ? ares_strerror(code)
			: answer->status == DNS_NODATA ? "no such record"
						       : "malformed answer");
	loop_finish(question->dns->net, call_done, free_question, question);
}

static void
start_waiting(struct dns *dns)
{
	while (dns->running < IN_FLIGHT && !g_queue_is_empty(&dns->waiting)) {
		struct question *question = g_queue_pop_head(&dns->waiting);

		dns->running++;
		ares_query(dns->channel, question->name, ns_c_in, (int)question->type, take_answer,
			question);
	}
}

void
dns_start(struct net *net, const char *name, enum dns_type type, dns_done done, void *user)
{
	struct question *question = g_new0(struct question, 1);

	question->dns = net->dns;
	question->name = g_strdup(name);
	question->type = type;
	question->done = done;
	question->user = user;
	question->answer.addresses = g_ptr_array_new_with_free_func(g_free);
	question->answer.name_servers = g_ptr_array_new_with_free_func(g_free);
	question->answer.cname = g_ptr_array_new_with_free_func(g_free);
	question->answer.records = g_ptr_array_new_with_free_func(g_free);
	g_queue_push_tail(&net->dns->waiting, question);
}

static void
watch_socket(void *user, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = user;
	int events = (readable ? CURL_WAIT_POLLIN : 0) | (writable ? CURL_WAIT_POLLOUT : 0);

	if (events)
		g_hash_table_insert(dns->sockets, GINT_TO_POINTER(fd), GINT_TO_POINTER(events));
	else
		g_hash_table_remove(dns->sockets, GINT_TO_POINTER(fd));
}

void
dns_prepare(struct dns *dns, GArray *fds, int *wait_ms)
{
	GHashTableIter iter;
	void *fd, *events;
	struct timeval most = { *wait_ms / 1000, *wait_ms % 1000 * 1000 }, next, *due;

	start_waiting(dns);
	g_hash_table_iter_init(&iter, dns->sockets);
	while (g_hash_table_iter_next(&iter, &fd, &events)) {
		struct curl_waitfd wait = { .fd = GPOINTER_TO_INT(fd),
			.events = (short)GPOINTER_TO_INT(events) };

		g_array_append_val(fds, wait);
	}
	due = ares_timeout(dns->channel, &most, &next);
	if (due)
		*wait_ms = (int)(due->tv_sec * 1000 + (due->tv_usec + 999) / 1000);
}

void
dns_process(struct dns *dns, const GArray *fds)
{
	for (guint i = 0; i < fds->len; i++) {
		const struct curl_waitfd *wait = &g_array_index(fds, struct curl_waitfd, i);
		gboolean in = (wait->revents & CURL_WAIT_POLLIN) != 0;
		gboolean out = (wait->revents & CURL_WAIT_POLLOUT) != 0;
		gboolean gone = wait->revents && !in && !out;

		/* An earlier answer may have closed it. */
		if (!g_hash_table_contains(dns->sockets, GINT_TO_POINTER(wait->fd)))
			continue;
		ares_process_fd(dns->channel, in || gone ? wait->fd : ARES_SOCKET_BAD,
			out ? wait->fd : ARES_SOCKET_BAD);
	}
	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	start_waiting(dns);
}

gboolean
dns_busy(const struct dns *dns)
{
	return dns->running > 0 || dns->waiting.length > 0;
}

/* "192.0.2.1", "192.0.2.1:5300", "2001:db8::1", "[2001:db8::1]:5300". c-ares takes more than that.
 */
static gboolean
is_server(const char *text)
{
	const char *open = *text == '[' ? text + 1 : text;
	const char *colon = *text == '[' ? strchr(text, ']') : strchr(text, ':');
	g_autofree char *address = NULL;
	guint8 bytes[16];
	guint64 port;

	if (*text != '[' && (!colon || strchr(colon + 1, ':')))
		return inet_pton(colon ? AF_INET6 : AF_INET, text, bytes) == 1;
	if (!colon)
		return FALSE;
	address = g_strndup(open, (gsize)(colon - open));
	if (inet_pton(*text == '[' ? AF_INET6 : AF_INET, address, bytes) != 1)
		return FALSE;
	if (*colon == ']' && *++colon == '\0')
		return TRUE;
	return *colon == ':' && g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL);
}

static gboolean
set_servers(struct dns *dns, const char *servers, GError **error)
{
	g_auto(GStrv) list = g_strsplit_set(servers, ",;", -1);
	g_autofree char *csv = NULL;
	gboolean good = TRUE;

	for (guint i = 0; list[i]; i++)
		good = good && is_server(g_strstrip(list[i]));
	csv = g_strjoinv(",", list);
	if (good && ares_set_servers_ports_csv(dns->channel, csv) == ARES_SUCCESS)
		return TRUE;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		"dns_servers: \"%s\" is no list of addresses like \"127.0.0.1:5300, [::1]:53\"",
		servers);
	return FALSE;
}

struct dns *
dns_new(struct net *net, GError **error)
{
	struct dns *dns = g_new0(struct dns, 1);
	/* Each try waits twice as long as the one before: 1 + 2 + 4 parts. */
	struct ares_options options = {
		/* NOCHECKRESP: else c-ares takes SERVFAIL and REFUSED for a dead server and tells
		 * "could not contact", which is a fault of our side and not the name's. */
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN |
			 ARES_FLAG_NOCHECKRESP,
		.timeout = (int)CLAMP(net->options.timeout_ms / 7, 50, 5000),
		.tries = TRIES,
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = dns,
	};
	int code;

	dns->net = net;
	g_queue_init(&dns->waiting);
	dns->sockets = g_hash_table_new(NULL, NULL);
	ares_library_init(ARES_LIB_INIT_ALL);
	code = ares_init_options(&dns->channel, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (code != ARES_SUCCESS)
		g_set_error(
			error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "c-ares: %s", ares_strerror(code));
	else if (!net->dns_servers || !*net->dns_servers ||
		 set_servers(dns, net->dns_servers, error))
		return dns;
	dns_free(dns);
	return NULL;
}

void
dns_free(struct dns *dns)
{
	struct question *question;

	if (!dns)
		return;
	dns->closing = TRUE;
	if (dns->channel)
		ares_destroy(dns->channel);
	while ((question = g_queue_pop_head(&dns->waiting)))
		free_question(question);
	g_hash_table_unref(dns->sockets);
	ares_library_cleanup();
	g_free(dns);
}
