/* Japanese text that does not say, or not rightly, how it is written. */
#pragma once

#include <glib.h>

/* Whether it has an escape sequence of ISO-2022-JP. */
gboolean japanese_is_jis(const char *bytes, gsize size);
/* Takes the text between them that is not Japanese; appends it to text as UTF-8. */
typedef void (*japanese_other)(GString *text, const char *bytes, gsize size);
/* ISO-2022-JP with all that mailers put into it: half-width kana, the characters of NEC and IBM,
 * lines whose end lacks its escape, text of another charset between. As UTF-8. */
GString *japanese_from_jis(const char *bytes, gsize size, japanese_other other);
/* "CP932" or "EUC-JP-MS" when it is more likely that than anything else, else NULL. */
const char *japanese_guess(const char *bytes, gsize size);
