/* The outbox: reports that are ready go out by their carriers; intent before, outcome after. */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "model/profile.h"
#include "plugin/host.h"
#include "store/store.h"

#define OUTBOX_ERROR (g_quark_from_static_string("abate-outbox"))

struct outbox_counts {
	gint64 accepted, refused, deferred, in_doubt, manual, held_back;
};
struct outbox_options {
	gint64 case_id;	  /* 0: all */
	gint64 report_id; /* 0: all */
	/* Called now and then with what is done; may be NULL. */
	void (*progress)(const struct outbox_counts *counts, gint64 total, void *user);
	void *user;
	const volatile int *stop; /* set by a signal: finish what is on the wire, keep the rest */
};
/* Sends. FALSE and error when nothing could be tried (configuration, store); a server's refusal is
 * a count and the report's state. */
gboolean outbox_send(struct store *store, const struct config *config,
	const struct profiles *profiles, const struct plugin_host *plugins,
	const struct outbox_options *options, struct outbox_counts *counts, GError **error);
/* Finds what processes that are gone left behind: on the wire is in doubt (warned about), claimed
 * is ready again. outbox_send() does it first. */
gboolean outbox_recover(struct store *store, GError **error);
