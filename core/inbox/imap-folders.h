/* The folders of a server, for who named one that is not there. */
#pragma once

#include "inbox/imap-session.h"

/* Adds those nearest in name to the error of a mailbox (quoted, for the wire) that cannot be
 * opened; nothing when the server does not tell. */
void imap_folders_tell(struct imap_session *session, const char *mailbox, GError *error);
