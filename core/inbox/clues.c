#include "inbox/clues.h"

#include <string.h>

#include "base/reference.h"
#include "inbox/received.h"

/* References and ids that are taken from one mail, and of those the ids of its thread. */
#define CLUES_MAX 64
#define THREAD_MAX 32

static void
clue_free(void *data)
{
	struct clue *clue = data;

	g_free(clue->value);
	g_free(clue);
}

/* Takes value. */
static void
add(GPtrArray *clues, const char *key, char *value, gboolean is_message)
{
	struct clue *clue;
	gboolean is_new = clues->len < CLUES_MAX;

	for (guint i = 0; is_new && i < clues->len; i++)
		is_new = strcmp(((struct clue *)clues->pdata[i])->value, value) != 0;
	if (!is_new) {
		g_free(value);
		return;
	}
	clue = g_new(struct clue, 1);
	clue->key = key;
	clue->value = value;
	clue->is_message = is_message;
	g_ptr_array_add(clues, clue);
}

/* What is behind a reference that was found in text. */
static const char *
behind(const char *text, const char *reference)
{
	const gsize length = strlen(reference);

	for (const char *at = text; (at = strstr(at, "abate")); at += 5)
		if (at[5] && g_ascii_strncasecmp(at + 6, reference, length) == 0)
			return at + 6 + length;
	return NULL;
}

/* Adds every reference in text; TRUE when there was one. */
static gboolean
add_references(GPtrArray *clues, const char *key, const char *text)
{
	const char *at = text;
	gboolean any = FALSE;

	while (at && clues->len < CLUES_MAX) {
		char *reference = reference_find(at);

		if (!reference)
			break;
		at = behind(at, reference);
		any = TRUE;
		add(clues, key, reference, FALSE);
	}
	return any;
}

/* Mail systems change the case of addresses. */
static gboolean
add_in_any_case(GPtrArray *clues, const char *key, const char *text)
{
	g_autofree char *lower = text && *text ? g_ascii_strdown(text, -1) : NULL;

	return add_references(clues, key, lower);
}

/* The ids of a thread, the last one first: it is what was answered. */
static void
add_thread(GPtrArray *clues, const char *key, const char *header)
{
	g_auto(GStrv) ids = header ? g_strsplit_set(header, "<> \t\r\n,", -1) : NULL;
	guint looked = 0;

	for (guint i = ids ? g_strv_length(ids) : 0; i-- > 0 && looked < THREAD_MAX;) {
		if (!*ids[i])
			continue;
		looked++;
		if (!add_in_any_case(clues, key, ids[i]))
			add(clues, key, g_strdup(ids[i]), TRUE);
	}
}

static gboolean
is_recipient(const char *name)
{
	static const char *const names[] = { "To", "Cc", "Delivered-To", "X-Original-To",
		"Envelope-To", NULL };

	for (const char *const *one = names; *one; one++)
		if (g_ascii_strcasecmp(name, *one) == 0)
			return TRUE;
	return FALSE;
}

static void
add_addresses(GPtrArray *clues, const struct mail *mail)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail->message));
	const int n = g_mime_header_list_get_count(headers);
	const char *received = mail_header(mail, "Received");

	for (int i = 0; i < n; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);

		if (is_recipient(g_mime_header_get_name(header)))
			add_in_any_case(clues, "address", g_mime_header_get_raw_value(header));
	}
	/* Where a list or an alias is in To, our own server alone may tell whom it was for. */
	if (received) {
		g_autofree char *address = received_for(received);

		add_in_any_case(clues, "address", address);
	}
}

/* Our envelope id is the reference alone, or with its tag. */
static void
add_envelope_id(GPtrArray *clues, const char *status)
{
	static const char name[] = "\noriginal-envelope-id:";
	g_autofree char *begun = g_strconcat("\n", status, NULL);
	g_autofree char *fields = g_ascii_strdown(begun, -1);
	g_autofree char *id = NULL, *tagged = NULL;
	const char *at = strstr(fields, name);

	if (!at)
		return;
	at += strlen(name);
	id = g_strstrip(g_strndup(at, strcspn(at, "\n")));
	tagged = g_strconcat("abate-", id, NULL);
	if (!add_references(clues, "envid", tagged))
		add_references(clues, "envid", id);
}

gboolean
clues_is_delivery(const struct verdict *verdict)
{
	return strcmp(verdict->class, "bounce") == 0 || strcmp(verdict->class, "delay") == 0;
}

GPtrArray *
clues_collect(const struct mail *mail, const struct verdict *verdict)
{
	GPtrArray *clues = g_ptr_array_new_with_free_func(clue_free);
	const gboolean delivery = clues_is_delivery(verdict);
	const char *status = delivery ? mail_part(mail, "message/delivery-status") : NULL;

	add_thread(clues, "in-reply-to", mail_header(mail, "In-Reply-To"));
	add_thread(clues, "references", mail_header(mail, "References"));
	add_addresses(clues, mail);
	add_in_any_case(clues, "subject", mail->subject);
	if (status)
		add_envelope_id(clues, status);
	/* What a bounce returns of our mail, as a part or in its text; what others quote. */
	for (guint i = 0; i < mail->parts->len; i++)
		add_references(clues, delivery ? "returned-headers" : "text",
			((const struct mail_part *)mail->parts->pdata[i])->text);
	return clues;
}
