#include "net/answer.h"

#include <string.h>

#include "base/text.h"

#define MAX_LINE 500
#define MAX_FAULTS 20

static char *
cut(char *text, gsize bytes)
{
	if (strlen(text) > bytes)
		*g_utf8_find_prev_char(text, text + bytes + 1) = '\0';
	return text;
}

char *
answer_line(const char *text)
{
	g_autofree char *valid = NULL;
	GString *line;

	if (!text)
		return NULL;
	valid = g_utf8_make_valid(text, -1);
	line = g_string_new(NULL);
	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(line, g_unichar_iscntrl(c) ? ' ' : c);
	}
	g_strstrip(line->str);
	if (*line->str)
		return cut(g_string_free(line, FALSE), MAX_LINE);
	g_string_free(line, TRUE);
	return NULL;
}

static const char *
mail_fault(const char *text)
{
	const char *at = strchr(text, '@');

	if (strpbrk(text, "\r\n"))
		return "line break";
	for (const char *p = text; *p; p++)
		if (g_ascii_iscntrl(*p))
			return "control character";
	if (g_ascii_strncasecmp(text, "mailto:", 7) == 0)
		return "a URL, not an address";
	if (at && strchr(at + 1, '@'))
		return "more than one address";
	return "no mail address";
}

char *
answer_mail(const char *text, const char *what, GPtrArray *faults)
{
	g_autofree char *address = NULL;
	g_autofree char *shown = NULL;
	const char *first = text;

	if (!text)
		return NULL;
	/* Spaces around it are harmless; a line break is not. */
	while (*first == ' ')
		first++;
	address = g_strdup(first);
	for (gsize n = strlen(address); n > 0 && address[n - 1] == ' '; n--)
		address[n - 1] = '\0';
	if (text_is_mail_address(address))
		return g_steal_pointer(&address);
	if (!*address || !faults || faults->len >= MAX_FAULTS)
		return NULL;
	shown = text_for_terminal(address);
	g_ptr_array_add(faults,
		g_strdup_printf("%s refused (%s): %s", what, mail_fault(address), cut(shown, 100)));
	return NULL;
}
