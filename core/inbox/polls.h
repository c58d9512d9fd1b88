/* Polls: what became of the reports that went out by an API, asked of the API itself. */
#pragma once

#include "base/config.h"
#include "model/profile.h"
#include "plugin/host.h"
#include "store/store.h"

struct polls_counts {
	gint64 due;	 /* reports whose time had come */
	gint64 told;	 /* of these: the provider told how they stand */
	gint64 news;	 /* of these: something new, which is kept as a reply */
	gint64 finished; /* not to be asked again: nothing new will come */
	gint64 faults;	 /* no answer, or none that tells */
	gint64 waiting;	 /* not asked: the provider is to be left alone for a while */
};
struct polls_options {
	/* Called now and then; may be NULL. */
	void (*progress)(const struct polls_counts *counts, void *user);
	void *user;
	const volatile int *stop; /* set by a signal: finish what is on the wire; may be NULL */
	gboolean dry_run;	  /* only counts those that are due, and of these those that wait */
};
/* Asks about every report whose time has come, many at once. Answers that tell something new become
 * replies and move their reports on. A poll can be repeated, so that a crash loses nothing. FALSE
 * and error when nothing could be tried (store, network); a provider's fault is a count and one
 * warning a provider. profiles may be NULL. */
gboolean polls_run(struct store *store, const struct config *config,
	const struct profiles *profiles, const struct plugin_host *plugins,
	const struct polls_options *options, struct polls_counts *counts, GError **error);
