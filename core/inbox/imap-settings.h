/* What [inbox] says of the IMAP server, checked. */
#pragma once

#include "base/config.h"

struct imap_settings {
	char *server;	/* "imaps://host:993/", for libcurl */
	char *name;	/* "imaps://user@host:993/INBOX": the position's key, and for messages */
	char *source;	/* "imap:user@host/INBOX": where a mail was read from */
	char *user;	/* NULL: no login */
	char *password; /* or access token; NULL: none */
	gboolean is_token;
	char *mailbox; /* as it goes over the wire, quoted */
	char *flag;    /* set on mails that were read; may be NULL */
	char *move;    /* folder they are moved to, quoted for the wire; may be NULL */
	char *ca_file; /* may be NULL */
	long use_ssl;  /* CURLUSESSL_… */
	gboolean verify;
	gint64 timeout_s;
};
typedef struct imap_settings ImapSettings; /* for g_autoptr */

/* NULL without error when [inbox] imap is not set. Reads the password too. */
struct imap_settings *imap_settings_read(const struct config *config, GError **error);
void imap_settings_free(struct imap_settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSettings, imap_settings_free)

/* A mailbox's name as RFC 3501 wants it: modified UTF-7 in quotes. NULL when it cannot be written
 * so. Free with g_free. */
char *imap_quote(const char *mailbox);
