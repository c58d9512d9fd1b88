#include "inbox/encoded-words.h"

#include <string.h>

#include "inbox/charset.h"

/* A word may be longer than it should, but not so long that a search for its end takes long. */
#define WORD_MAX_LENGTH 4096

/* "=?charset?b?text?=", borrowed. */
struct word {
	const char *charset, *text, *end;
	gsize charset_length, text_length;
	gboolean base64;
};

static gboolean
is_text(const struct word *word)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/= \t";

	if (word->base64)
		return strspn(word->text, base64) >= word->text_length;
	return !g_strstr_len(word->text, (gssize)word->text_length, "=?");
}

static gboolean
read_word(const char *at, struct word *word)
{
	char encoding;

	if (strncmp(at, "=?", 2) != 0)
		return FALSE;
	word->charset = at + 2;
	word->charset_length = strcspn(word->charset, "? \t\r\n");
	at = word->charset + word->charset_length;
	encoding = at[0] == '?' ? g_ascii_tolower(at[1]) : '\0';
	if ((encoding != 'b' && encoding != 'q') || at[2] != '?')
		return FALSE;
	word->base64 = encoding == 'b';
	word->text = at + 3;
	at = g_strstr_len(word->text, WORD_MAX_LENGTH, "?=");
	if (!at)
		return FALSE;
	word->text_length = (gsize)(at - word->text);
	word->end = at + 2;
	return is_text(word);
}

/* The word that goes on with this one. */
static gboolean
read_next(const struct word *word, struct word *next)
{
	return read_word(word->end + strspn(word->end, " \t\r\n"), next) &&
	       next->charset_length == word->charset_length &&
	       g_ascii_strncasecmp(next->charset, word->charset, word->charset_length) == 0;
}

static void
add_quoted(GByteArray *bytes, const struct word *word)
{
	for (gsize i = 0; i < word->text_length; i++) {
		const char *at = word->text + i;
		guint8 byte = *at == '_' ? ' ' : (guint8)*at;

		if (*at == '=' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
			byte = (guint8)(g_ascii_xdigit_value(at[1]) << 4 |
					g_ascii_xdigit_value(at[2]));
			i += 2;
		}
		g_byte_array_append(bytes, &byte, 1);
	}
}

static void
add_bytes(GByteArray *bytes, const struct word *word)
{
	g_autofree char *text = g_strndup(word->text, word->text_length);
	gsize length;
	g_autofree guchar *decoded = NULL;

	if (!word->base64) {
		add_quoted(bytes, word);
		return;
	}
	decoded = g_base64_decode(text, &length);
	g_byte_array_append(bytes, decoded, (guint)length);
}

/* Writes a word and those that go on with it; returns where they end. */
static const char *
add_words(GString *out, struct word word)
{
	g_autofree char *charset = g_strndup(word.charset, word.charset_length), *text = NULL;
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct word next;

	/* A language may follow the charset's name. */
	charset[strcspn(charset, "*")] = '\0';
	add_bytes(bytes, &word);
	while (read_next(&word, &next)) {
		add_bytes(bytes, &next);
		word = next;
	}
	text = charset_decode(bytes->data ? (const char *)bytes->data : "", bytes->len, charset);
	g_string_append(out, text);
	return word.end;
}

/* Blanks between two encoded words only keep them apart. */
static void
add_raw(GString *out, const char *raw, gsize length, gboolean between)
{
	g_autofree char *text = NULL;

	if (between && strspn(raw, " \t\r\n") >= length)
		return;
	text = charset_decode(raw, length, NULL);
	g_string_append(out, text);
}

char *
encoded_words_decode(const char *line)
{
	GString *out = g_string_sized_new(strlen(line) + 1);
	const char *raw = line, *at = line;
	struct word word;

	while ((at = strstr(at, "=?"))) {
		if (!read_word(at, &word)) {
			at += 2;
			continue;
		}
		add_raw(out, raw, (gsize)(at - raw), raw > line);
		raw = at = add_words(out, word);
	}
	add_raw(out, raw, strlen(raw), FALSE);
	return g_string_free(out, FALSE);
}

char *
encoded_words_subject(GMimeMessage *message)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GMimeHeader *header = g_mime_header_list_get_header(headers, "Subject");
	const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;
	g_autofree char *line = g_mime_utils_header_unfold(raw ? raw : "");

	return encoded_words_decode(line);
}
