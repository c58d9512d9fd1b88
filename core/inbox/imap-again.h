/* The mails that did not come with the others are asked for one by one, after all others. */
#pragma once

#include "inbox/imap-box.h"

/* Those that are gone from the mailbox are forgotten; those that do not come are counted, and given
 * up after some fetches, which the store remembers. FALSE when the connection or the store fails,
 * or the server gives no mail at all. */
gboolean imap_again(struct imap_box *box, GError **error);
/* One more fetch in which a mail did not come, though it was asked for alone, or the connection
 * broke while it was awaited. */
void imap_again_missed(struct imap_box *box, guint32 uid, const char *words);
