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
/* Whether it is more likely EUC-JP, or Shift_JIS, than Latin text. EUC-JP may look like half-width
 * kana of Shift_JIS too, but not the other way about: ask for it first. */
gboolean japanese_is_euc(const char *bytes, gsize size);
gboolean japanese_is_shift_jis(const char *bytes, gsize size);
