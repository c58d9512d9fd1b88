#include "compose/mime.h"

#include "base/text.h"
#include "compose/gmime-auto.h"
#include "compose/header.h"
#include "compose/mustache.h"

#include <string.h>

enum { MAX_LINE = 998, MAX_MESSAGE_ID = 500, MAX_SUBJECT = 240, MAX_FILE_NAME = 100 };

static gboolean
is_format_character(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);
	return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
	       type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *
mime_one_line(const char *text, glong most)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *line = g_string_new(NULL);
	glong count = 0;
	for (const char *p = valid; *p && count < most; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		gboolean space = c == ' ' || is_format_character(c);
		if (space && (line->len == 0 || line->str[line->len - 1] == ' '))
			continue;
		g_string_append_unichar(line, space ? ' ' : c);
		count++;
	}
	return g_strchomp(g_string_free(line, FALSE));
}

char *
mime_file_name(const char *name)
{
	char *line = mime_one_line(name, MAX_FILE_NAME);
	for (char *p = line; *p; p++)
		if (strchr("/\\:*?\"<>|%", *p))
			*p = '_';
	if (line[0] == '.')
		line[0] = '_';
	if (!*line) {
		g_free(line);
		return g_strdup("evidence");
	}
	return line;
}

/* 7bit where the text allows it, so that a person can read the mail's source too. */
static GMimeContentEncoding
encoding_for(const char *text, gboolean is_signed)
{
	gsize high = 0, length = strlen(text), longest = 0, line = 0;
	for (gsize i = 0; i < length; i++) {
		high += (guchar)text[i] >= 0x80;
		line = text[i] == '\n' ? 0 : line + 1;
		longest = MAX(longest, line);
	}
	if (high > length / 5 || longest > 4096)
		return GMIME_CONTENT_ENCODING_BASE64;
	if (high || longest > MAX_LINE - 98 || is_signed)
		return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
	return GMIME_CONTENT_ENCODING_7BIT;
}

static GMimePart *
part_new(const char *type, const char *subtype, const void *bytes, gsize length,
	GMimeContentEncoding encoding)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	/* Empty GBytes may be NULL. */
	g_autoptr(GMimeStream) stream =
		g_mime_stream_mem_new_with_buffer(bytes ? bytes : "", length);
	g_autoptr(GMimeDataWrapper) content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding);
	return part;
}

/* Base64 carries the line ends as they are, and the canonical form of text has CRLF. */
static GMimeObject *
text_part(const char *text, gboolean is_signed)
{
	GMimeContentEncoding encoding = encoding_for(text, is_signed);
	g_autoptr(GString) canonical = g_string_new(text);
	if (encoding == GMIME_CONTENT_ENCODING_BASE64)
		g_string_replace(canonical, "\n", "\r\n", 0);
	GMimePart *part = part_new("text", "plain", canonical->str, canonical->len, encoding);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	return GMIME_OBJECT(part);
}

static void
add_attachment(GMimeMultipart *parts, GMimePart *part, const char *name)
{
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(part, name);
	g_mime_multipart_add(parts, GMIME_OBJECT(part));
	g_object_unref(part);
}

static void
add_xarf(GMimeMultipart *parts, const struct mime_mail *mail)
{
	for (guint i = 0; mail->xarf && i < mail->xarf->len; i++) {
		const char *json = g_ptr_array_index(mail->xarf, i);
		g_autofree char *name = mail->xarf->len == 1
						? g_strdup("xarf.json")
						: g_strdup_printf("xarf-%u.json", i + 1);
		add_attachment(parts,
			part_new("application", "json", json, strlen(json),
				encoding_for(json, mail->signer != NULL)),
			name);
	}
}

/* message and multipart types may not be base64, and these bytes must not change: what stands
 * under the SHA-256 is what arrives. */
static gboolean
split_type(const char *media_type, char **type, char **subtype)
{
	static const char token[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-_";
	g_auto(GStrv) halves = g_strsplit(media_type ? media_type : "", "/", 3);
	gboolean good = media_type && g_strv_length(halves) == 2 && *halves[0] && *halves[1] &&
			strlen(media_type) < 128 && strspn(halves[0], token) == strlen(halves[0]) &&
			strspn(halves[1], token) == strlen(halves[1]) &&
			g_ascii_strcasecmp(halves[0], "message") != 0 &&
			g_ascii_strcasecmp(halves[0], "multipart") != 0;
	*type = g_strdup(good ? halves[0] : "application");
	*subtype = g_strdup(good ? halves[1] : "octet-stream");
	return good;
}

static void
add_evidence(GMimeMultipart *parts, const struct mime_mail *mail)
{
	for (guint i = 0; mail->evidence && i < mail->evidence->len; i++) {
		const struct evidence *evidence = g_ptr_array_index(mail->evidence, i);
		g_autofree char *type = NULL, *subtype = NULL;
		g_autofree char *name = mime_file_name(evidence->name);
		gsize size;
		const void *bytes = g_bytes_get_data(evidence->content, &size);
		split_type(evidence->media_type, &type, &subtype);
		GMimePart *part =
			part_new(type, subtype, bytes, size, GMIME_CONTENT_ENCODING_BASE64);
		g_autofree char *hash = g_strdup_printf("SHA-256: %s", evidence->sha256);
		g_mime_part_set_content_description(part, hash);
		add_attachment(parts, part, name);
	}
}

static GMimeObject *
body_new(const struct mime_mail *mail)
{
	GMimeObject *text = text_part(mail->text, mail->signer != NULL);
	gboolean alone =
		!(mail->xarf && mail->xarf->len) && !(mail->evidence && mail->evidence->len);
	if (alone)
		return text;
	GMimeMultipart *parts = g_mime_multipart_new_with_subtype("mixed");
	g_autofree char *boundary = g_strdup_printf("=_abate-%s", mail->reference);
	g_mime_multipart_set_boundary(parts, boundary);
	g_mime_multipart_add(parts, text);
	g_object_unref(text);
	add_xarf(parts, mail);
	add_evidence(parts, mail);
	return GMIME_OBJECT(parts);
}

static gboolean
check_address(const char *address, const char *what, GError **error)
{
	if (text_is_mail_address(address))
		return TRUE;
	g_autofree char *shown = text_for_terminal(address);
	g_set_error(error, COMPOSE_ERROR, 0, "%s \"%s\" is no mail address", what, shown);
	return FALSE;
}

static void
add_mailbox(InternetAddressList *list, const char *name, const char *address)
{
	g_autofree char *line = name && *name ? mime_one_line(name, 100) : NULL;
	g_autoptr(InternetAddress) mailbox = internet_address_mailbox_new(line, address);
	internet_address_list_add(list, mailbox);
}

/* Sets a header to a value that is folded and encoded already. */
static void
set_raw(GMimeMessage *message, const char *name, const char *plain, const char *raw)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	g_mime_header_list_set(headers, name, plain, "utf-8");
	g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, name), raw);
}

static void
set_from(GMimeMessage *message, const struct mime_mail *mail)
{
	add_mailbox(g_mime_message_get_from(message), mail->from_name, mail->from);
	g_autofree char *line = mime_one_line(mail->from_name, 100);
	if (!header_needs_encoding(line))
		return;
	g_autofree char *whole = g_strdup_printf("%s <%s>", line, mail->from);
	g_autofree char *raw = header_fold(whole, strlen("From:"));
	set_raw(message, "From", mail->from, raw);
}

/* Ticket systems file a mail by these. */
static void
set_thread(GMimeMessage *message, const char *first)
{
	if (!first || !*first || strlen(first) > MAX_MESSAGE_ID || strpbrk(first, "<> \t\r\n"))
		return;
	g_autofree char *id = g_strdup_printf("<%s>", first);
	g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", id, NULL);
	g_mime_object_set_header(GMIME_OBJECT(message), "References", id, NULL);
}

static GMimeMessage *
message_new(const struct mime_mail *mail)
{
	GMimeMessage *message = g_mime_message_new(FALSE);
	g_autofree char *subject = mime_one_line(mail->subject, MAX_SUBJECT);
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(mail->date / G_USEC_PER_SEC);
	set_from(message, mail);
	add_mailbox(g_mime_message_get_to(message), NULL, mail->to);
	if (mail->reply_to)
		add_mailbox(g_mime_message_get_reply_to(message), NULL, mail->reply_to);
	g_autofree char *raw = header_fold(subject, strlen("Subject:"));
	set_raw(message, "Subject", subject, raw);
	g_mime_message_set_date(message, date);
	g_mime_message_set_message_id(message, mail->message_id);
	set_thread(message, mail->in_reply_to);
	g_mime_object_set_header(GMIME_OBJECT(message), "MIME-Version", "1.0", NULL);
	return message;
}

static GBytes *
write_out(GMimeMessage *message)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	GByteArray *bytes = g_byte_array_sized_new(4096);
	g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_byte_array(bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
	g_mime_format_options_free(options);
	return g_byte_array_free_to_bytes(bytes);
}

/* The last look before the bytes are kept: what no server may have to mend. */
static gboolean
check_bytes(GBytes *bytes, GError **error)
{
	gsize size;
	const char *at = g_bytes_get_data(bytes, &size);
	const char *end = at + size;
	gsize line = 0;
	while (at < end) {
		const char *newline = memchr(at, '\n', (gsize)(end - at));
		line++;
		if (!newline || newline == at || newline[-1] != '\r' ||
			newline - 1 - at > MAX_LINE ||
			memchr(at, '\r', (gsize)(newline - 1 - at)) ||
			memchr(at, '\0', (gsize)(newline - at))) {
			g_set_error(error, COMPOSE_ERROR, 0,
				"line %" G_GSIZE_FORMAT
				" of the mail is longer than 998 bytes or has "
				"a bare CR, LF or NUL",
				line);
			return FALSE;
		}
		at = newline + 1;
	}
	return TRUE;
}

GBytes *
mime_compose(const struct mime_mail *mail, GError **error)
{
	if (!check_address(mail->from, "the sender ([mail] from or [reporter] email)", error) ||
		!check_address(mail->to, "the recipient", error) ||
		(mail->reply_to && !check_address(mail->reply_to, "[mail] reply_to", error)))
		return NULL;
	gmime_start();
	g_autoptr(GMimeMessage) message = message_new(mail);
	GMimeObject *body = body_new(mail);
	if (mail->signer) {
		GMimeObject *plain = body;
		body = signer_sign(mail->signer, plain, error);
		g_object_unref(plain);
		if (!body)
			return NULL;
		g_autofree char *boundary = g_strdup_printf("=_abate-signed-%s", mail->reference);
		g_mime_multipart_set_boundary(GMIME_MULTIPART(body), boundary);
	}
	g_mime_message_set_mime_part(message, body);
	g_object_unref(body);
	g_autoptr(GBytes) bytes = write_out(message);
	return check_bytes(bytes, error) ? g_steal_pointer(&bytes) : NULL;
}
