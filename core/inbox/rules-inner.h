/* What rules.c asks and rules-load.c fills. */
#pragma once

#include "inbox/rules.h"

struct rules {
	struct words *words;
	GPtrArray *rules;	    /* of struct rule * */
	GHashTable *sets;	    /* name -> GPtrArray of struct matcher * */
	GHashTable *unless;	    /* name of a set -> its patterns as one struct matcher * */
	GPtrArray *reasons;	    /* of struct rule *, class being the reason */
	GHashTable *status_reasons; /* "sure 1.1" -> reason */
};
