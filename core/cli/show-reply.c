#include "cli/show-reply.h"

#include <string.h>

#include "cli/table.h"
#include "inbox/mail.h"

/* Headers that tell who answered what, and whether to believe it. */
static gboolean
is_telling(const char *name)
{
	static const char *const names[] = { "From", "Sender", "Reply-To", "To", "Cc", "Date",
		"Subject", "Message-ID", "In-Reply-To", "References", "Return-Path", "Delivered-To",
		"Auto-Submitted", "Authentication-Results", NULL };

	for (gsize i = 0; names[i]; i++)
		if (g_ascii_strcasecmp(names[i], name) == 0)
			return TRUE;
	return FALSE;
}

#define HEADERS_MAX 60
#define VALUE_MAX 1000
#define ANSWER_MAX 4000

static json_t *
headers_json(const struct mail *mail)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));
	const int n = g_mime_header_list_get_count(headers);
	json_t *list = json_array();

	for (int i = 0; i < n && json_array_size(list) < HEADERS_MAX; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
		const char *value = g_mime_header_get_value(header);
		g_autofree char *bounded = NULL;

		if (!value || !is_telling(g_mime_header_get_name(header)))
			continue;
		bounded = g_utf8_make_valid(value, (gssize)MIN(strlen(value), VALUE_MAX));
		json_array_append_new(list,
			json_pack("{s:o, s:o}", "name", json_text(g_mime_header_get_name(header)),
				"value", json_text(bounded)));
	}
	return list;
}

/* Of an API's answer the beginning is enough: the verdict is beside it. */
static void
show_answer(json_t *object, GBytes *content)
{
	gsize size;
	const char *data = g_bytes_get_data(content, &size);
	g_autofree char *text = g_utf8_make_valid(data ? data : "", (gssize)MIN(size, ANSWER_MAX));

	if (*text)
		json_object_set_new(object, "text", json_text(text));
}

void
show_reply_content(json_t *object, const struct reply *reply)
{
	g_autoptr(Mail) mail =
		reply->content && reply->digest ? mail_parse(reply->content, NULL) : NULL;

	if (reply->content && !reply->digest)
		show_answer(object, reply->content);
	if (!mail)
		return;
	json_object_set_new(object, "headers", headers_json(mail));
	json_object_set_new(object, "text", json_text(mail->text));
}
