#include "inbox/part-text.h"

#include <string.h>

#include "inbox/charset.h"
#include "inbox/mail.h"

/* Its bytes without their transfer encoding. */
static GByteArray *
decoded_bytes(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GByteArray *array = g_byte_array_new();

	if (!content)
		return array;
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_data_wrapper_write_to_stream(content, stream);
	g_object_unref(stream);
	return array;
}

static gboolean
is_encoded(GMimePart *part)
{
	switch (g_mime_part_get_content_encoding(part)) {
	case GMIME_CONTENT_ENCODING_DEFAULT:
	case GMIME_CONTENT_ENCODING_7BIT:
	case GMIME_CONTENT_ENCODING_8BIT:
	case GMIME_CONTENT_ENCODING_BINARY:
		return FALSE;
	default:
		return TRUE;
	}
}

/* The short way for most parts; NULL where it does not do. */
static GByteArray *
plain_bytes(GMimePart *part)
{
	GMimeDataWrapper *content = is_encoded(part) ? NULL : g_mime_part_get_content(part);
	GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
	gint64 length = stream ? g_mime_stream_length(stream) : -1;
	GByteArray *bytes;

	if (length <= 0 || g_mime_stream_reset(stream) < 0)
		return NULL;
	bytes = g_byte_array_new();
	g_byte_array_set_size(bytes, (guint)MIN(length, MAIL_MAX_TEXT));
	length = g_mime_stream_read(stream, (char *)bytes->data, bytes->len);
	g_byte_array_set_size(bytes, (guint)MAX(length, 0));
	return bytes;
}

static char *
text_of(GMimePart *part)
{
	const char *charset =
		g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	g_autoptr(GByteArray) bytes = plain_bytes(part);

	if (!bytes)
		bytes = decoded_bytes(part);
	/* An empty part may have no bytes at all. */
	return charset_decode(bytes->data ? (const char *)bytes->data : "", bytes->len, charset);
}

char *
part_text(GMimeObject *object)
{
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		g_autofree char *headers =
			inner ? g_mime_object_get_headers(GMIME_OBJECT(inner), NULL) : NULL;
		return headers ? charset_decode(headers, strlen(headers), NULL) : g_strdup("");
	}
	return GMIME_IS_PART(object) ? text_of(GMIME_PART(object)) : g_strdup("");
}
