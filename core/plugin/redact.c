#include "plugin/redact.h"

#include <string.h>

/* What placeholders begin and end with: U+FDD0 and U+FDD1. */
#define BEGIN "\xEF\xB7\x90"
#define END "\xEF\xB7\x91"
/* A shorter one would blot out ordinary text. */
#define SHORTEST 4
#define REDACTED "[secret]"

/* Takes text. */
static void
add(GPtrArray *secrets, char *text)
{
	if (strlen(text) >= SHORTEST &&
		!g_ptr_array_find_with_equal_func(secrets, text, g_str_equal, NULL))
		g_ptr_array_add(secrets, text);
	else
		g_free(text);
}

/* Both alphabets of base64. */
static void
add_base64(GPtrArray *secrets, const char *text, gsize length)
{
	char *safe = g_strndup(text, length);

	add(secrets, g_strdup(safe));
	g_strdelimit(safe, "+", '-');
	add(secrets, g_strdelimit(safe, "/", '_'));
}

/* Within the base64 of a longer text, as "user:secret", a secret reads in one of three ways, by
 * where it begins; its first and last letters may mix with what is beside it. */
static void
add_within_base64(GPtrArray *secrets, const char *secret)
{
	static const gsize mixed[] = { 0, 2, 3 };

	for (gsize before = 0; before < 3; before++) {
		g_autofree char *text = g_strconcat(&"xx"[2 - before], secret, NULL);
		g_autofree char *code = g_base64_encode((const guchar *)text, strlen(text));
		gsize whole = strlen(text) * 8 / 6;

		if (whole > mixed[before])
			add_base64(secrets, code + mixed[before], whole - mixed[before]);
	}
}

static int
longer_first(gconstpointer a, gconstpointer b)
{
	const gsize first = strlen(*(char *const *)a), second = strlen(*(char *const *)b);

	return (first < second) - (first > second);
}

void
redact_collect(struct secrets_cache *cache, const char *text, GPtrArray *found)
{
	const char *at = text;

	while (at && (at = strstr(at, BEGIN)) != NULL) {
		const char *end = strstr(at, END);

		if (!end)
			return;
		g_autofree char *placeholder = g_strndup(at, (gsize)(end - at) + strlen(END));
		g_autofree char *secret = secrets_fill(cache, placeholder, NULL);
		if (secret && strlen(secret) >= SHORTEST) {
			add(found, g_strdup(secret));
			add_within_base64(found, secret);
		}
		at = end;
	}
	/* One that is part of another must not leave the rest of it behind. */
	g_ptr_array_sort(found, longer_first);
}

void
redact_login(const char *username, const char *password, GPtrArray *secrets)
{
	if (!username || !password)
		return;
	g_autofree char *login = g_strconcat(username, ":", password, NULL);
	g_autofree char *code = g_base64_encode((const guchar *)login, strlen(login));

	add_base64(secrets, code, strlen(code));
	g_ptr_array_sort(secrets, longer_first);
}

/* What follows word, in whatever case, at text; NULL when it is not there. */
static const char *
skip_word(const char *text, const char *word)
{
	return g_ascii_strncasecmp(text, word, strlen(word)) == 0 ? text + strlen(word) : NULL;
}

/* As in a URL: each byte as %XX. */
static const char *
skip_percent(const char *text, const char *bytes, int length)
{
	for (int i = 0; text && i < length; i++) {
		char code[4];

		g_snprintf(code, sizeof code, "%%%02X", (guchar)bytes[i]);
		text = skip_word(text, code);
	}
	return text;
}

/* As in JSON: behind a backslash, or as \uXXXX of UTF-16. */
static const char *
skip_backslash(const char *text, gunichar c)
{
	char code[13];

	if (c < 0x80 && text[1] == (char)c)
		return text + 2;
	if (c < 0x10000)
		g_snprintf(code, sizeof code, "\\u%04X", c);
	else
		g_snprintf(code, sizeof code, "\\u%04X\\u%04X", 0xD800 + ((c - 0x10000) >> 10),
			0xDC00 + ((c - 0x10000) & 0x3FF));
	return skip_word(text, code);
}

/* As in HTML: by number or name. */
static const char *
skip_entity(const char *text, gunichar c)
{
	const char *name = c == '&'   ? "&amp;"
			   : c == '<' ? "&lt;"
			   : c == '>' ? "&gt;"
			   : c == '"' ? "&quot;"
				      : "&apos;";
	const char *end = strchr("&<>\"'", c < 0x80 ? (int)c : 'x') ? skip_word(text, name) : NULL;
	char code[16];

	g_snprintf(code, sizeof code, "&#%u;", c);
	if (!end)
		end = skip_word(text, code);
	g_snprintf(code, sizeof code, "&#x%X;", c);
	return end ? end : skip_word(text, code);
}

/* What follows the letter at *letter, escaped or not; NULL when it is not there. */
static const char *
skip_letter(const char *text, const char *letter)
{
	const int length = (int)(g_utf8_next_char(letter) - letter);
	const char *end = NULL;

	if (*text == '%')
		end = skip_percent(text, letter, length);
	else if (*text == '\\')
		end = skip_backslash(text, g_utf8_get_char(letter));
	else if (*text == '&')
		end = skip_entity(text, g_utf8_get_char(letter));
	else if (*text == '+' && *letter == ' ')
		end = text + 1;
	if (!end && strncmp(text, letter, (gsize)length) == 0)
		end = text + length;
	return end;
}

static const char *
skip_secret(const char *text, const char *secret)
{
	while (text && *secret) {
		text = skip_letter(text, secret);
		secret = g_utf8_next_char(secret);
	}
	return text;
}

static void
redact_escaped(GString *text, const char *secret)
{
	g_autoptr(GString) out = g_string_sized_new(text->len);

	if (!g_utf8_validate(secret, -1, NULL))
		return;
	for (const char *at = text->str; *at;) {
		const char *end = skip_secret(at, secret);

		if (end)
			g_string_append(out, REDACTED);
		else
			g_string_append_c(out, *at);
		at = end ? end : at + 1;
	}
	g_string_assign(text, out->str);
}

static char *
redact(const char *text, gsize length, const GPtrArray *secrets)
{
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
	g_autoptr(GString) out = g_string_new(valid);

	for (guint i = 0; i < secrets->len; i++) {
		g_string_replace(out, g_ptr_array_index(secrets, i), REDACTED, 0);
		redact_escaped(out, g_ptr_array_index(secrets, i));
	}
	return g_strdup(out->str);
}

GBytes *
redact_bytes(GBytes *bytes, const GPtrArray *secrets)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	if (secrets->len == 0 || size == 0)
		return g_bytes_ref(bytes);
	char *text = redact(data, size, secrets);
	return g_bytes_new_take(text, strlen(text));
}

char *
redact_text(const char *text, const GPtrArray *secrets)
{
	if (!text || secrets->len == 0)
		return g_strdup(text);
	return redact(text, strlen(text), secrets);
}
