#include "outbox/redact.h"

#include <string.h>

#include "plugin/call.h"

/* What placeholders begin and end with: U+FDD0 and U+FDD1. */
#define BEGIN "\xEF\xB7\x90"
#define END "\xEF\xB7\x91"
/* A shorter one would blot out ordinary text. */
#define SHORTEST 4

void
redact_collect(const struct config *config, const char *text, GPtrArray *secrets)
{
	const char *at = text;

	while (at && (at = strstr(at, BEGIN)) != NULL) {
		const char *end = strstr(at, END);

		if (!end)
			return;
		g_autofree char *placeholder = g_strndup(at, (gsize)(end - at) + strlen(END));
		char *secret = plugin_fill_secrets(config, placeholder, NULL);
		if (secret && strlen(secret) >= SHORTEST)
			g_ptr_array_add(secrets, secret);
		else
			g_free(secret);
		at = end;
	}
}

static char *
redact(const char *text, gsize length, const GPtrArray *secrets)
{
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
	g_autoptr(GString) out = g_string_new(valid);

	for (guint i = 0; i < secrets->len; i++)
		g_string_replace(out, g_ptr_array_index(secrets, i), "[secret]", 0);
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
