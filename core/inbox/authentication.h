/* Authentication-Results (RFC 8601): whether a server that we trust vouches for the domain in From.
 */
#pragma once

#include "inbox/mail.h"

/* Whether DMARC passed, or DKIM or SPF passed for a domain aligned with from (the domain in From),
 * by the word of one of trusted (NULL-ended server names, as each writes its authserv-id). Believed
 * are headers above the Received of that server: what is below it the sender can have written.
 * below: where there is none above, the topmost is believed wherever it stands, as with servers
 * that write it below and take forged ones out. */
gboolean authentication_passes(
	const struct mail *mail, char *const *trusted, gboolean below, const char *from);
