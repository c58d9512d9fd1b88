/* config/reply-rules.json: what answers say, as regular expressions. */
#pragma once

#include <glib.h>

struct rules;
typedef struct rules Rules; /* for g_autoptr */

/* The answer's class by its words. */
struct rule {
	char *name;
	char *class; /* a class's name */
	char *in;    /* "subject", "text" or "any" */
	char *when;  /* "auto": only of a machine, "person": only of a person, NULL: of both */
	GRegex *regex;
};

/* Reads a file of rules; path NULL: the one of the program. */
struct rules *rules_load(const char *path, GError **error);
void rules_free(struct rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)

/* The first rule that fits an answer; NULL when none does. Borrowed. */
const struct rule *
rules_match(const struct rules *rules, const char *subject, const char *text, gboolean is_auto);
/* Whether any pattern of a named set ("bounce_sender" …) is in text. */
gboolean rules_has(const struct rules *rules, const char *set, const char *text);
/* The first group of the first pattern of a set that is in text; NULL when none is. Free with
 * g_free. */
char *rules_find(const struct rules *rules, const char *set, const char *text);
/* The reason of the first of "reasons" that is in text; NULL when none is. Borrowed. */
const char *rules_reason(const struct rules *rules, const char *text);
/* The reason that a table of "status_reasons" gives an enhanced status code by its last two
 * numbers; NULL when it gives none. Borrowed. */
const char *rules_status_reason(const struct rules *rules, const char *table, const char *status);
