/* Inside of the net room: transfers in line, by host. A host has a limit of running transfers and a
 * pause between two starts; all hosts together have a limit too. */
#pragma once

#include "net/net.h"

struct pool;

struct pool_host {
	char *name;
	GQueue waiting;
	gint64 running;
	gint64 next_start; /* monotonic microseconds */
	gboolean listed;   /* in ready or paused */
};

struct pool *pool_new(const struct net_options *options);
/* drop frees what still waits. */
void pool_free(struct pool *pool, GDestroyNotify drop);
/* Puts work in the line of its host; the host is borrowed by it until pool_done(). */
struct pool_host *pool_add(struct pool *pool, const char *host, void *work);
/* The next work that may start now; NULL when there is none. */
void *pool_next(struct pool *pool);
/* One of the host's transfers has ended. */
void pool_done(struct pool *pool, struct pool_host *host);
/* Milliseconds until a paused host may start again; -1 when none is paused. */
int pool_wait_ms(const struct pool *pool);
/* Whether anything waits or runs. */
gboolean pool_busy(const struct pool *pool);
