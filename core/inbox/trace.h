/* The fields that mail systems write for each other: often more of a mail than what it says. */
#pragma once

#include <glib.h>

/* Takes them out of the head of a mail that begins with a field: signatures, what servers found,
 * and each Received but the first. */
void trace_drop(GString *mail);
