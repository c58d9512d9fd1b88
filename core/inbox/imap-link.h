/* The connection: libcurl connects, secures and logs in; then we speak over it ourselves, since its
 * own IMAP fetches one mail a request, and marks it as seen. */
#pragma once

#include "inbox/imap-settings.h"
#include "inbox/imap-wire.h"

struct imap_link;
typedef struct imap_link ImapLink; /* for g_autoptr */

/* settings and stop (may be NULL) are borrowed and needed until imap_link_free(). */
struct imap_link *
imap_link_open(const struct imap_settings *settings, const volatile int *stop, GError **error);
void imap_link_free(struct imap_link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapLink, imap_link_free)

gboolean imap_link_send(struct imap_link *link, const char *text, gsize length, GError **error);
/* How long a server may take: [inbox] timeout for an answer, and more only for the bytes that come;
 * some answers for a step. Each begins anew here. */
void imap_link_next_answer(struct imap_link *link);
void imap_link_next_step(struct imap_link *link);
/* An imap_fill; user is the link. IMAP_ERROR_STOPPED when it was stopped while it waited. */
gboolean imap_link_fill(void *user, char *buffer, gsize space, gsize *got, GError **error);
