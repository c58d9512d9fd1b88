/* Authentication-Results (RFC 8601): whether a server that we trust vouches for the domain in From.
 */
#pragma once

#include "inbox/mail.h"

/* Whether DMARC passed, or DKIM or SPF passed for a domain aligned with from (the domain in From),
 * by the word of one of trusted (NULL-ended server names, as each writes its authserv-id), and by
 * no one's word DMARC failed. Believed are headers above the topmost Received of any of them, or
 * where none can be told by its name, above the topmost but for steps into a mailbox: what is below
 * it the sender can have written. below: where there is none above, the topmost is believed
 * wherever it stands, as with servers that write it below and take forged ones out; where the
 * Received is known, of the server that wrote it alone. by (of char *) gets the aligned domains
 * that passed DKIM or SPF, as far as they are told: relaxed alignment lets a name below that in
 * From vouch for it. */
gboolean authentication_passes(const struct mail *mail, char *const *trusted, gboolean below,
	const char *from, GPtrArray *by);
