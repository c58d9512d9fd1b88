/*
 * The network loop: one libcurl multi handle and one c-ares channel, driven together. Work is
 * started by http_start(), dns_start() … and ends in a callback; a callback may start more. One
 * thread.
 */
#pragma once

#include <glib.h>

struct net;
typedef struct net Net; /* for g_autoptr */

struct net_options {
	gboolean allow_private;	  /* reach private, loopback and link-local addresses (a redirect
				     never leads to a link-local one) */
	gboolean allow_file;	  /* the configuration names file:// URLs or folders */
	gint64 timeout_ms;	  /* for one request; 0: 15000 */
	gint64 parallel;	  /* requests at once; 0: 64 */
	gint64 parallel_per_host; /* 0: 8 */
	gint64 pause_per_host_ms; /* between two requests to one host (WHOIS servers want it); 0:
				     none */
	const char *dns_servers;  /* "127.0.0.1:5300, …"; NULL: the system's */
};

struct net *net_new(const struct net_options *options, GError **error);
/* Ends what still runs without calling back. */
void net_free(struct net *net);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Net, net_free)

/* Runs until nothing is left to do. */
void net_run(struct net *net);
/* Runs one turn of at most timeout_ms; FALSE when nothing is left to do. */
gboolean net_turn(struct net *net, int timeout_ms);
/* Whether an address may be reached: FALSE for private, loopback, link-local, multicast, reserved
 * and mapped forms of these, unless allow_private. */
gboolean net_address_allowed(const struct net *net, const char *address);
/* The same rule without a loop. */
gboolean net_address_is_public(const char *address);
