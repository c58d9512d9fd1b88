#include "inbox/imap-answer.h"

#include <string.h>

gboolean
imap_is_temporary(const char *words)
{
	return strstr(words, "[UNAVAILABLE]") || strstr(words, "[INUSE]") ||
	       strstr(words, "[LIMIT]");
}

void
imap_answer_clear(struct imap_answer *answer)
{
	g_clear_pointer(&answer->mail, g_bytes_unref);
}

/* Two or four digits; the first may be a space. */
static int
digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (!g_ascii_isdigit(text[i]) && !(i == 0 && text[i] == ' '))
			return -1;
		value = 10 * value + (text[i] == ' ' ? 0 : text[i] - '0');
	}
	return value;
}

static int
month_number(const char *name)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };

	for (int i = 0; i < 12; i++)
		if (strncmp(months[i], name, 3) == 0)
			return i + 1;
	return -1;
}

gint64
imap_date(const char *text)
{
	static const char layout[] = "00-Aaa-0000 00:00:00 +0000";
	g_autoptr(GTimeZone) zone = NULL;
	g_autoptr(GDateTime) date = NULL;

	if (strlen(text) != sizeof layout - 1 || !strchr("+-", text[21]) ||
		digits(text + 22, 4) < 0)
		return 0;
	for (gsize i = 0; layout[i]; i++)
		if (strchr("-: ", layout[i]) && text[i] != layout[i])
			return 0;
	zone = g_time_zone_new_identifier(text + 21);
	if (!zone)
		return 0;
	date = g_date_time_new(zone, digits(text + 7, 4), month_number(text + 3), digits(text, 2),
		digits(text + 12, 2), digits(text + 15, 2), digits(text + 18, 2));
	return date ? g_date_time_to_unix(date) * G_USEC_PER_SEC : 0;
}

static gboolean
read_uid(struct imap_wire *wire, struct imap_answer *answer, GError **error)
{
	char text[16];
	guint64 value;

	if (!wire_word(wire, text, sizeof text, error))
		return FALSE;
	if (!wire_number(text, G_MAXUINT32, &value) || value == 0)
		return wire_garbage(error, "a UID is wrong");
	answer->uid = (guint32)value;
	return TRUE;
}

static gboolean
read_date(struct imap_wire *wire, struct imap_answer *answer, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!wire_want(wire, '"', error) || !wire_quoted(wire, text, error))
		return FALSE;
	answer->received = imap_date(text->str);
	return TRUE;
}

/* A literal, also of the kind that RFC 3516 has, a quoted text, or NIL. */
static gboolean
read_mail(struct imap_wire *wire, gsize max, struct imap_answer *answer, GError **error)
{
	gsize length;
	char c;

	if (answer->mail)
		return wire_garbage(error, "one mail is told twice");
	if (!wire_peek(wire, &c, error))
		return FALSE;
	if (c == '"') {
		g_autoptr(GString) text = g_string_new(NULL);

		wire->at++;
		if (!wire_quoted(wire, text, error))
			return FALSE;
		answer->mail = g_string_free_to_bytes(g_steal_pointer(&text));
		return TRUE;
	}
	if (c != '{' && c != '~')
		return wire_skip_value(wire, error);
	if ((c == '~' && !wire_want(wire, '~', error)) || !wire_want(wire, '{', error) ||
		!wire_literal_length(wire, max, &length, error))
		return FALSE;
	answer->mail = wire_literal(wire, length, error);
	return answer->mail != NULL;
}

static gboolean
read_item(struct imap_wire *wire, const struct imap_limits *limits, struct imap_answer *answer,
	GError **error)
{
	char name[64];

	if (!wire_word(wire, name, sizeof name, error) || !wire_want(wire, ' ', error))
		return FALSE;
	if (g_ascii_strcasecmp(name, "UID") == 0)
		return read_uid(wire, answer, error);
	if (g_ascii_strcasecmp(name, "INTERNALDATE") == 0)
		return read_date(wire, answer, error);
	/* With "<0>" after it, as a range was asked for. */
	if (g_ascii_strncasecmp(name, "BODY[]", 6) == 0)
		return read_mail(wire, limits->mail, answer, error);
	return wire_skip_value(wire, error);
}

static gboolean
read_fetch(struct imap_wire *wire, const struct imap_limits *limits, struct imap_answer *answer,
	GError **error)
{
	char c;

	answer->kind = IMAP_FETCH;
	if (!wire_want(wire, ' ', error) || !wire_want(wire, '(', error))
		return FALSE;
	for (int items = 0; items < 100; items++) {
		if (!wire_peek(wire, &c, error))
			return FALSE;
		if (c == ')') {
			wire->at++;
			return wire_line_end(wire, error);
		}
		if (items > 0 && !wire_want(wire, ' ', error))
			return FALSE;
		if (!read_item(wire, limits, answer, error))
			return FALSE;
	}
	return wire_garbage(error, "one mail has too many items");
}

/* Numbers to the line's end; what some servers add in brackets is left out. */
static gboolean
read_search(struct imap_wire *wire, const struct imap_limits *limits, struct imap_answer *answer,
	GError **error)
{
	char text[16];
	guint64 value;
	guint32 uid;
	char c, first;

	answer->kind = IMAP_SEARCH;
	for (gsize count = 0; count <= limits->found; count++) {
		if (!wire_next(wire, &c, error))
			return FALSE;
		if (c == '\r')
			return wire_want(wire, '\n', error);
		if (!wire_peek(wire, &first, error))
			return FALSE;
		if (c != ' ' || first == '(' || first == '\r')
			return wire_rest(wire, NULL, 0, error);
		if (!wire_word(wire, text, sizeof text, error))
			return FALSE;
		if (!wire_number(text, G_MAXUINT32, &value) || value == 0)
			return wire_garbage(error, "a UID is wrong");
		uid = (guint32)value;
		if (limits->numbers && limits->numbers->len >= limits->found)
			break;
		if (limits->numbers)
			g_array_append_val(limits->numbers, uid);
	}
	return wire_garbage(error, "a search finds too many mails");
}

static gboolean
read_name(struct imap_wire *wire, struct imap_answer *answer, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GBytes) bytes = NULL;
	gsize length;
	char c;

	if (!wire_peek(wire, &c, error))
		return FALSE;
	if (c != '"' && c != '{')
		return wire_rest(wire, answer->text, sizeof answer->text, error);
	wire->at++;
	if (c == '"') {
		if (!wire_quoted(wire, text, error))
			return FALSE;
	} else {
		if (!wire_literal_length(wire, sizeof answer->text, &length, error))
			return FALSE;
		bytes = wire_literal(wire, length, error);
		if (!bytes)
			return FALSE;
		g_string_append_len(text, g_bytes_get_data(bytes, NULL), (gssize)length);
	}
	g_strlcpy(answer->text, text->str, sizeof answer->text);
	return wire_rest(wire, NULL, 0, error);
}

/* Flags, the separator of folders, and the name. */
static gboolean
read_folder(struct imap_wire *wire, struct imap_answer *answer, GError **error)
{
	answer->kind = IMAP_FOLDER;
	return wire_want(wire, ' ', error) && wire_skip_value(wire, error) &&
	       wire_want(wire, ' ', error) && wire_skip_value(wire, error) &&
	       wire_want(wire, ' ', error) && read_name(wire, answer, error);
}

static gboolean
read_text(struct imap_wire *wire, struct imap_answer *answer, GError **error)
{
	char c;

	answer->text[0] = '\0';
	if (!wire_peek(wire, &c, error))
		return FALSE;
	if (c == ' ')
		wire->at++;
	return wire_rest(wire, answer->text, sizeof answer->text, error);
}

/* After "* ". */
static gboolean
read_untagged(struct imap_wire *wire, const struct imap_limits *limits, struct imap_answer *answer,
	GError **error)
{
	static const char *const states[] = { "OK", "NO", "BAD", "BYE", "PREAUTH", NULL };
	guint64 value;

	if (!wire_word(wire, answer->status, sizeof answer->status, error))
		return FALSE;
	if (wire_number(answer->status, G_MAXUINT32, &value)) {
		answer->number = (guint32)value;
		if (!wire_want(wire, ' ', error) ||
			!wire_word(wire, answer->status, sizeof answer->status, error))
			return FALSE;
		if (g_ascii_strcasecmp(answer->status, "FETCH") == 0)
			return read_fetch(wire, limits, answer, error);
		answer->kind = IMAP_COUNT;
		return wire_rest(wire, NULL, 0, error);
	}
	if (g_ascii_strcasecmp(answer->status, "SEARCH") == 0)
		return read_search(wire, limits, answer, error);
	if (g_ascii_strcasecmp(answer->status, "LIST") == 0)
		return read_folder(wire, answer, error);
	answer->kind = g_strv_contains(states, answer->status) ? IMAP_STATUS : IMAP_OTHER;
	return read_text(wire, answer, error);
}

gboolean
imap_answer_read(struct imap_wire *wire, const struct imap_limits *limits,
	struct imap_answer *answer, GError **error)
{
	char tag[16];
	guint64 value;

	imap_answer_clear(answer);
	*answer = (struct imap_answer){ 0 };
	if (!wire_word(wire, tag, sizeof tag, error) || !wire_want(wire, ' ', error))
		return FALSE;
	if (strcmp(tag, "*") == 0)
		return read_untagged(wire, limits, answer, error);
	if (tag[0] != 'a' || !wire_number(tag + 1, G_MAXUINT32, &value))
		return wire_garbage(error, "an answer to no command of ours");
	answer->kind = IMAP_TAGGED;
	answer->number = (guint32)value;
	return wire_word(wire, answer->status, sizeof answer->status, error) &&
	       read_text(wire, answer, error);
}
