#include "inbox/arrival.h"

#include "inbox/sender.h"

struct arrival *
arrival_new(const char *source, gint64 received, GBytes *content)
{
	struct arrival *arrival = g_new0(struct arrival, 1);

	arrival->source = g_strdup(source);
	arrival->received = received;
	arrival->content = g_bytes_ref(content);
	return arrival;
}

void
arrival_free(struct arrival *arrival)
{
	if (!arrival)
		return;
	verdict_free(arrival->verdict);
	mail_free(arrival->mail);
	g_bytes_unref(arrival->content);
	g_free(arrival->source);
	g_free(arrival->digest);
	g_free(arrival->fault);
	g_free(arrival->sender);
	g_free(arrival);
}

void
arrival_read(struct arrival *arrival, const struct rules *rules)
{
	g_autoptr(GError) fault = NULL;

	arrival->digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, arrival->content);
	arrival->mail = mail_parse(arrival->content, &fault);
	if (!arrival->mail) {
		arrival->fault = g_strdup(fault->message);
		return;
	}
	arrival->sender = sender_address(arrival->mail);
	arrival->verdict = classify(arrival->mail, rules);
}
