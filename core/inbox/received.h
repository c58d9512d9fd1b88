/* The trace that mail servers leave: when a mail came, and through whom. */
#pragma once

#include "inbox/mail.h"

/* When a mail came by its own headers: the topmost Received, else Date; 0 when neither tells. */
gint64 received_time(const struct mail *mail);
/* What the topmost Received alone tells of that; 0: nothing. */
gint64 received_stamp(const struct mail *mail);
/* The address that a Received header says the mail was for, in lower case; NULL when it says none.
 * Free with g_free. */
char *received_for(const char *value);
/* The host that a Received header was written by, in lower case; NULL when it names none. Free with
 * g_free. */
char *received_by(const char *value);
/* Whether it tells of the last step into a mailbox (LMTP), not of one between servers. */
gboolean received_is_delivery(const char *value);
/* Whether it tells from where, but not by whom: the sender may have seen to that. */
gboolean received_is_obscure(const char *value);
