/* The inside of carriers: one table of functions each. */
#pragma once

#include "outbox/carrier.h"

struct carrier_type {
	/* NULL and error; config outlives it. */
	void *(*open)(const struct config *config, const char *password, GError **error);
	gboolean (*send)(void *state, GPtrArray *deliveries, char **trouble);
	void (*interrupt)(void *state, gint64 now); /* may be NULL */
	void (*close)(void *state);
};

extern const struct carrier_type carrier_smtp, carrier_smtps, carrier_maildir;

/* The envelope sender: [mail] from, else [reporter] email; NULL and CONFIG_ERROR when neither is
 * one usable address. Borrowed. */
const char *carrier_sender(const struct config *config, GError **error);
