/* What a mail server's refusal says of the recipient. */
#pragma once

#include "inbox/rules.h"

/* Whether a report was refused at the door because its recipient is not there, by the server's
 * words
 * ("550 5.1.1 …"), read as those of a bounce. A policy, a full mailbox or a sender who is not liked
 * is something else. */
gboolean nobody_there(const struct rules *rules, const char *words);
