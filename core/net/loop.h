/* Inside of the net room: what the loop, the transfers and the questions share. */
#pragma once

#include <ares.h>
#include <curl/curl.h>

#include "net/dns.h"
#include "net/http.h"

struct pool; /* pool.h: transfers waiting, by host */
struct dns;  /* dns.c: questions waiting and under way */

struct net {
	struct net_options options; /* with the defaults filled in */
	char *dns_servers;
	CURLM *multi;
	struct pool *pool;
	GHashTable *running; /* transfers that libcurl has */
	struct dns *dns;
	GQueue finished; /* of struct finished: callbacks due in this turn */
};

/* Has call(work) made by the loop, and not from where we are now. drop(work) frees it where the
 * loop ends before. */
void loop_finish(struct net *net, void (*call)(void *work), GDestroyNotify drop, void *work);

/* Whether no redirect may lead to an address, not even with allow_private: link-local, where the
 * metadata services of clouds are. */
gboolean guard_is_link_local(const char *address);

struct dns *dns_new(struct net *net, GError **error);
void dns_free(struct dns *dns);
/* Adds the sockets to wait for to fds (of struct curl_waitfd) and lowers *wait_ms to the next
 * time-out. */
void dns_prepare(struct dns *dns, GArray *fds, int *wait_ms);
/* Reads what came in on those and looks after time-outs. */
void dns_process(struct dns *dns, const GArray *fds);
gboolean dns_busy(const struct dns *dns);
