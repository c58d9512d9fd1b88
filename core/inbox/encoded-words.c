#include "inbox/encoded-words.h"

#include <string.h>

/* "=?charset?b?text?=", borrowed. */
struct word {
	const char *charset, *text, *end;
	gsize charset_length, text_length;
};

static gboolean
read_word(const char *at, struct word *word)
{
	if (strncmp(at, "=?", 2) != 0)
		return FALSE;
	word->charset = at + 2;
	word->charset_length = strcspn(word->charset, "? \t\r\n");
	at = word->charset + word->charset_length;
	if (at[0] != '?' || g_ascii_tolower(at[1]) != 'b' || at[2] != '?')
		return FALSE;
	word->text = at + 3;
	word->text_length = strcspn(word->text, "? \t\r\n");
	word->end = word->text + word->text_length + 2;
	return strncmp(word->end - 2, "?=", 2) == 0;
}

/* The word after white space that goes on with this one. */
static gboolean
read_next(const struct word *word, struct word *next)
{
	const char *at = word->end + strspn(word->end, " \t\r\n");

	return at > word->end && read_word(at, next) &&
	       next->charset_length == word->charset_length &&
	       g_ascii_strncasecmp(next->charset, word->charset, word->charset_length) == 0;
}

static void
add_bytes(GByteArray *bytes, const struct word *word)
{
	g_autofree char *text = g_strndup(word->text, word->text_length);
	gsize length;
	g_autofree guchar *decoded = g_base64_decode(text, &length);

	g_byte_array_append(bytes, decoded, (guint)length);
}

/* Writes a word and those that go on with it; returns where they end. */
static const char *
join(GString *out, struct word word)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct word next;

	g_string_append_len(out, word.charset - 2, word.text - word.charset + 2);
	add_bytes(bytes, &word);
	while (read_next(&word, &next)) {
		add_bytes(bytes, &next);
		word = next;
	}
	g_autofree char *text = g_base64_encode(bytes->data, bytes->len);
	g_string_append_printf(out, "%s?=", text);
	return word.end;
}

char *
encoded_words_join(const char *raw)
{
	GString *out = g_string_sized_new(strlen(raw) + 1);
	struct word word, next;

	while (*raw) {
		if (read_word(raw, &word) && read_next(&word, &next))
			raw = join(out, word);
		else
			g_string_append_c(out, *raw++);
	}
	return g_string_free(out, FALSE);
}

char *
encoded_words_subject(GMimeMessage *message)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	GMimeHeader *header = g_mime_header_list_get_header(headers, "Subject");
	const char *raw = header ? g_mime_header_get_raw_value(header) : NULL;
	const char *subject = g_mime_message_get_subject(message);

	if (!raw || !strstr(raw, "=?"))
		return g_strdup(subject ? subject : "");
	g_autofree char *joined = encoded_words_join(raw);
	g_autofree char *line = g_mime_utils_header_unfold(joined);
	return g_mime_utils_header_decode_text(NULL, line);
}
