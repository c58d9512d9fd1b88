/* Bounces that are not RFC 3464: told by who sends them and the words that mail systems use. */
#pragma once

#include "inbox/dsn.h"
#include "inbox/mail.h"
#include "inbox/rules.h"

/* A mail looked at as a bounce. What costs time is done when it is first asked for. */
struct bounce {
	const struct mail *mail;
	const struct rules *rules;
	const struct look *subject;
	gboolean from_daemon; /* From names a mail system */
	char *words; /* what it says itself, before the mail that it returns; NULL: not yet */
	struct look words_look;
	char *returned; /* the text of that mail */
	char *line;	/* words on one line */
	struct look line_look;
};
typedef struct bounce Bounce; /* for g_auto */

/* All borrowed. */
void bounce_init(struct bounce *bounce, const struct mail *mail, const struct rules *rules,
	const struct look *subject);
void bounce_clear(struct bounce *bounce);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bounce, bounce_clear)

/* What such a bounce says, in the shape of a DSN (action "failed" or "delayed"); NULL when it is no
 * bounce. *rule names what decided. */
struct dsn *bounce_text(struct bounce *bounce, const char **rule);
/* The recipient that a bounce names in its text or in the mail that it returns; NULL when it names
 * none. Free with g_free. */
char *bounce_recipient(struct bounce *bounce);
/* What the bounce says itself, on one line. */
const struct look *bounce_line(struct bounce *bounce);
