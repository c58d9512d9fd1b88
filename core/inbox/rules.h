/* config/reply-rules.json: what answers say, as regular expressions. */
#pragma once

#include <glib.h>

#include "inbox/matcher.h"

struct rules;
typedef struct rules Rules; /* for g_autoptr */

/* The answer's class by its words; every pattern of the file is a rule of its own, so that each is
 * run only where its words are. */
struct rule {
	char *name;
	char *class; /* a class's name */
	char *in;    /* "subject", "text" or "any" */
	char *when;  /* "auto": only of a machine, "person": only of a person, NULL: of both */
	gboolean before_status; /* of a reason: says more than any status code */
	struct matcher *matcher;
	/* Of a sentence: not when this fits up to where the rule does, nor when that fits anywhere.
	 */
	const struct matcher *unless, *unless_any; /* NULL: no such doubt */
};

/* Reads a file of rules; path NULL: the one of the program. */
struct rules *rules_load(const char *path, GError **error);
void rules_free(struct rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)

/* Looks through a text once for all that follows; it stays borrowed. In what
 * is not UTF-8 nothing is found. */
void rules_look(const struct rules *rules, const char *text, struct look *look);

/* The first rule that fits an answer; NULL when none does. Borrowed. */
const struct rule *rules_match(const struct rules *rules, const struct look *subject,
	const struct look *text, gboolean is_auto);
/* Whether any pattern of a named set ("bounce_sender" …) is in what was looked at. */
gboolean rules_see(const struct rules *rules, const char *set, const struct look *look);
/* The first group of the first pattern of a set that is in it; NULL when none is. Free with
 * g_free. */
char *rules_pick(const struct rules *rules, const char *set, const struct look *look);
/* Where the first match of any of the set's patterns begins; -1 when there is none. */
gssize rules_where(const struct rules *rules, const char *set, const struct look *look);
/* The same for a text that is asked about once: a header, a line. NULL: no. */
gboolean rules_has(const struct rules *rules, const char *set, const char *text);
char *rules_find(const struct rules *rules, const char *set, const char *text);

/* The reason of the first of "reasons" that fits, of all or of those that go before a status code;
 * NULL when none does. Borrowed. */
const char *
rules_reason(const struct rules *rules, const struct look *look, gboolean before_status);
/* The reason that a table of "status_reasons" gives an enhanced status code by its last two
 * numbers; NULL when it gives none. Borrowed. */
const char *rules_status_reason(const struct rules *rules, const char *table, const char *status);
