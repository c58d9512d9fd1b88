#include "model/reply.h"

struct reply *
reply_new(void)
{
	return g_new0(struct reply, 1);
}

void
reply_free(struct reply *reply)
{
	if (!reply)
		return;
	g_free(reply->class_name);
	g_free(reply->match);
	g_free(reply->ticket);
	g_free(reply->from);
	g_free(reply->subject);
	g_free(reply->status);
	g_free(reply->recipient);
	g_free(reply->diagnostic);
	g_free(reply->rule);
	g_free(reply->reason);
	g_free(reply->note);
	g_free(reply->broken);
	g_free(reply->digest);
	g_free(reply->sha256);
	g_free(reply->sha256_crlf);
	g_free(reply->message_id);
	g_free(reply->source);
	g_clear_pointer(&reply->content, g_bytes_unref);
	g_free(reply);
}
