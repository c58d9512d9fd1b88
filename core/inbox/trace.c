#include "inbox/trace.h"

#include <string.h>

/* Whether the line begins a field with this name; of a name that ends in "-" whatever follows. */
static gboolean
is_named(const char *line, const char *name)
{
	const gsize length = strlen(name);

	return g_ascii_strncasecmp(line, name, length) == 0 &&
	       (name[length - 1] == '-' || line[length] == ':');
}

/* received: whether there was one before. */
static gboolean
is_trace(const char *line, gboolean *received)
{
	static const char *const names[] = { "dkim-signature", "domainkey-signature", "arc-",
		"authentication-results", "received-spf", "x-google-", "x-gm-", "x-ms-",
		"x-microsoft-", "x-forefront-" };
	const gboolean again = *received;

	if (is_named(line, "received")) {
		*received = TRUE;
		return again;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (is_named(line, names[i]))
			return TRUE;
	return FALSE;
}

static gboolean
begins_field(const char *line)
{
	gsize length = 0;

	while (line[length] > ' ' && line[length] < 127 && line[length] != ':')
		length++;
	return length > 0 && line[length] == ':';
}

void
trace_drop(GString *mail)
{
	const char *from = mail->str, *const end = mail->str + mail->len;
	gboolean drop = FALSE, received = FALSE;
	char *to = mail->str;

	while (from < end) {
		const char *line_end = memchr(from, '\n', (gsize)(end - from));
		const gsize length = (gsize)((line_end ? line_end + 1 : end) - from);
		const gboolean folded = *from == ' ' || *from == '\t';

		if (!folded && !begins_field(from))
			break;
		/* The first field stays: the mail shall begin with one. */
		if (!folded)
			drop = is_trace(from, &received) && to > mail->str;
		if (!drop) {
			memmove(to, from, length);
			to += length;
		}
		from += length;
	}
	memmove(to, from, (gsize)(end - from));
	g_string_truncate(mail, mail->len - (gsize)(from - to));
}
