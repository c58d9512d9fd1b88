/* Where mail is read from: each kind of mailbox hands it over mail by mail. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* Takes one mail (as receiver_take() does); FALSE stops the fetch with error. mail is borrowed. */
typedef gboolean (*fetch_take)(
	const char *source, gint64 received, GBytes *mail, void *user, GError **error);
/* done of total mails; total 0: not known yet. */
typedef void (*fetch_progress)(gint64 done, gint64 total, void *user);

/* Mails are taken one by one (take), or, where a program can look at them while others are read,
 * made ready when they are read (prepare) and kept later (settle). */
struct fetch_options {
	fetch_take take; /* not called with prepare */
	void (*prepare)(const char *source, gint64 received, GBytes *mail, void *user);
	/* Keeps what was prepared, in order, but for the last ones: leave, at most. */
	gboolean (*settle)(guint leave, void *user, GError **error);
	void (*forget)(void *user); /* what was prepared and not kept */
	fetch_progress progress;    /* may be NULL */
	const volatile int *stop; /* not 0: end soon, with what is done so far kept; may be NULL */
	gboolean dry_run; /* nothing is kept: neither mails nor positions, and no flag set */
	gint64 *missing;  /* counts mails that a server has and did not give; may be NULL */
	void *user;
};
/* Hands over the mails of [inbox] maildir that were not read before, and of [inbox] imap those
 * after the last one that was read. The position is kept in the same transaction as the mails, in
 * groups. Where none is configured: TRUE, nothing done. A connection that breaks is an error; what
 * came before it is kept. */
gboolean maildir_fetch(const struct config *config, struct store *store,
	const struct fetch_options *options, GError **error);
/* The same of any Maildir. */
gboolean maildir_fetch_from(const char *folder, struct store *store,
	const struct fetch_options *options, GError **error);
gboolean imap_fetch(const struct config *config, struct store *store,
	const struct fetch_options *options, GError **error);
