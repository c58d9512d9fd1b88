/* Inside of the net room: one transfer by libcurl, from the line to its callback. */
#pragma once

#include "net/loop.h"

/* As http_start(), for a URL of one of protocols only ("http,https"). */
void transfer_start(struct net *net, const struct http_request *request, const char *protocols,
	http_done done, void *user);
void transfer_free(void *transfer);

/* Starts what may start, lets libcurl work, and queues the callbacks of what has ended. */
void transfers_run(struct net *net);
/* Frees all that run. */
void transfers_drop(struct net *net);
