/* Bounces that are not RFC 3464: told by who sends them and the words that mail systems use. */
#pragma once

#include "inbox/dsn.h"
#include "inbox/mail.h"
#include "inbox/rules.h"

/* What such a bounce says, in the shape of a DSN (action "failed" or "delayed"); NULL when it is no
 * bounce. *rule names what decided. */
struct dsn *bounce_text(const struct mail *mail, const struct rules *rules, const char **rule);
/* The recipient that a bounce names in its text or in the mail that it returns; NULL when it names
 * none. Free with g_free. */
char *bounce_recipient(const struct mail *mail, const struct rules *rules);
/* What a bounce says itself, before the mail that it returns, on one line. Free with g_free. */
char *bounce_words(const struct mail *mail, const struct rules *rules);
