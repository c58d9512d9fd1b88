/* Reports that nobody got, and saying what goes out instead. */
#pragma once

#include "store/store.h"

struct astray {
	gint64 report_id;
	enum report_state state; /* before it was dealt with */
	gint64 follow_up_of;	 /* 0: none */
	char *provider, *to;
	char *why; /* why nothing goes out instead; may be NULL */
};
/* why may be NULL. Free with astray_free(). */
struct astray *astray_new(const struct report *report, const char *why);
void astray_free(struct astray *astray);

/* Says of each (of struct astray *) where it goes instead: by reports newer than last, which were
 * made just now, or by what went to the same provider meanwhile. */
gboolean astray_print(struct store *store, const GPtrArray *astray, gint64 last, GError **error);
