#include "net/http.h"

#include "net/transfer.h"

void
http_start(struct net *net, const struct http_request *request, http_done done, void *user)
{
	transfer_start(net, request, net->options.allow_file ? "http,https,file" : "http,https",
		done, user);
}

struct fetch {
	struct http_answer *answer;
};

static struct http_answer *
copy_answer(const struct http_answer *answer)
{
	struct http_answer *copy = g_new0(struct http_answer, 1);

	*copy = *answer;
	copy->body = g_bytes_ref(answer->body);
	copy->headers = g_hash_table_ref(answer->headers);
	copy->url = g_strdup(answer->url);
	copy->error = g_strdup(answer->error);
	copy->remote_address = g_strdup(answer->remote_address);
	return copy;
}

static void
keep_answer(const struct http_answer *answer, void *user)
{
	struct fetch *fetch = user;

	fetch->answer = copy_answer(answer);
}

struct http_answer *
http_fetch(struct net *net, const struct http_request *request)
{
	struct fetch fetch = { NULL };

	http_start(net, request, keep_answer, &fetch);
	while (!fetch.answer)
		net_turn(net, 1000);
	return fetch.answer;
}

void
http_answer_free(struct http_answer *answer)
{
	if (!answer)
		return;
	g_bytes_unref(answer->body);
	g_hash_table_unref(answer->headers);
	g_free(answer->url);
	g_free(answer->error);
	g_free(answer->remote_address);
	g_free(answer);
}
