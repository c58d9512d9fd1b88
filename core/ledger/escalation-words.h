/* Why something is proposed, in words. */
#pragma once

#include "ledger/escalation.h"
#include "ledger/moves.h"

/* The last reply that counts; reply_id 0: none. What they say later does not take back that they
 * acted: acted_id is the first reply that says so. */
struct last_word {
	gint64 reply_id, received;
	const char *class_name;
	gint64 acted_id;
};

/* passed: what escalation_add_passed() made, may be "". Free with g_free. */
char *escalation_words(enum escalation_action action, const struct move *move,
	const struct report *report, const struct last_word *last, const char *passed, gint64 now);
/* Appends to passed whom the ladder leaves out, and why. */
void escalation_add_passed(GString *passed, const struct route *route);
/* The reasons (of struct reason *) in one line; where they differ, with what each is of. Free with
 * g_free. */
char *escalation_join(const GPtrArray *reasons);
/* Appends that a contact is no good any more. */
void escalation_add_bad(char **words, const char *contact);
/* Appends that of so many indicators some were not looked at. */
void escalation_add_unseen(char **words, guint unseen, guint all);
