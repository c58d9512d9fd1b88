#include "inbox/mail.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "inbox/charset.h"
#include "inbox/encoded-words.h"
#include "inbox/html.h"
#include "inbox/part-text.h"
#include "inbox/tame.h"
#include "inbox/trace.h"

static void
part_free(void *data)
{
	struct mail_part *part = data;

	g_free(part->type);
	g_free(part->text);
	g_free(part);
}

void
mail_close(struct mail *mail)
{
	g_clear_object(&mail->message);
	g_clear_pointer(&mail->parts, g_ptr_array_unref);
}

void
mail_free(struct mail *mail)
{
	if (!mail)
		return;
	mail_close(mail);
	g_free(mail->subject);
	g_free(mail->text);
	g_free(mail);
}

static void
take_part(struct mail *mail, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	g_autofree char *name = type ? g_mime_content_type_get_mime_type(type) : NULL;
	g_autofree char *lower = g_ascii_strdown(name ? name : "text/plain", -1);
	struct mail_part *part;

	/* Attachments are never looked into. */
	if (!g_str_has_prefix(lower, "text/") && !g_str_has_prefix(lower, "message/"))
		return;
	part = g_new0(struct mail_part, 1);
	part->text = part_text(object);
	part->attached = g_strcmp0(g_mime_object_get_disposition(object), "attachment") == 0;
	if (strcmp(lower, "text/html") == 0) {
		char *words = html_words(part->text);
		g_free(part->text);
		part->text = words;
	}
	part->type = g_steal_pointer(&lower);
	g_ptr_array_add(mail->parts, part);
}

/* A gateway may wrap a delivery report into a report of its own: its status is kept under a name
 * that says so. */
static void
take_nested(struct mail *mail, GMimeObject *object)
{
	GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	GMimeObject *body = inner ? g_mime_message_get_mime_part(inner) : NULL;
	int n = GMIME_IS_MULTIPART(body) ? g_mime_multipart_get_count(GMIME_MULTIPART(body)) : 0;

	for (int i = 0; i < MIN(n, MAIL_MAX_PARTS); i++) {
		GMimeObject *child = g_mime_multipart_get_part(GMIME_MULTIPART(body), i);
		GMimeContentType *type = child ? g_mime_object_get_content_type(child) : NULL;
		struct mail_part *part;

		if (!type || !g_mime_content_type_is_type(type, "message", "delivery-status"))
			continue;
		part = g_new0(struct mail_part, 1);
		part->type = g_strdup("nested/delivery-status");
		part->text = part_text(child);
		g_ptr_array_add(mail->parts, part);
	}
}

/* A multipart whose boundary never comes is the text that it is. */
static void
take_prologue(struct mail *mail, GMimeMultipart *multipart)
{
	const char *prologue = g_mime_multipart_get_prologue(multipart);
	struct mail_part *part;

	if (!prologue)
		return;
	part = g_new0(struct mail_part, 1);
	part->type = g_strdup("text/plain");
	part->text = charset_decode(prologue, strlen(prologue), NULL);
	g_ptr_array_add(mail->parts, part);
}

static void
walk(struct mail *mail, GMimeObject *object, guint depth)
{
	if (!object || depth > MAIL_MAX_DEPTH || mail->parts->len >= MAIL_MAX_PARTS)
		return;
	if (!GMIME_IS_MULTIPART(object)) {
		take_part(mail, object);
		if (GMIME_IS_MESSAGE_PART(object))
			take_nested(mail, object);
		return;
	}
	int n = MIN(g_mime_multipart_get_count(GMIME_MULTIPART(object)), MAIL_MAX_PARTS);
	if (n == 0)
		take_prologue(mail, GMIME_MULTIPART(object));
	for (int i = 0; i < n; i++)
		walk(mail, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
}

/* The same with line ends as they are here, and with one at the end. */
static void
append_lines(GString *text, const char *lines)
{
	for (;;) {
		const char *end = strstr(lines, "\r\n");

		if (!end)
			break;
		g_string_append_len(text, lines, end - lines);
		g_string_append_c(text, '\n');
		lines = end + 2;
	}
	g_string_append(text, lines);
	g_string_append_c(text, '\n');
}

static gboolean
has_part(const struct mail *mail, const char *type, gboolean attached)
{
	for (guint i = 0; i < mail->parts->len; i++) {
		const struct mail_part *part = g_ptr_array_index(mail->parts, i);

		if (part->attached == attached && strcmp(part->type, type) == 0)
			return TRUE;
	}
	return FALSE;
}

/* Plain parts; HTML only where there is no plain one, files only where there is nothing else. */
static char *
text_of(const struct mail *mail)
{
	GString *text = g_string_new(NULL);
	gboolean plain = has_part(mail, "text/plain", FALSE);
	gboolean attached = !plain && !has_part(mail, "text/html", FALSE);
	const char *type = plain || (attached && has_part(mail, "text/plain", TRUE)) ? "text/plain"
										     : "text/html";

	for (guint i = 0; i < mail->parts->len; i++) {
		const struct mail_part *part = g_ptr_array_index(mail->parts, i);

		if (part->attached == attached && strcmp(part->type, type) == 0 &&
			text->len < MAIL_MAX_TEXT)
			append_lines(text, part->text);
	}
	return g_string_free(text, FALSE);
}

/* Whether the first line is "Name: value". */
static gboolean
has_headers(const char *text)
{
	gsize length = 0;

	while (g_ascii_isalnum(text[length]) || text[length] == '-' || text[length] == '_')
		length++;
	return length > 0 && length < 60 && text[length] == ':';
}

/* Old Macintosh line ends, an mbox "From " line and text without headers, as a parser expects. */
static GString *
normal_bytes(GBytes *bytes, gboolean *bare)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	GString *text = g_string_new_len(data, (gssize)MIN(size, (gsize)MAIL_MAX_SIZE));

	tame(text);
	if (!memchr(text->str, '\n', text->len))
		g_strdelimit(text->str, "\r", '\n');
	g_string_erase(text, 0, (gssize)strspn(text->str, " \t\r\n"));
	if (g_str_has_prefix(text->str, "From ") || g_str_has_prefix(text->str, ">From "))
		g_string_erase(text, 0, (gssize)MIN(strcspn(text->str, "\n") + 1, text->len));
	*bare = !has_headers(text->str);
	if (*bare)
		g_string_prepend(text, "\n");
	/* Headers that were cut off are headers still. */
	if (text->len > 1)
		g_string_append(text, "\n\n");
	return text;
}

static struct mail *
parse(GBytes *bytes, gboolean brief, GError **error)
{
	gboolean bare;
	GString *text = normal_bytes(bytes, &bare);

	if (brief && !bare)
		trace_drop(text);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text->str, text->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message =
		text->len > 1 ? g_mime_parser_construct_message(parser, NULL) : NULL;
	struct mail *mail = NULL;

	g_object_unref(parser);
	g_object_unref(stream);
	g_string_free(text, TRUE);
	if (!message) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
			"there is no mail in it: give the file of one whole mail");
		return NULL;
	}
	mail = g_new0(struct mail, 1);
	mail->message = message;
	mail->bare = bare;
	mail->parts = g_ptr_array_new_with_free_func(part_free);
	walk(mail, g_mime_message_get_mime_part(message), 0);
	mail->subject = encoded_words_subject(message);
	mail->text = text_of(mail);
	return mail;
}

struct mail *
mail_parse(GBytes *bytes, GError **error)
{
	return parse(bytes, FALSE, error);
}

struct mail *
mail_parse_brief(GBytes *bytes, GError **error)
{
	return parse(bytes, TRUE, error);
}

struct mail *
mail_read(const char *path, GError **error)
{
	FILE *file = fopen(path, "rb");
	g_autofree char *buffer = g_malloc(MAIL_MAX_SIZE);
	g_autoptr(GBytes) bytes = NULL;
	struct mail *mail;

	if (!file) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %m", path);
		return NULL;
	}
	bytes = g_bytes_new(buffer, fread(buffer, 1, MAIL_MAX_SIZE, file));
	fclose(file);
	mail = mail_parse(bytes, error);
	if (!mail)
		g_prefix_error(error, "%s: ", path);
	return mail;
}

const char *
mail_header(const struct mail *mail, const char *name)
{
	return g_mime_object_get_header(GMIME_OBJECT(mail->message), name);
}

const char *
mail_part(const struct mail *mail, const char *type)
{
	for (guint i = 0; i < mail->parts->len; i++) {
		const struct mail_part *part = g_ptr_array_index(mail->parts, i);

		if (strcmp(part->type, type) == 0)
			return part->text;
	}
	return NULL;
}

const char *
mail_parameter(const struct mail *mail, const char *name)
{
	GMimeObject *body = g_mime_message_get_mime_part(mail->message);
	GMimeContentType *type = body ? g_mime_object_get_content_type(body) : NULL;

	return type ? g_mime_content_type_get_parameter(type, name) : NULL;
}
