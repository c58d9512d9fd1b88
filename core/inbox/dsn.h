/* RFC 3464: what a delivery status says of the recipient that matters most. */
#pragma once

#include <glib.h>

struct dsn {
	char *action;	  /* lower case: failed, delayed, delivered, relayed, expanded */
	char *recipient;  /* may be NULL, like the rest */
	char *status;	  /* "5.1.1" */
	char *diagnostic; /* without its type; else what the status says behind its code */
	char *comment;	  /* of the status, until it is the diagnostic */
};
typedef struct dsn Dsn; /* for g_autoptr */

/* Reads the fields of a message/delivery-status (or of text that quotes one): the first failed
 * recipient, else the first delayed one, else the first. NULL when it names no action and no
 * status. */
struct dsn *dsn_parse(const char *text);
/* The first enhanced status code ("5.1.1") of a text; NULL when there is none. An address of a host
 * is none. Free with g_free. */
char *dsn_status(const char *text);
void dsn_free(struct dsn *dsn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dsn, dsn_free)
