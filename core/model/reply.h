/* A reply: a mail that came back, or an API's answer. */
#pragma once

#include <glib.h>

struct reply {
	gint64 id;	   /* A<id> */
	gint64 report_id;  /* 0: unmatched */
	char *class_name;  /* acknowledgement, bounce, …, unclassified */
	char *match;	   /* how it was matched; NULL when unmatched */
	gboolean weak;	   /* matched by less than the reference; waits for a person */
	gboolean counts;   /* it moved its report on; one of an unknown sender does not */
	char *reason;	   /* a bounce's: "unknown-user", "full", …; NULL: none or not told */
	char *note;	   /* why it does not count, in words; may be NULL */
	char *broken;	   /* what is wrong with the mail itself, in words; NULL: nothing */
	char *digest;	   /* digest_of_lines() of a mail, with "\n"; NULL of an API's answer */
	char *sha256;	   /* of the content as it came; NULL: not told */
	char *sha256_crlf; /* digest_of_lines() with "\r\n"; NULL: no such is looked for */
	char *message_id;  /* without <>; NULL: none, or longer than is kept */
	char *ticket, *from, *subject, *status, *recipient, *diagnostic, *rule;
	char *source;	 /* folder and key or UID it was read from first: unique */
	gint64 received; /* microseconds, UTC */
	GBytes *content; /* whole; may be NULL in lists */
};
typedef struct reply Reply; /* for g_autoptr */

struct reply *reply_new(void);
void reply_free(struct reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
