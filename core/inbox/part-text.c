#include "inbox/part-text.h"

#include <string.h>

#include "inbox/mail.h"

char *
part_bounded(const char *text, gsize size)
{
	/* An empty part may have no bytes at all. */
	return g_utf8_make_valid(text ? text : "", (gssize)MIN(size, (gsize)MAIL_MAX_TEXT));
}

static char *
decoded_bytes(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	g_autoptr(GByteArray) array = g_byte_array_new();

	if (!content)
		return g_strdup("");
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return part_bounded((const char *)array->data, array->len);
}

/* Whether the part's bytes are its text already, as far as it says. */
static gboolean
is_plain(GMimePart *part)
{
	const char *charset =
		g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);

	if (charset && g_ascii_strcasecmp(charset, "utf-8") != 0 &&
		g_ascii_strcasecmp(charset, "us-ascii") != 0)
		return FALSE;
	return encoding == GMIME_CONTENT_ENCODING_DEFAULT ||
	       encoding == GMIME_CONTENT_ENCODING_7BIT || encoding == GMIME_CONTENT_ENCODING_8BIT;
}

/* The short way for most parts; NULL where it does not do. */
static char *
plain_text(GMimePart *part)
{
	GMimeDataWrapper *content = is_plain(part) ? g_mime_part_get_content(part) : NULL;
	GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
	gint64 length = stream ? g_mime_stream_length(stream) : -1;
	g_autofree char *text = NULL;

	if (length < 0 || length > MAIL_MAX_TEXT || g_mime_stream_reset(stream) < 0)
		return NULL;
	text = g_malloc((gsize)length + 1);
	length = g_mime_stream_read(stream, text, (gsize)length);
	if (length < 0 || !g_utf8_validate(text, length, NULL))
		return NULL;
	text[length] = '\0';
	return g_steal_pointer(&text);
}

/* Japanese mails that do not say that they are ISO-2022-JP. */
static char *
from_japanese(char *text)
{
	char *japanese;

	if (!strstr(text, "\x1b$"))
		return text;
	japanese = g_convert(text, -1, "UTF-8", "ISO-2022-JP", NULL, NULL, NULL);
	if (!japanese)
		return text;
	g_free(text);
	return japanese;
}

static char *
text_of(GMimePart *part)
{
	char *plain = plain_text(part);
	g_autofree char *text = NULL;

	if (plain)
		return from_japanese(plain);
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	return text ? part_bounded(text, strlen(text)) : decoded_bytes(part);
}

/* The C library unloads a converter that nobody holds, and loads it again for the next mail, which
 * takes longer than the mail does. */
static void
hold_converters(void)
{
	static const char *const names[] = { "ISO-2022-JP", "SHIFT_JIS", "EUC-JP" };
	static GIConv held[G_N_ELEMENTS(names)];

	for (gsize i = 0; i < G_N_ELEMENTS(names) && !held[i]; i++)
		held[i] = g_iconv_open("UTF-8", names[i]);
}

char *
part_text(GMimeObject *object)
{
	hold_converters();
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		g_autofree char *headers =
			inner ? g_mime_object_get_headers(GMIME_OBJECT(inner), NULL) : NULL;
		return part_bounded(headers ? headers : "", headers ? strlen(headers) : 0);
	}
	if (GMIME_IS_TEXT_PART(object))
		return text_of(GMIME_PART(object));
	return GMIME_IS_PART(object) ? decoded_bytes(GMIME_PART(object)) : g_strdup("");
}
