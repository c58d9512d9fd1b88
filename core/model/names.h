/* Enumerations and their names. */
#pragma once

#include <glib.h>

/* Index of name in a NULL-ended table, without regard to case; -1 when it is not there. */
int names_find(const char *const *names, const char *name);
