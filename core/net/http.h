/* HTTP (and file://, where allowed) on the net loop. Answers are bounded; redirects keep to http(s)
 * and to addresses that the guard allows. */
#pragma once

#include "net/net.h"

struct http_request {
	const char *method; /* NULL: GET */
	const char *url;
	const char *const *headers;		     /* "Name: value", NULL-ended; may be NULL */
	const char *body;			     /* may be NULL */
	gsize max_bytes;			     /* of the answer; 0: 4 MiB */
	gint64 timeout_ms;			     /* 0: the loop's */
	const char *aws_sigv4, *username, *password; /* may be NULL */
	const char *proxy;			     /* may be NULL */
	/* Where the URL's host is, instead of asking for it: "192.0.2.1,[2001:db8::1]"; may be
	 * NULL. The guard sees these too. */
	const char *addresses;
	gboolean no_redirect;
};

struct http_answer {
	long status;	     /* 0 when no answer came */
	GBytes *body;	     /* never NULL */
	GHashTable *headers; /* lower-case name -> last value */
	char *url;	     /* after redirects */
	char *error;	     /* NULL when an HTTP answer came; else why not, in words */
	gboolean sent; /* the request went out whole or in part: without an answer it is in doubt */
	char *remote_address; /* may be NULL */
};

/* answer is the callee's to read until it returns; the core frees it after. */
typedef void (*http_done)(const struct http_answer *answer, void *user);

/* Copies the request. done is called once, from net_turn()/net_run(). */
void http_start(struct net *net, const struct http_request *request, http_done done, void *user);

/* Starts one and runs the loop until it is done. Free the answer with http_answer_free(). */
struct http_answer *http_fetch(struct net *net, const struct http_request *request);
void http_answer_free(struct http_answer *answer);
