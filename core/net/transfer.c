#include "net/transfer.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "net/pool.h"

#define DEFAULT_MAX_BYTES (4 * 1024 * 1024)
#define MAX_HEADER_BYTES (64 * 1024)
#define MAX_REDIRECTS 5L

struct transfer {
	struct net *net;
	struct pool_host *host; /* NULL when it never got in line */
	CURL *easy;
	struct curl_slist *headers, *resolved;
	char *url, *method, *body, *protocols, *sigv4, *username, *password, *proxy;
	gsize max_bytes, header_bytes;
	gint64 timeout_ms;
	gboolean no_redirect;
	GByteArray *received;
	GHashTable *answer_headers;
	char *refused; /* why we ended it ourselves */
	char message[CURL_ERROR_SIZE];
	http_done done;
	void *user;
	struct http_answer *answer;
};

void
transfer_free(void *data)
{
	struct transfer *transfer = data;

	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->resolved);
	if (transfer->answer)
		http_answer_free(transfer->answer);
	g_byte_array_unref(transfer->received);
	g_hash_table_unref(transfer->answer_headers);
	g_free(transfer->url);
	g_free(transfer->method);
	g_free(transfer->body);
	g_free(transfer->protocols);
	g_free(transfer->sigv4);
	g_free(transfer->username);
	g_free(transfer->password);
	g_free(transfer->proxy);
	g_free(transfer->refused);
	g_free(transfer);
}

static void
call_done(void *work)
{
	struct transfer *transfer = work;

	transfer->done(transfer->answer, transfer->user);
	transfer_free(transfer);
}

static void
take_answer(struct transfer *transfer, long status, char *error)
{
	struct http_answer *answer = g_new0(struct http_answer, 1);

	answer->status = status;
	answer->error = error;
	answer->body = g_bytes_new(transfer->received->data, error ? 0 : transfer->received->len);
	answer->headers = g_hash_table_ref(transfer->answer_headers);
	answer->url = g_strdup(transfer->url);
	transfer->answer = answer;
	loop_finish(transfer->net, call_done, transfer_free, transfer);
}

static void
refuse(struct transfer *transfer, char *why)
{
	if (transfer->refused)
		g_free(why);
	else
		transfer->refused = why;
}

static size_t
receive_body(char *data, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	gsize length = size * count;

	if (length > transfer->max_bytes - transfer->received->len) {
		refuse(transfer,
			g_strdup_printf("the answer is larger than the bound of %" G_GSIZE_FORMAT
					" bytes and was refused",
				transfer->max_bytes));
		return 0;
	}
	g_byte_array_append(transfer->received, (const guint8 *)data, (guint)length);
	return length;
}

static void
keep_header(struct transfer *transfer, const char *data, gsize length)
{
	const char *colon = memchr(data, ':', length);
	g_autofree char *value = NULL;

	/* A new status line: what came before was an interim answer or a redirect. */
	if (length > 5 && memcmp(data, "HTTP/", 5) == 0)
		g_hash_table_remove_all(transfer->answer_headers);
	if (!colon || colon == data)
		return;
	value = g_strndup(colon + 1, length - (gsize)(colon + 1 - data));
	g_hash_table_insert(transfer->answer_headers, g_ascii_strdown(data, colon - data),
		g_utf8_make_valid(g_strstrip(value), -1));
}

static size_t
receive_header(char *data, size_t size, size_t count, void *user)
{
	struct transfer *transfer = user;
	gsize length = size * count;

	transfer->header_bytes += length;
	if (transfer->header_bytes > MAX_HEADER_BYTES) {
		refuse(transfer,
			g_strdup_printf(
				"the answer's headers are larger than the bound of %d bytes",
				MAX_HEADER_BYTES));
		return 0;
	}
	keep_header(transfer, data, length);
	return length;
}

static gboolean
may_reach(const struct transfer *transfer, const char *address)
{
	long redirects = 0;

	/* A proxy is named by the configuration, wherever it is. */
	if (transfer->proxy)
		return TRUE;
	curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_COUNT, &redirects);
	if (redirects > 0 && guard_is_link_local(address))
		return FALSE;
	return net_address_allowed(transfer->net, address);
}

/* The guard: it sees the address that will be connected to, after DNS and after redirects. */
static curl_socket_t
open_socket(void *user, curlsocktype purpose G_GNUC_UNUSED, struct curl_sockaddr *address)
{
	struct transfer *transfer = user;
	char text[INET6_ADDRSTRLEN] = "";
	const void *bytes = address->family == AF_INET6
				    ? (void *)&((struct sockaddr_in6 *)&address->addr)->sin6_addr
				    : (void *)&((struct sockaddr_in *)&address->addr)->sin_addr;

	if (address->family != AF_INET && address->family != AF_INET6)
		return CURL_SOCKET_BAD;
	inet_ntop(address->family, bytes, text, sizeof(text));
	if (!may_reach(transfer, text)) {
		refuse(transfer, g_strdup_printf("refused: %s is a private address", text));
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static gboolean
is_reading(const struct transfer *transfer)
{
	return !transfer->method || g_str_equal(transfer->method, "GET") ||
	       g_str_equal(transfer->method, "HEAD");
}

static void
set_limits(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, transfer->protocols);
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, MAX_REDIRECTS);
	/* A redirect never takes along what changes something, nor does a proxy follow one for us
	 * to where the guard can't look. */
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION,
		(long)(!transfer->no_redirect && is_reading(transfer) &&
			(!transfer->proxy || transfer->net->options.allow_private)));
	/* libcurl silently sends again when a kept connection turns out dead. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)!is_reading(transfer));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)transfer->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)transfer->timeout_ms);
	/* "": what the environment says about proxies would lead around the guard. */
	curl_easy_setopt(easy, CURLOPT_PROXY, transfer->proxy ? transfer->proxy : "");
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "abate/" ABATE_VERSION);
}

static void
set_callbacks(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->message);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
}

static void
set_request(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->resolved);
	if (transfer->body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body);
		curl_easy_setopt(
			easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(transfer->body));
	}
	if (transfer->method && g_str_equal(transfer->method, "HEAD"))
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (transfer->method && !g_str_equal(transfer->method, "GET"))
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, transfer->method);
	if (transfer->username)
		curl_easy_setopt(easy, CURLOPT_USERNAME, transfer->username);
	if (transfer->password)
		curl_easy_setopt(easy, CURLOPT_PASSWORD, transfer->password);
	if (transfer->sigv4)
		curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, transfer->sigv4);
}

static void
run(struct transfer *transfer)
{
	transfer->easy = curl_easy_init();
	set_limits(transfer);
	set_callbacks(transfer);
	set_request(transfer);
	g_hash_table_add(transfer->net->running, transfer);
	curl_multi_add_handle(transfer->net->multi, transfer->easy);
}

static char *
error_text(const struct transfer *transfer, CURLcode code)
{
	if (transfer->refused)
		return g_strdup(transfer->refused);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return g_strdup_printf(
			"no complete answer within %g s", (double)transfer->timeout_ms / 1000);
	if (code == CURLE_TOO_MANY_REDIRECTS)
		return g_strdup_printf("more than %ld redirects", MAX_REDIRECTS);
	if (code == CURLE_FILE_COULDNT_READ_FILE)
		return g_strdup_printf("there is no file %s", transfer->url);
	return g_strdup(*transfer->message ? transfer->message : curl_easy_strerror(code));
}

static void
end(struct transfer *transfer, CURLcode code)
{
	long status = 0, request_bytes = 0;
	curl_off_t uploaded = 0;
	char *text = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
	curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	/* A file has no status; a read one is as good as 200. */
	if (code == CURLE_OK && status == 0)
		status = 200;
	take_answer(transfer, code == CURLE_OK ? status : 0,
		code == CURLE_OK ? NULL : error_text(transfer, code));
	transfer->answer->sent = request_bytes > 0 || uploaded > 0;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &text) == CURLE_OK && text) {
		g_free(transfer->answer->url);
		transfer->answer->url = g_strdup(text);
	}
	if (curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &text) == CURLE_OK && text &&
		*text)
		transfer->answer->remote_address = g_strdup(text);
	curl_multi_remove_handle(transfer->net->multi, transfer->easy);
	g_hash_table_remove(transfer->net->running, transfer);
	pool_done(transfer->net->pool, transfer->host);
}

void
transfers_run(struct net *net)
{
	struct transfer *transfer;
	CURLMsg *message;
	int left;

	while ((transfer = pool_next(net->pool)))
		run(transfer);
	curl_multi_perform(net->multi, &left);
	while ((message = curl_multi_info_read(net->multi, &left))) {
		CURLcode code = message->data.result;
		char *private = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		end((struct transfer *)(void *)private, code);
	}
}

void
transfers_drop(struct net *net)
{
	GHashTableIter iter;
	void *transfer;

	g_hash_table_iter_init(&iter, net->running);
	while (g_hash_table_iter_next(&iter, &transfer, NULL)) {
		curl_multi_remove_handle(net->multi, ((struct transfer *)transfer)->easy);
		transfer_free(transfer);
	}
	g_hash_table_remove_all(net->running);
}

/* "host:port" for the line to wait in; NULL and why when the URL can't be used. */
static char *
host_key(const struct transfer *transfer, char **why)
{
	CURLU *url = curl_url();
	char *host = NULL, *port = NULL, *key = NULL;
	CURLUcode code = curl_url_set(url, CURLUPART_URL, transfer->url, 0);

	if (code != CURLUE_OK) {
		*why = g_strdup_printf("not a usable URL: %s", curl_url_strerror(code));
	} else {
		curl_url_get(url, CURLUPART_HOST, &host, 0);
		curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
		key = g_strdup_printf("%s:%s", host ? host : "", port ? port : "");
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
	return key;
}

static gboolean
add_header(struct transfer *transfer, const char *header, char **why)
{
	if (strpbrk(header, "\r\n")) {
		*why = g_strdup("a request header with a line break was refused");
		return FALSE;
	}
	transfer->headers = curl_slist_append(transfer->headers, header);
	return TRUE;
}

/* key: "host:port". */
static void
keep_addresses(struct transfer *transfer, const char *key, const char *addresses)
{
	g_autofree char *line = addresses ? g_strdup_printf("%s:%s", key, addresses) : NULL;

	if (line)
		transfer->resolved = curl_slist_append(NULL, line);
}

static void
get_in_line(struct transfer *transfer, const struct http_request *request)
{
	const char *const *headers = request->headers;
	g_autofree char *key = NULL;
	char *why = NULL;

	add_header(transfer, "Expect:", &why);
	while (headers && *headers && !why)
		add_header(transfer, *headers++, &why);
	if (!why)
		key = host_key(transfer, &why);
	if (why) {
		take_answer(transfer, 0, why);
		return;
	}
	keep_addresses(transfer, key, request->addresses);
	transfer->host = pool_add(transfer->net->pool, key, transfer);
}

void
transfer_start(struct net *net, const struct http_request *request, const char *protocols,
	http_done done, void *user)
{
	struct transfer *transfer = g_new0(struct transfer, 1);

	transfer->net = net;
	transfer->url = g_strdup(request->url);
	transfer->method = g_strdup(request->method ? request->method
				    : request->body ? "POST"
						    : NULL);
	transfer->body = g_strdup(request->body);
	transfer->protocols = g_strdup(protocols);
	transfer->sigv4 = g_strdup(request->aws_sigv4);
	transfer->username = g_strdup(request->username);
	transfer->password = g_strdup(request->password);
	transfer->proxy = g_strdup(request->proxy);
	transfer->max_bytes = request->max_bytes ? request->max_bytes : DEFAULT_MAX_BYTES;
	transfer->timeout_ms =
		request->timeout_ms > 0 ? request->timeout_ms : net->options.timeout_ms;
	transfer->no_redirect = request->no_redirect;
	transfer->received = g_byte_array_new();
	transfer->answer_headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	transfer->done = done;
	transfer->user = user;
	get_in_line(transfer, request);
}
