#include "inbox/imap-wire.h"

#include <string.h>

/* What is skipped in one answer: lists of flags and the like; and how deep they nest. */
#define MAX_SKIPPED (1024 * 1024)
#define MAX_DEPTH 16

gboolean
wire_garbage(GError **error, const char *words)
{
	g_set_error(
		error, IMAP_ERROR, IMAP_ERROR_GARBAGE, "the server's answer is no IMAP: %s", words);
	return FALSE;
}

static gboolean
fill(struct imap_wire *wire, char *buffer, gsize space, gsize *got, GError **error)
{
	if (!wire->fill(wire->user, buffer, space, got, error))
		return FALSE;
	if (*got > 0)
		return TRUE;
	g_set_error(error, IMAP_ERROR, IMAP_ERROR_BROKEN, "the server closed the connection");
	return FALSE;
}

static gboolean
refill(struct imap_wire *wire, GError **error)
{
	wire->at = wire->end = 0;
	return fill(wire, wire->buffer, sizeof wire->buffer, &wire->end, error);
}

gboolean
wire_peek(struct imap_wire *wire, char *c, GError **error)
{
	if (wire->at == wire->end && !refill(wire, error))
		return FALSE;
	*c = wire->buffer[wire->at];
	return TRUE;
}

gboolean
wire_next(struct imap_wire *wire, char *c, GError **error)
{
	if (!wire_peek(wire, c, error))
		return FALSE;
	wire->at++;
	return TRUE;
}

gboolean
wire_want(struct imap_wire *wire, char wanted, GError **error)
{
	char c;

	if (!wire_next(wire, &c, error))
		return FALSE;
	return c == wanted || wire_garbage(error, "a separator is missing");
}

gboolean
wire_line_end(struct imap_wire *wire, GError **error)
{
	return wire_want(wire, '\r', error) && wire_want(wire, '\n', error);
}

gboolean
wire_word(struct imap_wire *wire, char *text, gsize space, GError **error)
{
	gsize length = 0;
	char c;

	for (;;) {
		if (!wire_peek(wire, &c, error))
			return FALSE;
		if (strchr(" ()\r\n", c) && c)
			break;
		if (length + 1 == space)
			return wire_garbage(error, "a word is too long");
		text[length++] = c;
		wire->at++;
	}
	text[length] = '\0';
	return TRUE;
}

gboolean
wire_rest(struct imap_wire *wire, char *text, gsize space, GError **error)
{
	gsize length = 0;
	char c;

	for (gsize read = 0;; read++) {
		if (!wire_next(wire, &c, error))
			return FALSE;
		if (c == '\n')
			break;
		if (read == MAX_SKIPPED)
			return wire_garbage(error, "a line does not end");
		if (text && length + 1 < space && c)
			text[length++] = c;
	}
	if (text) {
		if (length > 0 && text[length - 1] == '\r')
			length--;
		text[length] = '\0';
	}
	return TRUE;
}

gboolean
wire_number(const char *text, guint64 max, guint64 *value)
{
	return g_ascii_string_to_unsigned(text, 10, 0, max, value, NULL);
}

gboolean
wire_literal_length(struct imap_wire *wire, gsize max, gsize *length, GError **error)
{
	char text[24];
	gsize end;
	guint64 value;

	if (!wire_word(wire, text, sizeof text, error))
		return FALSE;
	end = strlen(text);
	if (end < 2 || text[end - 1] != '}')
		return wire_garbage(error, "a length is wrong");
	text[end - 1] = '\0';
	if (!wire_number(text, G_MAXUINT64, &value))
		return wire_garbage(error, "a length is wrong");
	if (value > max)
		return wire_garbage(error, "a part is larger than what was asked for");
	*length = (gsize)value;
	return wire_line_end(wire, error);
}

/* Grows with what comes, so that a length alone takes no memory. */
GBytes *
wire_literal(struct imap_wire *wire, gsize length, GError **error)
{
	gsize held = MIN(length, wire->end - wire->at);
	gsize space = MIN(length, MAX(held, 1024 * 1024));
	char *bytes = g_malloc(space + 1);
	gsize got = 0;

	memcpy(bytes, wire->buffer + wire->at, held);
	wire->at += held;
	while (held < length) {
		if (held == space) {
			space = MIN(length, 2 * space);
			bytes = g_realloc(bytes, space + 1);
		}
		if (!fill(wire, bytes + held, space - held, &got, error)) {
			g_free(bytes);
			return NULL;
		}
		held += got;
	}
	return g_bytes_new_take(bytes, length);
}

gboolean
wire_quoted(struct imap_wire *wire, GString *text, GError **error)
{
	char c;

	for (gsize read = 0; read < MAX_SKIPPED; read++) {
		if (!wire_next(wire, &c, error))
			return FALSE;
		if (c == '"')
			return TRUE;
		if (c == '\r' || c == '\n')
			break;
		if (c == '\\' && !wire_next(wire, &c, error))
			return FALSE;
		if (text)
			g_string_append_c(text, c);
	}
	return wire_garbage(error, "a quoted text does not end");
}

static gboolean
skip_literal(struct imap_wire *wire, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	gsize length;

	if (!wire_literal_length(wire, MAX_SKIPPED, &length, error))
		return FALSE;
	bytes = wire_literal(wire, length, error);
	return bytes != NULL;
}

gboolean
wire_skip_value(struct imap_wire *wire, GError **error)
{
	int depth = 0;
	char c;

	for (gsize read = 0; read < MAX_SKIPPED; read++) {
		if (!wire_peek(wire, &c, error))
			return FALSE;
		if (depth == 0 && strchr(" )\r\n", c) && c)
			return TRUE;
		wire->at++;
		if (c == '"' && !wire_quoted(wire, NULL, error))
			return FALSE;
		if (c == '{' && !skip_literal(wire, error))
			return FALSE;
		depth += (c == '(') - (c == ')');
		if (depth > MAX_DEPTH || c == '\n')
			break;
	}
	return wire_garbage(error, "a list does not end");
}
