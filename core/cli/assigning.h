/* Giving a reply to a report, and telling what that changed. */
#pragma once

#include <jansson.h>

#include "inbox/rules.h"
#include "model/profile.h"
#include "store/store.h"

/* One report before and after. */
struct regarded {
	gint64 report_id; /* 0: none */
	char *provider;
	struct report_standing before, after;
	gboolean freed; /* its contact is not marked as bad any more */
	char *to;
	GArray *instead; /* of gint64: reports that were made as it had bounced */
	GArray *quoting; /* of gint64: reminders of it with the ticket that it has no more */
};

struct assigning {
	struct store *store;
	const struct rules *rules;
	const struct profiles *profiles;
	struct reply *reply; /* as it was */
	struct regarded lost, won;
	gboolean bounced; /* the report that won it has bounced now */
};
/* Frees what was set by the rest. */
void assigning_clear(struct assigning *assigning);

/* In one transaction: the reply is of that report, or of none (0); the one that it was of before is
 * derived again, and what the reply says moves the other on. */
gboolean
assigning_run(struct assigning *assigning, gint64 reply_id, gint64 report_id, GError **error);
/* For people. FALSE when the store fails. */
gboolean assigning_print(const struct assigning *assigning, GError **error);
/* The same for programs: a list of what changed. */
json_t *assigning_json(const struct assigning *assigning);
