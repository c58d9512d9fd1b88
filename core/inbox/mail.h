/* A mail as the classifier sees it: its headers, and its parts as bounded UTF-8 text. */
#pragma once

#include <glib.h>
#include <gmime/gmime.h>

/* What is read of a mail, kept of a part, and how many parts and levels are looked at: an answer
 * says what it has to say well before these. */
#define MAIL_MAX_SIZE (4 * 1024 * 1024)
#define MAIL_MAX_TEXT (128 * 1024)
#define MAIL_MAX_PARTS 64
#define MAIL_MAX_DEPTH 16

struct mail_part {
	char *type;	   /* "text/plain", "message/delivery-status", …; lower case */
	char *text;	   /* valid UTF-8; of message/rfc822 the headers alone, of HTML its words */
	gboolean attached; /* a file, not what is said */
};

struct mail {
	GMimeMessage *message;
	GPtrArray *parts; /* of struct mail_part * */
	char *subject;	  /* never NULL */
	char *text;	  /* what the text parts say together; never NULL */
	gboolean bare;	  /* there were no headers, only text */
};
typedef struct mail Mail; /* for g_autoptr */

/* Reads a mail of any shape: what is broken is taken as text. NULL when it is empty. */
struct mail *mail_parse(GBytes *bytes, GError **error);
/* The same in less time, without the fields that trace_drop() takes out. */
struct mail *mail_parse_brief(GBytes *bytes, GError **error);
/* The same of a file's first MAIL_MAX_SIZE bytes. */
struct mail *mail_read(const char *path, GError **error);
/* Leaves its subject and text alone: what follows finds no more. */
void mail_close(struct mail *mail);
void mail_free(struct mail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/* The first header of that name; NULL when there is none. Borrowed. */
const char *mail_header(const struct mail *mail, const char *name);
/* The text of the first part of that type; NULL when there is none. Borrowed. */
const char *mail_part(const struct mail *mail, const char *type);
/* A parameter of the mail's own Content-Type; NULL when there is none. Borrowed. */
const char *mail_parameter(const struct mail *mail, const char *name);
