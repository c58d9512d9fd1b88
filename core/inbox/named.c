#include "inbox/named.h"

#include <string.h>

#define NAMES_MAX 4096
#define NAME_MAX_LENGTH 2048

/* How people write a mark so that nobody follows it by mistake. */
static const struct {
	const char *written, *meant;
} marks[] = {
	{ "[.]", "." },
	{ "(.)", "." },
	{ "{.}", "." },
	{ "[dot]", "." },
	{ "(dot)", "." },
	{ "{dot}", "." },
	{ "\\.", "." },
	{ "[:]", ":" },
	{ "[://]", "://" },
	{ "[@]", "@" },
	{ "[at]", "@" },
	{ "(at)", "@" },
	{ "hxxp", "http" },
};

/* The number of bytes that such a mark takes at p, 0 when there is none; adds what it means. */
static gsize
take_mark(GString *out, const char *p)
{
	if (!strchr("[({\\h", *p))
		return 0;
	for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
		if (g_str_has_prefix(p, marks[i].written)) {
			g_string_append(out, marks[i].meant);
			return strlen(marks[i].written);
		}
	return 0;
}

static char *
plain_text(const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);
	GString *out = g_string_sized_new(strlen(lower));

	for (const char *p = lower; *p;) {
		gsize taken = take_mark(out, p);

		if (taken == 0)
			g_string_append_c(out, *p);
		p += taken ? taken : 1;
	}
	return g_string_free(out, FALSE);
}

static void
add(GHashTable *names, const char *name, gsize length)
{
	while (length > 0 && strchr(".,:;!?-", name[length - 1]))
		length--;
	if (length > 3 && length <= NAME_MAX_LENGTH && g_hash_table_size(names) < NAMES_MAX)
		g_hash_table_add(names, g_strndup(name, length));
}

/* A host in letters of its own language. */
static void
add_host(GHashTable *names, const char *host, gsize length)
{
	g_autofree char *name = g_strndup(host, MIN(length, 256));
	g_autofree char *ascii = NULL;

	if (g_str_is_ascii(name)) {
		add(names, name, strlen(name));
		return;
	}
	ascii = g_utf8_validate(name, -1, NULL) ? g_hostname_to_ascii(name) : NULL;
	if (ascii)
		add(names, ascii, strlen(ascii));
}

/* A word with a dot or a colon in it, and the host that it begins with or has after its scheme. */
static void
add_word(GHashTable *names, const char *word, gsize length)
{
	const char *scheme = g_strstr_len(word, (gssize)length, "://");
	const char *host = scheme ? scheme + 3 : word;
	const gsize rest = length - (gsize)(host - word), end = strcspn(host, "/:?#");
	const char *user = memchr(host, '@', MIN(rest, end));

	if (!memchr(word, '.', length) && !memchr(word, ':', length))
		return;
	add(names, word, length);
	/* Whoever writes a page's address leaves its last slash out. */
	if (scheme && word[length - 1] == '/')
		add(names, word, length - 1);
	if (scheme && user)
		add_host(names, user + 1, MIN(rest, end) - (gsize)(user + 1 - host));
	else if (!user)
		add_host(names, host, MIN(rest, end));
}

#define ENDS " \t\r\n<>\"'`,;()[]{}|*"

static gboolean
is_end(char c, gboolean ascii_only)
{
	return c == '\0' || strchr(ENDS, c) || (ascii_only && (guchar)c >= 0x80);
}

/* Words of ASCII alone stand in texts that have no blanks, so these are looked for too. */
static void
add_words(GHashTable *names, const char *text, gboolean ascii_only)
{
	for (const char *p = text; *p && g_hash_table_size(names) < NAMES_MAX;) {
		gsize length = 0;

		while (!is_end(p[length], ascii_only))
			length++;
		if (length > 0)
			add_word(names, p, length);
		p += length + (p[length] ? 1 : 0);
	}
}

void
named_collect(const char *text, GHashTable *names)
{
	g_autofree char *plain = plain_text(text);

	add_words(names, plain, TRUE);
	if (!g_str_is_ascii(plain))
		add_words(names, plain, FALSE);
}
