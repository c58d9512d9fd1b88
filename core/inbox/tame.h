/* Bytes of a mail made harmless to a parser: whoever writes a mail decides how much work and how
 * much memory a parser spends on it. */
#pragma once

#include <glib.h>

/* Lines that begin a field, or that look like a boundary, as a mail of any use has them; what comes
 * after so many is cut off. A field's length; an address list's colons, as GMime follows groups in
 * groups on its stack. */
#define TAME_MAX_FIELDS 20000
#define TAME_MAX_BOUNDARIES 4000
#define TAME_MAX_FIELD (64 * 1024)
#define TAME_MAX_COLONS 64

/* In place, in one pass; NULs become spaces. */
void tame(GString *bytes);
